"""What was loaded stays, and the collector comes less often."""

import gc
import subprocess
import sys

from samen.base import settled


def test_what_was_loaded_is_not_looked_at_again():
    words = (
        "import gc; from samen.base import settled; settled.settle(); print(gc.get_freeze_count(), *gc.get_threshold())"
    )
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, check=True, text=True).stdout.split()

    assert int(told[0]) > 1000
    assert [int(one) for one in told[1:]] == [settled.NEW, settled.YOUNGER, settled.OLDER]
    assert gc.get_threshold()[0] == settled.NEW, "of the tests too"
