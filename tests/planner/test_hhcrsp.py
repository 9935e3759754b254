"""The benchmark's files, and the command that solves them."""

import argparse
import copy
import gzip
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from samen.commands import planner
from samen.planner import chart, evaluate, hhcrsp
from samen.planner.model import Gap
from samen.planner.search.solve import Progress, solve
from samen.planner.search.stop import Stop

pytestmark = pytest.mark.usefixtures("kernels")
REPOSITORY = Path(__file__).resolve().parents[2]
BENCHMARK = REPOSITORY.parent / "shared" / "benchmarks" / "hhcrsp"
SMALL = {
    "central_offices": [{"id": "d", "location": [0.0, 0.0]}],
    "services": [{"id": "s1", "default_duration": 10}, {"id": "s2", "default_duration": 20.0}],
    "caregivers": [{"id": "c1", "abilities": ["s1", "s2"]}, {"id": "c2", "abilities": ["s2"]}],
    "patients": [
        {"id": "p1", "location": [1, 0], "time_window": [0, 60], "required_caregivers": [{"service": "s1"}]},
        {
            "id": "p2",
            "location": [2, 0],
            "time_window": [29.99999999999994, 60],
            "required_caregivers": [{"service": "s1", "duration": 7}, {"service": "s2"}],
            "synchronization": {"type": "sequential", "distance": [5, 15]},
        },
    ],
    "distances": [[0, 3, 4], [3, 0, 5], [4, 5, 0]],
}


def changed(path: str, value: object, instance: dict = SMALL) -> dict:
    """The instance with another value there; Ellipsis takes it away."""
    content = copy.deepcopy(instance)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    spot = content
    for step in steps:
        spot = spot[step]
    if value is ...:
        del spot[last]
    else:
        spot[last] = value
    return content


EXTENDED = {
    **{key: value for key, value in SMALL.items() if key != "central_offices"},
    "departing_points": SMALL["central_offices"],
    "caregivers": [
        {**one, "distance_matrix_index": 0, "working_shift": [0, 480], "starting_point_id": "d"}
        for one in SMALL["caregivers"]
    ],
    "patients": [{**one, "distance_matrix_index": place} for place, one in enumerate(SMALL["patients"], 1)],
}


