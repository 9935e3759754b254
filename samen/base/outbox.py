"""Word that must leave: put with its cause in one transaction, sent afterwards, shown when in doubt.

The row is the promise; the job is only the alarm.  A message lost by every job is still found by the sweep.
An attempt is written down before it is made: one that was started and never finished was possibly sent, and says so.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, models

from samen.base import clock, jobs, journal, links, mail, seal, sms, tenancy
from samen.base.journal import Subject
from samen.base.models import Channel, Delivery, OutboxMessage, Sender
from samen.base.tenancy import Actor

MOST_ATTEMPTS = 32  # with the pauses between them a day: a mail server may be away for a night
MOST_DOUBTS = 8  # attempts that may each have reached somebody
MOST_AT_ONCE = 500  # messages that one sweep gives a job again
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=20), timedelta(hours=1)
DELIVERED = "outbox_delivered"  # news for reactions.py, not a fact of the journal
Opens = Callable[[Subject, uuid.UUID, datetime], datetime | None]
_HOURS: dict[str, Opens] = {}


class Over(Exception):
    """What this message is about will be over by the time at which it could leave."""


def within_hours(*kinds: str) -> Callable[[Opens], Opens]:
    """Messages with a cause of these kinds leave only at an hour that suits who gets them.

    The function is told what it is about, who gets it and what time it is, and says from when on it suits; None for
    now.  It raises `Over` when that would be too late: then the message does not leave.
    """

    def note(opens: Opens) -> Opens:
        _HOURS.update(dict.fromkeys(kinds, opens))
        return opens

    return note


@dataclass(frozen=True)
class Word:
    """One message as it is put: about what, to whom, and what it says.

    A text message has no subject line; the body must be able to stand alone.
    """

    cause: Subject
    recipient: uuid.UUID
    address: str
    subject: str
    body: str
    channel: str = Channel.EMAIL


def put(
    *,
    cause: Subject,
    recipient: uuid.UUID,
    address: str,
    subject: str,
    body: str,
    at: datetime,
    undo: timedelta = timedelta(0),
    channel: str = Channel.EMAIL,
) -> OutboxMessage:
    """This message leaves after the undo delay, once for this cause, recipient and channel, however often it is put."""
    return put_all([Word(cause, recipient, address, subject, body, channel)], at=at, undo=undo)[0]


PUT = """
INSERT INTO base_outboxmessage (org_id, public_id, cause_kind, cause_ref, recipient_ref, channel, address_sealed,
                                subject, body, send_after, state)
SELECT %s, word.public_id, word.kind, word.ref, word.recipient, word.channel, word.address, word.subject, word.body,
       %s, 'QUEUED'
  FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::text[])
       WITH ORDINALITY AS word (public_id, kind, ref, recipient, channel, address, subject, body, place)
 ORDER BY word.place
    ON CONFLICT (org_id, cause_kind, cause_ref, recipient_ref, channel) DO NOTHING
