"""Who could help a household that asks for help, and when in the week: requests and free hours, all at once.

Every request is looked at with everybody's free hours; the proposal gives no free hour away twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from samen.planner.questions import rules
from samen.planner.questions.board import Board, Option, option
from samen.planner.questions.choosing import Task, of_options
from samen.planner.questions.field import Field
from samen.planner.questions.rank import refused
from samen.planner.questions.reasons import Part, Reason, of_pair, total
from samen.planner.questions.rules import Refusal
from samen.planner.questions.sketches import HelperSketch, Region, VisitSketch, Window
from samen.planner.questions.together import Together
from samen.planner.recurrence import wall_clock
from samen.planner.travel import Point

STEP = 30  # minutes: visits begin on the hour or the half hour


@dataclass(frozen=True)
class Request:
    """A household asks for so many minutes a week, in these hours of the week; `monday` is the week it is tried in.

    A request without any hours is a `ValueError`.
    """

    id: int
    household: int
    minutes: int
    hours: tuple[Window, ...]
    monday: int
    where: Point | None = None
    pays: int | None = None
    only: frozenset[int] | None = None
    team: int = 0
    zone: str = "Europe/Amsterdam"

    def __post_init__(self) -> None:
        """Without hours there is nothing to look at."""
        if not self.hours:
            raise ValueError(f"Request {self.id} has no hours")


@dataclass(frozen=True)
class Suits:
    """Somebody who could take it on, at the hour that suits best; the cost is the sum of the reasons."""

    helper: int
    weekday: int
    start: int
    cost: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Match:
    """The answer to one request: whom we propose, who else could, and who could not with the rule."""

    request: int
    proposed: Suits | None
    candidates: tuple[Suits, ...]
    refused: tuple[Refusal, ...]


def match(requests: Iterable[Request], region: Region, *, rounds: int = 200) -> list[Match]:
    """All requests with everybody's free hours; the proposals together cost least, as far as it was looked for."""
    board = Board(Field.of(region))
    asked = sorted(requests, key=lambda request: request.id)
    tasks = [_task(number, request, board) for number, request in enumerate(asked)]
    search = Together(board, [[one] for one in tasks], seed=1)
    search.begin()
    search.improve(rounds)
    clean = Board(board.field)
    return [
        _answer(request, one, choice[0], clean)
        for request, one, choice in zip(asked, tasks, search.chosen, strict=True)
    ]


def _task(number: int, request: Request, board: Board) -> Task:
    options = []
    for there in _times(request) if any(_is_long_enough(request, hours) for hours in request.hours) else ():
        for helper in board.field.able(there):
            pair = (*of_pair(there, helper, board.field), *_room(there, helper, board))
            options.append(option(there, helper, pair, board.field))
    return of_options(number, _times(request)[0], options, board.field)


def _is_long_enough(request: Request, hours: Window) -> bool:
    return hours.until - hours.start >= request.minutes


def _times(request: Request) -> list[VisitSketch]:
    """Every hour at which it could begin; the first that was said when no time is long enough."""
    found = [
        _at(request, hours.weekday, start)
        for hours in request.hours
        for start in range(hours.start, hours.until - request.minutes + 1, STEP)
    ]
    return found or [_at(request, hours.weekday, hours.start) for hours in request.hours[:1]]


def _at(request: Request, weekday: int, start: int) -> VisitSketch:
    day = request.monday + weekday
    hour = time(*divmod(start, 60))
    begins = int(wall_clock(date.fromordinal(day), hour, request.minutes, request.zone)[0].timestamp()) // 60
    return VisitSketch(
        request.id,
        request.household,
        begins,
        begins + request.minutes,
        day,
        start,
        request.where,
        request.pays,
        request.only,
        request.team,
    )


def _room(there: VisitSketch, helper: HelperSketch, board: Board) -> list[Reason]:
    """Somebody with hours to spare within her contract is glad of it."""
    had = sum(own.minutes for own in helper.booked if own.week == there.week)
    spare = helper.contract - had
    return [Reason(Part.ROOM, board.prices.room, spare)] if helper.contract and spare >= there.minutes else []


def _answer(request: Request, one: Task, chosen: Option | None, board: Board) -> Match:
    best: dict[int, Suits] = {}
    for able in one.options:
        best.setdefault(able.helper.id, _suits(able, board))
    candidates = sorted(best.values(), key=lambda suits: (suits.cost, suits.helper))
    return Match(
        request.id,
        _suits(chosen, board) if chosen is not None else None,
        tuple(candidates),
        _refused(request, set(best), board.field),
    )


def _suits(found: Option, board: Board) -> Suits:
    reasons = tuple(board.reasons(ALONE, found))
    return Suits(found.helper.id, found.visit.weekday, found.visit.day_start, total(reasons), reasons)


ALONE = -1  # the block of a request that is looked at for itself


def _refused(request: Request, able: set[int], field: Field) -> tuple[Refusal, ...]:
    """Of each other helper the rule that is broken the least: the last one in the order, at whichever hour."""
    least: dict[int, Refusal] = {}
    for there in _times(request):
        for refusal in refused(there, able, field):
            least[refusal.helper] = max(least.get(refusal.helper, refusal), refusal, key=_leniency)
    return tuple(sorted(least.values(), key=_by_rule))


def _leniency(refusal: Refusal) -> tuple[int, int]:
    return rules.ORDER[refusal.rule], -refusal.by


def _by_rule(refusal: Refusal) -> tuple[int, int]:
    return rules.ORDER[refusal.rule], refusal.helper
