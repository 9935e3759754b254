"""A team lets the proposal for today's visits leave by itself: by day, and unless somebody stops it."""

from datetime import datetime, time, timedelta

from django.db import transaction

from samen.base import clock, jobs, journal
from samen.base.schema import Owned
from samen.base.tenancy import SYSTEM, Actor
from samen.teams.models import Team
from samen.visits import locks, planning, replacements
from samen.visits.facts import Fact
from samen.visits.models import Round, SelfSending
from samen.visits.replacements import Ask

VETO = timedelta(minutes=5)
FROM, UNTIL = time(7), time(22)  # outside these hours a proposal waits for a person
MOST = 3  # how many are asked for a visit that the plan says nothing of


@transaction.atomic
def switch_on(team: Team, *, by: Actor, at: datetime) -> None:
    """From now on proposals for today leave by themselves in this team."""
    _row, fresh = SelfSending.objects.get_or_create(
        team=team, ended_at=None, defaults={"since_at": at, "switched_by_kind": by.kind, "switched_by_ref": by.ref}
    )
    if fresh:
        journal.record(Fact.SELF_SENDING_ON, about=[team], by=by, at=at)


@transaction.atomic
def switch_off(team: Team, *, by: Actor, at: datetime) -> None:
    """From now on a person sends every proposal of this team, also those that would have left in a minute."""
    if SelfSending.objects.filter(team=team, ended_at=None).update(ended_at=at):
        Round.objects.filter(team=team, sent_at=None).update(leaves_at=None)
        journal.record(Fact.SELF_SENDING_OFF, about=[team], by=by, at=at)


def is_on(team: int) -> bool:
    """Whether proposals of this team (by number) leave by themselves."""
    return SelfSending.objects.filter(team=team, ended_at=None).exists()


def promise(turn: Round, *, at: datetime) -> None:
    """When the team wants it, the proposal for what is left of today leaves in five minutes, unless it is stopped."""
    due = at + VETO
    if turn.sent_at is None and is_by_day(due) and is_on(turn.team_id) and _today(turn, due):
        turn.leaves_at = due
        turn.save(update_fields=["leaves_at"])
        leave.later(turn=turn.pk, wait=VETO)


def is_by_day(at: datetime) -> bool:
    """Whether people may be asked by a machine at this hour, by the clock on the wall."""
    return FROM <= at.astimezone(clock.HOME).time() < UNTIL


@transaction.atomic
def stop(turn: Round, *, by: Actor, at: datetime) -> bool:
    """This proposal does not leave by itself; returns whether it was in time."""
    now = Round.objects.select_for_update().get(pk=turn.pk)
    if now.leaves_at is None or now.sent_at is not None:
        return False
    now.leaves_at = None
    now.save(update_fields=["leaves_at"])
    journal.record(Fact.SELF_SENDING_STOPPED, about=[now, now.team, *_absent(now)], by=by, at=at)
    return True


@jobs.job(of={"turn": Round})
def leave(*, turn: int) -> None:
    """Send the proposal of this round if it is due and still wanted; safe to run any number of times.

    A worker that comes too late sends what still makes sense at its own hour: nothing by night, nothing for a visit
    that began, nothing that somebody sent or stopped meanwhile.
    """
    now = clock.now()
    locks.visits(list(Round.objects.get(pk=turn).replacements.values_list("visit_id", flat=True)))
    found = Round.objects.select_for_update(of=("self",)).select_related("team", "absence__helper").get(pk=turn)
    if found.leaves_at is None or found.sent_at is not None or found.undone_at is not None:
        return
    if found.leaves_at > now:
        leave.later(turn=turn, wait=found.leaves_at - now)
        return
    found.leaves_at = None
    found.save(update_fields=["leaves_at"])
    if _is_back(found, now) or not is_by_day(now) or not is_on(found.team_id):
        return
    asks = proposed(found, at=now)
    if asks:
        replacements.send(found, asks, by=SYSTEM, at=now)
        journal.record(Fact.SENT_BY_ITSELF, about=[found, found.team, *_absent(found)], by=SYSTEM, at=now)


def _is_back(turn: Round, at: datetime) -> bool:
    """Whether the helper of this search can come herself by now."""
    absence = turn.absence
    return absence is not None and (absence.withdrawn_at is not None or absence.is_over(at))


@jobs.job(of={})
def sweep() -> None:
    """Every proposal that should have left has a job again, whatever became of the first one."""
    for turn in Round.objects.filter(leaves_at__lte=clock.now(), sent_at=None, undone_at=None).order_by("pk"):
        leave.later(turn=turn.pk)


jobs.every("* * * * *", sweep)


def proposed(turn: Round, *, at: datetime) -> list[Ask]:
    """Whom the plan would ask now for what is left of today, where the household did not want a call first."""
    today = _today(turn, at)
    found = planning.propose(turn, at=at)
    rows = {row.visit_id: row for row in turn.replacements.filter(visit__in=today).select_related("visit")}
    return [
        planning.question(rows[visit], candidate)
        for visit, ranking in found.rankings.items()
        if visit in rows and found.wants.get(rows[visit].visit.household_id) not in planning.FIRST_A_CALL
        for candidate in ranking.candidates
        if candidate.helper in (ranking.asked or [one.helper for one in ranking.candidates[:MOST]])
    ]


def _today(turn: Round, at: datetime) -> list[int]:
    """What still begins today and has nobody."""
    day = at.astimezone(clock.HOME).date()
    rows = turn.replacements.filter(closed_at=None, visit__local_date=day, visit__starts_at__gt=at)
    return list(rows.values_list("visit_id", flat=True))


def _absent(turn: Round) -> list[Owned]:
    return [turn.absence.helper] if turn.absence else []