def test_an_instance_is_read_as_it_is_meant():
    problem = hhcrsp.instance_of(SMALL, "small").problem

    first, second = problem.visits
    assert [task.minutes for task in first.tasks] == [10.0]
    assert [task.minutes for task in second.tasks] == [7.0, 20.0]
    assert second.opens == 30.0
    assert second.gap == Gap(5.0, 15.0)
    assert problem.ways[0][1][2] == 5.0
    assert problem.prices.travel == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("patients", ..., "patients: missing"),
        ("patients", {}, "patients: not a list"),
        ("patients.0.id", ..., "patients[0].id: missing"),
        ("patients.1.id", "p1", "patients: 'p1' stands there twice"),
        ("patients.0.time_window", [1], "patients[0].time_window: 2 numbers, not 1"),
        ("patients.0.time_window.1", "late", "patients[0].time_window[1]: not a number"),
        ("patients.0.time_window.1", float("nan"), "patients[0].time_window[1]: not a number"),
        ("patients.0.time_window.1", 10**400, "patients[0].time_window[1]: not a number"),
        ("patients.0.time_window", [60, 0], "patients[0].time_window: ends before it begins"),
        (
            "patients.0.incompatible_caregivers",
            ["c9"],
            "patients[0].incompatible_caregivers[0]: no caregiver 'c9'",
        ),
        ("patients.0.required_caregivers", [], "patients[0].required_caregivers: one or two caregivers, not 0"),
        (
            "patients.0.required_caregivers.0.service",
            "s9",
            "patients[0].required_caregivers[0].service: no service 's9'",
        ),
        (
            "patients.1.required_caregivers.0.duration",
            -1,
            "patients[1].required_caregivers[0].duration: less than nothing",
        ),
        (
            "patients.1.synchronization.type",
            "odd",
            "patients[1].synchronization.type: neither simultaneous nor sequential",
        ),
        (
            "patients.1.synchronization.distance",
            [9, 1],
            "patients[1].synchronization.distance: the least is more than the most",
        ),
        ("distances.1", [3, 0], "distances[1]: 3 numbers, not 2"),
        ("distances.1.2", None, "distances[1][2]: not a number"),
        ("distances", [[0, 3], [3, 0]], "distances: 2 rows do not reach patients[1]"),
        ("distances.1.2", -5, "distances[1][2]: less than nothing"),
        ("caregivers", [], "caregivers: nobody"),
        ("caregivers.0.abilities", "s1", "caregivers[0].abilities: not a list"),
        ("caregivers.1.id", None, "caregivers[1].id: missing"),
        ("services.0.default_duration", True, "services[0].default_duration: not a number"),
        ("services.1.id", "s1", "services: 's1' stands there twice"),
        ("services.1.default_duration", ..., "services[1].default_duration: missing"),
        ("central_offices", ..., "central_offices: missing"),
        ("central_offices", [{}, {}], "central_offices: one office, not 2"),
        ("patients.0.id", "", "patients[0].id: not a name"),
        (
            "patients.1.required_caregivers.1.service",
            "s1",
            "patients[1].required_caregivers[1].service: 's1' stands there twice",
        ),
        (
            "caregivers.0.abilities",
            ["s2"],
            "patients[0].required_caregivers[0].service: no caregiver can do 's1'",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named(path, value, told):
    with pytest.raises(hhcrsp.Malformed) as news:
        hhcrsp.instance_of(changed(path, value), "small")

    assert str(news.value) == told


@pytest.mark.parametrize(
    "path", ["caregivers.1.working_shift", "caregivers.1.distance_matrix_index", "patients.1.distance_matrix_index"]
)
def test_where_helpers_start_and_until_when_is_not_guessed(path):
    assert hhcrsp.instance_of(EXTENDED, "small").problem.prices == hhcrsp.EXTENDED

    with pytest.raises(hhcrsp.Malformed) as news:
        hhcrsp.instance_of(changed(path, ..., EXTENDED), "small")

    assert str(news.value) == f"{path.replace('.1.', '[1].')}: missing"


def test_names_that_are_numbers_are_numbers_in_the_solution():
    numbered = json.loads(re.sub(r'"[pcs](\d)"', r"\1", json.dumps(SMALL)))
    instance = hhcrsp.instance_of(numbered, "small")
    answer = solve(instance.problem, stop=Stop(moves=500))

    routes = hhcrsp.solution(instance, answer.plan, answer.begins)["routes"]

    assert [route["caregiver_id"] for route in routes] == [1, 2]
    done = [(one["patient_id"], one["service_id"]) for route in routes for one in route["locations"]]
    assert sorted(done) == [(1, 1), (2, 1), (2, 2)]


PACKED = gzip.compress(json.dumps(SMALL).encode(), mtime=0)
BENT = PACKED[:30] + bytes([PACKED[30] ^ 255]) + PACKED[31:]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"\x1f\x8bno", PACKED[:60], BENT])
def test_a_file_that_is_none_is_told_in_a_line(tmp_path, content):
    file = tmp_path / "odd.json"
    file.write_bytes(content)

    with pytest.raises(hhcrsp.Malformed) as news:
        hhcrsp.read(file)

    assert len(str(news.value).splitlines()) == 1


def test_the_picture_shows_every_helper_and_visit():
    instance = hhcrsp.instance_of(SMALL, "small <1>")
    answer = solve(instance.problem, stop=Stop(moves=500))

    picture = chart.draw(instance.problem, answer.plan, answer.begins, instance.spots, instance.name)

    assert "small &lt;1&gt;" in picture
    assert picture.count("<title>p2") == 3  # in two days and on the map
    assert "<polyline" in picture


@pytest.mark.parametrize(("path", "value"), [("patients.0.id", "p\ud800\n\0"), ("patients.0.time_window", [0, 9e8])])
def test_a_picture_of_odd_names_or_of_centuries_can_be_opened_and_is_no_larger(path, value):
    content = changed(path, value)
    content["services"][0]["default_duration"] = 9e8 if value == [0, 9e8] else 10
    instance = hhcrsp.instance_of(content, "x" * 3000)
    answer = solve(instance.problem, stop=Stop(moves=500))

    picture = chart.draw(instance.problem, answer.plan, answer.begins, instance.spots, instance.name)

    assert len(ElementTree.fromstring(picture.encode())) < 100  # noqa: S314  our own


# --- Beside the independent verifier ------------------------------------------------------------------


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    if not BENCHMARK.exists():
        pytest.skip("the benchmark is not beside the repository")
    spec = importlib.util.spec_from_file_location("verify", BENCHMARK / "verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name",
    [
        "mankowska/InstanzCPLEX_HCSRP_25_1",
        "kummer/HHCRSP_50_10_3_0.8_R_C",
        "italian/instance_003-rome-r19-p44-s4-sim22.3-seq22.9",
    ],
)
def test_the_verifier_finds_the_same_cost_and_no_fault(verifier, tmp_path, name):
    file = BENCHMARK / f"{name}.json.gz"
    instance = hhcrsp.read(file)
    answer = solve(instance.problem, stop=Stop(moves=20000))
    written = tmp_path / "solution.json"
    written.write_text(json.dumps(hhcrsp.solution(instance, answer.plan, answer.begins)))

    told = verifier.verify(verifier.Inst(file), verifier.load_solution(written))

    assert told["errors"] == []
    assert told["cost"] == pytest.approx(answer.cost, abs=1e-6)
    assert told["cost_resched"] == pytest.approx(answer.cost, abs=1e-6)


