"""Whoever plays may be killed at any moment: what was made for the play alone is then taken away by somebody else.

Run as a program it waits until the pipe to whoever started it is closed, for whatever reason, and clears up.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samen.base import postgres


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A folder for this play; afterwards it is gone, with any server in it, also when nobody was left to clear up."""
    made = Path(tempfile.mkdtemp(prefix=prefix))
    made.chmod(0o711)  # the account that runs PostgreSQL must be able to come through
    words = [sys.executable, "-m", "samen.simulation.guarding", str(made)]
    # A session of its own: Ctrl-C in a terminal reaches every program of it, and this one comes last.
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True):  # noqa: S603  our own words
        yield made


def clear(made: Path) -> None:
    """No server runs in this folder, and it is gone."""
    postgres.remove(made / "postgres")
    shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    clear(Path(sys.argv[1]))