RETURNING id, public_id, cause_kind, cause_ref, recipient_ref, channel
"""
LAID = ("id", "public_id", "cause_kind", "cause_ref", "recipient_ref", "channel")


def put_all(words: Sequence[Word], *, at: datetime, undo: timedelta = timedelta(0)) -> list[OutboxMessage]:
    """The same of all of these, in one statement."""
    if not words:
        return []
    org = tenancy.current_org()
    columns: list[Any] = [
        [uuid.uuid4() for _ in words],
        [word.cause.kind for word in words],
        [word.cause.ref for word in words],
        [word.recipient for word in words],
        [str(word.channel) for word in words],
        [seal.close(word.address, bound_to=_binding(word.cause)) for word in words],
        [word.subject for word in words],
        [word.body for word in words],
    ]
    with connection.cursor() as cursor:
        cursor.execute(PUT, [org, at + undo, *columns])
        made = [OutboxMessage.from_db(connection.alias, ("org_id", *LAID), (org, *row)) for row in cursor.fetchall()]
    deliver.later_each([{"outbox": message.pk} for message in made], wait=undo)
    found = {(one.cause_kind, one.cause_ref, one.recipient_ref, one.channel): one for one in made}
    return [found.get(key) or _known(*key) for key in (_key(word) for word in words)]


def _key(word: Word) -> tuple[str, uuid.UUID, uuid.UUID, str]:
    return word.cause.kind, word.cause.ref, word.recipient, str(word.channel)


def _known(kind: str, ref: uuid.UUID, recipient: uuid.UUID, channel: str) -> OutboxMessage:
    return OutboxMessage.objects.get(cause_kind=kind, cause_ref=ref, recipient_ref=recipient, channel=channel)


def cancel(causes: Iterable[Subject]) -> int:
    """The messages of these causes do not leave, if none can have left; returns how many were stopped."""
    wanted = list(causes)
    if not wanted:
        return 0
    queued = OutboxMessage.objects.filter(_any(wanted), state=OutboxMessage.State.QUEUED)
    locked = set(queued.select_for_update().order_by("pk").values_list("pk", flat=True))
    # Asked only now that we hold the rows: an attempt begins under the same lock.
    attempts = Delivery.objects.filter(outbox__in=locked).exclude(result=Delivery.Result.FAILED)
    begun = set(attempts.values_list("outbox_id", flat=True))
    return OutboxMessage.objects.filter(pk__in=locked - begun).update(state=OutboxMessage.State.CANCELLED)


def states(causes: Iterable[Subject], *, due_by: datetime | None = None) -> dict[Subject, OutboxMessage]:
    """The newest message of each cause, with its deliveries at hand.

    With `due_by` they are at hand of those that should have left by then and did not.
    """
    wanted = list(causes)
    if not wanted:
        return {}
    messages = list(OutboxMessage.objects.filter(_any(wanted)).order_by("id"))
    waiting = OutboxMessage.State.QUEUED
    late = [one for one in messages if due_by is None or (one.state == waiting and one.send_after <= due_by)]
    models.prefetch_related_objects(late, "deliveries")
    return {Subject(message.cause_kind, message.cause_ref): message for message in messages}


def written(causes: Iterable[Subject]) -> set[Subject]:
    """Those of these causes of which a message was put, whatever became of it."""
    wanted = list(causes)
    rows = OutboxMessage.objects.filter(_any(wanted)).values_list("cause_kind", "cause_ref") if wanted else ()
    return {Subject(kind, ref) for kind, ref in rows}


def possibly_twice(message: OutboxMessage) -> bool:
    """Whether a kill came between an attempt's beginning and its end, and another attempt followed or may follow."""
    return any(delivery.result == Delivery.Result.UNKNOWN for delivery in message.deliveries.all())


def _any(causes: Iterable[Subject]) -> models.Q:
    """One condition for each kind of cause: a search asks for hundreds at once."""
    by_kind: dict[str, set[uuid.UUID]] = defaultdict(set)
    for cause in causes:
        by_kind[cause.kind].add(cause.ref)
    wanted = models.Q(pk=None)
    for kind, refs in sorted(by_kind.items()):
        wanted |= models.Q(cause_kind=kind, cause_ref__in=refs)
    return wanted


@jobs.job(of={"outbox": OutboxMessage}, stepwise=True, retry=False)
def deliver(org: int, actor: Actor, *, outbox: int) -> None:
    """Send one message if it is due and still wanted; safe to run any number of times, by any number of workers.

    It tries once: the sweep, which knows how often and how long ago, is the one that tries again.
    """
    with _alone(org, outbox) as alone:
        if not alone:
            return
        with tenancy.enter(org, actor) as context:
            begun = _begin(outbox, context.at)
        if begun is None:
            return
        letter, attempt = begun
        try:
            provider_id = sms.send(letter) if isinstance(letter, sms.Text) else mail.send(letter)
        except mail.RefusedForGood:
            _finish(org, actor, attempt, Delivery.Result.FAILED, becomes=OutboxMessage.State.FAILED)
            raise
        except mail.Refused:
            _finish(org, actor, attempt, Delivery.Result.FAILED)
            raise
        except mail.Unsure:
            _finish(org, actor, attempt, Delivery.Result.UNKNOWN)
            raise
        _finish(org, actor, attempt, Delivery.Result.SENT, provider_id, becomes=OutboxMessage.State.SENT)


@contextmanager
def _alone(org: int, outbox: int) -> Iterator[bool]:
    """A lock of the connection, not of a transaction: it spans the sending, and goes with a killed worker."""
    key = f"outbox:{org}:{outbox}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _begin(outbox: int, now: datetime) -> tuple[mail.Mail | sms.Text, Delivery] | None:
    message = OutboxMessage.objects.select_for_update().get(pk=outbox)
    if message.state != OutboxMessage.State.QUEUED:
        return None
    if not _is_due(message, now):
        return None
    before = list(message.deliveries.values_list("result", flat=True))
    if Delivery.Result.UNDER_WAY in before:  # we hold the lock, so whoever began and did not finish is gone
        message.deliveries.filter(result=Delivery.Result.UNDER_WAY).update(result=Delivery.Result.UNKNOWN)
    made = len(before)
    doubts = before.count(Delivery.Result.UNKNOWN) + before.count(Delivery.Result.UNDER_WAY)
    if made >= MOST_ATTEMPTS or doubts >= MOST_DOUBTS:
        message.state = OutboxMessage.State.FAILED
        message.save(update_fields=["state"])
        journal.heard(DELIVERED, (Subject(message.cause_kind, message.cause_ref),))
        return None
    return _letter(message), _attempt(message, made + 1, now)


