"""Whether the tree is in order: form, types, layers, migrations and messages, all at once and in seconds.

`--shape` judges nothing: it shows how long functions and files are, so that one looks where it grows.
"""

import ast
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

REPOSITORY = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
SAMEN = [sys.executable, "-m", "samen"]
CHECKS = {  # the slow ones first, so that they get a place at once
    "types": [sys.executable, "-m", "mypy", "samen"],
    "migrations": [*SAMEN, "makemigrations", "--check"],
    "layers": [str(PROGRAMS / "lint-imports")],
    "messages": [*SAMEN, "messages", "check"],
    "lint": [str(PROGRAMS / "ruff"), "check"],
    "form": [str(PROGRAMS / "ruff"), "format", "--check"],
}
# The longest tenth of functions starts at so many lines in code that reads like prose, and in code that grew.
MODELS = {"Fizzy": 10, "cosmicpython": 11, "django.contrib.auth": 17, "pretix": 36, "Datasette": 48}

_started: list[subprocess.Popen[str]] = []


class Outcome(NamedTuple):
    """How one check ended."""

    name: str
    seconds: float
    failed: bool
    output: str


def main(arguments: list[str]) -> int:
    """0 if every check passed; the output of those that did not is printed."""
    if arguments == ["--shape"]:
        print(shape())
        return 0
    if arguments:
        print(f"bin/check does not know {' '.join(arguments)}; it knows --shape.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    with ThreadPoolExecutor(max_workers=3) as pool:  # more only makes each of them slower on a small machine
        outcomes = list(pool.map(_check, CHECKS))
    return int(any(outcome.failed for outcome in outcomes))


def _check(name: str) -> Outcome:
    began = time.monotonic()
    with subprocess.Popen(
        CHECKS[name], cwd=REPOSITORY, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        _started.append(process)
        output, _ = process.communicate()
    outcome = Outcome(name, time.monotonic() - began, bool(process.returncode), output)
    word = "FAILS" if outcome.failed else "ok"
    text = f"{name:<12}{word:<7}{outcome.seconds:5.1f} s\n"
    print(text + (outcome.output if outcome.failed else ""), end="", flush=True)
    return outcome


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Whoever ends the check ends its programs too."""
    for process in _started:
        process.terminate()
    os._exit(128 + number)


class Function(NamedTuple):
    """A function and how many lines it takes, its signature and docstring included."""

    lines: int
    name: str
    place: str


def shape() -> str:
    """How long functions and files are, beside the models of the house."""
    files = sorted(file for file in (REPOSITORY / "samen").rglob("*.py") if "migrations" not in file.parts)
    functions = sorted((function for file in files for function in _functions(file)), reverse=True)
    lengths = [function.lines for function in functions]
    longest_files = sorted(((len(file.read_text().splitlines()), file) for file in files), reverse=True)
    p90 = statistics.quantiles(lengths, n=10)[-1]
    lines = [f"{len(lengths)} functions: median {statistics.median(lengths):.0f} lines, p90 {p90:.0f}."]
    lines += ["p90 of the models: " + ", ".join(f"{name} {value}" for name, value in MODELS.items()), ""]
    lines += ["Longest functions", *(f"{one.lines:6}  {one.place}  {one.name}" for one in functions[:10]), ""]
    lines += [
        "Longest files",
        *(f"{size:6}  {file.relative_to(REPOSITORY)}" for size, file in longest_files[:10]),
    ]
    return "\n".join(lines)


def _functions(file: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(file.read_text(), str(file))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = f"{file.relative_to(REPOSITORY)}:{node.lineno}"
            yield Function((node.end_lineno or node.lineno) - node.lineno + 1, node.name, place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
