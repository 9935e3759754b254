"""The week of a team: a row per helper, nobody-yet on top, and every visit a link."""

import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import clock
from samen.desk.sitting import Desk
from samen.people import places
from samen.people.models import Helper
from samen.visits import holidays, words
from samen.visits.days_off import AWAY
from samen.visits.models import Absence, Assignment, Visit, VisitResult

WEEK = re.compile(r"(20\d\d)-W(\d\d)", re.ASCII)
NOBODY = "nobody"
A_WEEK = timedelta(days=7)
SHOWN = (  # of some four hundred visits, so no more than the board says of them
    *("public_id", "team_id", "local_date", "minutes", "starts_at", "ends_at", "household__name"),
    *("own_date", "own_start", "own_minutes", "own_helper", "cancelled_why"),
)
Seen = Any  # a visit with `going` and `told`, its rows that stand: asking each visit for them costs a quarter of a page
MUCH_MORE = 4 * 60  # minutes above what was agreed for the week; less evens out, as every other week is full


@dataclass(frozen=True)
class Look:
    """How somebody wants to see the board: which week, everything or what is open only, wide or close together."""

    monday: date
    only_open: bool = False
    close: bool = False

    @property
    def words(self) -> str:
        """The week as ISO 8601 writes it."""
        year, week, _day = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    def url(self, slug: str, **changes: Any) -> str:
        """The address of the board as it is seen here, but for these changes."""
        other = replace(self, **changes)
        query = {"week": other.words} | ({"toon": "open"} if other.only_open else {})
        return f"{reverse('week', args=[slug])}?{urlencode(query | ({'dicht': '1'} if other.close else {}))}"


class Note(NamedTuple):
    """A few words in a block."""

    words: str
    look: str = ""


@dataclass(frozen=True)
class Block:
    """A visit in a cell.  There are hundreds, so the page has nothing to decide: it writes down what is here."""

    hours: str
    household_name: str
    url: str
    look: str
    notes: Sequence[Note] = ()


@dataclass
class Cell:
    """One helper on one day."""

    date: date
    is_today: bool
    blocks: list[Block] = field(default_factory=list)
    off: list[Block] = field(default_factory=list)  # nobody comes, because the household is away
    away: str = ""

    @property
    def look(self) -> str:
        """How the cell differs from others."""
        return " ".join(["is-today"] * self.is_today + ["away"] * bool(self.away))


