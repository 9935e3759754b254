"""What became of a visit, as whoever was there says it."""

from datetime import datetime

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people.models import Helper
from samen.visits import hours, locks
from samen.visits.facts import Fact
from samen.visits.models import Assignment, Visit, VisitResult

Outcome = VisitResult.Outcome


class NotYet(Exception):
    """The visit has not begun, so nobody can say what became of it."""


class NotThere(Exception):
    """This helper does not go to this visit, or nobody does any more."""


class OddLength(Exception):
    """A shorter visit is shorter than planned, and no visit takes longer than a day."""


def report(
    visit: Visit, *, helper: Helper, outcome: str, minutes: int | None = None, by: Actor, at: datetime
) -> VisitResult:
    """So it went.  What was said before stays as history; the same said twice is said once.

    Raises `NotYet` before the visit begins, `NotThere` when the helper does not go, `OddLength` when the minutes
    cannot be.
    """
    visit = _lock(visit, helper)
    standing = of(visit, helper)
    if standing is None and not _goes(visit, helper):
        raise NotThere(NotThere.__doc__)
    if visit.starts_at > at:
        raise NotYet(NotYet.__doc__)
    took = _minutes(visit, outcome, minutes)
    if standing is not None and (standing.outcome, standing.minutes) == (outcome, took):
        return standing
    _replace(standing, at=at)
    result = VisitResult.objects.create(
        visit=visit,
        helper=helper,
        outcome=outcome,
        starts_at=visit.starts_at,
        minutes=took,
        said_by_kind=by.kind,
        said_by_ref=by.ref,
        said_at=at,
    )
    fact = Fact.RESULT_CORRECTED if standing else Fact.RESULT_REPORTED
    journal.record(fact, about=[visit, helper, visit.household, visit.team], by=by, at=at)
    hours.reopen_changed(helper, visit.household, by=by, at=at)
    return result


def take_back(visit: Visit, *, helper: Helper, by: Actor, at: datetime) -> None:
    """What was said of the visit is taken back, as if nobody had said it yet; the row stays as history."""
    visit = _lock(visit, helper)
    standing = of(visit, helper)
    if standing is None:
        return
    _replace(standing, at=at)
    about = [visit, helper, visit.household, visit.team]
    journal.record(Fact.RESULT_TAKEN_BACK, about=about, by=by, at=at)
    hours.reopen_changed(helper, visit.household, by=by, at=at)


def of(visit: Visit, helper: Helper) -> VisitResult | None:
    """What stands of this visit for this helper."""
    return VisitResult.objects.filter(visit=visit, helper=helper, replaced_at=None).first()


def _lock(visit: Visit, helper: Helper) -> Visit:
    """Two who say it at once wait for each other; the helper's lock keeps an approval of her hours apart from it."""
    locks.visits([visit.pk])
    locks.helpers([helper.pk])
    return Visit.objects.select_related("household", "team").get(pk=visit.pk)


def _goes(visit: Visit, helper: Helper) -> bool:
    return visit.cancelled_at is None and Assignment.objects.standing().filter(visit=visit, helper=helper).exists()


def _minutes(visit: Visit, outcome: str, minutes: int | None) -> int:
    """How long it took: as planned unless said otherwise; who found nobody, or did not go, has worked no time yet."""
    if outcome == Outcome.NOT_DONE:
        return 0
    took = minutes if minutes is not None else visit.minutes if outcome == Outcome.DONE else 0
    if not 0 <= took <= 24 * 60 or (outcome == Outcome.SHORTER and not 0 < took < visit.minutes):
        raise OddLength(OddLength.__doc__)
    return took


def _replace(standing: VisitResult | None, *, at: datetime) -> None:
    if standing is not None:
        standing.replaced_at = at
        standing.save(update_fields=["replaced_at"])
