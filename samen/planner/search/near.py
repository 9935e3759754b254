"""Which tasks may well follow each other: near in place, near in time, and somebody can do both."""

import numpy as np
from numpy.typing import NDArray

from samen.planner.search.arrays import Floats, Ints

WAITING = 0.2  # minutes of travel we would give for a minute less of waiting
MANY = 24
ROWS = 512  # at a time, so that thousands of tasks fit in memory


def neighbours(
    *, travel: Floats, place: Ints, window: tuple[Floats, Floats], stays: Floats, able: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """For every task those it may best follow, and those it may best precede; nearest first."""
    tasks = place.size
    many = min(MANY, max(tasks - 1, 1))
    days = _packed(able.T)
    after, before = np.empty((tasks, many), np.int64), np.empty((tasks, many), np.int64)
    opens, closes = window
    closes = np.minimum(closes, 1e9)
    for low in range(0, tasks, ROWS):
        rows = np.arange(low, min(low + ROWS, tasks))
        apart = _nobody_can_both(days[rows], days)
        apart[np.arange(rows.size), rows] = True
        there = travel[np.ix_(place, place[rows])].T  # from each other task to this one
        early = (opens + stays)[None, :] + there - closes[rows][:, None]
        wait = opens[rows][:, None] - (closes + stays)[None, :] - there
        after[rows] = _least(there + np.maximum(early, 0) + WAITING * np.maximum(wait, 0), apart, many)
        back = travel[np.ix_(place[rows], place)]
        early = (opens + stays)[rows][:, None] + back - closes[None, :]
        wait = opens[None, :] - (closes + stays)[rows][:, None] - back
        before[rows] = _least(back + np.maximum(early, 0) + WAITING * np.maximum(wait, 0), apart, many)
    return after, before


def _packed(able: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """The days of each task, 64 in a number."""
    found = np.packbits(able, axis=1)
    return np.ascontiguousarray(np.pad(found, ((0, 0), (0, -found.shape[1] % 8)))).view(np.uint64)


def _nobody_can_both(these: NDArray[np.uint64], all_: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """For each two tasks; a product of matrices would say it too, but wakes threads that then wait in a circle."""
    apart = np.ones((len(these), len(all_)), bool)
    for word in range(all_.shape[1]):
        apart &= (these[:, word, None] & all_[None, :, word]) == 0
    return apart


def _least(price: Floats, apart: NDArray[np.bool_], many: int) -> Ints:
    """The cheapest of each row, in order; ties by number.  Who has too few is given the same ones again."""
    price = np.where(apart, np.inf, price)
    edge = np.partition(price, many - 1, axis=1)[:, many - 1 : many]
    # Only those are sorted by price: first whoever is cheaper than the last of them, then who costs as much, by number.
    first = np.argsort((price >= edge).astype(np.uint8) + (price > edge), axis=1, kind="stable")[:, :many]
    order = np.argsort(np.take_along_axis(price, first, axis=1), axis=1, kind="stable")
    chosen = np.take_along_axis(first, order, axis=1).astype(np.int64)
    few = np.isinf(np.take_along_axis(price, chosen, axis=1))
    if few.any():
        chosen = np.where(few, chosen[:, :1], chosen)
    return chosen
