"""Word that must leave: put with its cause in one transaction, sent afterwards, shown when in doubt.

The row is the promise; the job is only the alarm.  A message lost by every job is still found by the sweep.
An attempt is written down before it is made: one that was started and never finished was possibly sent, and says so.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, models

from samen.base import clock, jobs, journal, links, mail, seal, tenancy
from samen.base.journal import Subject
from samen.base.models import Channel, Delivery, OutboxMessage
from samen.base.tenancy import Actor

MOST_ATTEMPTS = 8
DELIVERED = "outbox_delivered"  # news for reactions.py, not a fact of the journal


def put(
    *,
    cause: Subject,
    recipient: uuid.UUID,
    address: str,
    subject: str,
    body: str,
    at: datetime,
    undo: timedelta = timedelta(0),
) -> OutboxMessage:
    """This mail leaves after the undo delay, once for this cause and recipient, however often it is put."""
    message, fresh = OutboxMessage.objects.get_or_create(
        cause_kind=cause.kind,
        cause_ref=cause.ref,
        recipient_ref=recipient,
        channel=Channel.EMAIL,
        defaults={
            "address_sealed": seal.close(address, bound_to=_binding(cause)),
            "subject": subject,
            "body": body,
            "send_after": at + undo,
        },
    )
    if fresh:
        deliver.later(outbox=message.pk, wait=undo)
    return message


def cancel(causes: Iterable[Subject]) -> int:
    """The messages of these causes do not leave, if no attempt was begun; returns how many were stopped."""
    stopped = 0
    for message in OutboxMessage.objects.select_for_update().filter(_any(causes), state=OutboxMessage.State.QUEUED):
        if not message.deliveries.exists():
            message.state = OutboxMessage.State.CANCELLED
            message.save(update_fields=["state"])
            stopped += 1
    return stopped


def states(causes: Iterable[Subject]) -> dict[Subject, OutboxMessage]:
    """The newest message of each cause, with its deliveries at hand."""
    wanted = list(causes)
    if not wanted:
        return {}
    messages = OutboxMessage.objects.filter(_any(wanted)).order_by("id").prefetch_related("deliveries")
    return {Subject(message.cause_kind, message.cause_ref): message for message in messages}


def possibly_twice(message: OutboxMessage) -> bool:
    """Whether a kill came between an attempt's beginning and its end, and another attempt followed or may follow."""
    return any(delivery.result == Delivery.Result.UNKNOWN for delivery in message.deliveries.all())


def _any(causes: Iterable[Subject]) -> models.Q:
    wanted = models.Q(pk=None)
    for cause in causes:
        wanted |= models.Q(cause_kind=cause.kind, cause_ref=cause.ref)
    return wanted


@jobs.job(of={"outbox": OutboxMessage}, stepwise=True)
def deliver(org: int, actor: Actor, *, outbox: int) -> None:
    """Send one message if it is due and still wanted; safe to run any number of times, by any number of workers."""
    with _alone(org, outbox) as alone:
        if not alone:
            return
        with tenancy.enter(org, actor):
            begun = _begin(outbox)
        if begun is None:
            return
        letter, attempt = begun
        try:
            provider_id = mail.send(letter)
        except mail.Refused:
            _finish(org, actor, attempt, Delivery.Result.FAILED)
            raise
        except mail.Unsure:
            _finish(org, actor, attempt, Delivery.Result.UNKNOWN)
            raise
        _finish(org, actor, attempt, Delivery.Result.SENT, provider_id)


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


def _begin(outbox: int) -> tuple[mail.Mail, int] | None:
    message = OutboxMessage.objects.select_for_update().get(pk=outbox)
    now = clock.now()
    if message.state != OutboxMessage.State.QUEUED:
        return None
    if message.send_after > now:
        deliver.later(outbox=outbox, wait=message.send_after - now)
        return None
    # We hold the lock, so whoever began and did not finish is gone.
    message.deliveries.filter(result=Delivery.Result.UNDER_WAY).update(result=Delivery.Result.UNKNOWN)
    made = message.deliveries.count()
    if made >= MOST_ATTEMPTS:
        message.state = OutboxMessage.State.FAILED
        message.save(update_fields=["state"])
        return None
    attempt = Delivery.objects.create(outbox=message, attempt=made + 1, started_at=now)
    address = seal.open_(
        bytes(message.address_sealed), bound_to=_binding(Subject(message.cause_kind, message.cause_ref))
    )
    letter = mail.Mail(
        org=tenancy.current_org(),
        key=message.public_id,
        recipient_ref=message.recipient_ref,
        address=address,
        subject=message.subject,
        body=links.fill(message.body),
    )
    return letter, attempt.pk


def _finish(org: int, actor: Actor, attempt: int, result: str, provider_id: str = "") -> None:
    with tenancy.enter(org, actor):
        now = clock.now()
        delivery = Delivery.objects.select_related("outbox").get(pk=attempt)
        delivery.result, delivery.finished_at, delivery.provider_id = result, now, provider_id
        delivery.save(update_fields=["result", "finished_at", "provider_id"])
        message = delivery.outbox
        if result == Delivery.Result.SENT:
            message.state = OutboxMessage.State.SENT
            message.save(update_fields=["state"])
        journal.heard(DELIVERED, (Subject(message.cause_kind, message.cause_ref),))


@jobs.job(of={})
def sweep() -> None:
    """Every due message has a job again, whatever became of the first one."""
    now = clock.now()
    due = OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED, send_after__lte=now - timedelta(seconds=20))
    for message in due.order_by("send_after")[:500]:
        deliver.later(outbox=message.pk)


jobs.every("* * * * * */20", sweep)


def _binding(cause: Subject) -> str:
    return f"{tenancy.current_org()}|outbox|address|{cause.kind}|{cause.ref}"
