"""Who stands in, for a fortnight of one helper and for a flu wave: our planner beside CP-SAT on the same rules.

Promised: a bridge over 14 days among 400 helpers and 3,000 households within 20 ms at the median, a first good plan for
15 per cent ill within a second, at a cost of at most one per cent above the best that CP-SAT finds or proves.
"""

import argparse
import dataclasses
import json
import platform
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import REPOSITORY, Browser, Stage, machine, own_cluster, processor, tell, working_in
from benchmarks._rival import Rival, rival
from samen.base import clock
from samen.demo import cast, country, drawing, filling, living, seeding
from samen.planner.questions.bridge import Plan, bridge, cover
from samen.planner.questions.sketches import HelperSketch, Prices, Region, Stretch, VisitSketch, Window
from samen.planner.travel import Point

TODAY = date(2026, 11, 25)
HELPERS, HOUSEHOLDS = 400, 3000
AHEAD, PAST = timedelta(days=14), timedelta(days=90)
ILL = 0.15
ROUNDS = (0, 600, 6000)  # the first plan, a good one, and a better one
MOST_MS, MOST_SECONDS, MOST_ABOVE, MOST_SCREEN_MS = 20, 1.0, 1.0, 300


@dataclass(frozen=True)
class Case:
    """Visits that need other hands, and everybody who could go."""

    name: str
    visits: tuple[VisitSketch, ...]
    region: Region


@dataclass(frozen=True)
class Figure:
    """One case: how long we took and what it costs, and the same of CP-SAT."""

    case: Case
    seconds: float
    plan: Plan
    rival: Rival | None
    first: float = 0.0  # seconds of the first time, with everything still to be found out about the region

    @property
    def above(self) -> float:
        """Per cent that ours costs more than theirs; a cost counts from that of a liked and known face next door."""
        assert self.rival is not None
        prices = self.case.region.prices
        floor = len(self.case.visits) * (prices.familiar + prices.rather)
        return 100 * (self.plan.cost - self.rival.cost) / max(1, self.rival.cost - floor)


