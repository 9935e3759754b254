"""When a search ends: by the clock, by a count of moves, at a cost that is good enough, or when nothing is gained."""

import threading
import time
from dataclasses import dataclass, field

NEVER = float("inf")


@dataclass
class Stop:
    """Shared by all chains of one search; whoever holds it may end it with `now`."""

    seconds: float = NEVER  # of the clock, from `began`
    moves: int = 0  # of every chain; the same seed and count give the same plan, whatever the machine
    target: float = -NEVER  # a cost that is good enough
    patience: int = 0  # stages without gain after which it ends; 0: it never gives up
    began: float = field(default_factory=time.perf_counter)
    enough: float = NEVER  # seconds of processor of each chain, if the clock leaves them: then load matters little
    cpu: bool = False  # count each chain's own processor seconds instead, for measurements beside others
    told: threading.Event = field(default_factory=threading.Event)

    def now(self) -> None:
        """Everybody ends at the next look."""
        self.told.set()

    def used(self, *, moves: int, cpu: float) -> float:
        """Which part of what there is has been used, 1 and more when it is over."""
        if self.told.is_set():
            return 1.0
        if self.moves:
            return moves / self.moves
        clock = (cpu if self.cpu else time.perf_counter() - self.began) / self.seconds
        return max(clock, cpu / self.enough)
