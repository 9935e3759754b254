"""What a program loaded at its start stays, and is not searched for garbage again and again."""

import gc

NEW, YOUNGER, OLDER = 20_000, 20, 50  # new objects, and rounds of either kind, before the next are looked at


def settle(*, new: int = NEW) -> None:
    """From now on the collector looks only at what came since, and rarely: after so many new objects.

    A proposal reads some ten thousand rows at once; Python's own 700 would have it search everything many times over.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(new, YOUNGER, OLDER)