def main(words: list[str]) -> int:
    """Plan them all, ours and theirs; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="bench replacement", description=__doc__)
    parser.add_argument("--absences", type=int, default=24, help="how many helpers are absent, each for itself (24)")
    parser.add_argument(
        "--times", type=int, default=5, help="how often each is planned, of which the median counts (5)"
    )
    parser.add_argument("--seconds", type=float, default=60, help="how long CP-SAT may look at the flu wave (60)")
    parser.add_argument("--each", type=float, default=20, help="how long it may look at one absence (20)")
    parser.add_argument("--seed", type=int, default=7, help="which region is drawn (7)")
    parser.add_argument("--dump", type=Path, default=None, help="a folder for the instances and plans as JSON")
    parser.add_argument("--no-rival", action="store_true", help="leave CP-SAT out")
    parser.add_argument("--no-screen", action="store_true", help="leave out the served pages")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "benchmarks.md", help="where it is told")
    options = parser.parse_args(words)
    print(f"{machine()}\ndrawing {HELPERS} helpers and {HOUSEHOLDS} households …", flush=True)
    ground = Ground(options.seed)
    singles = [_single(case, options) for case in ground.absences(options.absences)]
    wave = _wave(ground.wave(), options)
    screens = [] if options.no_screen else _screens(ground, options.absences)
    text = _table(singles, wave, screens, options)
    print(f"\n{text}")
    tell(options.out, "replacement", text)
    return _judge(singles, wave, screens)


# --- What is asked ------------------------------------------------------------------------------------


class Ground:
    """A region as the demo draws them, only larger: four teams, a past of three months, and the weeks ahead."""

    def __init__(self, seed: int) -> None:
        region = country.REGIONS[1]
        self.crew = drawing.draw(region, seed=seed, day=TODAY, households=HOUSEHOLDS, helpers=HELPERS)
        self.life = living.Life(self.crew, seed, TODAY)
        self.middle = _middle([helper.home.point for helper in self.crew.helpers])
        self.before: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for visit in self.life.tell(TODAY - PAST, TODAY):
            if visit.helper is not None and not visit.skipped:
                self.before[visit.helper][visit.slot.household] += 1
        self.ahead = self._ahead()
        self.booked: dict[int, list[VisitSketch]] = defaultdict(list)
        for helper, visit in self.ahead:
            self.booked[helper].append(visit)
        self.region = Region(tuple(self._helper(number) for number in range(HELPERS)))

    def _ahead(self) -> list[tuple[int, VisitSketch]]:
        """Every visit of the three weeks from Monday on, with the helper whose it is."""
        monday = TODAY - timedelta(days=TODAY.weekday())
        days = [monday + timedelta(days=later) for later in range(21)]
        coming = [(slot, day) for day in days for slot in self.crew.slots if slot.falls_on(day)]
        return [
            (slot.helper, self._visit(number, slot, day))
            for number, (slot, day) in enumerate(coming, start=1)
            if slot.helper is not None
        ]

    def _visit(self, number: int, slot: drawing.Slot, day: date) -> VisitSketch:
        home = self.crew.households[slot.household].home.point
        start = day.toordinal() * 1440 + slot.start
        return VisitSketch(
            number,
            slot.household,
            start,
            start + slot.minutes,
            day.toordinal(),
            slot.start,
            home,
            team=self._team(home),
            urgent=day == TODAY,
        )

    def _team(self, home: Point) -> int:
        """Four teams around the middle: a region and its neighbours."""
        return 1 + (home.lat > self.middle.lat) + 2 * (home.lon > self.middle.lon)

    def _helper(self, number: int) -> HelperSketch:
        one = self.crew.helpers[number]
        away = [one for one in self.life.spells[number] if one.until > TODAY and one.since < TODAY + AHEAD]
        return HelperSketch(
            id=number,
            mode=one.mode,
            reach=one.reach,
            home=one.home.point,
            windows=tuple(Window(weekday, *hours) for weekday, hours in sorted(one.days.items())),
            booked=tuple(self.booked[number]),
            absent=tuple(_stretch(spell.since, spell.until) for spell in away),
            rather=frozenset(slot.household for slot in one.slots[::7]),
            never=frozenset({(37 * number) % HOUSEHOLDS}),
            visits_before=tuple(sorted(self.before[number].items())),
            contract=one.minutes,
            team=self._team(one.home.point),
            asked=number % 3 // 2,
        )

    def absences(self, many: int) -> list[Case]:
        """So many helpers, each absent for a fortnight from today while everybody else is as they were."""
        until = TODAY + AHEAD
        free = [helper.id for helper in self.region.helpers if not helper.absent]
        wanted = free[:: max(1, len(free) // many)][:many]
        return [self._case(f"absence {number + 1}", [helper], until) for number, helper in enumerate(wanted)]

    def wave(self) -> Case:
        """Fifteen per cent of all are ill today and this week."""
        ill = [helper.id for helper in self.region.helpers][:: round(1 / ILL)]
        return self._case("wave", ill[: round(ILL * HELPERS)], TODAY + timedelta(days=7))

    def _case(self, name: str, absent: Sequence[int], until: date) -> Case:
        gone = set(absent)
        days = range(TODAY.toordinal(), until.toordinal())
        visits = tuple(visit for helper, visit in self.ahead if helper in gone and visit.day in days)
        taken = {visit.id for visit in visits}
        helpers = tuple(
            replace(
                one,
                absent=(_stretch(TODAY, until),),
                booked=tuple(visit for visit in one.booked if visit.id not in taken),
            )
            if one.id in gone
            else one
            for one in self.region.helpers
        )
        return Case(name, visits, Region(helpers, prices=Prices()))


def _middle(points: Sequence[Point]) -> Point:
    return Point(statistics.median(one.lat for one in points), statistics.median(one.lon for one in points))


def _stretch(since: date, until: date) -> Stretch:
    return Stretch(since.toordinal() * 1440, until.toordinal() * 1440)


# --- What is answered ---------------------------------------------------------------------------------


def _single(case: Case, options: argparse.Namespace) -> Figure:
    took = []
    for _ in range(1 + options.times):
        began = time.process_time()
        plan = bridge(case.visits, case.region)
        took.append(time.process_time() - began)
    theirs = None if options.no_rival else rival(case.visits, case.region, seconds=options.each, seed=1)
    figure = Figure(case, statistics.median(took[1:]), plan, theirs, took[0])
    print(_line(figure), flush=True)
    _dump(options.dump, figure)
    return figure


@dataclass(frozen=True)
class Wave:
    """The flu wave: the first plan, a good one, and a better one."""

    figures: tuple[Figure, ...]


def _wave(case: Case, options: argparse.Namespace) -> Wave:
    theirs = None if options.no_rival else rival(case.visits, case.region, seconds=options.seconds, seed=1)
    found = []
    for rounds in ROUNDS:
        began = time.process_time()
        plan = cover(case.visits, replace(case.region), rounds=rounds)  # a region of which nothing is known yet
        found.append(Figure(replace(case, name=f"wave, {rounds} rounds"), time.process_time() - began, plan, theirs))
        print(_line(found[-1]), flush=True)
        _dump(options.dump, found[-1])
    return Wave(tuple(found))


def _line(one: Figure) -> str:
    nobody = sum(goes.helper is None for goes in one.plan.goes)
    first = f" ({1000 * one.first:.1f} at first)" if one.first else ""
    ours = f"{one.case.name:<18}{len(one.case.visits):>4} visits {1000 * one.seconds:>8.1f} ms{first}"
    ours += f"  cost {one.plan.cost:>7} ({nobody} without anybody)"
    if one.rival is None:
        return ours
    return f"{ours}   CP-SAT {one.rival.status} {one.rival.cost:>7} in {one.rival.seconds:.1f} s, {one.above:+.2f} %"


def _dump(folder: Path | None, one: Figure) -> None:
    """The instance, our plan and theirs, for whoever wants to judge them."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "name": one.case.name,
        "prices": dataclasses.asdict(one.case.region.prices),
        "visits": [_plain(visit) for visit in one.case.visits],
        "helpers": [_plain(helper) for helper in one.case.region.helpers],
        "ours": {
            "cost": one.plan.cost,
            "proven": one.plan.proven,
            "helper_by_visit": {goes.visit.id: goes.helper for goes in one.plan.goes},
            "reasons": {goes.visit.id: [_plain(part) for part in goes.reasons] for goes in one.plan.goes},
        },
        "rival": dataclasses.asdict(one.rival) if one.rival else None,
    }
    (folder / f"{one.case.name.replace(', ', '-').replace(' ', '-')}.json").write_text(json.dumps(told))


