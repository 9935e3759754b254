"""The week board and Today of a whole region, through the served process: without a past, and with two years of it.

Promised: the board of 95 helpers within 200 ms at the median and 60 kB compressed, and no page more than one and a half
times as slow with two years of past visits.
"""

import argparse
import gzip
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from benchmarks import Browser, Stage, Web, machine, own_cluster, processor, working_in
from samen.base import clock
from samen.demo import cast, country, filling, seeding
from samen.demo.living import Life

DAY = date(2026, 11, 25)
SLUG = "zorgzaam"
MOST_MS, MOST_KB, MOST_RATIO = 200, 60, 1.5
TABLES = ("visits_visit", "visits_assignment", "visits_absence", "visits_replacement", "visits_offer")


@dataclass(frozen=True)
class Figure:
    """One page: how long the server took at the median, how much came, and of how many parts."""

    milliseconds: float
    worked: float  # milliseconds of processor for each request, of the pages and PostgreSQL together
    kilobytes: float
    nodes: int


def main(words: list[str]) -> int:
    """Plant, look, add the past, look again; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="bench board", description=__doc__)
    parser.add_argument("--regions", type=int, default=1, choices=range(1, 7), help="how many regions are planted (1)")
    parser.add_argument("--times", type=int, default=20, help="how often each page is asked for (20)")
    parser.add_argument("--years", type=int, default=2, choices=range(1, 4), help="how long the past is (2)")
    options = parser.parse_args(words)
    with own_cluster() as stage, working_in(stage):
        return _measure(stage, options)


def _measure(stage: Stage, options: argparse.Namespace) -> int:
    with stage.owner() as owner:
        seeding.set_clock(owner, datetime.combine(DAY, seeding.MORNING, tzinfo=clock.HOME))
        org = seeding.lay_ground(owner, (cast.GOOI, cast.BETUWE))[SLUG]
        filling.staff(owner)
        logins = seeding.logins(owner)
    # Utrecht first: a region in which nobody of the cast lives has all its 95 helpers in one team.
    regions = [*country.REGIONS[1:], country.REGIONS[0]][: options.regions]
    lives = [filling.life_of(region, day=DAY, seed=7) for region in regions]
    print(
        f"\n{machine()}; {options.regions} region(s) of 95 helpers and 420 households, {options.times} times each page"
    )
    with _telling("planting", stage):
        for life in lives:
            filling.fill(life, org, logins)
    web = stage.web(SAMEN_DEMO="1")
    pages = _pages(lives[0])
    before = _look(stage, web, lives[0], pages, options.times)
    with _telling(f"{options.years} years of past", stage):
        for life in lives:
            filling.fill_history(life, org, years=options.years)
    after = _look(stage, web, lives[0], pages, options.times)
    return _tell(before, after)


@contextmanager
def _telling(what: str, stage: Stage) -> Iterator[None]:
    """Say how long it took, and how many rows there are then."""
    began, busy = time.monotonic(), time.process_time()
    yield
    seeding.look_again(stage.urls["SAMEN_MIGRATE_URL"])
    took, mine = time.monotonic() - began, time.process_time() - busy
    rows = ", ".join(f"{stage.number(f'SELECT count(*) FROM {table}'):,} {table[7:]}s" for table in TABLES)
    print(f"{what}: {took:.1f} s ({mine:.1f} s of it this program's own); then {rows}")


def _pages(life: Life) -> dict[str, str]:
    slot = next(slot for slot in life.crew.slots if slot.helper is not None and slot.every == 1)
    helper, household = life.crew.helpers[slot.helper or 0], life.crew.households[slot.household]
    office = f"/o/{SLUG}"
    return {
        "week board": f"{office}/week/?week=2026-W48",
        "Today": f"{office}/",
        "helper's file": f"{office}/hulp/{helper.key}/",
        "household's file": f"{office}/huishouden/{household.key}/",
        "hours of the month": f"{office}/uren/?maand=2026-11",
    }


def _look(stage: Stage, web: Web, life: Life, pages: dict[str, str], times: int) -> dict[str, Figure]:
    browser = Browser(web.port)
    browser.look("/demo/")
    browser.say("/demo/word/", persona=cast.Colleague(life.crew.region.coordinators[0], "").email)
    roots = [stage.postmaster, *([web.process.pid] if web.process else [])]
    return {name: _figure(browser, path, times, roots) for name, path in pages.items()}


def _figure(browser: Browser, path: str, times: int, roots: list[int]) -> Figure:
    for _ in range(2):  # the first ones fill what is kept
        browser.look(path)
    worked = processor(*roots)
    answers = [browser.look(path) for _ in range(times)]
    worked = processor(*roots) - worked
    if {answer.status for answer in answers} != {200}:
        raise SystemExit(f"{path} answered {answers[0].status}")
    body = answers[-1].body
    return Figure(
        statistics.median(answer.seconds for answer in answers) * 1000,
        worked / times * 1000,
        len(gzip.compress(body.encode())) / 1000,
        len(re.findall(r"<[a-z]", body)),
    )


def _tell(before: dict[str, Figure], after: dict[str, Figure]) -> int:
    print("\nms: at the median, by the clock.  processor: of the pages and PostgreSQL, for each request.")
    print(
        f"{'page':<18} {'ms':>6} {'processor':>9} {'ms past':>8} {'processor':>9} {'ratio':>6}"
        f" {'kB gzip':>8} {'elements':>9}"
    )
    broken = []
    for name, one in before.items():
        ratio = after[name].milliseconds / one.milliseconds
        print(
            f"{name:<18} {one.milliseconds:>6.0f} {one.worked:>9.0f} {after[name].milliseconds:>8.0f}"
            f" {after[name].worked:>9.0f} {ratio:>6.2f} {one.kilobytes:>8.1f} {one.nodes:>9}"
        )
        if ratio > MOST_RATIO:
            broken.append(f"{name} takes {ratio:.2f} times as long with a past")
        if after[name].kilobytes > MOST_KB:
            broken.append(f"{name} is {after[name].kilobytes:.0f} kB")
    if after["week board"].milliseconds > MOST_MS:
        broken.append(f"the board takes {after['week board'].milliseconds:.0f} ms")
    print(f"\n{machine()}")
    print("KEPT" if not broken else "BROKEN:\n  " + "\n  ".join(broken))
    return 1 if broken else 0
