"""Days by chance, of any size: visits in towns, some of them for two helpers, and a helper for every five."""

import math
import random
from collections.abc import Sequence

from samen.planner.model import HHCRSP, Gap, Helper, Problem, Task, Visit

SKILLS = ("care", "chores", "company")
VISITS_EACH = 5  # for a helper
MINUTES = tuple(float(minute) for minute in range(400))  # shared: a large matrix would not fit in memory otherwise


def day(visits: int, seed: int) -> Problem:
    """A day of so many visits; the same seed, the same day."""
    chance = random.Random(seed)
    wide = 6 * math.sqrt(visits)  # as crowded whatever the size
    towns = [(chance.uniform(0, wide), chance.uniform(0, wide)) for _ in range(max(3, visits // 40))]
    spots = [(wide / 2, wide / 2), *(_near(chance, chance.choice(towns)) for _ in range(visits))]
    way = tuple(_minutes(spot, spots) for spot in spots)
    helpers = tuple(_helper(chance, number) for number in range(max(4, visits // VISITS_EACH)))
    return Problem(helpers, tuple(_visit(chance, place) for place in range(1, visits + 1)), (way,), HHCRSP)


def _minutes(spot: tuple[float, float], spots: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """From there to each of these; a minute for each distance of one."""
    far = [min(399, round(math.dist(spot, other))) for other in spots]
    return tuple(map(MINUTES.__getitem__, far))


def _near(chance: random.Random, town: tuple[float, float]) -> tuple[float, float]:
    return chance.gauss(town[0], 8), chance.gauss(town[1], 8)


def _helper(chance: random.Random, number: int) -> Helper:
    """The first can do everything, so that no visit is for nobody."""
    many = len(SKILLS) if number < 2 else chance.choice((1, 2, 2, 3))
    return Helper(f"helper-{number}", frozenset(chance.sample(SKILLS, many)))


def _visit(chance: random.Random, place: int) -> Visit:
    opens = float(chance.randrange(0, 480))
    pair = chance.random() < 0.3
    tasks = tuple(Task(chance.choice(SKILLS), float(chance.randrange(10, 25))) for _ in range(1 + pair))
    gap = chance.choice((Gap(), Gap(10.0, 60.0))) if pair else Gap()
    return Visit(f"visit-{place}", place, opens, opens + 120.0, tasks, gap)
