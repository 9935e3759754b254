"""Every test on a PostgreSQL of its own, which is gone afterwards: `bin/test`.

Without arguments the whole house: bin/check first, then all tests.  Arguments go to pytest, and then only
those tests run: `bin/test tests/visits -k offer`.  Its own options: --both runs everything on the packaged
PostgreSQL, and on the system's again all that a database has a part in; --no-check leaves bin/check out.

Tests find their server's data folder in SAMEN_TEST_PG and a browser in SAMEN_CHROMIUM.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from samen.base import postgres

REPOSITORY = Path(__file__).resolve().parent.parent
OWN_OPTIONS = ("--both", "--no-check")
IN_CI = os.environ.get("CI") == "true"
# What no PostgreSQL has a part in is not asked again of a second one: plans, and pages as they look and answer.
ONCE = ("planner", "simulation", "browser", "commands", "api", "office/test_reading.py")
ONCE += ("test_nasty_values.py", "test_headers.py", "stories/test_languages.py")
ONCE += tuple(f"architecture/test_{what}.py" for what in ("layers", "doors", "entrances", "glossary", "templates"))
NOT_AGAIN = (
    "to_the_byte",
    "no_text_and_no_id",
    "of_postgresql_15",
    "years_of_changes",
    "a_worker_killed",
    "knows_keys",
)
SECOND_TIME = [*(f"--ignore=tests/{one}" for one in ONCE), "-k", f"not ({' or '.join(NOT_AGAIN)})"]
TEMPORARY = Path(tempfile.gettempdir())

# For machines without a browser and without apt: Chromium from npm, 75 MB, taken only with this hash.
NPM_CHROMIUM = "@sparticuz/chromium@153.0.0"
NPM_CHROMIUM_SHA256 = "20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0"


class CannotTest(Exception):
    """Something the tests need is not here."""


def main(arguments: list[str]) -> int:
    """0 if all that was asked passed, on every server that was asked."""
    signal.signal(signal.SIGTERM, _stop)
    own = [word for word in arguments if word in OWN_OPTIONS]
    rest = [word for word in arguments if word not in OWN_OPTIONS]
    kinds = ["packaged", "system"] if "--both" in own else [os.environ.get("SAMEN_PG") or "packaged"]
    try:
        if "system" in kinds:
            _ensure_system_server()
        browser = _browser()
    except CannotTest as reason:
        _say(str(reason))
        return 1
    if browser:
        os.environ["SAMEN_CHROMIUM"] = str(browser)
    if rest:
        return max(_run_on(kind, rest, [] if kind == kinds[0] else SECOND_TIME) for kind in kinds)
    with _compiling():
        results = [] if "--no-check" in own else [_run([sys.executable, str(REPOSITORY / "bin" / "check.py")])]
    results += [_run_on(kind, [], [] if kind == kinds[0] else SECOND_TIME) for kind in kinds]
    return max(results)


@contextmanager
def _compiling() -> Iterator[None]:
    """The planner is compiled beside this, once: else every worker that a test starts begins to do it."""
    with subprocess.Popen([sys.executable, "-m", "samen", "planner", "compile"], cwd=REPOSITORY) as process:
        try:
            yield
            process.wait()
        finally:
            process.terminate()


def _run_on(kind: str, arguments: list[str], less: list[str]) -> int:
    """Run pytest on a new server of this kind, and say how long it took."""
    os.environ["SAMEN_PG"] = kind
    began = time.monotonic()
    with _server() as server:
        os.environ["SAMEN_TEST_PG"] = str(server.data)
        # The whole house on two to four cores, a file a worker; what was asked by name in one, easy to look into.
        workers = str(max(2, min(4, os.cpu_count() or 2)))
        cores = [] if arguments else ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
        result = _run([sys.executable, "-m", "pytest", "--durations=10", *cores, *arguments, *less])
    words = "passed" if result == 0 else f"FAILED (pytest's code {result})"
    _say(f"PostgreSQL {server.version} ({kind}): {words}, {time.monotonic() - began:.1f} s in all")
    return result


def _run(command: list[str]) -> int:
    """The program's exit code.  Whoever ends the tests ends the program first, so that it can tidy up."""
    with subprocess.Popen(command, cwd=REPOSITORY) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


