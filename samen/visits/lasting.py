"""An absence of which nobody knows the end: what is sought for goes on with it, two weeks ahead of every day."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from samen.base import clock, jobs, journal
from samen.base.tenancy import SYSTEM, Actor
from samen.visits import locks
from samen.visits.absences import HORIZON
from samen.visits.facts import Fact
from samen.visits.models import Absence, Assignment, Replacement, Round, Visit


def last(absence: Absence, *, by: Actor, at: datetime) -> Round | None:
    """The absence lasts: her visits of the coming two weeks wait for other hands, also those made meanwhile.

    Returns the round that grew by them, or None.  Run twice, it does nothing.
    """
    locked = locks.visits(_hers(absence, at=at).values_list("pk", flat=True))
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


@jobs.job(of={})
def last_on() -> None:
    """Every absence without a known end has its visits of the coming two weeks looked after."""
    reach_all(by=SYSTEM, at=clock.now())


def reach_all(*, by: Actor, at: datetime) -> list[Round]:
    """All who are absent and nobody knows until when; returns the rounds that grew."""
    rows = Absence.objects.filter(expected_until=None, ended_at=None, withdrawn_at=None, starts_at__lte=at)
    grown = [last(row, by=by, at=at) for row in rows.select_related("helper__team").order_by("pk")]
    return [turn for turn in grown if turn is not None]


jobs.every("53 2 * * *", last_on)
