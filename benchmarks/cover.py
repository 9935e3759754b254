"""Fifteen per cent of a region ill: who is covered, how soon, and at what cost, beside CP-SAT in the same run.

Promised: a first good plan within a second of processor, for the visits of today and for those of the whole week.
CP-SAT has the same rules and the same prices; its best plan and its bound say how much better any plan could be.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from benchmarks import REPOSITORY, machine, tell
from benchmarks._rival import Rival, rival
from benchmarks.replacement import HELPERS, HOUSEHOLDS, ILL, TODAY, Case, Figure, Ground, _dump
from samen.planner.questions.bridge import cover

ROUNDS = (0, 600, 6000)  # the first plan, a good one, and a better one
GOOD = ROUNDS[1]  # what is promised
MOST_SECONDS, MOST_ABOVE = 1.0, 1.0  # of processor; per cent above CP-SAT's


def main(words: list[str]) -> int:
    """Cover today and the week, ours and theirs; 1 when the promise is broken."""
    parser = argparse.ArgumentParser(prog="bench cover", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long CP-SAT may look at each (60)")
    parser.add_argument("--seed", type=int, default=7, help="which region is drawn (7)")
    parser.add_argument("--dump", type=Path, default=None, help="a folder for the instances and plans as JSON")
    parser.add_argument("--no-rival", action="store_true", help="leave CP-SAT out")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "benchmarks.md", help="where it is told")
    options = parser.parse_args(words)
    print(f"{machine()}\ndrawing {HELPERS} helpers and {HOUSEHOLDS} households …", flush=True)
    week = Ground(options.seed).wave()
    today = tuple(visit for visit in week.visits if visit.day == TODAY.toordinal())
    cases = (replace(week, name="today", visits=today), replace(week, name="this week"))
    figures = [one for case in cases for one in _all(case, options)]
    text = _told(figures, options)
    print(f"\n{text}")
    tell(options.out, "cover", text)
    return _judge(figures)


def _all(case: Case, options: argparse.Namespace) -> list[Figure]:
    """Our plans of this case, the first one first, each beside the same one of CP-SAT's."""
    theirs = None if options.no_rival else rival(case.visits, case.region, seconds=options.seconds, seed=1)
    found = []
    for rounds in ROUNDS:
        began = time.process_time()
        plan = cover(case.visits, replace(case.region), rounds=rounds)  # a region of which nothing is known yet
        named = replace(case, name=f"{case.name}, {rounds} rounds")
        found.append(Figure(named, time.process_time() - began, plan, theirs))
        print(_row(found[-1]), flush=True)
        if options.dump is not None:
            _dump(options.dump, found[-1])
    return found


# --- What is told -------------------------------------------------------------------------------------


def _told(figures: Sequence[Figure], options: argparse.Namespace) -> str:
    solver = "CP-SAT was not run" if options.no_rival else f"OR-Tools {version('ortools')}, CP-SAT with all cores"
    return "\n".join(
        [
            "## Fifteen per cent ill",
            "",
            f"`bin/bench cover --seed {options.seed}`, {time.strftime('%-d %B %Y')}; {machine()}, {solver}.",
            f"{HELPERS} helpers and {HOUSEHOLDS:,} households as the demo draws them, {round(ILL * HELPERS)} of the"
            " helpers ill for a week.",
            "Costs are minutes of travel; a visit to which nobody goes costs 1,000.  No plan costs less than a bound.",
            "",
            "| visits | ours, seconds of processor | covered | cost"
            " | CP-SAT, seconds of the clock and of processor | covered | cost | bound"
            " | ours above its plan | ours above its bound |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *map(_row, figures),
        ]
    )


def _row(one: Figure) -> str:
    goes = {goes.visit.id: goes.helper for goes in one.plan.goes}
    ours = f"{one.seconds:.2f} | {_covered(goes)} | {one.plan.cost:,}"
    return f"| {len(one.case.visits)} {one.case.name} | {ours} | {_theirs(one)} |"


def _theirs(one: Figure) -> str:
    found = one.rival
    if found is None:
        return "not run | | | | | "
    took = f"{found.status} after {found.seconds:.0f}, {found.processor:.0f}"
    if not found.helper_by_visit:
        return f"{took} | none | none | {found.bound:,} | | "
    return (
        f"{took} | {_covered(found.helper_by_visit)} | {found.cost:,} | {found.bound:,}"
        f" | {one.above:+.2f} % | {_above_bound(one, found):+.2f} %"
    )


def _covered(goes: dict[int, int | None]) -> str:
    return f"{sum(helper is not None for helper in goes.values())} of {len(goes)}"


def _above_bound(one: Figure, found: Rival) -> float:
    """Per cent of what is above the bound, reckoned as `above` is."""
    return replace(one, rival=replace(found, cost=found.bound)).above


def _judge(figures: Sequence[Figure]) -> int:
    broken = []
    for number, one in enumerate(figures):
        rounds = ROUNDS[number % len(ROUNDS)]
        if rounds < GOOD:
            continue
        if rounds == GOOD and one.seconds > MOST_SECONDS:
            broken.append(f"{one.case.name}: a good plan takes {one.seconds:.2f} s of processor")
        if one.rival is not None and one.rival.helper_by_visit and one.above > MOST_ABOVE:
            broken.append(f"{one.case.name}: costs {one.above:.2f} % more than it need")
    print(f"\n{machine()}")
    print("KEPT" if not broken else "BROKEN:\n  " + "\n  ".join(broken))
    return int(bool(broken))
