"""The week of a team: a row per helper, nobody-yet on top, and every visit a link."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from samen.base import clock
from samen.desk import terms
from samen.desk.sitting import Desk
from samen.people.models import Helper
from samen.visits.models import Absence, Assignment, Visit, VisitResult

WEEK = re.compile(r"(20\d\d)-W(\d\d)", re.ASCII)


@dataclass(frozen=True)
class Block:
    """A visit in a cell."""

    time: datetime
    ends_at: datetime
    household_name: str
    url: str
    state: str
    own: bool
    result: str = ""


@dataclass
class Cell:
    """One helper on one day."""

    date: date
    is_today: bool
    blocks: list[Block] = field(default_factory=list)
    absent: bool = False


@dataclass
class Row:
    """One helper's week, or that of nobody."""

    key: str
    name: str
    url: str
    cells: list[Cell]
    minutes: int = 0
    contract_minutes: int = 0

    @property
    def count(self) -> int:
        """How many visits stand in the row."""
        return sum(len(cell.blocks) for cell in self.cells)


def monday_of(words: str, at: datetime) -> date | None:
    """The Monday of a week as ISO 8601 writes it (2026-W48), of this week for no words; None for a week no year has."""
    if not words:
        today = at.astimezone(clock.HOME).date()
        return today - timedelta(days=today.weekday())
    found = WEEK.fullmatch(words)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def board(desk: Desk, monday: date) -> dict[str, Any]:
    """The whole week, in a fixed number of queries."""
    today = desk.at.astimezone(clock.HOME).date()
    days = [monday + timedelta(days=n) for n in range(7)]
    helpers = list(Helper.objects.filter(team=desk.team).select_related("person").order_by("person__first_name", "pk"))
    rows = {
        helper.pk: Row(
            key=f"helper-{helper.public_id}",
            name=helper.person.name,
            url=reverse("helper", args=[desk.visitor.slug, helper.public_id]),
            cells=_cells(days, today),
            contract_minutes=helper.contract_minutes,
        )
        for helper in helpers
    }
    nobody = Row(key="nobody", name="", url="", cells=_cells(days, today))
    visits = _visits(desk, days)
    for visit in visits:
        _place(desk, visit, rows, nobody, monday)
    _mark_absences(rows, days)
    totals = [sum(len(row.cells[n].blocks) for row in (nobody, *rows.values())) for n in range(7)]
    before, after = monday - timedelta(weeks=1), monday + timedelta(weeks=1)
    return {
        "team": desk.team,
        "days": [{"date": day, "is_today": day == today} for day in days],
        "monday": monday,
        "sunday": days[-1],
        "number": monday.isocalendar().week,
        "rows": list(rows.values()),
        "nobody": nobody,
        "totals": totals,
        "total": sum(totals),
        "open_count": nobody.count,
        "before_url": _url(desk, before),
        "after_url": _url(desk, after),
        "now_url": _url(desk, today),
    }


def _url(desk: Desk, day: date) -> str:
    return terms.week_url(desk.visitor.slug, day)


def _cells(days: list[date], today: date) -> list[Cell]:
    return [Cell(day, day == today) for day in days]


def _visits(desk: Desk, days: list[date]) -> list[Visit]:
    return list(
        Visit.objects.standing()
        .filter(team=desk.team, local_date__range=(days[0], days[-1]))
        .select_related("household")
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.standing()),
            Prefetch("results", VisitResult.objects.filter(replaced_at=None)),
        )
        .order_by("starts_at", "pk")
    )


def _place(desk: Desk, visit: Visit, rows: dict[int, Row], nobody: Row, monday: date) -> None:
    going = list(visit.assignments.all())
    row = rows.get(going[0].helper_id, nobody) if going else nobody
    if not going:
        state = "open"
    elif visit.ends_at <= desk.at:
        state = "done"
    else:
        state = "replacing" if going[0].from_offer_id else "planned"
    row.minutes += visit.minutes
    row.cells[(visit.local_date - monday).days].blocks.append(
        Block(
            time=visit.starts_at,
            ends_at=visit.ends_at,
            household_name=visit.household.name,
            url=reverse("visit", args=[desk.visitor.slug, visit.public_id]),
            state=state,
            own=visit.own_date or visit.own_start or visit.own_minutes or visit.own_helper,
            result=next((row.outcome for row in visit.results.all()), ""),
        )
    )


def _mark_absences(rows: dict[int, Row], days: list[date]) -> None:
    start = datetime.combine(days[0], datetime.min.time(), tzinfo=clock.HOME)
    end = start + timedelta(days=7)
    spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    standing = Absence.objects.filter(helper_id__in=rows, withdrawn_at=None, starts_at__lt=end)
    for absence in standing:
        over = absence.ended_at or absence.expected_until or end
        spans[absence.helper_id].append((absence.starts_at, over))
    for number, found in spans.items():
        for cell in rows[number].cells:
            noon = datetime.combine(cell.date, datetime.min.time(), tzinfo=clock.HOME) + timedelta(hours=12)
            cell.absent = any(begin <= noon < over for begin, over in found)
