"""A question that waits for the hours in which she may be asked; one that would come too late by then is not asked."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from samen.base import clock, jobs, journal, outbox, tenancy
from samen.base.journal import Subject
from samen.base.models import OutboxMessage
from samen.people import asking
from samen.people.models import Helper
from samen.visits import locks, replacements
from samen.visits.facts import Fact
from samen.visits.models import Offer, OfferVisit


@outbox.within_hours("offer", "offers")
def _leaves(about: Subject, person: uuid.UUID, at: datetime) -> datetime | None:
    """At an hour at which she may be asked, and never when an answer would be too late by then."""
    helpers = Helper.objects.filter(person__public_id=person).values("pk")
    opens = max(asking.not_before(helpers, at=at).values(), default=None)
    late = _too_late(replacements.asked_in([about]), opens or at)
    if late:
        let_go.later(offer=late[0].pk)
        raise outbox.Over
    return opens


def until(message: OutboxMessage, *, at: datetime) -> datetime | None:
    """When a question that waits for her hours leaves; None for one that waits for nothing but to be called back."""
    waits = message.state == OutboxMessage.State.QUEUED and message.send_after > at + replacements.UNDO
    return message.send_after if waits else None


def _too_late(offers: Iterable[Offer], leaves: datetime) -> list[Offer]:
    """Those without an answer that would be asked when the time to answer has passed."""
    return [one for one in offers if not one.answer and one.withdrawn_at is None and one.reply_by <= leaves]


@jobs.job(of={"offer": Offer})
def let_go(*, offer: int) -> None:
    """A message stayed here because this question in it would have come too late; safe to run any number of times.

    What in it would be too late was never asked, and may be asked again; the rest of it leaves by itself.
    """
    at, together = clock.now(), _with_it(offer)
    locks.visits(OfferVisit.objects.filter(offer__in=together).values_list("visit_id", flat=True))
    held = [one for one in _with_it(offer) if _stayed(one)]
    opens = asking.not_before({one.helper_id for one in held}, at=at)
    late = [one for one in held if one in _too_late(held, opens.get(one.helper_id, at))]
    replacements.stop(late, at=at)
    Offer.objects.filter(pk__in=[one.pk for one in late]).update(withdrawn_at=at, sent_at=None)
    for one in late:
        about = [one, one.helper, one.household, one.round.team]
        journal.record(Fact.QUESTION_TOO_LATE, about=about, by=tenancy.current().actor, at=at)


def _with_it(offer: int) -> list[Offer]:
    """This question and those that were to leave together with it."""
    first = Offer.objects.get(pk=offer)
    return replacements.asked_in([Subject.of(first), Subject("offers", first.public_id)])


def _stayed(offer: Offer) -> bool:
    message = replacements.letters([offer]).get(offer.pk)
    return message is not None and message.state == OutboxMessage.State.CANCELLED
