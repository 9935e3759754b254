"""The benchmark's files: instances of home health care routing and scheduling as a problem, and plans as its solutions.

Mankowska, Kummer and Italian instances have one office, no end of shifts, and the objective of `model.HHCRSP`.  The
extended ones have departing points instead: places where helpers start, working shifts, and helpers a patient will
not have; no weights were published for those, so ours are: the same thirds, and a minute of overtime costs as much as a
minute of lateness of everybody together, 1.  See Ceschia, Di Gaspero, Rosati and Schaerf, ITOR 2024, for the files.
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
KINDS = ("patients", "caregivers", "services")
DIGITS = 6  # 401.99999999999994 stands for 402


class Malformed(Exception):
    """The file is not an instance; the message names the field."""


@dataclass(frozen=True)
class Instance:
    """A problem as the benchmark has it, where everything lies on the map, and the names as the file writes them."""

    name: str
    problem: Problem
    spots: tuple[tuple[float, float], ...]  # of every place; empty if the file does not say
    names: Mapping[tuple[str, str], str | int]  # by kind and key: who reads the solution looks for 7 and not for "7"


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
    extended = "departing_points" in whole
    if not extended:
        _one_office(whole["central_offices"])
    patients, caregivers = whole["patients"].items(), whole["caregivers"].items()
    names = {(kind, one["id"].text()): one["id"].content for kind in KINDS for one in _only_once(whole[kind])}
    minutes = {service["id"].text(): service["default_duration"].amount() for service in whole["services"].items()}
    size = len(whole["distances"].items())
    way = tuple(row.distances(size) for row in whole["distances"].items())
    places = [_place(patient, spot + 1, size, extended=extended) for spot, patient in enumerate(patients)]
    visits = tuple(_visit(patient, place, minutes) for patient, place in zip(patients, places, strict=True))
    helpers = tuple(_helper(caregiver, size, minutes, extended=extended) for caregiver in caregivers)
    if not helpers:
        raise Malformed("caregivers: nobody")
    _all_can_be_done(patients, frozenset[str]().union(*(helper.skills for helper in helpers)))
    wishes = _wishes(patients, {helper.key for helper in helpers})
    problem = Problem(helpers, visits, (way,), EXTENDED if extended else HHCRSP, wishes)
    return Instance(name, problem, _spots(whole, patients, helpers, size), names)


def _one_office(offices: "_Field") -> None:
    if len(offices.items()) != 1:
        raise Malformed(f"{offices.name}: one office, not {len(offices.items())}")


def _only_once(things: "_Field") -> list["_Field"]:
    keys = [one["id"].text() for one in things.items()]
    twice = [key for key in keys if keys.count(key) > 1] if len(set(keys)) < len(keys) else []
    if twice:
        raise Malformed(f"{things.name}: {twice[0]!r} stands there twice")
    return things.items()


def _all_can_be_done(patients: list["_Field"], skills: Set[str]) -> None:
    for patient in patients:
        for required in patient["required_caregivers"].items():
            service = required["service"]
            if service.text() not in skills:
                raise Malformed(f"{service.name}: no caregiver can do {service.text()!r}")


def _wishes(patients: list["_Field"], helpers: Set[str]) -> dict[tuple[str, str], Wish]:
    found = {}
    for patient in patients:
        for never in patient.get("incompatible_caregivers", []):
            if never.text() not in helpers:
                raise Malformed(f"{never.name}: no caregiver {never.text()!r}")
            found[patient["id"].text(), never.text()] = Wish.NEVER
    return found


def _place(patient: "_Field", spot: int, size: int, *, extended: bool) -> int:
    """Where the patient is in the matrix: behind the one office in the order of the file, or where it says."""
    if extended:
        return patient["distance_matrix_index"].whole(size)
    if spot >= size:
        raise Malformed(f"distances: {size} rows do not reach {patient.name}")
    return spot


def _visit(patient: "_Field", place: int, minutes: Mapping[str, float]) -> Visit:
    required = patient["required_caregivers"].items()
    if not 1 <= len(required) <= 2:
        raise Malformed(f"{patient['required_caregivers'].name}: one or two caregivers, not {len(required)}")
    tasks = tuple(_task(one, minutes) for one in required)
    if len({task.skill for task in tasks}) < len(tasks):  # no solution could say which of the two is meant
        raise Malformed(f"{required[1]['service'].name}: {tasks[1].skill!r} stands there twice")
    opens, closes = (round(edge, DIGITS) for edge in patient["time_window"].stretch())
    key = patient["id"].text()
    return Visit(key, place, opens, closes, tasks, _gap(patient, len(tasks)), household=key)


def _task(required: "_Field", minutes: Mapping[str, float]) -> Task:
    service = required["service"]
    if service.text() not in minutes:
        raise Malformed(f"{service.name}: no service {service.text()!r}")
    stays = required["duration"].amount() if "duration" in required else minutes[service.text()]
    return Task(service.text(), stays)


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


def _helper(caregiver: "_Field", size: int, minutes: Mapping[str, float], *, extended: bool) -> Helper:
    skills = frozenset(skill.text() for skill in caregiver["abilities"].items())
    shift = Shift()
    if extended:
        start, until = caregiver["working_shift"].stretch()
        place = caregiver["distance_matrix_index"].whole(size)
        shift = Shift(start, until, place, place)
    return Helper(caregiver["id"].text(), skills & minutes.keys(), (shift,))


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
        if isinstance(self.content, bool) or not isinstance(self.content, str | int) or self.content == "":
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
        row = self.content
        plain = isinstance(row, list) and len(row) == many and set(map(type, row)) <= {int, float}
        if plain and min(row) >= 0 and max(row) <= FARTHEST and math.isfinite(sum(row)):  # which no sum of NaN is
            return tuple(map(float, row))
        return tuple(one.amount() for one in self.items(many))

    def whole(self, below: int) -> int:
        """The number of a place."""
        number = self.number()
        if number != int(number) or not 0 <= number < below:
            raise Malformed(f"{self.name}: no such place")
        return int(number)


# --- Solutions ---------------------------------------------------------------------------------------


def solution(instance: Instance, plan: Plan, begins: Timetable) -> dict[str, Any]:
    """The plan as the benchmark writes it."""
    return {"routes": [_route(instance, day, plan, begins) for day in range(len(plan.routes))]}


def _route(instance: Instance, day: int, plan: Plan, begins: Timetable) -> dict[str, Any]:
    stops = []
    for stop in plan.routes[day]:
        visit = instance.problem.visits[stop[0]]
        task = visit.tasks[stop[1]]
        start = begins[stop]
        stops.append(
            {
                "patient_id": instance.names["patients", visit.key],
                "service_id": instance.names["services", task.skill],
                "arrival_time": start,
                "departure_time": start + task.minutes,
            }
        )
    helper = instance.problem.days[day][0].key
    return {"caregiver_id": instance.names["caregivers", helper], "locations": stops}
