"""Compiled: which move is tried next, and the chain of moves that are kept."""

import math

import numpy as np

from samen.planner.search.arrays import NOWHERE
from samen.planner.search.compiled import inline
from samen.planner.search.kernels import (
    HAIR,
    below,
    cost_of,
    exchange,
    fraction,
    roll_back,
    room_for,
    settle,
)
from samen.planner.search.places import remake

AHEAD, BACK = True, False  # along a route


@inline
def walk(nodes, board, node, steps, ahead):
    """So many nodes further along the route, or as far as its end or beginning."""
    while steps > 0 and 0 <= node < board.tasks:
        node = nodes[node].succ if ahead else nodes[node].pred
        steps -= 1
    return node


@inline
def length(board, shares, row):
    """How long a stretch, drawn by the shares in this row."""
    drawn = fraction(board)
    many = 0
    while many < shares.shape[1] - 1 and drawn >= shares[row, many]:
        many += 1
    return many


@inline
def ends(nodes, board, node, near, following, mine, theirs):
    """Between which nodes lie `mine` tasks from this one on, and `theirs` right behind (or before) `near`."""
    if following:
        x1, y1 = nodes[node].pred, walk(nodes, board, node, mine, AHEAD)
        return x1, y1, near, walk(nodes, board, nodes[near].succ, theirs, AHEAD)
    x1, y1 = walk(nodes, board, node, mine, BACK), nodes[node].succ
    return x1, y1, walk(nodes, board, nodes[near].pred, theirs, BACK), near


@inline
def neighbour(board, near, shares, node, following):
    many = near.shape[1] // 2
    spot = below(board, many)
    if fraction(board) < shares[3, 0]:  # rather a near one
        spot = min(spot, below(board, many))
    return np.int64(near[node, spot + (0 if following else many)])


@inline
def about_then(nodes, board, day, node):
    """Behind whom this task would come on that day if it began about when it does now."""
    before, behind = day, nodes[day].succ
    while behind < board.tasks and nodes[behind].start < nodes[node].start:
        before, behind = behind, nodes[behind].succ
    return before


@inline
def draw(nodes, board, shares, pool):
    """A task of the pool by chance, now and then the latest of a few."""
    node = pool[below(board, pool.size)]
    if fraction(board) < shares[3, 1]:
        for _ in range(5):
            other = pool[below(board, pool.size)]
            if nodes[other].start - nodes[other].closes > nodes[node].start - nodes[node].closes:
                node = other
    return node


@inline
def propose(nodes, board, log, ways, fit, near, able, shares, pool, most):
    """Try one change of links and ways; False when nothing came of it."""
    node = draw(nodes, board, shares, pool)
    if nodes[node].day < 0:
        return False
    drawn = fraction(board)
    following = below(board, 2) == 0
    close = neighbour(board, near, shares, node, following)
    if nodes[close].day < 0:
        return False
    other, pair, free = nodes[node].partner, NOWHERE, NOWHERE
    mine, theirs, here = 1, 0, following
    x1, y1, x2, y2 = close, close, close, close
    if drawn < shares[0, 0]:  # tails, or stretches
        if nodes[node].day == nodes[close].day:
            return False
        if following:
            x1, x2 = nodes[node].pred, close
        else:
            x1, x2 = node, nodes[close].pred
        y1 = nodes[node].day + board.days
        y2 = nodes[close].day + board.days
    elif drawn < shares[0, 1]:  # the two change places
        x1, y1 = nodes[node].pred, nodes[node].succ
        x2, y2 = nodes[close].pred, nodes[close].succ
    else:
        if drawn < shares[0, 2]:  # to somebody else by chance, about the same time
            close = about_then(nodes, board, able[node, below(board, nodes[node].ables)], node)
            if close == node:
                return False
            here, theirs = AHEAD, below(board, 2)
        elif drawn < shares[0, 3] and other >= 0 and nodes[other].day >= 0:  # both helpers of a visit
            pair, theirs = nodes[close].partner, np.int64(below(board, 4) == 0)
            if pair < 0 or below(board, 4) == 0:
                pair = neighbour(board, near, shares, other, following)
            elif below(board, 2) == 0:
                close, pair = pair, close
            if close == other or pair in (node, close) or nodes[pair].day < 0:
                return False
            free = other
        else:
            mine, theirs = 1 + length(board, shares, 1), length(board, shares, 2)
        x1, y1, x2, y2 = ends(nodes, board, node, close, here, mine, theirs)
    while exchange(nodes, board, log, ways, fit, x1, y1, x2, y2, free, most if free < 0 else np.inf):
        if free < 0:
            return pair < 0 or nodes[nodes[node].day].owner != nodes[nodes[other].day].owner
        free = NOWHERE
        x1, y1, x2, y2 = ends(nodes, board, other, pair, following, mine, theirs)
    return False


@inline
def keep_if_best(nodes, board):
    cost = cost_of(board)
    if cost < board.best - HAIR:
        board.best = cost
        for node in range(nodes.size):
            nodes[node].best_succ = nodes[node].succ


@inline
def chain(nodes, boards, log, ways, fit, near, able, shares, pool, steps, heat, wrecks):
    """So many moves, each kept when it costs less than chance at this heat allows; returns how many were kept.

    Only tasks of the pool are tried, though others may move along.  One in `wrecks` moves takes a whole neighbourhood
    apart.  No more tasks than may be are taken from who had them.
    """
    board = boards[0]
    kept = 0
    for _ in range(steps):
        travel, lateness, worst, fits, away = board.travel, board.late, board.worst, board.fit, board.away
        most = cost_of(board) - heat * math.log(fraction(board) + 1e-300)
        if wrecks > 0 and below(board, wrecks) == 0:
            many = 2 + below(board, 9)
            good = remake(nodes, board, log, ways, fit, near, able, pool[below(board, pool.size)], many, most)
        else:
            good = propose(nodes, board, log, ways, fit, near, able, shares, pool, most)
            good = good and settle(nodes, board, log, room_for(board, most))
        if good and board.away <= board.most_away:
            board.changes, board.moved = 0, 0
            kept += 1
            keep_if_best(nodes, board)
        else:
            roll_back(nodes, board, log, 0, 0)
            board.travel, board.late, board.worst, board.fit, board.away = travel, lateness, worst, fits, away
    return kept
