"""Compiled: where a task fits best, and plans taken apart and put together again."""

import numpy as np

from samen.planner.search.arrays import LOG, NOWHERE
from samen.planner.search.compiled import inline
from samen.planner.search.kernels import (
    FAR,
    below,
    cost_of,
    couple,
    fall,
    fall_later,
    forget_waiting,
    fraction,
    gap,
    give,
    is_away,
    late,
    leg,
    link,
    rise,
    rise_later,
    roll_back,
    room_for,
    settle,
    worst_of,
)

EASED = True  # where it was latest before says nothing
PATIENT = 1000  # steps for each node: from nothing, a start may have to rise as often as helpers wait for each other


@inline
def delay_price(nodes, board, ways, node, arrives):
    """What it costs along the route when this node is reached only then; couples are looked at one step far."""
    price = 0.0
    while node < board.tasks or nodes[node].closes < FAR:
        start = max(arrives, nodes[node].opens)
        was = nodes[node].start
        if start <= was:
            break
        dearer = nodes[node].rate * (late(nodes, node, start) - late(nodes, node, was))
        if couple(nodes, node) >= 0:
            dearer *= 2.0
        price += dearer
        if node >= board.tasks:
            break
        following = nodes[node].succ
        arrives = start + nodes[node].stays + leg(nodes, ways, nodes[node].day, node, following)
        node = following
    return price


@inline
def place_price(nodes, board, ways, fit, node, before, behind, most):
    """About what it costs to do this task between these two; more than `most` is not worked out."""
    day = nodes[before].day
    way = leg(nodes, ways, day, before, node)
    price = fit[day - board.tasks, node] + board.travel_price * (
        way + leg(nodes, ways, day, node, behind) - gap(nodes, board, ways, day, before, behind)
    )
    if price >= most:
        return price
    start = max(nodes[before].start + nodes[before].stays + way, nodes[node].opens)
    other = couple(nodes, node)
    if other >= 0:
        was = nodes[other].start
        if nodes[node].second:
            start = max(start, was + nodes[node].least_gap)
            pushed = start - nodes[node].most_gap
        else:
            start = max(start, was - nodes[node].most_gap)
            pushed = start + nodes[node].least_gap
        if pushed > was:
            price += nodes[other].rate * (late(nodes, other, pushed) - late(nodes, other, was))
            following = nodes[other].succ
            reached = pushed + nodes[other].stays + leg(nodes, ways, nodes[other].day, other, following)
            price += delay_price(nodes, board, ways, following, reached)
    lateness = late(nodes, node, start)
    price += nodes[node].rate * lateness + board.worst_price * max(0.0, lateness - board.worst)
    if price >= most:
        return price
    return price + delay_price(
        nodes, board, ways, behind, start + nodes[node].stays + leg(nodes, ways, day, node, behind)
    )


@inline
def allowed(nodes, board, fit, node, day):
    if day < 0 or fit[day - board.tasks, node] > FAR:
        return False
    other = nodes[node].partner
    return other < 0 or nodes[other].day < 0 or nodes[nodes[other].day].owner != nodes[day].owner


@inline
def best_place(nodes, board, ways, fit, near, able, node, blink):
    """The node after which this task costs least, near its neighbours or else anywhere, and that price."""
    found, least = NOWHERE, np.inf
    many = near.shape[1] // 2
    for spot in range(2 * many + 2):
        if spot < many:
            before = np.int64(near[node, spot])
        elif spot < 2 * many:
            behind = np.int64(near[node, spot])
            before = nodes[behind].pred if nodes[behind].day >= 0 else NOWHERE
        else:  # somebody may begin or end her day here
            day = able[node, below(board, nodes[node].ables)]
            before = day if spot & 1 else nodes[day + board.days].pred
        if before < 0 or not allowed(nodes, board, fit, node, nodes[before].day) or fraction(board) < blink:
            continue
        price = place_price(nodes, board, ways, fit, node, before, nodes[before].succ, least)
        if price < least:
            found, least = before, price
    if found < 0:
        return best_anywhere(nodes, board, ways, fit, able, node)
    return found, least


@inline
def best_anywhere(nodes, board, ways, fit, able, node):
    """As `best_place`, but every place is looked at."""
    found, least = NOWHERE, np.inf
    for spot in range(nodes[node].ables):
        day = able[node, spot]
        if not allowed(nodes, board, fit, node, day):
            continue
        before = day
        while before < board.tasks + board.days:
            if nodes[node].rate * (nodes[before].start - nodes[node].closes) >= least:
                break
            price = place_price(nodes, board, ways, fit, node, before, nodes[before].succ, least)
            if price < least:
                found, least = before, price
            before = nodes[before].succ
    return found, least


