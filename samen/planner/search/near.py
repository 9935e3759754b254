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
    both = able.T.astype(np.float32)
    after, before = np.empty((tasks, many), np.int64), np.empty((tasks, many), np.int64)
    opens, closes = window
    closes = np.minimum(closes, 1e9)
    for low in range(0, tasks, ROWS):
        rows = np.arange(low, min(low + ROWS, tasks))
        apart = both[rows] @ both.T <= 0
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


def _least(price: Floats, apart: NDArray[np.bool_], many: int) -> Ints:
    """The cheapest of each row, in order; ties by number.  Who has too few is given the same ones again."""
    price = np.where(apart, np.inf, price)
    chosen = np.argsort(price, axis=1, kind="stable")[:, :many].astype(np.int64)
    few = np.isinf(np.take_along_axis(price, chosen, axis=1))
    if few.any():
        chosen = np.where(few, chosen[:, :1], chosen)
    return chosen
