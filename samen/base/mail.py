"""How a mail leaves: over SMTP, into the demo's sink, or into memory.  One seam, three real backends."""

import smtplib
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.db import connection

from samen.base import clock, tenancy
from samen.base.models import Channel, Letter

SMTP_SECONDS = 20


class Refused(Exception):
    """The mail server is away or refused this mail, so it certainly did not leave."""


class RefusedForGood(Refused):
    """The mail server says that this mail can never be delivered."""


class Unsure(Exception):
    """The connection broke while the mail was handed over: it may have left."""


@dataclass(frozen=True)
class Mail:
    """One mail as it leaves.  The key stays the same at every attempt, so that a receiver can tell doubles."""

    org: int
    key: uuid.UUID
    recipient_ref: uuid.UUID
    address: str
    subject: str
    body: str
    from_name: str = ""
    reply_to: str = ""
    stays: bool = False  # of an organisation to practise in: it reaches its own mailbox page and nobody else


MEMORY: list[Mail] = []


def send(mail: Mail) -> str:
    """Hand the mail over; returns what the receiver calls it.  Raises `Refused`, `RefusedForGood` or `Unsure`."""
    if settings.MAIL == "demo" or mail.stays:
        return into_sink(mail)
    if settings.MAIL == "memory":
        MEMORY.append(mail)
        return f"memory:{mail.key}"
    return _over_smtp(mail)


def into_sink(mail: Mail, *, channel: str = Channel.EMAIL) -> str:
    """The demo's mailbox has it; it keeps one letter per key, and counts a second hand-over of the same."""
    with tenancy.enter(mail.org, tenancy.SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {Letter._meta.db_table}
                    (org_id, public_id, key, recipient_ref, channel, address, subject, body, received_at, handed_over)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 1)
                ON CONFLICT (org_id, key) DO UPDATE SET handed_over = {Letter._meta.db_table}.handed_over + 1""",  # noqa: S608  a constant of ours
            [
                mail.org,
                uuid.uuid4(),
                mail.key,
                mail.recipient_ref,
                channel,
                mail.address,
                mail.subject,
                mail.body,
                clock.now(),
            ],
        )
    return f"sink:{mail.key}"


def _over_smtp(mail: Mail) -> str:
    message_id = f"<{mail.key}@{urlsplit(settings.ORIGIN).hostname}>"
    letter = EmailMessage()
    _, our_address = parseaddr(settings.MAIL_FROM)
    letter["From"] = formataddr((mail.from_name, our_address)) if mail.from_name else settings.MAIL_FROM
    if mail.reply_to:
        letter["Reply-To"] = mail.reply_to
    letter["To"] = mail.address
    letter["Subject"] = mail.subject
    letter["Message-ID"] = message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(mail.body)
    # What the library says of an error names the address, and so may not reach a log: only the number does.
    try:
        smtp = _connected(urlsplit(settings.MAIL))
    except OSError as error:  # smtplib's own errors are OSErrors too
        raise Refused(f"no mail server: {type(error).__name__}") from None
    with closing(smtp):
        try:
            smtp.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(min(code for code, _ in error.recipients.values())) from None
        except smtplib.SMTPSenderRefused as error:
            raise Refused(f"we may not send: {error.smtp_code}") from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise RefusedForGood("the mail server cannot write this address") from None
        except OSError as error:
            raise Unsure(f"the line broke: {type(error).__name__}") from None
        with suppress(OSError):  # it took the mail, whatever it answers to our goodbye
            smtp.quit()
    return message_id


def _connected(server: SplitResult) -> smtplib.SMTP:
    smtp = smtplib.SMTP(server.hostname or "localhost", server.port or 25, timeout=SMTP_SECONDS)
    if server.scheme == "smtp+tls":
        smtp.starttls()
    if server.username:
        smtp.login(unquote(server.username), unquote(server.password or ""))
    return smtp


def _refused(code: int) -> Refused:
    """RFC 5321: a number from 500 on is for good, a lower one means later."""
    return RefusedForGood(str(code)) if code >= 500 else Refused(str(code))