@inline
def put(nodes, board, log, ways, fit, node, before):
    """The task follows this node from now on; starts are not settled yet."""
    day, behind = nodes[before].day, nodes[before].succ
    board.travel += (
        leg(nodes, ways, day, before, node)
        + leg(nodes, ways, day, node, behind)
        - gap(nodes, board, ways, day, before, behind)
    )
    board.fit += fit[day - board.tasks, node]
    if nodes[node].left_out < FAR:
        board.fit -= nodes[node].left_out
    give(nodes, board, log, node, day)
    link(nodes, board, log, ways, day, before, node)
    link(nodes, board, log, ways, day, node, behind)
    was = nodes[node].start
    log[board.moved].moved = node
    log[board.moved].start = was
    board.moved += 1
    start = max(nodes[node].opens, nodes[before].start + nodes[before].stays + leg(nodes, ways, day, before, node))
    nodes[node].start = start
    board.late += nodes[node].rate * late(nodes, node, start)
    board.worst = max(board.worst, late(nodes, node, start))
    fall_later(nodes, board, node)
    rise_later(nodes, board, node)
    fall_later(nodes, board, behind)


@inline
def take_out(nodes, board, log, ways, fit, node):
    """Nobody does this task for now; starts are not settled yet."""
    day, before, behind = nodes[node].day, nodes[node].pred, nodes[node].succ
    board.travel -= (
        leg(nodes, ways, day, before, node)
        + leg(nodes, ways, day, node, behind)
        - gap(nodes, board, ways, day, before, behind)
    )
    board.fit -= fit[day - board.tasks, node]
    if nodes[node].left_out < FAR:
        board.fit += nodes[node].left_out
    board.late -= nodes[node].rate * late(nodes, node, nodes[node].start)
    link(nodes, board, log, ways, day, before, behind)
    give(nodes, board, log, node, NOWHERE)
    fall_later(nodes, board, behind)
    if nodes[node].partner >= 0 and nodes[nodes[node].partner].day >= 0:
        fall_later(nodes, board, nodes[node].partner)
    nodes[board.out].out = node
    board.out += 1


@inline
def set_aside(nodes, board, log, ways, fit, node):
    """Take the visit of this task out of the plan, with both helpers if there are two."""
    if nodes[node].day >= 0:
        take_out(nodes, board, log, ways, fit, node)
    other = nodes[node].partner
    if other >= 0 and nodes[other].day >= 0:
        take_out(nodes, board, log, ways, fit, other)


@inline
def harder(nodes, node, turn):
    """Of the tasks of this visit the one that fewer people may do, and in the next turn the other."""
    other = nodes[node].partner
    first = other >= 0 and nodes[other].ables < nodes[node].ables
    return other if first == (turn == 0) else node


@inline
def put_visit(nodes, board, log, ways, fit, near, able, node, blink, most):
    """What nobody does yet of this visit has its best place in the plan; False: it has not."""
    for turn in range(2):
        task = harder(nodes, node, turn)
        if task < 0 or nodes[task].day >= 0:
            continue
        if blink < 0.0:
            before, _ = best_anywhere(nodes, board, ways, fit, able, task)
        else:
            before, _ = best_place(nodes, board, ways, fit, near, able, task, blink)
        if before < 0 or board.changes > LOG - 100:
            return False
        put(nodes, board, log, ways, fit, task, before)
        if not settle(nodes, board, log, room_for(board, most)):
            return False
    return True


@inline
def put_last(nodes, board, log, ways, fit, able, node):
    """Both tasks at the end of a route: nobody can wait for somebody who waits for her."""
    for turn in range(2):
        task = harder(nodes, node, turn)
        if task < 0:
            continue
        found, least = NOWHERE, np.inf
        for spot in range(nodes[task].ables):
            day = able[task, spot]
            before = nodes[day + board.days].pred
            if allowed(nodes, board, fit, task, day):
                price = place_price(nodes, board, ways, fit, task, before, nodes[before].succ, least)
                if price < least:
                    found, least = before, price
        if found >= 0:
            put(nodes, board, log, ways, fit, task, found)
    return settle(nodes, board, log, np.inf)


@inline
def settle_all(nodes, boards, log, ways, fit):
    """Starts and totals from nothing but the routes; False if helpers wait for each other in a circle."""
    board = boards[0]
    board.travel, board.late, board.worst, board.fit = 0.0, 0.0, 0.0, 0.0
    board.moved, board.changes, board.away = 0, 0, 0
    for node in range(board.tasks):
        day = nodes[node].day
        if day >= 0:
            nodes[node].start = nodes[node].opens
            board.fit += fit[day - board.tasks, node]
            board.away += is_away(nodes, node, day)
        elif nodes[node].left_out < FAR:
            board.fit += nodes[node].left_out
    for day in range(board.tasks, board.tasks + board.days):
        node = day
        nodes[day + board.days].start = nodes[day + board.days].opens
        while node < board.tasks + board.days:
            following = nodes[node].succ
            board.travel += gap(nodes, board, ways, day, node, following)
            nodes[following].way = leg(nodes, ways, day, node, following)
            rise_later(nodes, board, following)
            node = following
    fall(nodes, board, log)
    sound = rise(nodes, board, log, EASED, np.inf, PATIENT * nodes.size) >= 0.0
    if not sound:
        forget_waiting(nodes, board)
    board.late = 0.0
    for node in range(nodes.size):
        if nodes[node].day >= 0:
            board.late += nodes[node].rate * late(nodes, node, nodes[node].start)
    board.worst = worst_of(nodes, board)
    board.moved = 0
    return sound


