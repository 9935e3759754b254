"""What the kernels read and write: a problem and a plan as a few arrays of records.

Nodes are numbered: first every task (one helper's part of a visit), then the beginning of every day of a helper, then
the end of every day.  A route is the chain from its beginning to its end, and the number of its beginning is its name.
Few arrays and not thirty: what the compiler must carry from function to function decides how long it takes.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Records = NDArray[np.void]

NOWHERE = -1
LOG = 1 << 16  # changes of one move that can be taken back
SETTLE, BUILD, CHAIN = range(3)  # what the kernels are asked
ANY = 1 << 40  # so many tasks as nobody has

# Three lines of the processor's cache for each node, and what most moves look at is in the first.
NODE = np.dtype(
    [
        ("succ", np.int64),
        ("pred", np.int64),
        ("day", np.int64),  # the route it is in, or NOWHERE
        ("leaves", np.int64),  # the place one leaves from
        ("reaches", np.int64),  # the place one arrives at
        ("way", np.float64),  # minutes from the one before it
        ("start", np.float64),
        ("stays", np.float64),  # minutes
        # the second line
        ("opens", np.float64),  # no start before this minute
        ("closes", np.float64),  # a start after this minute is late; infinite: never
        ("partner", np.int64),  # the other task of the same visit, or NOWHERE
        ("stamp", np.int64),  # which stretch saw it last
        ("rate", np.float64),  # price of a late minute
        ("second", np.int32),  # 1 for the second of the two
        ("waiting", np.int32),  # in which ring it is
        ("owner", np.int32),  # of a beginning: the helper; of a task: who had it in the plan that was given, or NOWHERE
        ("mode", np.int32),  # of a beginning: how she travels
        ("least_gap", np.float64),  # minutes from the first start to the second
        # the third
        ("most_gap", np.float64),
        ("ables", np.int64),  # of a task: how many routes it may be in
        ("left_out", np.float64),  # of a task: price of nobody coming; infinite: somebody must
        ("falling", np.int64),  # these four are lists as long as there are nodes
        ("rising", np.int64),
        ("out", np.int64),
        ("key", np.float64),
        ("best_succ", np.int64),  # in the best plan seen
    ]
)
LINE = 64  # bytes

BOARD = np.dtype(
    [
        ("tasks", np.int64),
        ("days", np.int64),
        ("travel_price", np.float64),
        ("worst_price", np.float64),
        ("travel", np.float64),  # minutes
        ("late", np.float64),  # priced
        ("worst", np.float64),  # minutes
        ("fit", np.float64),  # priced
        ("best", np.float64),  # cost of the best plan seen
        ("seed", np.uint64),
        ("changes", np.int64),
        ("moved", np.int64),
        ("fall_head", np.int64),
        ("fall_many", np.int64),
        ("rise_head", np.int64),
        ("rise_many", np.int64),
        ("stamp", np.int64),
        ("out", np.int64),
        ("away", np.int64),  # tasks with somebody else than in the plan that was given
        ("most_away", np.int64),  # so many there may be
    ]
)

CHANGE = np.dtype(
    [
        ("which", np.int64),
        ("node", np.int64),
        ("was", np.int64),
        ("way", np.float64),
        ("moved", np.int64),
        ("start", np.float64),
    ]
)


class Data(NamedTuple):
    """A problem; nothing in it changes during a search."""

    nodes: Records  # [node] NODE, with an empty plan
    board: Records  # [0] BOARD
    ways: Floats  # [mode, from place, to place] minutes
    fit: Floats  # [day, task] price of this helper for this task; infinite: not allowed
    able: Ints  # [task, :] the routes with a finite fit
    near: Ints  # [task, :] tasks it may well follow, and then as many it may well precede


class State(NamedTuple):
    """A plan under the hands of one thread, with what is needed to take a move back."""

    nodes: Records
    board: Records
    log: Records  # [:] CHANGE


def state_for(data: Data, seed: int) -> State:
    """An empty plan: everybody stays at home."""
    nodes, board = _on_lines(data.nodes.size), data.board.copy()
    nodes[:] = data.nodes
    board["seed"] = (seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % (1 << 64) or 1
    board["best"], board["most_away"] = np.inf, ANY
    return State(nodes, board, np.zeros(LOG, CHANGE))


def _on_lines(many: int) -> Records:
    """So many nodes, each of which begins where a line of the cache does."""
    room = np.zeros((many + 1) * NODE.itemsize, np.uint8)
    spare = -room.ctypes.data % LINE
    return room[spare : spare + many * NODE.itemsize].view(NODE)


def empty_nodes(tasks: int, days: int) -> Any:
    """Records for so many tasks and days, with nobody anywhere."""
    nodes = np.zeros(tasks + 2 * days, NODE)
    for name in ("partner", "succ", "pred", "day", "best_succ"):
        nodes[name] = NOWHERE
    nodes["closes"], nodes["owner"] = np.inf, NOWHERE
    begins = np.arange(tasks, tasks + days)
    nodes["succ"][begins], nodes["pred"][begins + days] = begins + days, begins
    nodes["day"][begins], nodes["day"][begins + days] = begins, begins
    return nodes
