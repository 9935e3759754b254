"""The inner loop, compiled: one move on a plan, what it costs, and how it is taken back.

A plan has no order but that of its routes.  Starts are the earliest that windows, ways and pairs allow: a change makes
some tasks start earlier (they fall) and then some start later (they rise), and only those are visited.  Two helpers who
wait for each other in a circle rise without end; that is how a deadlock is seen.
"""

import numpy as np

from samen.planner.search.arrays import LOG, NOWHERE
from samen.planner.search.compiled import inline, inline_always

FALLING, RISING = 1, 2  # which ring a node waits in
SUCC, PRED, DAY = range(3)  # which field a change was in
HAIR = 1e-9
FAR = 1e15
STEPS = 20  # for each node, after which a change is held to go round in a circle


# --- Chance ------------------------------------------------------------------------------------------


@inline
def chance(board):
    x = board.seed
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    board.seed = x
    return x


@inline
def below(board, many):
    return np.int64(((chance(board) >> np.uint64(33)) * np.uint64(many)) >> np.uint64(31))


@inline
def fraction(board):
    return np.float64(chance(board) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


# --- Ways and starts ---------------------------------------------------------------------------------


@inline
def leg(nodes, ways, day, a, b):
    mode = nodes[day].mode if ways.shape[0] > 1 else 0
    return ways[mode, nodes[a].leaves, nodes[b].reaches]


@inline
def gap(nodes, board, ways, day, a, b):
    """As `leg`, but who has no visit stays at home."""
    if a >= board.tasks and b >= board.tasks:
        return 0.0
    return leg(nodes, ways, day, a, b)


@inline
def passed(nodes, board, a, b):
    """As `gap`, for two that follow each other now."""
    return 0.0 if a >= board.tasks and b >= board.tasks else nodes[b].way


@inline
def arrival(nodes, node):
    before = nodes[node].pred
    return max(nodes[before].start + nodes[before].stays + nodes[node].way, nodes[node].opens)


@inline
def late(nodes, node, start):
    return max(0.0, start - nodes[node].closes)


@inline
def couple(nodes, node):
    """The other task of the visit if both have a place."""
    other = nodes[node].partner
    if other >= 0 and nodes[other].day < 0:
        return NOWHERE
    return other


@inline
def fall_later(nodes, board, node):
    """Look again whether this node (or its couple) starts earlier."""
    if node >= board.tasks and nodes[node].closes > FAR:
        return
    if nodes[node].second and nodes[nodes[node].partner].day >= 0:
        node = nodes[node].partner
    if nodes[node].waiting & FALLING:
        return
    nodes[node].waiting |= FALLING
    if board.fall_many == 0:
        board.fall_head = 0
    spot = board.fall_head + board.fall_many
    if spot >= nodes.size:
        spot -= nodes.size
    nodes[spot].falling = node
    board.fall_many += 1


@inline
def rise_later(nodes, board, node):
    if node >= board.tasks and nodes[node].closes > FAR:
        return
    if nodes[node].second and nodes[nodes[node].partner].day >= 0:
        node = nodes[node].partner
    if nodes[node].waiting & RISING:
        return
    nodes[node].waiting |= RISING
    if board.rise_many == 0:
        board.rise_head = 0
    spot = board.rise_head + board.rise_many
    if spot >= nodes.size:
        spot -= nodes.size
    nodes[spot].rising = node
    board.rise_many += 1


@inline
def next_fall(nodes, board):
    node = nodes[board.fall_head].falling
    board.fall_head += 1
    if board.fall_head == nodes.size:
        board.fall_head = 0
    board.fall_many -= 1
    return node


@inline
def next_rise(nodes, board):
    node = nodes[board.rise_head].rising
    board.rise_head += 1
    if board.rise_head == nodes.size:
        board.rise_head = 0
    board.rise_many -= 1
    return node


@inline
def begin_at(nodes, board, log, node, start):
    """This node starts then, which is remembered."""
    spot = board.moved
    log[spot].moved = node
    log[spot].start = nodes[node].start
    board.moved = spot + 1
    board.late += nodes[node].rate * (late(nodes, node, start) - late(nodes, node, nodes[node].start))
    nodes[node].start = start


@inline
def drop_to(nodes, board, log, node, start):
    """True if the node was the latest of all."""
    latest = node < board.tasks and late(nodes, node, nodes[node].start) >= board.worst - HAIR
    begin_at(nodes, board, log, node, start)
    if node < board.tasks + board.days:
        fall_later(nodes, board, nodes[node].succ)
    return latest and board.worst > 0.0


@inline
def lift_to(nodes, board, log, node, start):
    begin_at(nodes, board, log, node, start)
    if node < board.tasks + board.days:
        rise_later(nodes, board, nodes[node].succ)
    return late(nodes, node, start) if node < board.tasks else 0.0


@inline
def fall(nodes, board, log):
    """Everything that may start earlier does; what must start later is put aside.  True if the latest moved."""
    eased = False
    while board.fall_many > 0:
        node = next_fall(nodes, board)
        nodes[node].waiting &= RISING
        if nodes[node].day < 0:  # taken out after it was put aside
            continue
        other = couple(nodes, node)
        first = arrival(nodes, node)
        if other < 0:
            if first < nodes[node].start:
                eased |= drop_to(nodes, board, log, node, first)
            elif first > nodes[node].start:
                rise_later(nodes, board, node)
            continue
        second = max(arrival(nodes, other), first + nodes[node].least_gap)
        if second - nodes[node].most_gap > first:
            if nodes[node].most_gap <= 0.0:
                first = second - nodes[node].most_gap
            else:  # the pair may hold itself up in a circle: let it sink first, and rise again
                rise_later(nodes, board, node)
        if first < nodes[node].start:
            eased |= drop_to(nodes, board, log, node, first)
        if second < nodes[other].start:
            eased |= drop_to(nodes, board, log, other, second)
        if first > nodes[node].start or second > nodes[other].start:
            rise_later(nodes, board, node)
    return eased


@inline
def rise(nodes, board, log, eased, room, steps):
    """Everything that must start later does: how late the latest of these is, or -1 when it costs more than `room`.

    With so many steps it is clear that it never ends.
    """
    highest = 0.0
    floor = 0.0 if eased else board.worst
    while board.rise_many > 0:
        node = next_rise(nodes, board)
        nodes[node].waiting = 0
        if nodes[node].day < 0:
            continue
        steps -= 1
        if board.moved > LOG - 8 and room == np.inf and board.changes == 0:
            board.moved = 0  # nothing changed that could be taken back
        if steps < 0 or board.moved > LOG - 8:
            return -1.0
        other = couple(nodes, node)
        first = arrival(nodes, node)
        if other >= 0:
            second = max(arrival(nodes, other), first + nodes[node].least_gap)
            first = max(first, second - nodes[node].most_gap)
            if second > nodes[other].start:
                highest = max(highest, lift_to(nodes, board, log, other, second))
        if first > nodes[node].start:
            highest = max(highest, lift_to(nodes, board, log, node, first))
        if board.late + board.worst_price * max(floor, highest) > room:
            return -1.0
    return highest


@inline
def forget_waiting(nodes, board):
    while board.rise_many > 0:
        nodes[next_rise(nodes, board)].waiting = 0
    while board.fall_many > 0:
        nodes[next_fall(nodes, board)].waiting = 0


@inline
def worst_of(nodes, board):
    highest = 0.0
    for node in range(board.tasks):
        if nodes[node].day >= 0:
            highest = max(highest, nodes[node].start - nodes[node].closes)
    return highest


@inline
def settle(nodes, board, log, room):
    """The starts agree with the routes again; False when that costs more than `room` or never ends."""
    eased = fall(nodes, board, log)
    if board.late > room:
        return False
    highest = rise(nodes, board, log, eased, room, STEPS * nodes.size)
    if highest < 0.0:
        return False
    if eased and highest < board.worst:
        board.worst = worst_of(nodes, board)
    else:
        board.worst = max(board.worst, highest)
    return board.late + board.worst_price * board.worst <= room


@inline
def cost_of(board):
    return board.travel_price * board.travel + board.late + board.worst_price * board.worst + board.fit


@inline
def room_for(board, most):
    """What lateness may cost if all may cost `most`."""
    return most - board.travel_price * board.travel - board.fit


# --- Changes that can be taken back ------------------------------------------------------------------


@inline
def note(board, log, which, node, was):
    spot = board.changes
    log[spot].which = which
    log[spot].node = node
    log[spot].was = was
    board.changes = spot + 1


@inline
def link(nodes, board, log, ways, day, a, b):
    note(board, log, SUCC, a, nodes[a].succ)
    log[board.changes].way = nodes[b].way
    note(board, log, PRED, b, nodes[b].pred)
    nodes[a].succ = b
    nodes[b].pred = a
    nodes[b].way = leg(nodes, ways, day, a, b)


@inline
def is_away(nodes, node, day):
    """1 if somebody else than before does this task on that day."""
    return 1 if day >= 0 and nodes[node].owner >= 0 and nodes[day].owner != nodes[node].owner else 0


@inline
def give(nodes, board, log, node, day):
    note(board, log, DAY, node, nodes[node].day)
    if nodes[node].owner >= 0:
        board.away += is_away(nodes, node, day) - is_away(nodes, node, nodes[node].day)
    nodes[node].day = day


@inline
def roll_back(nodes, board, log, changes, moved):
    """The links, days and starts are as they were when the logs were so long; the totals are the caller's."""
    forget_waiting(nodes, board)
    for spot in range(board.changes - 1, changes - 1, -1):
        which, node, was = log[spot].which, log[spot].node, log[spot].was
        if which == SUCC:
            nodes[node].succ = was
        elif which == PRED:
            nodes[node].pred = was
            nodes[node].way = log[spot].way
        else:
            nodes[node].day = was
    for spot in range(board.moved - 1, moved - 1, -1):
        nodes[log[spot].moved].start = log[spot].start
    board.changes = changes
    board.moved = moved


# --- The one operator: two stretches change places ---------------------------------------------------


@inline
def stretch_fits(nodes, board, fit, here, there, first, until, leave):
    """Added price of this stretch on another day, infinite if not allowed; those stamped `leave` go from there."""
    added = 0.0
    node = first
    while node != until:
        added += fit[there - board.tasks, node] - fit[here - board.tasks, node]
        other = nodes[node].partner
        if added > FAR:
            return np.inf
        stays = other >= 0 and nodes[other].day >= 0 and nodes[other].stamp != leave
        if stays and nodes[nodes[other].day].owner == nodes[there].owner:
            return np.inf
        node = nodes[node].succ
    return added


@inline
def stretch_legs(nodes, ways, here, there, first, until):
    """Added minutes between the visits of this stretch for another way of travelling."""
    added = 0.0
    if nodes[here].mode != nodes[there].mode:
        node = first
        while node != until and nodes[node].succ != until:
            following = nodes[node].succ
            added += leg(nodes, ways, there, node, following) - leg(nodes, ways, here, node, following)
            node = following
    return added


@inline
def stamp_stretch(nodes, first, until, stamp, free):
    node = first
    while node != until:
        nodes[node].stamp = stamp
        node = nodes[node].succ
    if free >= 0:
        nodes[free].stamp = stamp


@inline
def hand_over(nodes, board, log, ways, day, first, until, alike):
    """This stretch belongs to that day; who travels otherwise takes other times for its ways."""
    node = first
    while node != until:
        following = nodes[node].succ
        give(nodes, board, log, node, day)
        if not alike:
            fall_later(nodes, board, node)
            if following != until:
                link(nodes, board, log, ways, day, node, following)
        node = following


@inline_always
def exchange(nodes, board, log, ways, fit, x1, y1, x2, y2, free, most):
    """What stands between x1 and y1 changes places with what stands between x2 and y2.

    False, and nothing changed, when that is no move, is not allowed, or already its ways make all cost more than
    `most`.  The task `free` is about to move too, so that nobody minds where it is.
    """
    if x1 == x2 or y1 == y2:
        return False
    here, there = nodes[x1].day, nodes[x2].day
    f1, f2, l1, l2 = nodes[x1].succ, nodes[x2].succ, nodes[y1].pred, nodes[y2].pred
    board.stamp += 2
    mine = board.stamp
    if here == there:
        node = f1
        while node != y1:
            nodes[node].stamp = mine
            node = nodes[node].succ
        node = f2
        while node != y2:
            if nodes[node].stamp == mine:
                return False
            nodes[node].stamp = mine + 1
            node = nodes[node].succ
        if nodes[x2].stamp == mine or nodes[x1].stamp == mine + 1:
            if f2 != y2 and f1 != y1 and f2 == y1:
                x2, f2 = l2, y2  # neighbours: the first goes behind the second
            elif f2 != y2 and f1 != y1 and f1 == y2:
                x1, f1 = l1, y1
            else:
                return False
    some1, some2 = f1 != y1, f2 != y2
    if some1:
        gone = nodes[f1].way + nodes[y1].way
        added = leg(nodes, ways, there, x2, f1) + leg(nodes, ways, there, l1, y2)
    else:
        gone = passed(nodes, board, x1, y1)
        added = gap(nodes, board, ways, there, x2, y2)
    if some2:
        gone += nodes[f2].way + nodes[y2].way
        added += leg(nodes, ways, here, x1, f2) + leg(nodes, ways, here, l2, y1)
    else:
        gone += passed(nodes, board, x2, y2)
        added += gap(nodes, board, ways, here, x1, y1)
    added -= gone
    most -= cost_floor(board)
    alike = nodes[here].mode == nodes[there].mode
    if board.travel_price * added > most and alike:
        return False
    dearer = 0.0
    if here != there:
        stamp_stretch(nodes, f2, y2, mine + 1, free)
        dearer = stretch_fits(nodes, board, fit, here, there, f1, y1, mine + 1)
        if dearer > FAR:
            return False
        stamp_stretch(nodes, f1, y1, mine, free)
        dearer += stretch_fits(nodes, board, fit, there, here, f2, y2, mine)
        if dearer > FAR:
            return False
        if not alike:
            added += stretch_legs(nodes, ways, here, there, f1, y1) + stretch_legs(nodes, ways, there, here, f2, y2)
        if board.travel_price * added + dearer > most:
            return False
        hand_over(nodes, board, log, ways, there, f1, y1, alike)
        hand_over(nodes, board, log, ways, here, f2, y2, alike)
    if some2:
        link(nodes, board, log, ways, here, x1, f2)
        link(nodes, board, log, ways, here, l2, y1)
    else:
        link(nodes, board, log, ways, here, x1, y1)
    if some1:
        link(nodes, board, log, ways, there, x2, f1)
        link(nodes, board, log, ways, there, l1, y2)
    else:
        link(nodes, board, log, ways, there, x2, y2)
    board.travel += added
    board.fit += dearer
    fall_later(nodes, board, y1)
    fall_later(nodes, board, y2)
    fall_later(nodes, board, nodes[x1].succ)
    fall_later(nodes, board, nodes[x2].succ)
    return True


@inline
def cost_floor(board):
    """What the plan costs if nobody were late."""
    return board.travel_price * board.travel + board.fit