@inline
def build(nodes, boards, log, ways, fit, near, able, order):
    """Every visit in this order that has no place yet gets the best there is, or the end of two routes.

    Of a visit that lost one of its two helpers the other stays, if that can be.
    """
    board = boards[0]
    for node in order:
        other = nodes[node].partner
        half = other >= 0 and (nodes[node].day >= 0) != (nodes[other].day >= 0)
        if not half and (nodes[node].day >= 0 or nodes[node].ables == 0):
            continue
        if put_or_not(nodes, board, log, ways, fit, near, able, node):
            continue
        if half:
            set_aside(nodes, board, log, ways, fit, node)
            settle(nodes, board, log, np.inf)
            if put_or_not(nodes, board, log, ways, fit, near, able, node):
                continue
        if nodes[node].left_out > FAR:
            put_last(nodes, board, log, ways, fit, able, node)
            board.changes, board.moved = 0, 0
    return board.worst


EXACT = 1000  # tasks: with more of them a place is looked for near others only


@inline
def put_or_not(nodes, board, log, ways, fit, near, able, node):
    """The visit has its best place, or everything is as it was."""
    travel, lateness, worst, fits, away = board.travel, board.late, board.worst, board.fit, board.away
    board.changes, board.moved, board.out = 0, 0, 0
    blink = -1.0 if board.tasks <= EXACT else 0.0
    sound = put_visit(nodes, board, log, ways, fit, near, able, node, blink, np.inf)
    if not sound:
        roll_back(nodes, board, log, 0, 0)
        board.travel, board.late, board.worst, board.fit, board.away = travel, lateness, worst, fits, away
    board.changes, board.moved = 0, 0
    return sound


# --- Taken apart and put together --------------------------------------------------------------------


@inline
def ruin(nodes, board, log, ways, fit, near, seed, many):
    """Take stretches out of routes that come near this task, about so many tasks."""
    board.stamp += 2
    board.out = 0
    spot = -1
    while board.out < many and spot < near.shape[1] // 2:
        node = seed if spot < 0 else np.int64(near[seed, spot + below(board, 2) * (near.shape[1] // 2)])
        spot += 1
        day = nodes[node].day
        if day < 0 and spot == 0 and nodes[node].ables > 0:  # nobody goes there yet
            nodes[0].out = node
            board.out = 1
        if day < 0 or nodes[day].stamp == board.stamp:
            continue
        nodes[day].stamp = board.stamp
        stretch = 1 + below(board, 4)
        back = below(board, stretch)
        while back > 0 and nodes[node].pred < board.tasks:
            node = nodes[node].pred
            back -= 1
        while stretch > 0 and node < board.tasks:
            following = nodes[node].succ
            set_aside(nodes, board, log, ways, fit, node)
            node = following
            stretch -= 1


@inline
def sort_out(nodes, board, how):
    """Put what waits for a place into an order: by chance, by window, or the hardest to please first."""
    many = board.out
    for spot in range(many):
        node = nodes[spot].out
        if how == 1:
            key = nodes[node].closes
        elif how == 2:
            key = nodes[node].ables * 1.0
        elif how == 3:
            key = -nodes[node].closes
        else:
            key = fraction(board)
        nodes[spot].key = key
        back = spot
        while back > 0 and nodes[back - 1].key > key:
            nodes[back].key = nodes[back - 1].key
            nodes[back].out = nodes[back - 1].out
            back -= 1
        nodes[back].key = key
        nodes[back].out = node


@inline
def remake(nodes, board, log, ways, fit, near, able, seed, many, most):
    """Ruin the plan around this task and mend it again: True if it then costs no more than `most`.

    A visit that may be left out is left out when that is cheaper.  The caller rolls back.
    """
    ruin(nodes, board, log, ways, fit, near, seed, many)
    if not settle(nodes, board, log, np.inf):
        return False
    board.worst = worst_of(nodes, board)
    sort_out(nodes, board, below(board, 4))
    for spot in range(board.out):
        node = nodes[spot].out
        if nodes[node].day >= 0:
            continue
        travel, lateness, worst, fits, away = board.travel, board.late, board.worst, board.fit, board.away
        before, changes, moved = cost_of(board), board.changes, board.moved
        optional = nodes[node].left_out < FAR
        room = before if optional else most
        if optional and nodes[node].partner >= 0:
            room = np.inf  # the first of two helpers only costs: what is gained comes with the second
        sound = put_visit(nodes, board, log, ways, fit, near, able, node, 0.03, room)
        if not sound or (optional and cost_of(board) > before):
            if not optional:
                return False
            roll_back(nodes, board, log, changes, moved)
            board.travel, board.late, board.worst, board.fit, board.away = travel, lateness, worst, fits, away
        if not optional and cost_of(board) > most:
            return False
    return cost_of(board) <= most
