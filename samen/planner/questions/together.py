"""A choice for many blocks, good soon and better later.

Block by block, the scarcest first; then a few blocks that want the same people are taken out and chosen anew together.
"""

import random
from collections.abc import Sequence

from samen.planner.questions.board import Board
from samen.planner.questions.choosing import Choice, Chosen, Task, choose, lift, put

STEPS = 600  # for a few blocks at once: more found nothing better for 57 visits, nor for 320
PATIENCE = 4  # rounds without a gain, for each block, after which no more is hoped for


class Together:
    """Block by block, the scarcest first; then a few blocks at a time are taken out and chosen anew together."""

    def __init__(self, board: Board, blocks: Sequence[Sequence[Task]], seed: int) -> None:
        self.board = board
        self.blocks = blocks
        self.chance = random.Random(seed)  # noqa: S311  which blocks are tried next, not a secret
        self.chosen: list[Choice] = [()] * len(blocks)
        self.alone = [choose(board, [block]) for block in blocks]  # what each would cost if it were the only one

    def begin(self) -> None:
        """A first plan."""
        for number in sorted(range(len(self.blocks)), key=self._scarcity):
            found = choose(self.board, [self.blocks[number]])
            self.chosen[number] = found.options
            put(self.board, self.blocks[number], found.options)

    def _scarcity(self, number: int) -> tuple[bool, int, int]:
        block = self.blocks[number]
        return (not block[0].visit.urgent, min(len(one.options) for one in block), number)

    def improve(self, rounds: int) -> bool:
        """As long as it helps, and no longer than so many rounds; whether nothing better can exist.

        That is so when each block costs what it would alone, as far as it is known that nothing costs less alone.
        """
        idle, patience = 0, PATIENCE * len(self.blocks)
        waiting = self._dear()
        while waiting and idle < patience:
            for number in waiting[: max(0, rounds)]:
                idle = 0 if self._again([number, *self._rivals(number)]) else idle + 1
            rounds -= len(waiting)
            if rounds <= 0:
                break
            waiting = self._dear()
        return not self._dear() and all(one.proven for one in self.alone)

    def _dear(self) -> list[int]:
        """The blocks that cost more than they would alone."""
        return [number for number in range(len(self.blocks)) if self._now(number) > self.alone[number].cost]

    def _now(self, number: int) -> int:
        """What this block costs beside all others."""
        lift(self.board, self.blocks[number], self.chosen[number])
        return self._put(number)

    def _rivals(self, number: int) -> list[int]:
        """A few blocks that have whom this one wants, or that want whom those have."""
        found = [number]
        size = self.chance.choice((2, 3, 3, 4))
        for _ in range(3 * size):
            wanted = self._wanted(self.chance.choice(found))
            fresh = [one for one in wanted if one not in found]
            if fresh:
                found.append(self.chance.choice(fresh))
            if len(found) == size:
                break
        return found[1:]

    def _wanted(self, number: int) -> list[int]:
        """The blocks that stand in the way of this one."""
        found: dict[int, None] = {}
        for one, now in zip(self.blocks[number], self.chosen[number], strict=True):
            limit = now.cost if now is not None else self.board.prices.nobody
            for option in one.options:
                if option.cost > limit:
                    break
                found |= dict.fromkeys(block for block, _ in self.board.given[option.helper.id] if block != number)
        return list(found)

    def _again(self, numbers: list[int]) -> bool:
        """Choose these anew together; whether that is better."""
        before = 0
        for number in numbers:
            lift(self.board, self.blocks[number], self.chosen[number])
        for number in numbers:
            before += self._put(number)
        for number in numbers:
            lift(self.board, self.blocks[number], self.chosen[number])
        now = Chosen(tuple(option for number in numbers for option in self.chosen[number]), before, proven=False)
        found = choose(self.board, [self.blocks[number] for number in numbers], steps=STEPS, now=now)
        start = 0
        for number in numbers:
            block = self.blocks[number]
            if found.cost < before:
                self.chosen[number] = found.options[start : start + len(block)]
            put(self.board, block, self.chosen[number])
            start += len(block)
        return found.cost < before

    def _put(self, number: int) -> int:
        cost = 0
        for one, option in zip(self.blocks[number], self.chosen[number], strict=True):
            if option is None:
                cost += self.board.prices.nobody
            else:
                cost += self.board.price(one.block, option) or 0
                self.board.give(one.block, option)
        return cost