@dataclass
class Row:
    """One helper's week, or that of nobody."""

    key: str
    name: str
    url: str
    cells: list[Cell]
    sheet_url: str = ""
    minutes: int = 0
    contract_minutes: int = 0
    clashes: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many visits stand in the row."""
        return sum(len(cell.blocks) for cell in self.cells)

    @property
    def hours(self) -> str:
        """How many hours she goes somewhere this week, of how many that were agreed."""
        going = _hours(self.minutes)
        if not self.contract_minutes:
            return _("{hours} h").format(hours=going) if self.minutes else ""
        return _("{hours} of {agreed} h").format(hours=going, agreed=_hours(self.contract_minutes))


def _hours(minutes: int) -> str:
    return formats.number_format(minutes / 60, decimal_pos=1 if minutes % 60 else 0)


def look_of(asked: dict[str, str], at: datetime) -> Look | None:
    """The board that is asked for in an address; None for a week no year has."""
    monday = monday_of(asked.get("week", ""), at)
    return None if monday is None else Look(monday, asked.get("toon") == "open", asked.get("dicht") == "1")


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


def board(desk: Desk, look: Look) -> dict[str, Any]:
    """The whole week, in a fixed number of queries."""
    today = desk.at.astimezone(clock.HOME).date()
    days = days_of(look.monday)
    slug = desk.visitor.slug
    undecided = {one.start: one for one in holidays.undecided(desk.team, days[0], days[-1] + timedelta(days=1))}
    rows, nobody = _rows(desk, look.monday, undecided)
    called = _called(desk, days)
    shown = [row for row in rows if row.clashes or not look.only_open]
    totals = [sum(len(row.cells[n].blocks) for row in (nobody, *rows)) for n in range(7)]
    return {
        "team": desk.team,
        "look": look,
        "days": [
            {
                "date": day,
                "is_today": day == today,
                "called": called.get(day, ""),
                "undecided_url": holiday_url(slug, undecided[day]) if day in undecided and day >= today else "",
            }
            for day in days
        ],
        "monday": look.monday,
        "sunday": days[-1],
        "number": look.monday.isocalendar().week,
        "rows": shown,
        "hidden": len(rows) - len(shown),
        "nobody": nobody,
        "totals": totals,
        "total": sum(totals),
        "hours": _hours(sum(row.minutes for row in (nobody, *rows))),
        "open_count": nobody.count,
        "before_url": look.url(slug, monday=look.monday - timedelta(weeks=1)),
        "after_url": look.url(slug, monday=look.monday + timedelta(weeks=1)),
        "now_url": look.url(slug, monday=today - timedelta(days=today.weekday())),
        "all_url": look.url(slug, only_open=False),
        "open_url": look.url(slug, only_open=True),
        "wide_url": look.url(slug, close=False),
        "close_url": look.url(slug, close=True),
    }


def holiday_url(slug: str, special: holidays.Special) -> str:
    """Where the team decides what happens on this holiday."""
    stretch = urlencode({"van": special.start.isoformat(), "tot": special.until.isoformat()})
    return f"{reverse('holiday', args=[slug])}?{stretch}"


def two_rows(desk: Desk, look: Look, keys: Collection[str]) -> dict[str, Any]:
    """The rows with these keys and what is counted below them: all that a move changes."""
    week = board(desk, Look(look.monday, close=look.close))
    return week | {"rows": [row for row in week["rows"] if row.key in keys]}


def sheet(helper: Helper, monday: date) -> dict[str, Any]:
    """One helper's week, to print."""
    days = days_of(monday)
    going = (
        Visit.objects.standing()
        .filter(local_date__range=(days[0], days[-1]))
        .filter(assignments__helper=helper, assignments__ended_at=None)
        .select_related("household", "place")
        .order_by("starts_at", "pk")
    )
    return {
        "helper": helper,
        "team": helper.team,
        "monday": monday,
        "sunday": days[-1],
        "number": monday.isocalendar().week,
        "visits": [
            {
                "starts_at": visit.starts_at,
                "ends_at": visit.ends_at,
                "day": visit.local_date,
                "household_name": visit.household.name,
                "place": places.fully(visit.place),
            }
            for visit in going
        ],
    }


def days_of(monday: date) -> list[date]:
    """Monday to Sunday."""
    return [monday + timedelta(days=n) for n in range(7)]


def _rows(desk: Desk, monday: date, undecided: Collection[date]) -> tuple[list[Row], Row]:
    today = desk.at.astimezone(clock.HOME).date()
    days = days_of(monday)
    helpers = list(Helper.objects.filter(team=desk.team).select_related("person").order_by("person__first_name", "pk"))
    week = f"?week={Look(monday).words}"
    rows = {
        helper.pk: Row(
            key=f"helper-{helper.public_id}",
            name=helper.person.name,
            url=reverse("helper", args=[desk.visitor.slug, helper.public_id]),
            sheet_url=reverse("week_sheet", args=[desk.visitor.slug, helper.public_id]) + week,
            cells=_cells(days, today),
            contract_minutes=helper.contract_minutes,
        )
        for helper in helpers
    }
    nobody = Row(key=NOBODY, name="", url="", cells=_cells(days, today))
    visits = [*_visits(desk, days), *_elsewhere(desk, days, rows.keys())]
    rows |= _guests(desk, visits, rows, days)
    absences = _absences(rows, days)
    went = _who_would_have_gone([visit for visit in visits if visit.cancelled_why])
    pen = Pen(desk)
    for visit in visits:
        if visit.cancelled_why:
            _place_off(pen, visit, rows.get(went.get(visit.pk, 0), nobody))
        else:
            _place(pen, visit, rows, nobody, absences, undecided)
    for number, row in rows.items():
        _mark_absences(row, absences[number])
        _mark_full_weeks(row)
    return list(rows.values()), nobody


