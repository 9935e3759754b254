"""The planner beside the best published plans and other solvers, at equal processor time: docs/benchmarks.md."""

import argparse
import csv
import dataclasses
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from benchmarks import REPOSITORY, _growth, _repair, machine, tell

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
THREADS = 2
FLOOR, AIM = -0.5, -1.0  # per cent beside the trial solver, on average of those with a hundred visits and more
ROUTING_SECONDS = 20  # above that OR-Tools is not run beside: it gains next to nothing, and takes one thread so long


@dataclasses.dataclass(frozen=True)
class Measured:
    """One instance, and what each solver made of it in so many seconds; who did not run or found nothing is None."""

    name: str
    family: str
    visits: int
    published: float
    costs: Mapping[str, float | None]

    def gap(self, solver: str) -> float | None:
        """Per cent above the best published; below nothing is better."""
        cost = self.costs.get(solver)
        return None if cost is None else round(100 * (cost / self.published - 1), 3) + 0.0  # never minus nothing

    @property
    def beside(self) -> float | None:
        """Per cent that ours costs above the trial solver's; None if that found nothing."""
        ours, trial = self.costs["ours"], self.costs.get("trial")
        return None if ours is None or trial is None else round(100 * (ours / trial - 1), 3) + 0.0


def main(words: Sequence[str]) -> int:
    """Measure, say it line by line, and write the report; 1 when the benchmark is not there."""
    options = _parser().parse_args(words)
    if options.out is None:  # some instances do not replace the table of all
        options.out = Path(os.environ["SAMEN_DATA"]) / REPORT.name if options.only else REPORT
    if options.cases:
        return _check_cases(options.cases, options.seed)
    if options.growth:
        return _growth.measure(options.out)
    if options.repair:
        return _repair.measure(options.out, range(options.seed, options.seed + options.seeds))
    if not BENCHMARK.exists():
        print(
            f"The benchmark is not here: it belongs in {BENCHMARK.relative_to(REPOSITORY.parent)} beside this folder."
        )
        return 1
    rows = [row for number, row in enumerate(_published()) if options.all or options.only or number in CHOSEN]
    rows = [row for row in rows if options.only in row["instance"]]
    rows = [row for row in rows if options.least <= int(row["patients"]) <= options.most]
    rows = _mixed(rows)
    seconds = options.seconds or [10.0, 60.0]
    print(f"About {_minutes(len(rows), seconds, options):.0f} minutes.", flush=True)
    subprocess.run([sys.executable, "-m", "samen", "planner", "compile"], check=True, cwd=REPOSITORY)
    for budget in seconds:
        if options.seeds > 1:
            _seeds_for(rows, budget, options)
        else:
            _table_for(rows, budget, options)
    if not options.only:
        print(f"Written to {options.out}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/bench planner", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, action="append", help="of the clock, for each; may be repeated (10, 60)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many, from --seed on: how much chance decides (1)")
    parser.add_argument("--all", action="store_true", help="the whole 96: that takes hours")
    parser.add_argument("--only", default="", help="instances whose names have this in them")
    parser.add_argument("--from", dest="least", type=int, default=0, metavar="VISITS", help="no smaller instances")
    parser.add_argument("--to", dest="most", type=int, default=10_000, metavar="VISITS", help="no larger ones")
    parser.add_argument("--no-peers", action="store_true", help="without the trial solver and OR-Tools")
    parser.add_argument("--only-trial", action="store_true", help="beside the trial solver, without OR-Tools")
    parser.add_argument("--out", type=Path, default=None, help="where it is told (docs/benchmarks.md, unless --only)")
    parser.add_argument("--cases", type=int, help="instead: so many small cases by chance, checked for broken rules")
    parser.add_argument("--growth", action="store_true", help="instead: from 50 to 5,000 visits (about 3 minutes)")
    parser.add_argument(
        "--repair", action="store_true", help="instead: a helper falls out of a day (about 2 minutes a seed)"
    )
    return parser


def _minutes(many: int, seconds: Sequence[float], options: argparse.Namespace) -> float:
    each = 0.0
    for budget in seconds:
        each += options.seeds * (budget + 1)
        if not options.no_peers and options.seeds == 1:
            each += budget + 4
            if not options.only_trial and budget <= ROUTING_SECONDS:
                each += THREADS * budget
    return many * each / 60


def _table_for(rows: Sequence[dict[str, str]], seconds: float, options: argparse.Namespace) -> None:
    measured: list[Measured] = []
    for row in rows:
        measured.append(_measure(row, seconds, options))
        print(f"{seconds:g} s {len(measured):>2}/{len(rows)}  {_line(measured[-1])}", flush=True)
        _report(options, seconds, measured)  # who ends it early has what was measured by then
    print(f"\n{_beside_table(measured) if options.only_trial else _table(measured)}\n", flush=True)


