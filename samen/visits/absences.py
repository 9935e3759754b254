"""A helper cannot come."""

from datetime import datetime, timedelta

from django.db import models, transaction

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people.models import Helper
from samen.visits import cancellations, leaving, locks, replacements, settling
from samen.visits.facts import Fact
from samen.visits.models import Absence, Assignment, Round, Visit

TRIES = 20
HORIZON = timedelta(days=14)  # how far an open-ended absence is planned ahead


class TooBusy(Exception):
    """Her visits changed again and again while we looked; try once more."""


class AlreadyAsked(Exception):
    """Others were asked already, so the report can no longer be taken back; say that the helper is better instead."""


def report(*, helper: Helper, kind: str, start: datetime, until: datetime | None, by: Actor, at: datetime) -> Absence:
    """The helper is absent from `start` until `until` (None: nobody knows yet) and her visits wait for other hands.

    Two people who report at once make one absence.
    """
    end = until or start + HORIZON
    locked = _lock(helper, start, end)
    _close_what_is_over(helper, kind, start)
    standing = _standing(helper, kind, until)
    if standing is not None:
        return standing
    absence = Absence.objects.create(
        helper=helper,
        kind=kind,
        starts_at=start,
        expected_until=until,
        reported_by_kind=by.kind,
        reported_by_ref=by.ref,
    )
    journal.record(Fact.ABSENCE_REPORTED, about=[absence, helper, helper.team], by=by, at=at)
    turn = replacements.uncover(absence, locked, by=by, at=at)
    leaving.promise(turn, at=at)
    return absence


def _lock(helper: Helper, start: datetime, end: datetime) -> list[Visit]:
    """Her visits in this stretch, locked, with her time: none that she took meanwhile is missing.

    Visits are locked before helpers, so a yes of hers may come between.  Then both are let go and taken again.
    """
    for _ in range(TRIES):
        with transaction.atomic():
            locked = locks.visits(_hers(helper, start, end))
            locks.helpers([helper.pk])
            if set(_hers(helper, start, end)) <= {visit.pk for visit in locked}:
                return locked
            transaction.set_rollback(True)  # a savepoint undone lets its locks go
    raise TooBusy(TooBusy.__doc__)


def _hers(helper: Helper, start: datetime, end: datetime) -> list[int]:
    standing = Assignment.objects.standing().filter(helper=helper, starts_at__lt=end, ends_at__gt=start)
    return list(standing.values_list("visit_id", flat=True))


def _close_what_is_over(helper: Helper, kind: str, start: datetime) -> None:
    """An absence whose expected end has passed ended then: she did not report anything else."""
    over = Absence.objects.filter(helper=helper, kind=kind, withdrawn_at=None, ended_at=None, expected_until__lte=start)
    over.update(ended_at=models.F("expected_until"))


def _standing(helper: Helper, kind: str, until: datetime | None) -> Absence | None:
    """An absence of the same kind that is not over and meets the stretch."""
    meeting = Absence.objects.filter(helper=helper, kind=kind, withdrawn_at=None, ended_at=None)
    if until is not None:
        meeting = meeting.filter(starts_at__lt=until)
    return meeting.order_by("starts_at").first()


def end(absence: Absence, *, by: Actor, at: datetime) -> None:
    """The helper is better from this moment.  Who stands in keeps what was promised; nothing is taken away.

    Visits ahead that nobody has are hers again: who was asked for them is thanked, and a household that was told that
    others are sought hears that she comes.
    """
    rounds = list(Round.objects.filter(absence=absence, undone_at=None).order_by("pk"))
    locks.visits(row.visit_id for turn in rounds for row in turn.replacements.filter(closed_at=None))
    locks.helpers([absence.helper_id])
    absence.refresh_from_db()
    if absence.ended_at is not None or absence.withdrawn_at is not None:
        return
    absence.ended_at = max(at, absence.starts_at)
    absence.save(update_fields=["ended_at"])
    for turn in rounds:
        replacements.hand_back(turn, absence.helper, since=absence.ended_at, at=at)
        cancellations.tell_own_back(turn, by=by, at=at)
    settling.settle_hers.later(helper=absence.helper_id)
    journal.record(Fact.ABSENCE_ENDED, about=[absence, absence.helper, absence.helper.team], by=by, at=at)


def withdraw(absence: Absence, *, by: Actor, at: datetime) -> None:
    """The report was a mistake: the helper goes to her visits again, as if nothing was said.

    Raises `AlreadyAsked` once others were asked.
    """
    rounds = list(Round.objects.filter(absence=absence, undone_at=None).order_by("pk"))
    numbers = [row.visit_id for turn in rounds for row in turn.replacements.all()]
    locks.visits(numbers)
    locks.helpers([absence.helper_id])
    if any(turn.offers.filter(withdrawn_at=None).exists() for turn in rounds):
        raise AlreadyAsked(AlreadyAsked.__doc__)
    absence.refresh_from_db()
    if absence.withdrawn_at is not None:
        return
    absence.withdrawn_at = at
    absence.save(update_fields=["withdrawn_at"])
    for turn in rounds:
        replacements.give_back(turn, absence.helper, at=at)
        cancellations.tell_own_back(turn, by=by, at=at)
    settling.settle_hers.later(helper=absence.helper_id)
    journal.record(Fact.ABSENCE_WITHDRAWN, about=[absence, absence.helper, absence.helper.team], by=by, at=at)
