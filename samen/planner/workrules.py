"""What Dutch law asks of work in somebody's home: dated figures with their source, and cautions that name the rule.

The figures are rows, not numbers in the code: each says from which day it holds, until which day that is known, who
says so, and whether that was sure.  Outside the rows nothing is asserted: `NotKnownYet` is raised, and never a guess
given back, because a figure is reckoned further with and an unknown one must not be.

These are cautions, not walls: a colleague may go on with a reason.  Money is cents, time is minutes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo


class WorkRule(StrEnum):
    """A rule by its name."""

    MINIMUM_WAGE = "MINIMUM_WAGE"
    YOUTH_SHARE = "YOUTH_SHARE"
    HOLIDAY_ALLOWANCE = "HOLIDAY_ALLOWANCE"
    HOLIDAY_WEEKS = "HOLIDAY_WEEKS"
    ALL_IN_FLOOR = "ALL_IN_FLOOR"
    PRIVATE_EMPLOYER = "PRIVATE_EMPLOYER"
    RECURRING_WORK = "RECURRING_WORK"
    DAYS_A_WEEK = "DAYS_A_WEEK"
    PGB_INSURED = "PGB_INSURED"
    SICK_DAYS = "SICK_DAYS"
    SICK_GAP = "SICK_GAP"
    SICK_SHARE = "SICK_SHARE"
    DAILY_REST = "DAILY_REST"
    SHORTENED_REST = "SHORTENED_REST"
    WEEKLY_REST = "WEEKLY_REST"
    FORTNIGHT_REST = "FORTNIGHT_REST"
    FORTNIGHT_PART = "FORTNIGHT_PART"
    AVERAGE_WEEK = "AVERAGE_WEEK"
    ROSTER_NOTICE = "ROSTER_NOTICE"
    TIMES_NOTICE = "TIMES_NOTICE"
    CALL_NOTICE = "CALL_NOTICE"
    LATE_CANCEL = "LATE_CANCEL"
    AGENCY_REGISTER = "AGENCY_REGISTER"
    AGENCY_DEPOSIT = "AGENCY_DEPOSIT"
    AGENCY_FINES = "AGENCY_FINES"


class Unit(StrEnum):
    """What a figure counts."""

    CENTS = "CENTS"
    MINUTES = "MINUTES"
    DAYS = "DAYS"
    WEEKS = "WEEKS"
    PERMILLE = "PERMILLE"
    HOLDS = "HOLDS"  # 1 when the rule is in force, 0 when it is not


@dataclass(frozen=True)
class Row:
    """A figure that holds from `start` until `until`, which is excluded; None when no other is announced."""

    rule: WorkRule
    value: int
    unit: Unit
    start: date
    until: date | None
    source: str
    sure: bool = True
    age: int | None = None


Table = Sequence[Row]


@dataclass(frozen=True)
class Figure:
    """What a rule says on a day, and who says so; not `sure` is shown with a warning sign."""

    rule: WorkRule
    value: int
    unit: Unit
    source: str
    sure: bool
    known_until: date | None = None


@dataclass(frozen=True)
class Caution:
    """A rule is not kept, or only just: what it asks, what was found instead, and on which day."""

    limit: Figure
    found: int
    day: date

    @property
    def rule(self) -> WorkRule:
        """The rule by its name."""
        return self.limit.rule


class NotKnown(LookupError):
    """Nobody has told us this figure for this day."""

    def __init__(self, rule: WorkRule, day: date, edge: date | None = None) -> None:
        super().__init__(rule, day, edge)
        self.rule, self.day, self.edge = rule, day, edge

    def __str__(self) -> str:
        return f"{self.rule} is not known on {self.day}"


class NotKnownYet(NotKnown):
    """The day lies beyond the last table that was published; `edge` is the first day without a figure."""


class NoMinimumWage(LookupError):
    """Below the age of fifteen the law knows no minimum wage."""


# --- The rows ----------------------------------------------------------------------------------------

ADULT = 21
ONE_DAY = timedelta(days=1)
SCHEME = date(2007, 1, 1)  # the Regeling dienstverlening aan huis as it is
HOURLY = date(2024, 1, 1)  # the minimum wage by the hour
WORKING_TIME = date(2007, 4, 1)  # the Arbeidstijdenwet as it is

RDAH = "Rijksoverheid, Welke regels gelden er voor dienstverlening aan huis (szw.rijksopenheid.nl/301)"
BW_629 = "Burgerlijk Wetboek 7, art. 629"
BW_628A = "Burgerlijk Wetboek 7, art. 628a; personeelspecialisten.nl, evl-advocaten.nl"
ATW = "Arbeidstijdenwet, art. {}"
WTTA = "Wet toelating terbeschikkingstelling van arbeidskrachten, rijksoverheid.nl 11-11-2025"
BILL_36744 = "Wetsvoorstel 36 744, nota van wijziging 10-12-2025; adoption not found"
YOUTH_2024 = "Besluit minimumjeugdloonregeling; awvn.nl 17-6-2024"
YOUTH_2027 = "Rijksoverheid 17-4-2026, Hoger minimumjeugdloon vanaf 2027: announced"


def _wages() -> Iterator[Row]:
    ends = date(2027, 1, 1)  # it changes every 1 January and 1 July, so silence beyond the last table
    changes = (
        (date(2024, 1, 1), 1327, "rd.nl 1037632"),
        (date(2024, 7, 1), 1368, "awvn.nl 17-6-2024"),
        (date(2025, 1, 1), 1406, "SZW 2024-0000675332, svb.nl"),
        (date(2025, 7, 1), 1440, "vertiadvies.nl, Minimumuurloon per 1 juli 2025"),
        (date(2026, 1, 1), 1471, "vertiadvies.nl, Minimumuurloon naar 14,71"),
        (date(2026, 7, 1), 1499, "Rijksoverheid, Bedragen minimumloon 2026"),
    )
    for (start, cents, source), until in zip(changes, [*(row[0] for row in changes[1:]), ends], strict=True):
        yield Row(WorkRule.MINIMUM_WAGE, cents, Unit.CENTS, start, until, source)


def _youth() -> Iterator[Row]:
    raised = date(2027, 1, 1)
    for age, now, then in (
        (20, 800, 875),
        (19, 600, 750),
        (18, 500, 625),
        (17, 395, 500),
        (16, 345, 400),
        (15, 300, 300),
    ):
        yield Row(WorkRule.YOUTH_SHARE, now, Unit.PERMILLE, HOURLY, raised, YOUTH_2024, age=age)
        yield Row(WorkRule.YOUTH_SHARE, then, Unit.PERMILLE, raised, None, YOUTH_2027, sure=False, age=age)


def _switch(rule: WorkRule, before: date, on: date, source: str, *, sure: bool = True) -> tuple[Row, Row]:
    off = Row(rule, 0, Unit.HOLDS, before, on, source, sure)
    return off, replace(off, value=1, start=on, until=None)


PUBLISHED: Table = (
    *_wages(),
    *_youth(),
    Row(WorkRule.HOLIDAY_ALLOWANCE, 80, Unit.PERMILLE, SCHEME, None, RDAH),
    Row(WorkRule.HOLIDAY_WEEKS, 4, Unit.WEEKS, SCHEME, None, RDAH),
    # The scheme for work in a home, and when it does not hold.
    Row(WorkRule.PRIVATE_EMPLOYER, 1, Unit.HOLDS, SCHEME, None, "Minister of SZW 1-11-2021, 2021Z16948"),
    Row(WorkRule.RECURRING_WORK, 1, Unit.HOLDS, SCHEME, None, RDAH),
    Row(WorkRule.DAYS_A_WEEK, 3, Unit.DAYS, SCHEME, None, f"{RDAH}; {BW_629} lid 2"),
    *_switch(WorkRule.PGB_INSURED, SCHEME, date(2026, 1, 1), BILL_36744, sure=False),
    # Ill, employed by the household.
    Row(WorkRule.SICK_DAYS, 42, Unit.DAYS, SCHEME, None, f"{BW_629} lid 2: six weeks"),
    Row(WorkRule.SICK_GAP, 28, Unit.DAYS, SCHEME, None, f"{BW_629} lid 10, unless the cause is another", sure=False),
    Row(WorkRule.SICK_SHARE, 700, Unit.PERMILLE, SCHEME, None, f"{BW_629} lid 1; {RDAH} reads lower", sure=False),
    # Working time of those of eighteen and older.
    Row(WorkRule.DAILY_REST, 11 * 60, Unit.MINUTES, WORKING_TIME, None, ATW.format("5:3 lid 2")),
    Row(WorkRule.SHORTENED_REST, 8 * 60, Unit.MINUTES, WORKING_TIME, None, ATW.format("5:3 lid 2: once in 7 days")),
    Row(WorkRule.WEEKLY_REST, 36 * 60, Unit.MINUTES, WORKING_TIME, None, ATW.format("5:5 lid 2a")),
    Row(WorkRule.FORTNIGHT_REST, 72 * 60, Unit.MINUTES, WORKING_TIME, None, ATW.format("5:5 lid 2b")),
    Row(WorkRule.FORTNIGHT_PART, 32 * 60, Unit.MINUTES, WORKING_TIME, None, ATW.format("5:5 lid 2b")),
    Row(WorkRule.AVERAGE_WEEK, 48 * 60, Unit.MINUTES, WORKING_TIME, None, ATW.format("5:7: over 16 weeks"), sure=False),
    Row(WorkRule.ROSTER_NOTICE, 28, Unit.DAYS, WORKING_TIME, None, ATW.format("4:2; an agreement may deviate")),
    Row(WorkRule.TIMES_NOTICE, 4, Unit.DAYS, WORKING_TIME, None, ATW.format("4:2; an agreement may deviate")),
    # On call, and agencies.
    Row(WorkRule.CALL_NOTICE, 4, Unit.DAYS, date(2020, 1, 1), None, f"{BW_628A}; a cao may say 24 hours", sure=False),
    *_switch(WorkRule.AGENCY_REGISTER, SCHEME, date(2027, 1, 1), WTTA),
    *_switch(WorkRule.AGENCY_FINES, SCHEME, date(2028, 1, 1), WTTA),
    Row(WorkRule.AGENCY_DEPOSIT, 0, Unit.CENTS, SCHEME, date(2027, 1, 1), WTTA),
    Row(WorkRule.AGENCY_DEPOSIT, 100_000_00, Unit.CENTS, date(2027, 1, 1), None, WTTA),
)


def figure(rule: WorkRule, day: date, *, age: int | None = None, table: Table = PUBLISHED) -> Figure:
    """What the rows say on this day; `NotKnownYet` after the last of them, `NotKnown` before the first."""
    rows = [row for row in table if row.rule is rule and row.age == age]
    for row in rows:
        if row.start <= day and (row.until is None or day < row.until):
            return Figure(rule, row.value, row.unit, row.source, row.sure, row.until)
    over = [row.until for row in rows if row.until is not None and row.until <= day]
    raise NotKnownYet(rule, day, max(over)) if over else NotKnown(rule, day)


def _reckoned(rule: WorkRule, value: int, unit: Unit, *parts: Figure) -> Figure:
    """A figure made of others: as sure as the least sure of them, known as long as all of them are."""
    ends = [part.known_until for part in parts if part.known_until]
    source = "; ".join(dict.fromkeys(part.source for part in parts))
    return Figure(rule, value, unit, source, all(part.sure for part in parts), min(ends, default=None))


# --- Wages -------------------------------------------------------------------------------------------


def minimum_wage(day: date, age: int, table: Table = PUBLISHED) -> Figure:
    """Cents an hour that somebody of this age gets at least, without holiday allowance."""
    adult = figure(WorkRule.MINIMUM_WAGE, day, table=table)
    if age >= ADULT:
        return adult
    if age < 15:
        raise NoMinimumWage
    share = figure(WorkRule.YOUTH_SHARE, day, age=age, table=table)
    return _reckoned(adult.rule, _nearest(Fraction(adult.value * share.value, 1000)), Unit.CENTS, adult, share)


def all_in_floor(day: date, age: int, table: Table = PUBLISHED) -> Figure:
    """Cents an hour that hold the minimum wage, the paid holiday and the holiday allowance.

    Of 52 weeks four are holiday, so each hour worked carries 4/48 of an hour; eight per cent comes on top of both.
    Rounded up, as the SVB does in its tables: a cent less would be too little.
    """
    wage = minimum_wage(day, age, table)
    weeks = figure(WorkRule.HOLIDAY_WEEKS, day, table=table)
    allowance = figure(WorkRule.HOLIDAY_ALLOWANCE, day, table=table)
    holiday = Fraction(52, 52 - weeks.value)
    cents = ceil(wage.value * holiday * Fraction(1000 + allowance.value, 1000))
    return _reckoned(WorkRule.ALL_IN_FLOOR, cents, Unit.CENTS, wage, weeks, allowance)


def holiday_allowance(cents: int, day: date, table: Table = PUBLISHED) -> Figure:
    """The allowance over a wage, rounded up to a cent."""
    share = figure(WorkRule.HOLIDAY_ALLOWANCE, day, table=table)
    return _reckoned(share.rule, ceil(Fraction(cents * share.value, 1000)), Unit.CENTS, share)


def holiday_minutes(weekly: int, start: date, until: date, table: Table = PUBLISHED) -> Figure:
    """Minutes of paid holiday from working so many minutes a week in this period: four weeks' worth in a year.

    By the day, rounded up at the end; `until` is excluded.
    """
    weeks = figure(WorkRule.HOLIDAY_WEEKS, start, table=table)
    years = (_part_of_year(year, start, until) for year in range(start.year, until.year + 1))
    return _reckoned(weeks.rule, ceil(weekly * weeks.value * sum(years, Fraction())), Unit.MINUTES, weeks)


def _part_of_year(year: int, start: date, until: date) -> Fraction:
    opening, closing = date(year, 1, 1), date(year + 1, 1, 1)
    days = (min(until, closing) - max(start, opening)).days
    return Fraction(max(days, 0), (closing - opening).days)


def below(limit: Figure, found: int, day: date) -> Caution | None:
    """A caution when less was agreed than the law asks."""
    return Caution(limit, found, day) if found < limit.value else None


def _nearest(cents: Fraction) -> int:
    """To a whole cent, a half up, as the published tables of youth wages are."""
    return floor(cents + Fraction(1, 2))


# --- The scheme for work in a home -------------------------------------------------------------------


def outside_scheme(
    day: date, *, private_employer: bool, recurring: bool, days_a_week: int, from_pgb: bool, table: Table = PUBLISHED
) -> list[Figure]:
    """The rules that keep this work out of the Regeling dienstverlening aan huis; none when it falls under it."""
    rules = {
        WorkRule.PRIVATE_EMPLOYER: not private_employer,
        WorkRule.RECURRING_WORK: not recurring,
        WorkRule.DAYS_A_WEEK: days_a_week > figure(WorkRule.DAYS_A_WEEK, day, table=table).value,
        WorkRule.PGB_INSURED: from_pgb and figure(WorkRule.PGB_INSURED, day, table=table).value == 1,
    }
    return [figure(rule, day, table=table) for rule, broken in rules.items() if broken]


def too_many_days(days: Iterable[date], table: Table = PUBLISHED) -> list[Caution]:
    """The fourth and later days in a week on which one helper comes to one household; hours do not count.

    The law looks at what is usual, so one such week is a caution and not yet the end of the scheme.
    """
    cautions, weeks = [], dict[tuple[int, int], int]()
    for day in sorted(set(days)):
        week = day.isocalendar()[:2]
        weeks[week] = weeks.get(week, 0) + 1
        limit = figure(WorkRule.DAYS_A_WEEK, day, table=table)
        if weeks[week] > limit.value:
            cautions.append(Caution(limit, weeks[week], day))
    return cautions


# --- Illness -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SickCount:
    """How many of the paid days are used, and the last paid day if this illness goes on; None when nobody is ill."""

    limit: Figure
    used: int
    last_day: date | None

    @property
    def left(self) -> int:
        """Paid days that are left, the day itself counted as used."""
        return max(self.limit.value - self.used, 0)


def sick_count(periods: Iterable[tuple[date, date | None]], day: date, table: Table = PUBLISHED) -> SickCount:
    """Count a helper's days of illness up to and including this day; calendar days, `until` excluded.

    Periods with less than four weeks between them count as one, unless the cause is another: that exception nobody
    here can know, because nobody may write a cause down.  So the count may run ahead of the law, never behind it.
    """
    limit = figure(WorkRule.SICK_DAYS, day, table=table)
    gap = figure(WorkRule.SICK_GAP, day, table=table)
    counted = _counted(periods, day, timedelta(days=gap.value))
    ill = bool(counted) and counted[-1] == day
    last = counted[limit.value - 1] if len(counted) >= limit.value else day + timedelta(limit.value - len(counted))
    return SickCount(_reckoned(limit.rule, limit.value, limit.unit, limit, gap), len(counted), last if ill else None)


def _counted(periods: Iterable[tuple[date, date | None]], day: date, gap: timedelta) -> list[date]:
    """The days of illness that count on this day; empty when four weeks went by without."""
    tomorrow, counted = day + ONE_DAY, list[date]()
    for start, until in sorted((start, min(end or tomorrow, tomorrow)) for start, end in periods):
        if start >= until:
            continue
        if counted and start - counted[-1] > gap:
            counted = []
        begins = max(start, counted[-1] + ONE_DAY) if counted else start
        counted += [begins + timedelta(days=ahead) for ahead in range((until - begins).days)]
    return counted if counted and day - counted[-1] < gap else []


def sick_pay(hourly: int, day: date, age: int, table: Table = PUBLISHED) -> Figure:
    """Cents for each agreed hour while ill: seventy per cent of the wage, but at least the minimum wage."""
    share = figure(WorkRule.SICK_SHARE, day, table=table)
    floor_wage = minimum_wage(day, age, table)
    cents = max(ceil(Fraction(hourly * share.value, 1000)), floor_wage.value)
    return _reckoned(share.rule, cents, Unit.CENTS, share, floor_wage)


# --- Rest --------------------------------------------------------------------------------------------

Shift = tuple[datetime, datetime]
WEEK = timedelta(days=7)


def rest(shifts: Iterable[Shift], zone: str, table: Table = PUBLISHED) -> list[Caution]:
    """Too little rest between somebody's visits, of all households and employers together, from eighteen years on.

    A day counts from the first visit that begins on it.  Eleven hours once shortened to no less than eight is a
    caution under that name, SHORTENED_REST; again within seven days it is one under DAILY_REST.
    """
    work = _joined(shifts)
    days = [begins.astimezone(ZoneInfo(zone)).date() for begins, _ in work]
    firsts = [(place, day) for place, day in enumerate(days) if place == 0 or days[place - 1] != day]
    found = [*_short_nights(work, firsts, table), *_full_weeks(work, firsts, table)]
    return sorted(found, key=lambda caution: (caution.day, caution.rule))


def _joined(shifts: Iterable[Shift]) -> list[Shift]:
    joined: list[Shift] = []
    for begins, ends in sorted((begins.astimezone(UTC), ends.astimezone(UTC)) for begins, ends in shifts):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def _short_nights(work: Sequence[Shift], firsts: Iterable[tuple[int, date]], table: Table) -> Iterator[Caution]:
    shortened: datetime | None = None
    for place, day in firsts:
        begins = work[place][0]
        rests = max(_free(work, place, begins + ONE_DAY), default=0)
        limit, least = (figure(rule, day, table=table) for rule in (WorkRule.DAILY_REST, WorkRule.SHORTENED_REST))
        if rests >= limit.value:
            continue
        once = rests >= least.value and (shortened is None or begins - shortened >= WEEK)
        shortened = begins if once else shortened
        yield Caution(least if once else limit, rests, day)


def _full_weeks(work: Sequence[Shift], firsts: Iterable[tuple[int, date]], table: Table) -> Iterator[Caution]:
    warned_until = datetime.min.replace(tzinfo=UTC)
    for place, day in firsts:
        begins = work[place][0]
        limit = figure(WorkRule.WEEKLY_REST, day, table=table)
        rests = max(_free(work, place, begins + WEEK), default=0)
        if begins < warned_until or rests >= limit.value or _rests_in_two_weeks(work, place, day, table):
            continue
        warned_until = begins + WEEK  # one caution for a week, not one for each of its days
        yield Caution(limit, rests, day)


def _rests_in_two_weeks(work: Sequence[Shift], place: int, day: date, table: Table) -> bool:
    """The other way to keep the weekly rest: seventy-two hours in two weeks, in parts of at least thirty-two."""
    whole, part = (figure(rule, day, table=table) for rule in (WorkRule.FORTNIGHT_REST, WorkRule.FORTNIGHT_PART))
    rests = _free(work, place, work[place][0] + 2 * WEEK)
    return sum(minutes for minutes in rests if minutes >= part.value) >= whole.value


def _free(work: Sequence[Shift], place: int, until: datetime) -> list[int]:
    """The minutes of each free stretch between the shift at this place and a moment."""
    rests, free_from = [], work[place][1]
    for begins, ends in (work[later] for later in range(place + 1, len(work))):
        if begins >= until:
            break
        rests.append((begins - free_from) // timedelta(minutes=1))
        free_from = ends
    return [*rests, max((until - free_from) // timedelta(minutes=1), 0)]


# --- Much work, and told late ------------------------------------------------------------------------

AVERAGED = 16  # weeks


def average_week(shifts: Iterable[Shift], until: datetime, table: Table = PUBLISHED) -> Caution | None:
    """A caution when somebody worked more than forty-eight hours a week on average in the sixteen weeks before."""
    begins, day = until - AVERAGED * WEEK, until.date()
    worked = sum(
        (min(end, until) - max(begin, begins)) // timedelta(minutes=1)
        for begin, end in _joined(shifts)
        if begin < until and end > begins
    )
    limit = figure(WorkRule.AVERAGE_WEEK, day, table=table)
    return Caution(limit, worked // AVERAGED, day) if worked > limit.value * AVERAGED else None


def late_roster(work_day: date, told_on: date, table: Table = PUBLISHED) -> Caution | None:
    """A caution when a pattern of work is told later than twenty-eight days ahead, or its hours later than four."""
    ahead = (work_day - told_on).days
    hours = below(figure(WorkRule.TIMES_NOTICE, work_day, table=table), ahead, work_day)
    return hours or below(figure(WorkRule.ROSTER_NOTICE, work_day, table=table), ahead, work_day)


# --- On call -----------------------------------------------------------------------------------------


def short_call(work_day: date, told_on: date, table: Table = PUBLISHED) -> Caution | None:
    """A caution when somebody on call is asked later than four days ahead: she may refuse."""
    return below(figure(WorkRule.CALL_NOTICE, work_day, table=table), (work_day - told_on).days, work_day)


def late_cancel(work_day: date, told_on: date, minutes: int, hourly: int, table: Table = PUBLISHED) -> Figure:
    """Cents that are owed all the same when a call is taken back or moved later than four days ahead; else 0."""
    notice = figure(WorkRule.CALL_NOTICE, work_day, table=table)
    late = short_call(work_day, told_on, table) is not None
    cents = _nearest(Fraction(minutes * hourly, 60)) if late else 0
    return _reckoned(WorkRule.LATE_CANCEL, cents, Unit.CENTS, notice)