def _seeds_for(rows: Sequence[dict[str, str]], seconds: float, options: argparse.Namespace) -> None:
    """Every instance with every seed, and nobody beside us."""
    seeds = range(options.seed, options.seed + options.seeds)
    measured: dict[int, list[Measured]] = {seed: [] for seed in seeds}
    for row in rows:
        file = BENCHMARK / row["family"] / f"{row['instance']}.json.gz"
        for seed in seeds:
            costs = {"ours": _ours(file, seconds, seed)}
            one = Measured(row["instance"], row["family"], int(row["patients"]), float(row["best_known"]), costs)
            measured[seed].append(one)
            print(f"{seconds:g} s seed {seed}  {_line(one)}", flush=True)
        tell(options.out, f"planner seeds {seconds:g} s", _seeds(options, seconds, measured))
    print(f"\n{_seeds_table(measured)}\n", flush=True)


def _mixed(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Every size soon."""
    return [rows[number] for start in range(STRIDE) for number in range(start, len(rows), STRIDE)]


def _published() -> list[dict[str, str]]:
    with (BENCHMARK / "best_known.csv").open() as file:
        return list(csv.DictReader(file))


def _measure(row: dict[str, str], seconds: float, options: argparse.Namespace) -> Measured:
    file = BENCHMARK / row["family"] / f"{row['instance']}.json.gz"
    costs: dict[str, float | None] = {"ours": _ours(file, seconds, options.seed)}
    if not options.no_peers:
        costs["trial"] = _trial(file, seconds, options.seed)
        if not options.only_trial:
            costs["routing"] = _routing(file, seconds)
    return Measured(row["instance"], row["family"], int(row["patients"]), float(row["best_known"]), costs)


def _ours(file: Path, seconds: float, seed: int) -> float:
    """Our cost, as the verifier reckons it, of a process of its own that ends so many seconds after it began."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "solution.json"
        words = ["--seconds", str(seconds), "--threads", str(THREADS), "--seed", str(seed), "--out", str(out)]
        subprocess.run(
            [sys.executable, "-m", "samen", "planner", "solve", str(file), *words],
            check=True,
            cwd=REPOSITORY,
            stdout=subprocess.DEVNULL,
        )
        routes = {
            route["caregiver_id"]: [tuple(stop.values()) for stop in route["locations"]]
            for route in json.loads(out.read_text())["routes"]
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
    """The better of as many runs of the trial solver as we have threads, each with as many processor seconds."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(Path(os.environ["SAMEN_DATA"]) / "trial")}
    runs = [
        subprocess.Popen(
            [sys.executable, str(BENCHMARK / "trial_solver.py"), str(file), str(seconds), str(seed + number)],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
        )
        for number in range(THREADS)
    ]
    told = [re.search(r"verify ([\d.]+) \[\]", run.communicate()[0]) for run in runs]
    return min((float(found[1]) for found in told if found), default=None)


def _routing(file: Path, seconds: float) -> float | None:
    """OR-Tools' routing with the same processor seconds, which are twice as many of its one thread."""
    if seconds > ROUTING_SECONDS:
        return None
    from benchmarks._routing import routed  # noqa: PLC0415  needs the compiler's packages and OR-Tools
    from samen.planner import hhcrsp  # noqa: PLC0415

    return routed(hhcrsp.read(file).problem, seconds=THREADS * seconds)


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


SOLVERS = {"ours": "ours", "trial": "trial solver, two seeds", "routing": "OR-Tools routing"}


def _line(one: Measured) -> str:
    return f"{one.name[:44]:<46}{one.visits:>4}" + "".join(f"  {name} {_told(one.gap(name))}" for name in one.costs)


def _table(measured: Iterable[Measured]) -> str:
    rows = [
        "| visits | instances | ours | better, equal, worse | worst | trial solver, two seeds | OR-Tools routing |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, (least, most) in CLASSES.items():
        mine = [one for one in measured if least <= one.visits <= most]
        if not mine:
            continue
        gaps = [gap for one in mine if (gap := one.gap("ours")) is not None]
        better, worse = sum(gap < -TIE for gap in gaps), sum(gap > TIE for gap in gaps)
        counts = f"{better}, {len(mine) - better - worse}, {worse}"
        beside = " | ".join(_mean(mine, solver) for solver in ("trial", "routing"))
        rows.append(f"| {name} | {len(mine)} | {_mean(mine, 'ours')} | {counts} | {max(gaps):+.2f} % | {beside} |")
    return "\n".join(rows)


def _mean(measured: Sequence[Measured], solver: str) -> str:
    """Of those that found a plan, and how many did not."""
    gaps = [gap for one in measured if (gap := one.gap(solver)) is not None]
    ran = sum(solver in one.costs for one in measured)
    without = f" ({ran - len(gaps)} without a plan)" if 0 < len(gaps) < ran else ""
    return f"{sum(gaps) / len(gaps):+.2f} %{without}" if gaps else "none"


def _told(gap: float | None) -> str:
    return "none" if gap is None else f"{gap:+.2f} %"


def _report(options: argparse.Namespace, seconds: float, measured: Sequence[Measured]) -> None:
    if options.only_trial:
        tell(options.out, f"planner beside the trial solver {seconds:g} s", _beside(options, seconds, measured))
        return
    lines = [
        f"# The planner's plans after {seconds:g} seconds",
        "",
        "Per cent above the best published plans (Ceschia, Di Gaspero, Rosati and Schaerf, ITOR 2024); below nothing",
        f"is better.  Judged by the independent verifier.  Ours: {THREADS} threads, seconds of the clock from the",
        "start of the process, kernels compiled beforehand; the others had the same processor seconds.",
        "",
        f"`bin/bench planner --seconds {seconds:g} --seed {options.seed}`, {_where(measured)}",
        "",
        _table(measured),
        "",
        "| instance | visits | " + " | ".join(SOLVERS.values()) + " |",
        "|---|---|---|---|---|",
        *(_row(one) for one in measured),
        "",
    ]
    tell(options.out, f"planner {seconds:g} s", "\n".join(lines))


def _where(measured: Sequence[Measured]) -> str:
    return f"{len(measured)} instances, {time.strftime('%-d %B %Y')}; {machine('Numba', 'NumPy')}."


def _seeds(options: argparse.Namespace, seconds: float, measured: Mapping[int, Sequence[Measured]]) -> str:
    sizes = f" --from {options.least} --to {options.most}"
    words = f"--seed {options.seed} --seeds {options.seeds}{sizes} --seconds {seconds:g}"
    first = next(iter(measured.values()))
    return "\n".join(
        [
            f"# What chance decides in {seconds:g} seconds",
            "",
            "Per cent above the best published plans, good seeds and bad.",
            "",
            f"`bin/bench planner {words}`, {_where(first)}",
            "",
            _seeds_table(measured),
            "",
            "| instance | visits | " + " | ".join(f"seed {seed}" for seed in measured) + " |",
            "|---|---|" + "---|" * len(measured),
            *(
                f"| {same[0].family} {same[0].name} | {same[0].visits} | "
                + " | ".join(_told(one.gap("ours")) for one in same)
                + " |"
                for same in zip(*measured.values(), strict=True)
            ),
        ]
    )


def _seeds_table(measured: Mapping[int, Sequence[Measured]]) -> str:
    rows = ["| seed | mean | better, equal, worse | worst |", "|---|---|---|---|"]
    for seed, mine in measured.items():
        gaps = [gap for one in mine if (gap := one.gap("ours")) is not None]
        better, worse = sum(gap < -TIE for gap in gaps), sum(gap > TIE for gap in gaps)
        counts = f"{better}, {len(gaps) - better - worse}, {worse}"
        rows.append(f"| {seed} | {_mean(mine, 'ours')} | {counts} | {max(gaps):+.2f} % |")
    return "\n".join(rows)


def _beside(options: argparse.Namespace, seconds: float, measured: Sequence[Measured]) -> str:
    words = f"--only-trial --from {options.least} --seconds {seconds:g} --seed {options.seed}"
    return "\n".join(
        [
            f"# Beside the trial solver after {seconds:g} seconds",
            "",
            f"Ours: {THREADS} threads, {seconds:g} seconds of the clock from the start of the process.  The trial"
            f" solver: the better of {THREADS}",
            f"runs with {seconds:g} seconds of processor each.  Below nothing ours is better; asked is {FLOOR:+.1f} %"
            f" on average, wished {AIM:+.1f} %.",
            "",
            f"`bin/bench planner {words}`, {_where(measured)}",
            "",
            _beside_table(measured),
            "",
            "| instance | visits | ours above the best published | trial solver above it"
            " | ours beside the trial solver |",
            "|---|---|---|---|---|",
            *(
                f"| {one.family} {one.name} | {one.visits} | {_told(one.gap('ours'))} | {_told(one.gap('trial'))}"
                f" | {_told(one.beside)} |"
                for one in measured
            ),
        ]
    )


def _beside_table(measured: Sequence[Measured]) -> str:
    classes = [
        (name, [one for one in measured if least <= one.visits <= most]) for name, (least, most) in CLASSES.items()
    ]
    rows = [
        "| visits | instances | ours beside the trial solver | better, equal, worse | worst | asked and wished |",
        "|---|---|---|---|---|---|",
    ]
    for name, mine in [*classes, ("all", list(measured))]:
        found = [one.beside for one in mine if one.beside is not None]
        if not found:
            continue
        mean, better, worse = sum(found) / len(found), sum(one < -TIE for one in found), sum(one > TIE for one in found)
        kept = "both" if mean <= AIM else "what is asked" if mean <= FLOOR else "neither"
        counts = f"{better}, {len(found) - better - worse}, {worse}"
        rows.append(f"| {name} | {len(found)} | {mean:+.2f} % | {counts} | {max(found):+.2f} % | {kept} |")
    return "\n".join(rows)


def _row(one: Measured) -> str:
    return f"| {one.family} {one.name} | {one.visits} | " + " | ".join(_told(one.gap(name)) for name in SOLVERS) + " |"
