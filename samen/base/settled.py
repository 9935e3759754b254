"""What a program loaded at its start stays, and is not searched for garbage again and again."""

import gc

NEW, YOUNGER, OLDER = 200_000, 20, 50  # new objects, and rounds of either kind, before the next are looked at


def settle(*, new: int = NEW) -> None:
    """From now on the collector looks only at what came since, and rarely: after so many new objects.

    A proposal has some fifty thousand objects at once, and all of them are in use: to look for garbage among them costs
    10 to 20 milliseconds, with Python's own 700 many times over.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(new, YOUNGER, OLDER)
