"""Small problems by chance, with everything in them that the model knows."""

import math
import random

from samen.planner.model import Gap, Helper, Prices, Problem, Shift, Task, Visit, Wish

PRICES = Prices(
    travel=0.5,
    late=1.25,
    worst=0.75,
    overtime=3.0,
    new_face=4.0,
    unwished=7.0,
    not_favourite=2.0,
    other_helper=5.0,
)
GAPS = (Gap(), Gap(), Gap(10, 30), Gap(0, 45), Gap(20, 20))
SKILLS = ("care", "chores")


def plain(seed: int, *, visits: int = 8, helpers: int = 3, pairs: float = 0.4) -> Problem:
    """Nothing but travel, windows and pairs."""
    return _problem(random.Random(seed), visits, helpers, pairs=pairs, rich=False)


def rich(seed: int, *, visits: int = 8, helpers: int = 4) -> Problem:
    """Two days, two ways of travelling, wishes, promises, overtime, and visits that may be left out."""
    return _problem(random.Random(seed), visits, helpers, pairs=0.4, rich=True)


def _problem(chance: random.Random, visits: int, helpers: int, *, pairs: float, rich: bool) -> Problem:
    spots = [(chance.uniform(0, 30), chance.uniform(0, 30)) for _ in range(visits + 2)]
    way = tuple(tuple(math.dist(a, b) for b in spots) for a in spots)
    ways = (way, tuple(tuple(0.6 * minutes + (a != b) for b, minutes in enumerate(row)) for a, row in enumerate(way)))
    people = tuple(_helper(chance, f"helper-{number}", number < 2, rich) for number in range(helpers))
    homes = tuple(_visit(chance, number, people, pairs=pairs, rich=rich) for number in range(visits))
    if not rich:
        return Problem(people, homes, ways[:1], Prices(travel=1 / 3, late=1 / 3, worst=1 / 3))
    wishes = {
        (f"home-{chance.randrange(visits)}", chance.choice(people).key): chance.choice(list(Wish)) for _ in range(4)
    }
    familiar = frozenset((f"home-{chance.randrange(visits)}", chance.choice(people).key) for _ in range(6))
    return Problem(people, homes, ways, PRICES, wishes, familiar)


def _helper(chance: random.Random, key: str, able: bool, rich: bool) -> Helper:
    skills = frozenset(SKILLS if able else [chance.choice(SKILLS)])
    if not rich:
        return Helper(key, skills)
    shifts = tuple(Shift(1440 * day + 30, 1440 * day + 300, chance.randrange(2), chance.randrange(2)) for day in (0, 1))
    return Helper(key, skills, shifts[: chance.choice((1, 2))], chance.randrange(2))


def _visit(chance: random.Random, number: int, people: tuple[Helper, ...], *, pairs: float, rich: bool) -> Visit:
    opens = chance.uniform(0, 150) + (1440 * chance.randrange(2) if rich else 0)
    pair = chance.random() < pairs
    tasks = []
    for _ in range(1 + pair):
        agreed = chance.choice(people).key if rich and chance.random() < 0.3 else ""
        tasks.append(Task(chance.choice(SKILLS), chance.uniform(5, 40), agreed))
    return Visit(
        f"visit-{number}",
        number + 2,
        opens,
        opens + chance.choice((0, 30, 60)),
        tuple(tasks),
        chance.choice(GAPS) if pair else Gap(),
        household=f"home-{number}",
        left_out=chance.choice((40.0, 90.0)) if rich else math.inf,
    )