def _guests(desk: Desk, visits: list[Seen], rows: dict[int, Row], days: list[date]) -> dict[int, Row]:
    """The rows of helpers of another team who come to households of this one."""
    here = {one.helper_id for visit in visits if visit.team_id == desk.team.pk for one in visit.going}
    unknown = here - rows.keys()
    found = Helper.objects.filter(pk__in=unknown).select_related("person", "team") if unknown else ()
    today = desk.at.astimezone(clock.HOME).date()
    return {
        helper.pk: Row(
            key=f"helper-{helper.public_id}",
            name=_of_team(helper.person.name, helper.team.name),
            url=reverse("helper", args=[desk.visitor.slug, helper.public_id]),
            cells=_cells(days, today),
        )
        for helper in sorted(found, key=lambda one: one.person.name)
    }


def _of_team(name: str, team: str) -> str:
    return _("{name} ({team})").format(name=name, team=team)


def _called(desk: Desk, days: list[date]) -> dict[date, str]:
    """What a day is called that is not like the others: a holiday, else a school break."""
    after = days[-1] + timedelta(days=1)
    special = [*holidays.breaks_between(desk.team, days[0], after), *holidays.between(days[0], after)]
    return {day: one.name for one in special for day in days if one.start <= day < one.until}


def _cells(days: list[date], today: date) -> list[Cell]:
    return [Cell(day, day == today) for day in days]