# --- The server --------------------------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[postgres.Server]:
    """A server in a folder that is gone afterwards; at the next run at the latest, if this one is killed."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix="samen-tests-", dir=TEMPORARY))
    folder.chmod(0o711)
    with (folder / "in-use").open("w") as sign:
        fcntl.flock(sign, fcntl.LOCK_EX)
        try:
            yield postgres.start(folder / "postgres", durable=False)
        finally:
            _remove(folder)


def _sweep() -> None:
    """Remove what killed test runs of ours left: folders whose sign nobody holds any more."""
    for sign in TEMPORARY.glob("samen-tests-*/in-use"):
        if sign.stat().st_uid != os.geteuid():
            continue
        with sign.open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _remove(sign.parent)


def _remove(folder: Path) -> None:
    postgres.remove(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def _ensure_system_server() -> None:
    os.environ["SAMEN_PG"], before = "system", os.environ.get("SAMEN_PG", "packaged")
    try:
        postgres.binaries()
    except postgres.BinariesMissing as missing:
        if not _apt_get("postgresql"):
            raise CannotTest(str(missing)) from missing
        postgres.binaries()
    finally:
        os.environ["SAMEN_PG"] = before


def _apt_get(package: str) -> bool:
    """The package is installed, if we are root on a Debian that has it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    _say(f"Installing {package} …")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["install"], ["update"], ["install"]):  # the list may be old, or not there at all
        words = [*command, "-y", "--no-install-recommends", package] if command == ["install"] else command
        done = subprocess.run(["apt-get", *words], env=quiet, capture_output=True, check=False).returncode == 0
        if done and command == ["install"]:
            return True
    return False


# --- The browser -------------------------------------------------------------------------------------


def _browser() -> Path | None:
    """A Chromium: this machine's, else Debian's, else npm's.  None is no reason to fail, except in CI."""
    found = _installed() or (_installed() if _apt_get("chromium") else None) or _from_npm()
    if found is None and IN_CI:
        raise CannotTest("No Chromium, and CI must not skip the browser tests: install chromium, or Node.")
    if found is None:
        _say("No Chromium: the browser tests are skipped.  On Debian: sudo apt-get install chromium")
    return found


def _installed() -> Path | None:
    given = os.environ.get("SAMEN_CHROMIUM")
    names = [given] if given else ["chromium", "chromium-browser", "google-chrome", "chrome"]
    return next((Path(path) for name in names if (path := shutil.which(name))), None)


def _from_npm() -> Path | None:
    """Chromium with its own libraries from npm's package, unpacked by Node, kept for the next time."""
    if platform.machine() != "x86_64" or not shutil.which("node") or not shutil.which("npm"):
        return None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "samen"
    kept = cache / NPM_CHROMIUM.replace("/", "-") / "chromium"
    if kept.exists():
        return kept
    _say(f"Fetching {NPM_CHROMIUM} …")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        if not _unpack_npm(Path(folder)):
            return None
        Path(folder, "package").rename(kept.parent)
    return kept


# Node reads Brotli, which Python's standard library does not.
UNBROTLI = """
const fs = require("fs"), zlib = require("zlib");
for (const name of process.argv.slice(1))
    fs.writeFileSync(name.replace(/\\.br$/, ""), zlib.brotliDecompressSync(fs.readFileSync(name)));
"""
START_CHROMIUM = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")/bin
LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/chromium" "$@"
"""


def _unpack_npm(folder: Path) -> bool:
    pack = subprocess.run(
        ["npm", "pack", "--silent", NPM_CHROMIUM], cwd=folder, text=True, capture_output=True, check=False
    )
    archives = list(folder.glob("*.tgz"))
    if pack.returncode or not archives:
        return False
    if hashlib.sha256(archives[0].read_bytes()).hexdigest() != NPM_CHROMIUM_SHA256:
        raise CannotTest(f"{NPM_CHROMIUM} is not the file it was: its hash differs.")
    subprocess.run(["tar", "-xf", archives[0]], cwd=folder, check=True)
    binaries = folder / "package" / "bin"
    packed = [str(path) for path in binaries.rglob("*.br")]
    subprocess.run(["node", "-e", UNBROTLI, *packed], check=True)
    for inner in binaries.rglob("*.tar"):
        subprocess.run(["tar", "-xf", inner], cwd=binaries, check=True)
    (binaries / "chromium").chmod(0o755)
    (folder / "package" / "chromium").write_text(START_CHROMIUM)
    (folder / "package" / "chromium").chmod(0o755)
    return True


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
