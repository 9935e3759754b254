"""The benchmark's files: instances of home health care routing and scheduling as a problem, and plans as its solutions.

Mankowska, Kummer and Italian instances have one office, no end of shifts, and the objective of `model.HHCRSP`.  The
extended ones add places where helpers start, working shifts, and helpers a patient will not have; no weights were
published for those, so ours are: the same thirds, and a minute of overtime costs as much as a minute of lateness of
everybody together, 1.  See Ceschia, Di Gaspero, Rosati and Schaerf, ITOR 2024, for the files.
"""

import gzip
import json
import math
import zlib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samen.planner.evaluate import Timetable
from samen.planner.model import HHCRSP, Gap, Helper, Plan, Prices, Problem, Shift, Task, Visit, Wish

EXTENDED = Prices(travel=1 / 3, late=1 / 3, worst=1 / 3, overtime=1.0)
FARTHEST = 1e9  # minutes; more is a mistake
DIGITS = 6  # 401.99999999999994 stands for 402


class Malformed(Exception):
    """The file is not an instance; the message names the field."""


@dataclass(frozen=True)
class Instance:
    """A problem as the benchmark has it, and where everything lies on the map."""

    name: str
    problem: Problem
    spots: tuple[tuple[float, float], ...]  # of every place; empty if the file does not say


def read(path: Path) -> Instance:
    """The instance in this file, packed or not; raises `Malformed`."""
    try:
        packed = path.read_bytes()
        content = json.loads(gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed)
    except OSError as error:
        raise Malformed(f"{path}: {error.strerror or 'cannot be unpacked'}") from error
    except (EOFError, zlib.error) as error:
        raise Malformed(f"{path}: cannot be unpacked") from error
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{path}: not JSON ({type(error).__name__})") from error
    return instance_of(content, path.name.split(".json")[0])


def instance_of(content: Any, name: str) -> Instance:
    """The instance these words of JSON spell; raises `Malformed`."""
    whole = _Field("", content)
    patients, caregivers = whole["patients"].items(), whole["caregivers"].items()
    services = whole["services"].items()
    _only_once("services", [service["id"].text() for service in services])
    minutes = {service["id"].text(): service for service in services}
    size = len(whole["distances"].items())
    way = tuple(row.distances(size) for row in whole["distances"].items())
    visits = tuple(_visit(patient, spot + 1, size, minutes) for spot, patient in enumerate(patients))
    helpers = tuple(_helper(caregiver, size, minutes) for caregiver in caregivers)
    if not helpers:
        raise Malformed("caregivers: nobody")
    _only_once("patients", [visit.key for visit in visits])
    _only_once("caregivers", [helper.key for helper in helpers])
    wishes = _wishes(patients, {helper.key for helper in helpers})
    extended = "departing_points" in whole
    problem = Problem(helpers, visits, (way,), EXTENDED if extended else HHCRSP, wishes)
    return Instance(name, problem, _spots(whole, patients, helpers, size))


def _wishes(patients: list["_Field"], helpers: Set[str]) -> dict[tuple[str, str], Wish]:
    found = {}
    for patient in patients:
        for never in patient.get("incompatible_caregivers", []):
            if never.text() not in helpers:
                raise Malformed(f"{never.name}: no caregiver {never.text()!r}")
            found[patient["id"].text(), never.text()] = Wish.NEVER
    return found


def _visit(patient: "_Field", spot: int, size: int, minutes: Mapping[str, "_Field"]) -> Visit:
    required = patient["required_caregivers"].items()
    if not 1 <= len(required) <= 2:
        raise Malformed(f"{patient['required_caregivers'].name}: one or two caregivers, not {len(required)}")
    tasks = tuple(_task(one, minutes) for one in required)
    opens, closes = (round(edge, DIGITS) for edge in patient["time_window"].stretch())
    key, place = patient["id"].text(), spot
    if "distance_matrix_index" in patient:
        place = patient["distance_matrix_index"].whole(size)
    elif spot >= size:
        raise Malformed(f"distances: {size} rows do not reach {patient.name}")
    return Visit(key, place, opens, closes, tasks, _gap(patient, len(tasks)), household=key)


def _task(required: "_Field", minutes: Mapping[str, "_Field"]) -> Task:
    service = required["service"]
    if service.text() not in minutes:
        raise Malformed(f"{service.name}: no service {service.text()!r}")
    usual = minutes[service.text()]
    stays = required["duration"] if "duration" in required else usual["default_duration"]
    return Task(service.text(), stays.amount())


def _gap(patient: "_Field", tasks: int) -> Gap:
    if tasks == 1:
        return Gap()
    if "synchronization" not in patient:
        return Gap(-math.inf, math.inf)
    said = patient["synchronization"]
    if said["type"].text() == "simultaneous":
        return Gap()
    if said["type"].text() != "sequential":
        raise Malformed(f"{said['type'].name}: neither simultaneous nor sequential")
    least, most = (edge.number() for edge in said["distance"].items(2))
    if least > most:
        raise Malformed(f"{said['distance'].name}: the least is more than the most")
    return Gap(least, most)


