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

    Two people who report at once make one absence.  Reported again for longer, or from an earlier moment on, it is that
    absence and lasts as long as anybody said; it never becomes shorter.
    """
    locked = _lock(helper, start, until or start + HORIZON)
    _close_what_is_over(helper, kind, start)
    standing = _standing(helper, kind, start, until)
    if standing:
        return _last_longer(standing, start, until, locked, by=by, at=at)
    later = Absence.objects.filter(helper=helper, kind=kind, withdrawn_at=None, starts_at__gt=start)
    absence = Absence.objects.create(
        helper=helper,
        kind=kind,
        starts_at=start,
        expected_until=until,
        ended_at=until if later.exists() else None,
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


def _standing(helper: Helper, kind: str, start: datetime, until: datetime | None) -> list[Absence]:
    """Those of the same kind that meet the stretch, the first one first."""
    meeting = Absence.objects.filter(helper=helper, kind=kind, withdrawn_at=None).exclude(ended_at__lte=start)
    if until is not None:
        meeting = meeting.filter(starts_at__lt=until)
    return list(meeting.order_by("starts_at"))


def _last_longer(
    standing: list[Absence], start: datetime, until: datetime | None, visits: list[Visit], *, by: Actor, at: datetime
) -> Absence:
    """These absences leave nothing of the stretch out: the first begins no later, each lasts at least until the next.

    Her visits in it wait for other hands, each in the search of the absence in which it begins.
    """
    begins = [min(standing[0].starts_at, start), *(after.starts_at for after in standing[1:])]
    ends = [*begins[1:], _later(standing[-1].expected_until, until)]
    stretches = list(zip(standing, begins, ends, strict=True))
    if all((one.starts_at, one.expected_until) == (since, end_) for one, since, end_ in stretches):
        return standing[0]
    for absence, since, end_ in reversed(stretches):
        _stretch(absence, since, end_, by=by, at=at)
        hers = [visit for visit in visits if visit.ends_at > since]
        turn = replacements.search_of(absence, by=by, at=at)
        replacements.uncover_in(turn, hers, at=at)
        leaving.promise(turn, at=at)
    return standing[0]


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two ends; None is an end that nobody knows."""
    return max(one, other) if one and other else None


def _stretch(absence: Absence, since: datetime, until: datetime | None, *, by: Actor, at: datetime) -> None:
    """This absence lasts longer; one that another follows has its end for certain."""
    if (absence.starts_at, absence.expected_until) == (since, until):
        return
    absence.starts_at, absence.expected_until = since, until
    absence.ended_at = until if absence.ended_at else None
    absence.save(update_fields=["starts_at", "expected_until", "ended_at"])
    journal.record(Fact.ABSENCE_REPORTED, about=[absence, absence.helper, absence.helper.team], by=by, at=at)


def expect_back(*, helper: Helper, kind: str, since: datetime, by: Actor, at: datetime) -> None:
    """The day on which she is back is known now; of who was absent until nobody knew when it was not.

    What follows is as when she is better from that moment on.
    """
    unknown = {"expected_until": None, "ended_at": None, "withdrawn_at": None}
    for absence in Absence.objects.filter(helper=helper, kind=kind, starts_at__lt=since, **unknown):
        turns = _locked_searches(absence)
        if Absence.objects.filter(pk=absence.pk, **unknown).update(expected_until=since):
            _have_again(absence, turns, since=since, by=by, at=at)
            journal.record(Fact.ABSENCE_REPORTED, about=[absence, helper, helper.team], by=by, at=at)


def end(absence: Absence, *, by: Actor, at: datetime, since: datetime | None = None) -> None:
    """The helper is better from this moment, or since a later one that she knows.

    Who stands in keeps what was promised; nothing is taken away.

    Visits ahead that nobody has are hers again, also those for which whoever stood in could not come either: who was
    asked for them is thanked, and a household that was told that others are sought hears that she comes.
    """
    turns = _locked_searches(absence)
    absence.refresh_from_db()
    if absence.withdrawn_at is not None or (absence.ended_at is not None and absence.ended_at <= at):
        return
    absence.ended_at = max(since or at, absence.starts_at)
    if since is not None:
        absence.expected_until = absence.ended_at
    absence.save(update_fields=["ended_at", "expected_until"])
    _have_again(absence, turns, since=absence.ended_at, by=by, at=at)
    journal.record(Fact.ABSENCE_ENDED, about=[absence, absence.helper, absence.helper.team], by=by, at=at)


def _have_again(absence: Absence, turns: list[Round], *, since: datetime, by: Actor, at: datetime) -> None:
    """Of what these searches of hers look for she has what is ahead from this moment on, and who must know hears it."""
    turns += replacements.hand_back(absence.helper, since=since, at=at)
    cancellations.tell_own_back(turns, absence.helper, by=by, at=at)
    settling.settle_hers.later(helper=absence.helper_id)


def withdraw(absence: Absence, *, by: Actor, at: datetime) -> None:
    """The report was a mistake: the helper goes to her visits again, as if nothing was said.

    What she cannot go to after all, absent for another cause or elsewhere by now, goes on looking for somebody.  Raises
    `AlreadyAsked` once others were asked.
    """
    turns = _locked_searches(absence)
    if any(turn.offers.filter(withdrawn_at=None).exists() for turn in turns):
        raise AlreadyAsked(AlreadyAsked.__doc__)
    absence.refresh_from_db()
    if absence.withdrawn_at is not None:
        return
    absence.withdrawn_at = at
    absence.save(update_fields=["withdrawn_at"])
    for turn in turns:
        replacements.give_back(turn, absence.helper, at=at)
    cancellations.tell_own_back(turns, absence.helper, by=by, at=at)
    settling.settle_hers.later(helper=absence.helper_id)
    journal.record(Fact.ABSENCE_WITHDRAWN, about=[absence, absence.helper, absence.helper.team], by=by, at=at)


def _locked_searches(absence: Absence) -> list[Round]:
    """The searches of this absence, with the visits that may be hers again locked, and her time."""
    turns = list(Round.objects.filter(absence=absence, undone_at=None).order_by("pk"))
    numbers = {row.visit_id for turn in turns for row in turn.replacements.all()}
    locks.visits(numbers | {row.visit_id for row in replacements.lost(absence.helper)})
    locks.helpers([absence.helper_id])
    return turns
