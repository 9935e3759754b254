"""The planner beside the best published plans and a trial solver, at equal processor time: docs/benchmarks.md."""

import argparse
import csv
import dataclasses
import importlib.util
import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from benchmarks import REPOSITORY, machine, tell

BENCHMARK = REPOSITORY.parent / "shared" / "benchmarks" / "hhcrsp"
REPORT = REPOSITORY / "docs" / "benchmarks.md"
CLASSES = {
    "10 to 55": (0, 55),
    "75 to 101": (56, 120),
    "130 to 210": (121, 211),
    "212 to 400": (212, 10_000),
}
TIE = 0.01  # per cent: published values have four decimals
# A quarter of the 96, chosen once by family and size: every fourth of the list in the order of its file.
CHOSEN = range(2, 96, 4)
STRIDE = 5


@dataclasses.dataclass(frozen=True)
class Measured:
    """One instance, and what each solver made of it in so many processor seconds of one thread."""

    name: str
    family: str
    visits: int
    published: float
    ours: float
    trial: float | None = None

    def gap(self, cost: float) -> float:
        """Per cent above the best published; below nothing is better."""
        return round(100 * (cost / self.published - 1), 3) + 0.0  # never minus nothing


def main(words: Sequence[str]) -> int:
    """Measure, say it line by line, and write the report; 1 when the benchmark is not there."""
    parser = argparse.ArgumentParser(prog="bin/bench planner", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="processor seconds of one thread, for each (10)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="the whole 96: that takes hours")
    parser.add_argument("--only", default="", help="instances whose names have this in them")
    parser.add_argument("--no-trial", action="store_true", help="without the trial solver")
    parser.add_argument("--out", type=Path, default=REPORT)
    parser.add_argument("--cases", type=int, help="instead: so many small cases by chance, checked for broken rules")
    options = parser.parse_args(words)
    if options.cases:
        return _check_cases(options.cases, options.seed)
    if not BENCHMARK.exists():
        print(
            f"The benchmark is not here: it belongs in {BENCHMARK.relative_to(REPOSITORY.parent)} beside this folder."
        )
        return 1
    rows = [row for number, row in enumerate(_published()) if options.all or options.only or number in CHOSEN]
    measured: list[Measured] = []
    for row in _mixed([row for row in rows if options.only in row["instance"]]):
        measured.append(_measure(row, options))
        print(_line(measured[-1]), flush=True)
        _report(options, measured)  # who ends it early has what was measured by then
    print(f"\n{_table(measured)}\n\nWritten to {options.out}.")
    return 0


def _mixed(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Every size soon."""
    return [rows[number] for start in range(STRIDE) for number in range(start, len(rows), STRIDE)]


def _published() -> list[dict[str, str]]:
    with (BENCHMARK / "best_known.csv").open() as file:
        return list(csv.DictReader(file))


def _measure(row: dict[str, str], options: argparse.Namespace) -> Measured:
    file = BENCHMARK / row["family"] / f"{row['instance']}.json.gz"
    ours = _ours(file, options.seconds, options.seed)
    trial = None if options.no_trial else _trial(file, options.seconds, options.seed)
    return Measured(row["instance"], row["family"], int(row["patients"]), float(row["best_known"]), ours, trial)


def _ours(file: Path, seconds: float, seed: int) -> float:
    """Our cost, as the verifier reckons it."""
    from samen.planner import hhcrsp  # noqa: PLC0415  the compiler is loaded by who measures
    from samen.planner.search.solve import solve  # noqa: PLC0415
    from samen.planner.search.stop import Stop  # noqa: PLC0415

    problem = hhcrsp.read(file).problem
    answer = solve(problem, stop=Stop(seconds=seconds, cpu=True), seed=seed)
    routes = {
        route["caregiver_id"]: [tuple(stop.values()) for stop in route["locations"]]
        for route in hhcrsp.solution(problem, answer.plan, answer.begins)["routes"]
    }
    verify = _verifier()
    told = verify.verify(verify.Inst(file), routes)
    assert not told["errors"], told["errors"]
    return float(told["cost_resched"])


def _verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify", BENCHMARK / "verify.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _trial(file: Path, seconds: float, seed: int) -> float | None:
    """What the trial solver reaches in the same processor time; None if it does not run here."""
    words = [sys.executable, str(BENCHMARK / "trial_solver.py"), str(file), str(seconds), str(seed)]
    kept = Path(os.environ["SAMEN_DATA"]) / "trial"
    done = subprocess.run(
        words, env=os.environ | {"NUMBA_CACHE_DIR": str(kept)}, text=True, capture_output=True, check=False
    )
    found = re.search(r"verify ([\d.]+) \[\]", done.stdout)
    return float(found[1]) if found else None


# --- Small cases ---------------------------------------------------------------------------------------


def _check_cases(many: int, seed: int) -> int:
    """Solve small cases by chance, shortly, and look with the slow judge whether a hard rule is broken."""
    from samen.planner import evaluate  # noqa: PLC0415
    from samen.planner.search.solve import solve  # noqa: PLC0415
    from samen.planner.search.stop import Stop  # noqa: PLC0415
    from tests.planner import problems  # noqa: PLC0415

    wrong = 0
    for number in range(seed, seed + many):
        problem = problems.rich(number) if number % 2 else problems.plain(number)
        answer = solve(problem, stop=Stop(moves=600), seed=number)
        for broken in evaluate.broken(problem, answer.plan, answer.begins):
            wrong += 1
            print(f"case {number}: {broken}")
    print(f"{many} cases from {seed}: {wrong} broken rules.")
    return int(wrong > 0)


# --- What is told -------------------------------------------------------------------------------------


def _line(one: Measured) -> str:
    beside = "" if one.trial is None else f"   trial {one.gap(one.trial):+6.2f} %"
    return f"{one.name[:44]:<46}{one.visits:>4} {one.gap(one.ours):+7.2f} %{beside}"


def _table(measured: Iterable[Measured]) -> str:
    rows = ["| visits | instances | ours | better, equal, worse | trial solver |", "|---|---|---|---|---|"]
    for name, (least, most) in CLASSES.items():
        mine = [one for one in measured if least <= one.visits <= most]
        if not mine:
            continue
        gaps = [one.gap(one.ours) for one in mine]
        beside = [one.gap(one.trial) for one in mine if one.trial is not None]
        better, worse = sum(gap < -TIE for gap in gaps), sum(gap > TIE for gap in gaps)
        counts = f"{better}, {len(mine) - better - worse}, {worse}"
        rows.append(f"| {name} | {len(mine)} | {_mean(gaps)} | {counts} | {_mean(beside)} |")
    return "\n".join(rows)


def _mean(gaps: Sequence[float]) -> str:
    return f"{sum(gaps) / len(gaps):+.2f} %" if gaps else "not run"


def _report(options: argparse.Namespace, measured: Sequence[Measured]) -> None:
    import numba  # noqa: PLC0415
    import numpy  # noqa: PLC0415

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        "# How good the planner's plans are",
        "",
        "Per cent above the best published plans (Ceschia, Di Gaspero, Rosati and Schaerf, ITOR 2024); below nothing",
        "is better.  Judged by the independent verifier.  Each solver had the same processor seconds of one thread.",
        "",
        f"`bin/bench planner --seconds {options.seconds:g} --seed {options.seed}`, {len(measured)} instances,"
        f" {time.strftime('%-d %B %Y')}; {machine()}, {platform.machine()}, Numba {numba.__version__},"
        f" NumPy {numpy.__version__}; memory at most {peak:.0f} MB.",
        "",
        _table(measured),
        "",
        "| instance | visits | ours | trial solver |",
        "|---|---|---|---|",
        *(_row(one) for one in measured),
        "",
    ]
    tell(options.out, "planner", "\n".join(lines))


def _row(one: Measured) -> str:
    beside = "not run" if one.trial is None else f"{one.gap(one.trial):+.2f} %"
    return f"| {one.family} {one.name} | {one.visits} | {one.gap(one.ours):+.2f} % | {beside} |"
