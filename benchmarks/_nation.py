"""A morning of a whole country by chance: regions beside each other, their helpers, and the visits of who is ill."""

import random
from dataclasses import replace

from samen.planner.questions.regions import Question
from samen.planner.questions.sketches import HelperSketch, Stretch, VisitSketch, Window
from samen.planner.travel import Point

TODAY = 739945  # a Wednesday, as days are counted
WIDE_KM, KM_NORTH, KM_EAST = 16.0, 1 / 111.2, 1 / 68.5
ROWS = 10  # regions from south to north
TOWNS = 6
SLOTS = ((510, 660), (675, 795), (840, 960))  # when visits may begin and end, so that there is a way between
DAY = 24 * 60
MODES = (("BIKE", 25), ("BIKE", 25), ("EBIKE", 30), ("CAR", 30))
THOUSAND = 10_000  # numbers of one region


def region(number: int, *, helpers: int, ill: float, seed: int) -> Question:
    """The question of one region; the same seed, the same morning."""
    chance = random.Random(f"{seed} {number}")
    south, west = 51.3 + (number % ROWS) * WIDE_KM * KM_NORTH, 4.2 + (number // ROWS) * WIDE_KM * KM_EAST
    towns = [_spot(chance, south, west) for _ in range(TOWNS)]
    crew = [_helper(chance, number, one, towns) for one in range(helpers)]
    gone = set(range(0, helpers, max(1, round(1 / ill)))) if ill else set()
    visits = [visit for one in sorted(gone) for visit in crew[one].booked if visit.day >= TODAY]
    away = (Stretch(TODAY * DAY, (TODAY + 7) * DAY),)
    for one in gone:
        crew[one] = replace(crew[one], absent=away, booked=())
    return Question(tuple(visits), tuple(crew))


def _spot(chance: random.Random, south: float, west: float) -> Point:
    return Point(south + chance.uniform(0, WIDE_KM) * KM_NORTH, west + chance.uniform(0, WIDE_KM) * KM_EAST)


def _near(chance: random.Random, there: Point, km: float) -> Point:
    return Point(there.lat + chance.gauss(0, km) * KM_NORTH, there.lon + chance.gauss(0, km) * KM_EAST)


def _helper(chance: random.Random, region: int, one: int, towns: list[Point]) -> HelperSketch:
    """Two to five days a week, most of their hours given away."""
    number = THOUSAND * region + one
    home = _near(chance, chance.choice(towns), 1.5)
    mode, reach = chance.choice(MODES)
    weekdays = sorted(chance.sample(range(5), chance.choice((2, 3, 3, 4, 5))))
    monday = TODAY - (TODAY - 1) % 7
    booked = [
        _visit(chance, number, home, monday + weekday, slot, place)
        for place, (weekday, slot) in enumerate((weekday, slot) for weekday in weekdays for slot in SLOTS)
        if chance.random() < 0.88
    ]
    known = {own.household: chance.randrange(3, 60) for own in booked}
    return HelperSketch(
        id=number,
        mode=mode,
        reach=reach,
        home=home,
        windows=tuple(Window(weekday, SLOTS[0][0], SLOTS[-1][1]) for weekday in weekdays),
        booked=tuple(booked),
        visits_before=tuple(sorted(known.items())),
        contract=sum(own.minutes for own in booked) if chance.random() < 0.5 else 0,
        team=region + 1,
        asked=chance.choice((0, 0, 1)),
    )


def _visit(chance: random.Random, helper: int, home: Point, day: int, slot: tuple[int, int], place: int) -> VisitSketch:
    number, begin = helper * 16 + place, day * DAY + slot[0]
    return VisitSketch(
        id=number,
        household=number,
        start=begin,
        until=day * DAY + slot[1],
        day=day,
        day_start=slot[0],
        where=_near(chance, home, 2.0),
        team=helper // THOUSAND + 1,
        urgent=day == TODAY,
    )
