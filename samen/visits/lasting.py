"""An absence of which nobody knows the end: what is sought for goes on with it, two weeks ahead of every day."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from samen.base import jobs, journal, tenancy
from samen.base.tenancy import Actor
from samen.visits import locks
from samen.visits.absences import HORIZON
from samen.visits.facts import Fact
from samen.visits.models import Absence, Assignment, Replacement, Round, Visit


@transaction.atomic
def last(absence: Absence, *, by: Actor, at: datetime) -> Round | None:
    """The absence lasts: her visits of the coming two weeks wait for other hands, also those made meanwhile.

    Returns the round that grew by them, or None.  Run twice, it does nothing.
    """
    ahead = list(_hers(absence, at=at).values_list("pk", flat=True))
    if not ahead:  # most days: nothing to hold on to, and nothing to do
        return None
    locked = locks.visits(ahead)
    locks.helpers([absence.helper_id])
    absence.refresh_from_db()
    turn = Round.objects.select_for_update().filter(absence=absence, undone_at=None).order_by("-pk").first()
    if turn is None or absence.ended_at or absence.withdrawn_at or absence.expected_until:
        return None
    still = set(_hers(absence, at=at).values_list("pk", flat=True))
    visits = [visit for visit in locked if visit.pk in still]
    for visit in visits:
        standing = Assignment.objects.standing().filter(visit=visit, helper=absence.helper)
        standing.update(ended_at=at, ended_by_kind="absence", ended_by_ref=absence.public_id)
        Replacement.objects.update_or_create(round=turn, visit=visit, defaults={"closed_at": None, "outcome": ""})
    if not visits:
        return None
    about = [absence, absence.helper, absence.helper.team]
    journal.record(Fact.ABSENCE_LASTS, about=about, by=by, at=at, params={"count": len(visits)})
    return turn


def _hers(absence: Absence, *, at: datetime) -> QuerySet[Visit]:
    """Her visits of the coming two weeks that nobody looks after: she still stands there, or nobody does."""
    going = Assignment.objects.standing().filter(visit=OuterRef("pk"))
    hers = Q(Exists(going.filter(helper=absence.helper)))
    by_agreement = Q(
        arrangement__terms__helper=absence.helper,
        arrangement__terms__slot_no=F("slot_no"),
        arrangement__terms__period__contains=F("occurrence_date"),
    )
    sought = Replacement.objects.filter(visit=OuterRef("pk"), closed_at=None)
    ahead = Visit.objects.standing().filter(starts_at__gte=max(at, absence.starts_at), starts_at__lt=at + HORIZON)
    return ahead.filter(hers | (by_agreement & Q(own_helper=False) & ~Exists(going))).filter(~Exists(sought)).distinct()


@jobs.job(of={}, stepwise=True)
def last_on(org: int, actor: Actor) -> None:
    """Every absence without a known end has its visits of the coming two weeks looked after.

    Each absence is a transaction of its own: visits are locked before helpers, and who would go on to the visits of
    another absence with a helper locked could wait for somebody who waits for that helper.
    """
    with tenancy.enter(org, actor) as context:
        numbers = list(without_end(at=context.at).values_list("pk", flat=True))
    for number in numbers:
        with tenancy.enter(org, actor) as context:
            last(Absence.objects.select_related("helper__team").get(pk=number), by=actor, at=context.at)


def without_end(*, at: datetime) -> QuerySet[Absence]:
    """All who are absent and nobody knows until when."""
    rows = Absence.objects.filter(expected_until=None, ended_at=None, withdrawn_at=None, starts_at__lte=at)
    return rows.select_related("helper__team").order_by("pk")


jobs.every("53 2 * * *", last_on)
