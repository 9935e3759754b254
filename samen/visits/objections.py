"""A household would rather have somebody else than who was promised: it says so, and a coordinator decides."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from samen.base import journal
from samen.base.schema import Owned
from samen.base.tenancy import Actor
from samen.people.models import Household
from samen.visits import arrangements, cancellations, locks
from samen.visits.facts import Fact
from samen.visits.models import Assignment, Objection, Offer, Replacement, Visit

DECIDED = {
    Objection.Decision.KEEP: Fact.OBJECTION_KEPT,
    Objection.Decision.LOOK: Fact.OBJECTION_LOOKED,
    Objection.Decision.SKIP: Fact.OBJECTION_SKIPPED,
}


class NothingPromised(Exception):
    """Nobody is promised by this offer any more, so there is nothing to want otherwise."""


class AlreadyDecided(Exception):
    """A colleague decided this otherwise just before."""


@transaction.atomic
def say(offer: Offer, *, reason: str, by: Actor, at: datetime) -> Objection:
    """The household would rather have somebody else, for this reason; what was promised stands until somebody decides.

    Said twice, it is said once.  Raises `NothingPromised` when the helper of this offer does not come any more.
    """
    locks.visits(offer.visits.values_list("visit_id", flat=True))
    if not ahead(offer, at=at):
        raise NothingPromised(NothingPromised.__doc__)
    said = {"reason": reason, "said_by_kind": by.kind, "said_by_ref": by.ref, "said_at": at}
    objection, fresh = Objection.objects.get_or_create(offer=offer, defaults=said)
    if fresh:
        journal.record(Fact.OBJECTION_SAID, about=_subjects(objection), by=by, at=at)
    return objection


def keep(objection: Objection, *, by: Actor, at: datetime) -> None:
    """She comes after all, and the household hears it; she never hears that anybody asked.

    This and the other two decisions raise `AlreadyDecided` when a colleague decided otherwise, `NothingPromised` when
    nothing of it is still to come.
    """
    with transaction.atomic():
        if _decide(objection, Objection.Decision.KEEP, by=by, at=at):
            visits = ahead(objection.offer, at=at)
            cancellations.tell_household(objection.offer, visits, "kept", at=at)


def look_further(objection: Objection, *, by: Actor, at: datetime) -> None:
    """She need not go, and hears so kindly; the visits look for somebody else, and the household hears before when."""
    with transaction.atomic():
        if _decide(objection, Objection.Decision.LOOK, by=by, at=at):
            visits = cancellations.release(objection.offer, by=by, at=at)
            cancellations.look_on(objection.offer, visits, by=by, at=at)


def skip(objection: Objection, *, by: Actor, at: datetime) -> None:
    """She need not go, and nobody comes these times; she and the household hear it."""
    with transaction.atomic():
        if _decide(objection, Objection.Decision.SKIP, by=by, at=at):
            visits = cancellations.release(objection.offer, by=by, at=at)
            for visit in visits:
                arrangements.skip_one(visit, by=by, at=at)
            cancellations.tell_household(objection.offer, visits, "skipped", at=at)


DECISIONS = {Objection.Decision.KEEP: keep, Objection.Decision.LOOK: look_further, Objection.Decision.SKIP: skip}


def ahead(offer: Offer, *, at: datetime) -> list[Visit]:
    """The visits that her yes to this offer gave her and that begin later."""
    going = Assignment.objects.standing().filter(from_offer=offer, starts_at__gt=at)
    return list(Visit.objects.filter(pk__in=going.values("visit")).order_by("starts_at", "pk"))


def of_offers(offers: Iterable[int]) -> dict[int, Objection]:
    """What was said of these offers (by number)."""
    return {one.offer_id: one for one in Objection.objects.filter(offer__in=list(offers))}


def of_household(household: Household, *, since: datetime) -> QuerySet[Objection]:
    """What this household said of who would come, since this moment; the newest first."""
    return Objection.objects.filter(offer__household=household, said_at__gte=since).order_by("-pk")


def unwanted(row: Replacement) -> set[str]:
    """The first names of whom the household of this visit would rather not have in this search."""
    asked = row.round.offers.filter(visits__visit=row.visit_id, objections__decision=Objection.Decision.LOOK)
    return set(asked.values_list("helper__person__first_name", flat=True))


def _decide(objection: Objection, decision: str, *, by: Actor, at: datetime) -> bool:
    """Whether this is decided now; False when it was decided so before."""
    locks.visits(objection.offer.visits.values_list("visit_id", flat=True))
    locks.helpers([objection.offer.helper_id])
    now = Objection.objects.select_for_update().get(pk=objection.pk)
    if now.decision not in ("", decision):
        raise AlreadyDecided(AlreadyDecided.__doc__)
    if now.decision:
        return False
    if not ahead(objection.offer, at=at):
        raise NothingPromised(NothingPromised.__doc__)
    objection.decision, objection.decided_by_kind, objection.decided_by_ref = decision, by.kind, by.ref
    objection.decided_at = at
    objection.save(update_fields=["decision", "decided_by_kind", "decided_by_ref", "decided_at"])
    fact = DECIDED[Objection.Decision(decision)]
    journal.record(fact, about=_subjects(objection), by=by, at=at)
    return True


def _subjects(objection: Objection) -> list[Owned]:
    offer = objection.offer
    return [objection, offer, offer.helper, offer.household, offer.round.team]