def test_an_extended_instance_keeps_shifts_and_refusals(verifier):
    file = next((BENCHMARK / "extended").glob("small-001*"))
    problem = hhcrsp.read(file).problem

    answer = solve(problem, stop=Stop(moves=20000))

    assert problem.wishes
    assert all(shift.until < 1440 for _, shift in problem.days)
    assert evaluate.broken(problem, answer.plan, answer.begins) == []


# --- The command --------------------------------------------------------------------------------------


def samen(*words: object, **more) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "samen", "planner", *map(str, words)]
    return subprocess.run(command, cwd=REPOSITORY, text=True, capture_output=True, check=False, **more)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.json.gz"
    file.write_bytes(gzip.compress(json.dumps(SMALL).encode()))
    return file


def test_the_command_writes_routes_and_a_picture_and_needs_neither_django_nor_the_compiler(small, tmp_path):
    script = (
        "import sys; from samen.__main__ import main; code = main(sys.argv[1:]);"
        "assert not {'django', 'numba', 'pandas'} & set(sys.modules); sys.exit(code)"
    )
    words = ["planner", "solve", small, "--moves", "2000", "--out", tmp_path / "s.json", "--plot", tmp_path / "s.svg"]
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)], cwd=REPOSITORY, text=True, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "cost",
        "travel",
        "late",
        "worst",
        "moves",
        "seconds",
    ]
    assert {route["caregiver_id"] for route in json.loads((tmp_path / "s.json").read_text())["routes"]} == {"c1", "c2"}
    assert (tmp_path / "s.svg").read_text().startswith("<svg")


def test_the_command_names_the_field_that_is_wrong(tmp_path):
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(changed("patients.0.time_window", None)))

    done = samen("solve", file)

    assert done.returncode == 1
    assert done.stderr == "Samen: patients[0].time_window: missing\n"


@pytest.mark.parametrize(
    ("extra", "told", "searched"),
    [
        (
            ["--out", "/nowhere/s.json"],
            "Samen: /nowhere/s.json cannot be written (No such file or directory).\n",
            False,
        ),
        (["--plot", "/dev/full"], "Samen: /dev/full cannot be written (No space left on device).\n", True),
    ],
)
def test_what_cannot_be_written_is_told_before_the_search_or_costs_nothing_else(small, tmp_path, extra, told, searched):
    done = samen("solve", small, "--moves", "500", "--out", tmp_path / "s.json", *extra)

    assert (done.returncode, done.stderr) == (1, told)
    assert ("cost" in done.stdout, (tmp_path / "s.json").exists()) == (searched, searched)


def test_compiling_takes_nothing_off_the_seconds(small, monkeypatch, capsys):
    monkeypatch.setattr("samen.planner.search.kept.are_kept", lambda: False)
    monkeypatch.setattr("samen.planner.search.ready.warm", lambda: time.sleep(0.3))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    options = argparse.ArgumentParser()
    planner.arguments(options)

    planner._solve(options.parse_args(["solve", str(small), "--seconds", "0.3", "--threads", "1"]), time.perf_counter())

    told = capsys.readouterr()
    assert told.err == f"{planner.COMPILING}\n"
    assert int(told.out.split()[told.out.split().index("moves") + 1]) > 50_000


def test_who_reads_no_further_is_told_no_more(small):
    command = [sys.executable, "-m", "samen", "planner", "solve", str(small), "--moves", "500"]
    reads, writes = os.pipe()
    os.close(reads)

    done = subprocess.run(command, cwd=REPOSITORY, stdout=writes, stderr=subprocess.PIPE, check=False)

    os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_progress_is_one_line_and_what_follows_has_its_own(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    line = planner._Line()

    for part in (0.5, 1.0, 1.0):
        line.show(Progress(part, 12.345))
    line.end()

    half, full = f"\r[{15 * '#'}{15 * '.'}] 12.35 ", f"\r[{30 * '#'}] 12.35 "
    assert capsys.readouterr().err == f"{half}{full}{full}\n"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_end_writes_the_best_so_far(small, tmp_path, ending):
    command = [sys.executable, "-m", "samen", "planner", "solve", str(small), "--seconds", "600"]
    with subprocess.Popen([*command, "--out", str(tmp_path / "s.json")], cwd=REPOSITORY) as running:
        maps = Path(f"/proc/{running.pid}/maps")
        while "llvmlite" not in maps.read_text():  # from here on it is about to search
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(ending)

        assert running.wait(20) == 0
    assert json.loads((tmp_path / "s.json").read_text())["routes"]
