"""Plan: solve an instance of the benchmark, or compile the kernels beforehand."""

import argparse
import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the compiler takes a third of a second: only who plans pays it
    from samen.planner.hhcrsp import Instance
    from samen.planner.search.solve import Answer, Progress

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
GENTLE = 19  # as gentle as there is
MOST_THREADS = 256  # each has a plan of its own in memory
ENDS = (signal.SIGINT, signal.SIGTERM)  # what was best so far is written
COMPILING = "Compiling the planner for this machine; only the first time, and when it changed.  About half a minute."
NOT_KEPT = "No folder to keep the compiled planner in: it is compiled again next time (set XDG_CACHE_HOME)."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which of the two."""
    verbs = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    compiling = verbs.add_parser("compile", help="compile the kernels now, so that nobody waits for it later")
    compiling.add_argument("--gently", action="store_true", help="let everything else go first")
    solve = verbs.add_parser("solve", help="find routes for an instance of the benchmark")
    solve.add_argument("instance", type=Path, metavar="INSTANCE.json[.gz]")
    solve.add_argument("--seconds", type=_positive, default=10.0, help="how long, from the start of the process (10)")
    solve.add_argument("--threads", type=_threads, default=2, help="chains side by side (2)")
    solve.add_argument("--seed", type=int, default=1, help="the same seed and moves, the same plan (1)")
    solve.add_argument("--moves", type=_count, help="stop after so many moves of each chain, whatever the clock says")
    solve.add_argument("--out", type=Path, metavar="SOLUTION.json", help="where to write the routes")
    solve.add_argument("--plot", type=Path, metavar="FILE.svg", help="where to draw the days and the map")


def _positive(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e7:
        raise argparse.ArgumentTypeError(f"{word} is no number of seconds")
    return number


def _count(word: str) -> int:
    try:
        number = int(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word} is no number") from error
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word} is less than one")
    return number


def _threads(word: str) -> int:
    number = _count(word)
    if number > MOST_THREADS:
        raise argparse.ArgumentTypeError(f"{word} is more than {MOST_THREADS}")
    return number


def run(options: argparse.Namespace) -> int:
    """0 when it is done; 1, with a word, when the instance cannot be read or the solution cannot be written."""
    began = _process_began()
    if options.task == "compile":
        if options.gently:
            os.nice(GENTLE)
        return _compile(began)
    return _solve(options, began)


def _process_began() -> float:
    """The moment on `perf_counter` at which this process was started, where the system tells."""
    try:
        ticks = float(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100
    except (OSError, ValueError, IndexError, AttributeError):
        age = 0.0
    return time.perf_counter() - max(age, 0.0)


def _compile(began: float) -> int:
    _compile_if_needed()
    from samen.planner import chart, hhcrsp  # noqa: F401  Python keeps what it read in short: solving finds it so
    from samen.planner.search import solve  # noqa: F401

    print(f"The planner is compiled.  {time.perf_counter() - began:.1f} s")
    return 0


@contextlib.contextmanager
def compiling_beside() -> Iterator[None]:
    """What the planner needs is compiled beside the work, if it is not there yet: nobody who plans waits for it."""
    from samen.planner.search import kept

    words = [sys.executable, "-m", "samen", "planner", "compile", "--gently"]
    beside = None if kept.are_kept() else subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait()


def _compile_if_needed() -> float:
    """The kernels are there; how many seconds that took."""
    from samen.planner.search import kept

    if kept.FOLDER is None:
        _say(NOT_KEPT)
    if kept.are_kept():
        return 0.0
    _say(COMPILING)
    from samen.planner.search import ready

    began = time.perf_counter()
    ready.warm()
    return time.perf_counter() - began


def _solve(options: argparse.Namespace, began: float) -> int:
    from samen.planner import hhcrsp

    try:
        instance = hhcrsp.read(options.instance)
    except hhcrsp.Malformed as news:
        _say(f"Samen: {news}")
        return 1
    for path in (options.out, options.plot):
        if path is not None and (reason := _not_writable(path)):  # said before the search, and not an hour later
            _say(f"Samen: {path} cannot be written ({reason}).")
            return 1
    from samen.planner.search.stop import NEVER, Stop

    stop = Stop(seconds=NEVER if options.moves else options.seconds, moves=options.moves or 0, began=began)
    for ending in ENDS:
        signal.signal(ending, lambda _number, _frame: stop.now())
    stop.began += _compile_if_needed()  # or nothing would be left to search in
    from samen.planner.search.solve import Unsolvable, solve

    line = _Line()
    try:
        answer = solve(instance.problem, stop=stop, threads=options.threads, seed=options.seed, progress=line.show)
    except Unsolvable as news:
        _say(f"Samen: patients: {news}")
        return 1
    line.end()
    return _report(options, instance, answer, began)


def _not_writable(path: Path) -> str:
    """Why no file can be put there; empty if it can, as far as is known beforehand."""
    if path.is_dir():
        return os.strerror(errno.EISDIR)
    if not path.parent.is_dir():
        return os.strerror(errno.ENOENT)
    return "" if os.access(path if path.exists() else path.parent, os.W_OK) else os.strerror(errno.EACCES)


def _report(options: argparse.Namespace, instance: "Instance", answer: "Answer", began: float) -> int:
    written = _write(options, instance, answer)
    lines = [f"cost     {answer.cost:.4f}"]
    for part in answer.costs:
        if part.total or part.name in ("travel", "late", "worst"):
            lines.append(f"{part.name:<9}{part.amount:.3f} {part.unit} at {part.price:.4g}")
    lines += [f"moves    {answer.moves}", f"seconds  {time.perf_counter() - began:.2f}"]
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:  # whoever read it has read enough; what Python holds back would be tried again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if written else 1


def _write(options: argparse.Namespace, instance: "Instance", answer: "Answer") -> bool:
    """The files that were asked for are there; each for itself, so that one that cannot be takes nothing else along."""
    from samen.planner import chart, hhcrsp

    whole = True
    for path, words in (
        (options.out, lambda: json.dumps(hhcrsp.solution(instance, answer.plan, answer.begins), indent=1) + "\n"),
        (options.plot, lambda: chart.draw(instance.problem, answer.plan, answer.begins, instance.spots, instance.name)),
    ):
        try:
            if path is not None:
                path.write_text(words(), encoding="utf-8")
        except OSError as error:
            _say(f"Samen: {path} cannot be written ({error.strerror}).")
            whole = False
    return whole


class _Line:
    """One line that tells how far it is, if somebody looks."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.last = 0.0

    def show(self, progress: "Progress") -> None:
        """Draw it again, not too often."""
        if not self.shown or time.monotonic() - self.last < 0.2 and progress.part < 1:  # noqa: RUF021
            return
        self.last = time.monotonic()
        done = int(30 * progress.part)
        print(f"\r[{'#' * done}{'.' * (30 - done)}] {progress.cost:.2f} ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Whatever is told next has a line of its own."""
        if self.last:
            _say("")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