def _plain(row: Any) -> Any:
    """As JSON tells it: every field by its name."""
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        return {one.name: _plain(getattr(row, one.name)) for one in dataclasses.fields(row)}
    if hasattr(row, "_asdict"):
        return {name: _plain(value) for name, value in row._asdict().items()}
    if isinstance(row, (tuple, frozenset)):
        return [_plain(one) for one in (sorted(row) if isinstance(row, frozenset) else row)]
    return row


# --- On the screen ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Screen:
    """One sick report through the served pages: seconds for the report itself and for the page with the proposal."""

    report: float
    page: float
    visits: int
    worked: float  # seconds of processor for both, of the pages and PostgreSQL together

    @property
    def milliseconds(self) -> float:
        """From the report that is sent to the proposal that is there."""
        return 1000 * (self.report + self.page)


def _screens(ground: Ground, many: int) -> list[Screen]:
    """The same region in a database of its own, served: one helper after the other is reported sick for 14 days."""
    with own_cluster() as stage, working_in(stage):
        began = time.monotonic()
        _plant(ground, stage)
        print(f"planted in {time.monotonic() - began:.0f} s", flush=True)
        web = stage.web(SAMEN_DEMO="1")
        roots = [stage.postmaster, *([web.process.pid] if web.process else [])]
        browser = Browser(web.port)
        browser.look("/demo/")
        browser.say("/demo/word/", persona=cast.Colleague(ground.crew.region.coordinators[0], "").email)
        free = [one.id for one in ground.region.helpers if not one.absent and one.id not in ground.life.fresh]
        found = [_screen(browser, ground, number, roots) for number in free[:: max(1, len(free) // (many + 2))]]
    return found[2:]  # the first ones fill what is kept


def _plant(ground: Ground, stage: Stage) -> None:
    with stage.owner() as owner:
        seeding.set_clock(owner, datetime.combine(TODAY, seeding.MORNING, tzinfo=clock.HOME))
        org = seeding.lay_ground(owner, (cast.GOOI, cast.BETUWE))["zorgzaam"]
        filling.staff(owner)
        logins = seeding.logins(owner)
    filling.fill(ground.life, org, logins)
    seeding.look_again(stage.urls["SAMEN_MIGRATE_URL"])


def _screen(browser: Browser, ground: Ground, number: int, roots: Sequence[int]) -> Screen:
    browser.look("/o/zorgzaam/ziek/")
    worked = processor(*roots)
    reported = browser.say("/o/zorgzaam/ziek/", helper=str(ground.crew.helpers[number].key), start="today", until="2w")
    page = browser.look(reported.to)
    if (reported.status, page.status) != (302, 200):
        raise SystemExit(f"The report answered {reported.status}, the proposal {page.status}: {page.body[:500]}")
    worked = processor(*roots) - worked
    found = Screen(reported.seconds, page.seconds, len(re.findall(r'id="row-', page.body)), worked)
    browser.say(f"{reported.to}terugnemen/")
    busy = f"{1000 * worked:.0f} ms of processor"
    print(f"  {found.visits:>3} visits on the screen after {found.milliseconds:.0f} ms, {busy}", flush=True)
    return found


# --- What is told -------------------------------------------------------------------------------------


def _table(singles: Sequence[Figure], wave: Wave, screens: Sequence[Screen], options: argparse.Namespace) -> str:
    visits = [len(one.case.visits) for one in singles]
    milliseconds = [1000 * one.seconds for one in singles]
    rows = [
        "| question | size | ours, processor | CP-SAT, wall (status) | its time against ours | our cost above its |",
        "|---|---|---|---|---|---|",
        f"| bridge, {len(singles)} absences of 14 days | {min(visits)} to {max(visits)} visits, {HELPERS} helpers"
        f" | median {statistics.median(milliseconds):.1f} ms, most {max(milliseconds):.1f} ms;"
        f" the first time {statistics.median(1000 * one.first for one in singles):.1f} ms"
        f" | {_theirs(singles)} | {_times(singles)} | {_above(singles)} |",
    ]
    for one in wave.figures:
        rows.append(
            f"| cover, {one.case.name} | {len(one.case.visits)} visits, {HELPERS} helpers | {one.seconds:.2f} s"
            f" | {_theirs([one])} | {_times([one])} | {_above([one])} |"
        )
    if screens:
        rows.append(_of_screens(screens))
    without = sum(goes.helper is None for goes in wave.figures[-1].plan.goes)
    proven = sum(one.plan.proven for one in singles)
    faces = [block for one in singles for block in one.plan.blocks if len(block.goes) > 1]
    steady = sum(len(block.faces) == 1 and all(goes.helper is not None for goes in block.goes) for block in faces)
    solver = "" if options.no_rival else f", OR-Tools {version('ortools')}"
    return "\n".join(
        [
            "## Who stands in",
            "",
            f"`bin/bench replacement --seed {options.seed}`, {time.strftime('%-d %B %Y')}; {machine()},"
            f" {platform.machine()}{solver}.  {HELPERS} helpers and {HOUSEHOLDS:,} households as the demo draws them,"
            " one run.  CP-SAT may choose of everybody whom a rule allows, at the same prices, and has all cores.",
            "A cost counts from that of a known and liked face next door.",
            "",
            *rows,
            "",
            f"Of the {len(singles)} bridges {proven} are proven the best by ourselves.  Of {len(faces)} blocks of"
            f" several visits {steady} have one face.  In the wave {without} visits have nobody.",
        ]
    )


def _of_screens(screens: Sequence[Screen]) -> str:
    reports = [1000 * one.report for one in screens]
    pages = [1000 * one.page for one in screens]
    whole = [one.milliseconds for one in screens]
    sizes = [one.visits for one in screens]
    return (
        f"| sick report to proposal on the screen, {len(screens)} of 14 days, wall"
        f" | {min(sizes)} to {max(sizes)} visits, {HELPERS} helpers"
        f" | median {statistics.median(whole):.0f} ms ({statistics.median(reports):.0f} to report,"
        f" {statistics.median(pages):.0f} to show), most {max(whole):.0f} ms;"
        f" of the processor {1000 * statistics.median(one.worked for one in screens):.0f} ms | | | |"
    )


def _theirs(figures: Iterable[Figure]) -> str:
    found = [one.rival for one in figures if one.rival is not None]
    if not found:
        return "not run"
    statuses = ", ".join(sorted({f"{sum(o.status == one.status for o in found)} {one.status}" for one in found}))
    return f"median {statistics.median(one.seconds for one in found):.1f} s ({statuses})"


def _times(figures: Iterable[Figure]) -> str:
    found = [one.rival.seconds / one.seconds for one in figures if one.rival is not None]
    return f"{statistics.median(found):.0f} times" if found else "not run"


def _above(figures: Iterable[Figure]) -> str:
    found = [one.above for one in figures if one.rival is not None]
    return f"mean {statistics.mean(found):+.2f} %, most {max(found):+.2f} %" if found else "not run"


def _judge(singles: Sequence[Figure], wave: Wave, screens: Sequence[Screen]) -> int:
    broken = []
    median = 1000 * statistics.median(one.seconds for one in singles)
    if median > MOST_MS:
        broken.append(f"a bridge takes {median:.1f} ms at the median")
    if wave.figures[1].seconds > MOST_SECONDS:
        broken.append(f"a good plan for a wave takes {wave.figures[1].seconds:.2f} s")
    for one in (*singles, *wave.figures[1:]):
        if one.rival is not None and one.above > MOST_ABOVE:
            broken.append(f"{one.case.name} costs {one.above:.2f} % more than it need")
    if screens and statistics.median(one.milliseconds for one in screens) > MOST_SCREEN_MS:
        broken.append("a proposal is too late on the screen")
    print(f"\n{machine()}")
    print("KEPT" if not broken else "BROKEN:\n  " + "\n  ".join(broken))
    return 1 if broken else 0
