"""Word that must leave: once per cause, not before its time, and honest about doubt."""

import uuid
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import transaction

from samen.base import clock, links, mail, outbox, tenancy
from samen.base.journal import Subject
from samen.base.models import Delivery, Letter, Link, OutboxMessage
from tests.conftest import _take_jobs


def put(cause=None, undo=0, body="Hello", address="joke.smeets@example.nl"):
    return outbox.put(
        cause=cause or Subject("test", uuid.uuid4()),
        recipient=uuid.uuid4() if cause is None else uuid.UUID(int=7),
        address=address,
        subject="Word",
        body=body,
        at=clock.now(),
        undo=timedelta(seconds=undo),
    )


def deliver(stage, message):
    outbox.deliver.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM), outbox=message.pk)


def test_one_cause_sends_one_message(stage, inside, work):
    cause = Subject("test", uuid.uuid4())
    with inside():
        assert put(cause).pk == put(cause).pk

    work()

    assert len(mail.MEMORY) == 1


def test_the_address_is_sealed_and_bound_to_its_row(stage, inside):
    with inside():
        first, second = put(), put()
        assert b"joke" not in bytes(first.address_sealed)

        second.address_sealed = first.address_sealed
        second.save()

    with pytest.raises(InvalidTag):
        deliver(stage, second)
    assert mail.MEMORY == []


def test_nothing_leaves_before_its_time_even_when_the_alarm_rings_early(stage, inside):
    with inside():
        message = put(undo=60)

    deliver(stage, message)

    assert mail.MEMORY == []


def test_a_cancelled_message_does_not_leave(stage, inside):
    with inside():
        message = put(undo=60)
        cause = Subject(message.cause_kind, message.cause_ref)
        assert outbox.cancel([cause]) == 1

    deliver(stage, message)

    assert mail.MEMORY == []


def test_what_has_begun_to_leave_cannot_be_cancelled(stage, inside):
    with inside():
        message = put()
    deliver(stage, message)

    with inside():
        assert outbox.cancel([Subject(message.cause_kind, message.cause_ref)]) == 0


def test_an_attempt_that_was_cut_short_shows_as_possibly_sent_twice(stage, inside):
    with inside():
        message = put()
        Delivery.objects.create(outbox=message, attempt=1, started_at=clock.now())

    deliver(stage, message)

    with inside():
        message.refresh_from_db()
        assert message.state == OutboxMessage.State.SENT
        assert outbox.possibly_twice(message)
        assert list(message.deliveries.order_by("attempt").values_list("result", flat=True)) == ["UNKNOWN", "SENT"]


def test_a_plain_sending_is_not_in_doubt(stage, inside):
    with inside():
        message = put()
    deliver(stage, message)
    deliver(stage, message)

    with inside():
        assert not outbox.possibly_twice(message)
    assert len(mail.MEMORY) == 1


def test_the_sink_keeps_one_letter_per_key(stage, inside, settings):
    settings.MAIL = "demo"
    with inside():
        message = put()
        Delivery.objects.create(outbox=message, attempt=1, started_at=clock.now())
    letter = mail.Mail(stage.gooi.pk, message.public_id, message.recipient_ref, "a@example.nl", "Word", "Hello")
    mail.send(letter)

    deliver(stage, message)

    with inside():
        kept = Letter.objects.get(key=message.public_id)
        assert kept.handed_over == 2


def test_the_sweep_finds_what_every_job_has_lost(stage, inside, work):
    with inside():
        put()
    _take_jobs(alarms=True)  # the job is lost
    work(later=30)
    with inside():
        outbox.sweep.function()

    work()

    assert len(mail.MEMORY) == 1


def test_a_refused_mail_is_tried_again_and_given_up_at_last(stage, inside, settings):
    settings.MAIL = "smtp://127.0.0.1:1"
    with inside():
        message = put()

    for _ in range(outbox.MOST_ATTEMPTS):
        with pytest.raises(mail.Refused):
            deliver(stage, message)
    deliver(stage, message)

    with inside():
        message.refresh_from_db()
        assert message.state == OutboxMessage.State.FAILED
        assert not outbox.possibly_twice(message)


def test_a_message_of_a_rolled_back_transaction_never_was(stage, inside, work):
    with inside(), transaction.atomic():
        put()
        transaction.set_rollback(True)

    work()

    assert mail.MEMORY == []


def test_a_stored_text_holds_no_working_link(stage, inside):
    with inside():
        link = Link.objects.filter(purpose=Link.Purpose.HELPER).first()
        message = put(body=f"Look: {links.placeholder(link)}")
        assert links.token(link.public_id) not in message.body

    deliver(stage, message)

    assert links.token(link.public_id) in mail.MEMORY[0].body
    assert links.door(links.token(link.public_id)) == (stage.gooi.pk, link.public_id)