def _helper(caregiver: "_Field", size: int, minutes: Mapping[str, "_Field"]) -> Helper:
    skills = frozenset(skill.text() for skill in caregiver["abilities"].items())
    shift = Shift()
    if "working_shift" in caregiver:
        start, until = caregiver["working_shift"].stretch()
        place = caregiver["distance_matrix_index"].whole(size)
        shift = Shift(start, until, place, place)
    return Helper(caregiver["id"].text(), skills & minutes.keys(), (shift,))


def _only_once(name: str, keys: list[str]) -> None:
    twice = [key for key in keys if keys.count(key) > 1] if len(set(keys)) < len(keys) else []
    if twice:
        raise Malformed(f"{name}: {twice[0]!r} stands there twice")


def _spots(
    whole: "_Field", patients: list["_Field"], helpers: tuple[Helper, ...], size: int
) -> tuple[tuple[float, float], ...]:
    """Where the places are, if the file knows; offices first, as in the matrix."""
    offices = whole.get("central_offices", []) or whole.get("departing_points", [])
    spots = []
    for one in [*offices, *patients]:
        if "location" not in one:
            return ()
        x, y = one["location"].items(2)
        spots.append((x.number(), y.number()))
    return tuple(spots) if len(spots) == size else ()


class _Field:
    """A part of the file that knows its name."""

    def __init__(self, name: str, content: Any) -> None:
        self.name, self.content = name, content

    def __contains__(self, key: str) -> bool:
        return isinstance(self.content, dict) and self.content.get(key) is not None

    def __getitem__(self, key: str) -> "_Field":
        name = f"{self.name}.{key}" if self.name else key
        if not isinstance(self.content, dict):
            raise Malformed(f"{self.name or 'the file'}: not an object")
        if key not in self:
            raise Malformed(f"{name}: missing")
        return _Field(name, self.content[key])

    def get(self, key: str, otherwise: list["_Field"]) -> list["_Field"]:
        """The items of this part, or something else if there is none."""
        return self[key].items() if key in self else otherwise

    def items(self, many: int | None = None) -> list["_Field"]:
        """What is in this list, exactly so many."""
        if not isinstance(self.content, list):
            raise Malformed(f"{self.name}: not a list")
        if many is not None and len(self.content) != many:
            raise Malformed(f"{self.name}: {many} numbers, not {len(self.content)}")
        return [_Field(f"{self.name}[{spot}]", one) for spot, one in enumerate(self.content)]

    def text(self) -> str:
        """A name; numbers are names too."""
        if isinstance(self.content, bool) or not isinstance(self.content, str | int):
            raise Malformed(f"{self.name}: not a name")
        return str(self.content)

    def number(self) -> float:
        """A number that can be reckoned with."""
        plain = isinstance(self.content, int | float) and not isinstance(self.content, bool)
        if not plain or not abs(self.content) <= FARTHEST:  # which is also not so of what is no number
            raise Malformed(f"{self.name}: not a number")
        return float(self.content)

    def stretch(self) -> tuple[float, float]:
        """From one number until another, which is no less."""
        start, until = (edge.number() for edge in self.items(2))
        if start > until:
            raise Malformed(f"{self.name}: ends before it begins")
        return start, until

    def amount(self) -> float:
        """A number that is nothing or more."""
        if self.number() < 0:
            raise Malformed(f"{self.name}: less than nothing")
        return self.number()

    def distances(self, many: int) -> tuple[float, ...]:
        """So many distances; quick when all is well, for there are many."""
        plain = isinstance(self.content, list) and len(self.content) == many
        if plain and all(type(one) in (int, float) and 0 <= one <= FARTHEST for one in self.content):
            return tuple(map(float, self.content))
        return tuple(one.amount() for one in self.items(many))

    def whole(self, below: int) -> int:
        """The number of a place."""
        number = self.number()
        if number != int(number) or not 0 <= number < below:
            raise Malformed(f"{self.name}: no such place")
        return int(number)


# --- Solutions ---------------------------------------------------------------------------------------


def solution(problem: Problem, plan: Plan, begins: Timetable) -> dict[str, Any]:
    """The plan as the benchmark writes it."""
    return {"routes": [_route(problem, day, plan, begins) for day in range(len(plan.routes))]}


def _route(problem: Problem, day: int, plan: Plan, begins: Timetable) -> dict[str, Any]:
    stops = []
    for stop in plan.routes[day]:
        visit = problem.visits[stop[0]]
        task = visit.tasks[stop[1]]
        start = begins[stop]
        stops.append(
            {
                "patient_id": visit.key,
                "service_id": task.skill,
                "arrival_time": start,
                "departure_time": start + task.minutes,
            }
        )
    return {"caregiver_id": problem.days[day][0].key, "locations": stops}
