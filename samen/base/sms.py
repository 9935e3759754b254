"""How a text message leaves: by a gateway's HTTP interface, into the demo's sink, or into memory.

The gateway speaks what MessageBird (now Bird) publishes for its REST interface: POST /messages with a key, an
originator, the numbers and the text; 201 and an id when it took the message, a list of coded errors when it did not.
"""

import http.client
import json
import uuid
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from samen.base import mail
from samen.base.models import Channel

GATEWAY_SECONDS = 20
NO_SUCH_NUMBER = 9  # the gateway's code for recipients it cannot send to


@dataclass(frozen=True)
class Text:
    """One text message as it leaves.  The key stays the same at every attempt, and is the gateway's reference."""

    org: int
    key: uuid.UUID
    recipient_ref: uuid.UUID
    number: str  # E.164
    body: str


MEMORY: list[Text] = []


def is_set_up() -> bool:
    """Whether there is a gateway: without one, nobody is told by text message."""
    return bool(settings.SMS)


def send(text: Text) -> str:
    """Hand the message over; returns what the gateway calls it.

    Raises `mail.Refused`, `mail.RefusedForGood` or `mail.Unsure`, as a mail does.
    """
    if settings.SMS == "demo":
        return mail.into_sink(
            mail.Mail(text.org, text.key, text.recipient_ref, text.number, "", text.body), channel=Channel.SMS
        )
    if settings.SMS == "memory":
        MEMORY.append(text)
        return f"memory:{text.key}"
    if not settings.SMS:
        raise mail.RefusedForGood("no text gateway is set up (SAMEN_SMS)")
    return _through_gateway(text)


def _through_gateway(text: Text) -> str:
    asked = json.dumps(
        {
            "originator": settings.SMS_FROM,
            "recipients": [int(text.number.removeprefix("+"))],
            "body": text.body,
            "datacoding": "auto",  # letters outside GSM 03.38, as in Turkish or Arabic, go as Unicode
            "reference": str(text.key),
        }
    )
    with closing(_connected()) as gateway:
        try:
            path = urlsplit(settings.SMS).path.rstrip("/") + "/messages"
            gateway.request("POST", path, asked, {"Authorization": f"AccessKey {settings.SMS_KEY}", **_JSON})
            answer = gateway.getresponse()
            said = _read(answer)
        except (OSError, http.client.HTTPException) as error:
            raise mail.Unsure(f"the line to the gateway broke: {type(error).__name__}") from None
    return _judged(answer.status, said)


_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def _connected() -> http.client.HTTPConnection:
    where = urlsplit(settings.SMS)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    gateway = kind(where.hostname or "localhost", where.port, timeout=GATEWAY_SECONDS)
    try:
        gateway.connect()
    except OSError as error:
        raise mail.Refused(f"no gateway: {type(error).__name__}") from None
    return gateway


def _read(answer: http.client.HTTPResponse) -> dict[str, Any]:
    try:
        said = json.loads(answer.read(65_536))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _judged(status: int, said: dict[str, Any]) -> str:
    """The gateway's name for what it took.  What it says of an error may hold the number, so only codes are kept."""
    if status in (200, 201) and said.get("id"):
        return str(said["id"])
    if 400 <= status < 500:
        codes = {error.get("code") for error in said.get("errors", []) if isinstance(error, dict)}
        if NO_SUCH_NUMBER in codes:
            raise mail.RefusedForGood(f"the gateway knows no such number: {status}")
        raise mail.Refused(f"the gateway refused: {status}, codes {sorted(map(str, codes))}")
    raise mail.Unsure(f"the gateway answered {status}")
