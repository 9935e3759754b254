"""A morning of the whole organisation: workers plan every team by itself, and then neighbours lend what is left."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from samen.base import clock, jobs, journal
from samen.base.tenancy import Actor, current, enter
from samen.people.models import Helper
from samen.teams.models import Team
from samen.visits import planning
from samen.visits.facts import Fact
from samen.visits.models import Morning, Visit
from samen.visits.planning import Question

Rows = list[dict[str, Any]]  # for each visit who goes, what it costs, and why
KEPT = timedelta(days=7)
HEAVY = ("question", "plan", "lent")


@dataclass(frozen=True)
class Progress:
    """How far a morning is: teams asked, planned and lent for, and what became of the visits that were sought."""

    teams: int
    planned: int
    lent: int
    sought: int
    covered: int
    borrowed: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.lent == self.teams


def begin(*, by: Actor, at: datetime) -> None:
    """What every team of the organisation seeks at this moment is planned, all at once.

    A team that sought something earlier this morning and seeks nothing any more is in it no longer.
    """
    questions = {team: planning.sought(team.pk, at=at) for team in Team.objects.order_by("pk")}
    seeking = {team: question for team, question in questions.items() if question.visits}
    day = at.astimezone(clock.HOME).date()
    with transaction.atomic():
        _hold(day)
        Morning.objects.filter(local_date=day).exclude(team__in=seeking).delete()
        ask(seeking, day=day, by=by, at=at)


@jobs.job(of={})
def seek() -> None:
    """As `begin`, for whoever cannot wait until every team was looked at; in the name of who wanted it."""
    begin(by=current().actor, at=clock.now())


def is_wanted() -> bool:
    """Whether somebody wants a morning for which the teams are still looked at."""
    return seek.is_waiting()


@transaction.atomic
def ask(questions: Mapping[Team, Question], *, day: date, by: Actor, at: datetime) -> None:
    """What each of these teams seeks on this morning is planned as soon as a worker has time.

    Asked once more, it is planned anew, and what was found before is gone.
    """
    if not questions:
        return
    _hold(day)
    for team in sorted(questions, key=lambda team: team.pk):
        row, _fresh = Morning.objects.update_or_create(team=team, local_date=day, defaults=_new(questions[team], at))
        plan.later(morning=row.pk)
    Morning.objects.filter(local_date=day, lent_at__isnull=False).update(lent_at=None, lent=None, borrowed=0)
    journal.record(Fact.MORNING_ASKED, about=list(questions), by=by, at=at, params={"count": len(questions)})


def _new(question: Question, at: datetime) -> dict[str, Any]:
    asked = {"asked_at": at, "question": planning.packed(question), "sought": len(question.visits)}
    return asked | dict.fromkeys(("planned_at", "plan", "lent_at", "lent")) | {"covered": 0, "borrowed": 0}


def progress(day: date) -> Progress:
    """How far this morning is."""
    found = Morning.objects.filter(local_date=day).aggregate(
        teams=Count("pk"),
        planned=Count("planned_at"),
        lent=Count("lent_at"),
        sought=Sum("sought", default=0),
        covered=Sum("covered", default=0),
        borrowed=Sum("borrowed", default=0),
    )
    return Progress(**found)


def teams(day: date) -> list[Morning]:
    """What was asked for each team on this morning, and how far that is; by name."""
    rows = Morning.objects.filter(local_date=day).defer(*HEAVY).select_related("team__region")
    return list(rows.order_by("team__name"))


@dataclass(frozen=True)
class Left:
    """A visit to which nobody of its own team can go, and who of another team can, if anybody."""

    visit: Visit
    helper: Helper | None


def left(day: date, teams: Collection[Team]) -> list[Left]:
    """What these teams cannot do by themselves on this morning, soonest first."""
    rows = list(Morning.objects.filter(local_date=day, team__in=teams, lent_at__isnull=False).defer("question"))
    lent = {one["visit"]: one["helper"] for row in rows for one in row.lent or []}
    alone = [number for row in rows for number, helper in _given(row).items() if helper is None]
    helpers = Helper.objects.select_related("person", "team").in_bulk(set(lent.values()))
    visits = Visit.objects.filter(pk__in=alone).select_related("household").order_by("starts_at", "pk")
    return [Left(visit, helpers.get(lent.get(visit.pk, 0))) for visit in visits]


@jobs.job(of={"morning": Morning}, stepwise=True)
def plan(org: int, actor: Actor, *, morning: int) -> None:
    """Cover one team; safe to run any number of times, by any number of workers.

    No transaction is open while it thinks.  Whoever comes first writes; another would have found the very same.  The
    last of all teams has the neighbours asked.
    """
    with enter(org, actor):
        row = Morning.objects.get(pk=morning)
    if row.planned_at is not None:
        return
    found = planning.covered(bytes(row.question))
    with enter(org, actor):
        rows = _hold(row.local_date)
        now = rows.get(morning)
        if now is None or now.planned_at is not None or now.asked_at != row.asked_at:
            return
        now.planned_at, now.plan, now.covered = clock.now(), found, _gone(found)
        now.save(update_fields=["planned_at", "plan", "covered"])
        if all(one.planned_at for one in rows.values()):
            lend.later(morning=min(rows))


@jobs.job(of={"morning": Morning}, stepwise=True)
def lend(org: int, actor: Actor, *, morning: int) -> None:
    """What no team could do by itself is lent by neighbours, all at once; safe to run any number of times."""
    with enter(org, actor):
        day = Morning.objects.defer(*HEAVY).get(pk=morning).local_date
        rows = list(Morning.objects.filter(local_date=day).order_by("pk"))
    if not all(one.planned_at and one.lent_at is None for one in rows):
        return
    found = planning.lent((bytes(one.question), _given(one)) for one in rows)
    with enter(org, actor):
        held = _hold(day)
        if _asked(held.values()) != _asked(rows) or any(one.lent_at for one in held.values()):
            return
        for one in rows:
            _lent(held[one.pk], one, found)


def _asked(rows: Any) -> dict[int, tuple[datetime, bool]]:
    return {one.pk: (one.asked_at, one.planned_at is not None) for one in rows}


def _lent(held: Morning, row: Morning, found: Rows) -> None:
    """What was found for the visits of this team."""
    mine = _given(row)
    held.lent_at, held.lent = clock.now(), [one for one in found if one["visit"] in mine]
    held.borrowed = len(held.lent)
    held.save(update_fields=["lent_at", "lent", "borrowed"])


def _hold(day: date) -> dict[int, Morning]:
    """The teams of this morning, by number; whoever else writes down what was found for it waits."""
    rows = Morning.objects.filter(local_date=day).defer(*HEAVY).order_by("pk").select_for_update()
    return {row.pk: row for row in rows}


def _gone(found: Rows) -> int:
    return sum(one["helper"] is not None for one in found)


def _given(row: Morning) -> dict[int, int | None]:
    return {one["visit"]: one["helper"] for one in row.plan or []}


@jobs.job(of={})
def forget() -> None:
    """Mornings of last week are gone: what became of them stands with the visits."""
    Morning.objects.filter(local_date__lt=clock.today() - KEPT).delete()


jobs.every("47 3 * * *", forget)