class Pen:
    """Writes what stands in hundreds of blocks: each hour of the day once, and one address that the others are like."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.hours = cache(words.hour)
        someone = uuid.UUID(int=0)
        self.before, self.after = reverse("visit", args=[desk.visitor.slug, someone]).split(str(someone))

    def write(self, visit: Visit, look: str, notes: Sequence[Note] = (), *, of_team: str = "") -> Block:
        """The block of this visit."""
        name = visit.household.name
        return Block(
            hours=f"{self.hours(visit.starts_at)}–{self.hours(visit.ends_at)}",
            household_name=_of_team(name, of_team) if of_team else name,
            url=f"{self.before}{visit.public_id}{self.after}",
            look=look,
            notes=notes,
        )


def _visits(desk: Desk, days: list[date]) -> list[Seen]:
    return _of_week(Visit.objects.filter(team=desk.team), days)


def _elsewhere(desk: Desk, days: list[date], helpers: Collection[int]) -> list[Seen]:
    """Where helpers of the team go for another team: seen here too, so that nobody counts on hours that are gone.

    The helpers are named by number: joined by their team, the database would walk through all their visits.
    """
    start = datetime.combine(days[0], datetime.min.time(), tzinfo=clock.HOME)
    theirs = Assignment.objects.standing().filter(helper_id__in=helpers, starts_at__range=(start, start + A_WEEK))
    numbers = list(theirs.exclude(visit__team=desk.team).values_list("visit_id", flat=True))
    visits = Visit.objects.filter(pk__in=numbers).select_related("team")
    return _of_week(visits, days, "team__name") if numbers else []


def _of_week(visits: QuerySet[Visit], days: list[date], *more: str) -> list[Seen]:
    shown = Q(cancelled_at=None) | Q(cancelled_why=AWAY)
    going, told = Assignment.objects.standing(), VisitResult.objects.filter(replaced_at=None)
    return list(
        visits.filter(shown, local_date__range=(days[0], days[-1]))
        .select_related("household")
        .only(*SHOWN, *more)
        .prefetch_related(
            Prefetch("assignments", going.only("visit_id", "helper_id", "from_offer_id"), to_attr="going"),
            Prefetch("results", told.only("visit_id", "outcome"), to_attr="told"),
        )
        .order_by("starts_at", "pk")
    )


def _who_would_have_gone(off: list[Visit]) -> dict[int, int]:
    """Of each visit to which nobody comes, by number: the helper who has that hour to herself."""
    ended = Assignment.objects.filter(visit__in=off, ended_by_kind="cancelled").order_by("ended_at", "pk")
    return dict(ended.values_list("visit_id", "helper_id")) if off else {}


def _place_off(pen: Pen, visit: Seen, row: Row) -> None:
    row.cells[visit.local_date.weekday()].off.append(pen.write(visit, "off"))


def _place(
    pen: Pen,
    visit: Seen,
    rows: dict[int, Row],
    nobody: Row,
    absences: dict[int, list["Span"]],
    undecided: Collection[date],
) -> None:
    helper = visit.going[0].helper_id if visit.going else None
    row = nobody if helper is None else rows.get(helper, nobody)
    ahead = visit.ends_at > pen.desk.at
    clash = ""
    if helper is not None and ahead and any(span.meets(visit) for span in absences[helper]):
        clash = _("cannot come then")
        row.clashes.append(f"{visit.household.name}: {clash}")
    row.minutes += visit.minutes
    state = _state(visit, ahead=ahead)
    notes = [Note(_told(one.outcome), "result") for one in visit.told[:1]]
    notes += [Note(text) for text in (clash or _remark(visit, state),) if text]
    if ahead and visit.local_date in undecided and not visit.own_date:
        notes.append(Note(_("holiday: nothing chosen yet"), "undecided"))
    look = f"{state}{' clashes' if clash else ''}"
    elsewhere = "" if visit.team_id == pen.desk.team.pk else visit.team.name
    row.cells[visit.local_date.weekday()].blocks.append(pen.write(visit, look, notes, of_team=elsewhere))


def _state(visit: Seen, *, ahead: bool) -> str:
    if not visit.going:
        return "open"
    if not ahead:
        return "done"
    return "replacing" if visit.going[0].from_offer_id else "planned"


def _remark(visit: Seen, state: str) -> str:
    """What is not as it always is."""
    if state == "open":
        return _("nobody yet")
    if state == "replacing":
        return _("stand-in")
    own = visit.own_date or visit.own_start or visit.own_minutes or visit.own_helper
    return _("this time only") if own else ""


@dataclass(frozen=True)
class Span:
    """From when until when somebody cannot come."""

    kind: str
    start: datetime
    until: datetime

    def meets(self, visit: Visit) -> bool:
        """Whether the visit falls in it."""
        return bool(self.start < visit.ends_at and visit.starts_at < self.until)


def _absences(rows: dict[int, Row], days: list[date]) -> dict[int, list[Span]]:
    start = datetime.combine(days[0], datetime.min.time(), tzinfo=clock.HOME)
    end = start + timedelta(days=7)
    found: dict[int, list[Span]] = defaultdict(list)
    standing = Absence.objects.filter(helper_id__in=rows, withdrawn_at=None, starts_at__lt=end)
    for absence in standing.filter(Q(ended_at=None) | Q(ended_at__gt=start)):
        over = absence.ended_at or absence.expected_until or end
        found[absence.helper_id].append(Span(absence.kind, absence.starts_at, over))
    return found


def _mark_absences(row: Row, spans: list[Span]) -> None:
    texts = {Absence.Kind.LEAVE: _("on leave")}
    for span in spans:
        for cell in row.cells:
            noon = datetime.combine(cell.date, datetime.min.time(), tzinfo=clock.HOME) + timedelta(hours=12)
            if span.start <= noon < span.until:
                cell.away = texts.get(Absence.Kind(span.kind), _("cannot come"))


def _mark_full_weeks(row: Row) -> None:
    """A week far above what was agreed is no mistake, but somebody should have meant it."""
    over = row.minutes - row.contract_minutes
    if row.contract_minutes and over >= MUCH_MORE:
        hours = over // 60
        text = ngettext("{hours} hour more than agreed", "{hours} hours more than agreed", hours)
        row.clashes.append(text.format(hours=hours))


def _told(outcome: str) -> str:
    """How it went, as small as it can be said: a tick when all went as planned."""
    return "✓" if outcome == VisitResult.Outcome.DONE else words.outcome(outcome)