def _attempt(message: OutboxMessage, number: int, now: datetime) -> Delivery:
    """It is written down that this attempt begins."""
    fields = ("org_id", "public_id", "outbox_id", "attempt", "started_at", "provider_id", "result")
    values = (tenancy.current_org(), uuid.uuid4(), message.pk, number, now, "", Delivery.Result.UNDER_WAY)
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, values)
        attempt = Delivery.from_db(connection.alias, ("id", *fields), (*cursor.fetchone(), *values))
    attempt.outbox = message
    return attempt


BEGIN = """
INSERT INTO base_delivery (org_id, public_id, outbox_id, attempt, started_at, provider_id, result)
VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id
"""


def _is_due(message: OutboxMessage, now: datetime) -> bool:
    """Whether this may leave now; if not yet it waits, and if never any more it stays here.

    Asked at each attempt, for a retry may come at night.
    """
    try:
        opens = _opens(message, now)
    except Over:
        _stay(message)
        return False
    if opens:
        message.send_after = opens
        message.save(update_fields=["send_after"])
    if message.send_after > now:
        deliver.later(outbox=message.pk, wait=message.send_after - now)
    return message.send_after <= now


def _opens(message: OutboxMessage, now: datetime) -> datetime | None:
    hours = _HOURS.get(message.cause_kind)
    return hours(Subject(message.cause_kind, message.cause_ref), message.recipient_ref, now) if hours else None


def _stay(message: OutboxMessage) -> None:
    """This message leaves no more; one of which an attempt may have arrived is not said to have stayed here."""
    begun = message.deliveries.exclude(result=Delivery.Result.FAILED).exists()
    message.state = OutboxMessage.State.FAILED if begun else OutboxMessage.State.CANCELLED
    message.save(update_fields=["state"])
    journal.heard(DELIVERED, (Subject(message.cause_kind, message.cause_ref),))


def _letter(message: OutboxMessage) -> mail.Mail | sms.Text:
    """The message as it leaves: its address opened, its links working."""
    cause = Subject(message.cause_kind, message.cause_ref)
    address = seal.open_(bytes(message.address_sealed), bound_to=_binding(cause))
    org, key, recipient, body = (
        tenancy.current_org(),
        message.public_id,
        message.recipient_ref,
        links.fill(message.body),
    )
    stays = tenancy.practising()
    if message.channel == Channel.SMS and not stays:
        return sms.Text(org, key, recipient, address, body)
    sender = Sender.objects.first() or Sender()
    return mail.Mail(
        org, key, recipient, address, message.subject, body, sender.from_name, sender.reply_to, stays=stays
    )


def _finish(org: int, actor: Actor, delivery: Delivery, result: str, provider_id: str = "", becomes: str = "") -> None:
    with tenancy.enter(org, actor) as context:
        message = delivery.outbox
        with connection.cursor() as cursor:
            cursor.execute(FINISH, [result, context.at, provider_id, delivery.pk, becomes or message.state, message.pk])
        journal.heard(DELIVERED, (Subject(message.cause_kind, message.cause_ref),))


FINISH = """
WITH ended AS (UPDATE base_delivery SET result = %s, finished_at = %s, provider_id = %s WHERE id = %s)
UPDATE base_outboxmessage SET state = %s WHERE id = %s
"""


@jobs.job(of={})
def sweep() -> None:
    """Every due message has a job again, whatever became of the first one; after a failure, not at once."""
    now = clock.now()
    due = OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED, send_after__lte=now - FIRST_PAUSE)
    tried = due.annotate(made=models.Count("deliveries"), last=models.Max("deliveries__finished_at"))
    waiting = tried.order_by("send_after").values_list("pk", "made", "last")
    ready = (pk for pk, made, last in waiting if last is None or last + _pause(made) <= now)
    for pk in islice(ready, MOST_AT_ONCE):
        deliver.later(outbox=pk)


def _pause(made: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, up to an hour."""
    return min(FIRST_PAUSE * (1 << min(made - 1, 20)), LONGEST_PAUSE)


jobs.every("* * * * * */20", sweep)


def _binding(cause: Subject) -> str:
    return f"{tenancy.current_org()}|outbox|address|{cause.kind}|{cause.ref}"
