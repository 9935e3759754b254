"""From a fresh checkout to a running verb: the virtual environment, its packages, the messages, and away.

Standard library only.  What is already right costs nothing: a warm start compares one small file and needs no
network.
Called by bin/demo, bin/dev, bin/test, bin/check, bin/samen and bin/bench.
"""

import contextlib
import fcntl
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

REPOSITORY = Path(__file__).resolve().parent.parent
REQUIREMENTS = REPOSITORY / "requirements"
VERBS = {
    "demo": ["-m", "samen", "demo"],
    "dev": ["-m", "samen", "dev"],
    "samen": ["-m", "samen"],
    "test": [str(REPOSITORY / "tests" / "run.py")],
    "check": [str(REPOSITORY / "bin" / "check.py")],
    "bench": ["-m", "benchmarks"],
}
FOR_DEVELOPERS = ("test", "check", "bench")
OFFLINE = re.compile(
    r"name resolution|Name or service not known|dns error|Network is unreachable|No route to host|"
    r"Connection refused|error sending request|NewConnectionError|timed out|Max retries exceeded",
    re.IGNORECASE,
)


class Stopped(SystemExit):
    """Somebody asked the set-up to stop."""


def main(arguments: list[str]) -> NoReturn:
    """This process becomes the verb, in an environment that has all it needs."""
    if sys.version_info < (3, 11):  # noqa: UP036  (somebody may call this file with any Python)
        sys.exit(f"Samen needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not arguments or arguments[0] not in VERBS:
        sys.exit(f"Usage: bin/bootstrap.py {{{','.join(VERBS)}}} …")
    verb, *rest = arguments
    signal.signal(signal.SIGTERM, _stop)  # a set-up that is ended takes pip along; the verb gets its own signals
    environment = _environment()
    python = _ready_python(_wanted(verb), environment)
    _compile_messages(python, environment)
    if verb in FOR_DEVELOPERS:
        os.chdir(REPOSITORY)
    os.execve(python, [str(python), "-P", *VERBS[verb], *rest], environment)  # noqa: S606  (the verb itself)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped(128 + number)


# --- Where things go ---------------------------------------------------------------------------------


def _home() -> Path:
    """Where Samen may write when its own folder is read-only."""
    if given := os.environ.get("SAMEN_HOME"):
        return Path(given)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "samen" / hashlib.sha256(os.fsencode(REPOSITORY)).hexdigest()[:12]


def _writable() -> bool:
    return os.access(REPOSITORY, os.W_OK)


def _environment() -> dict[str, str]:
    """The verb finds the package wherever it is called from, and writes nothing into a read-only folder."""
    environment = dict(os.environ) | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    paths = [str(REPOSITORY), *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    home = _home()
    # Who wants no bytecode beside the sources has it with our own things: without any a start takes twice as long.
    if environment.pop("PYTHONDONTWRITEBYTECODE", "") or not _writable():
        environment.setdefault("PYTHONPYCACHEPREFIX", str(home / "pycache"))
    if not _writable():
        environment.setdefault("RUFF_CACHE_DIR", str(home / "ruff"))
        environment.setdefault("MYPY_CACHE_DIR", str(home / "mypy"))
        environment.setdefault("SAMEN_DATA", str(home / "data"))
    return environment


def _wanted(verb: str) -> list[Path]:
    """The lists of packages that this verb needs.  Who has a database of their own needs no embedded one."""
    names = ["run"]
    if verb in FOR_DEVELOPERS or not os.environ.get("SAMEN_DATABASE_URL"):
        names.append("postgres")
    if verb in FOR_DEVELOPERS:
        names.append("dev")
    if verb == "bench":
        names.append("bench")
    return [REQUIREMENTS / f"{name}.txt" for name in names]


# --- The virtual environment -------------------------------------------------------------------------


def _ready_python(wanted: list[Path], environment: dict[str, str]) -> Path:
    """The Python of a virtual environment in which all wanted packages are installed."""
    venv = REPOSITORY / ".venv"
    stamp = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in wanted}
    if not _complete(venv, stamp) and not _writable():
        venv = _home() / "venv"
    if not _complete(venv, stamp):
        venv.parent.mkdir(parents=True, exist_ok=True)
        with _alone(venv.with_name(f"{venv.name}.lock")):
            if not _complete(venv, stamp):  # another may just have done it
                _set_up(venv, wanted, environment)
                _remember(venv, stamp)
    return venv / "bin" / "python"


def _set_up(venv: Path, wanted: list[Path], environment: dict[str, str]) -> None:
    began = time.monotonic()
    _say("Setting up; only the first time, and when the list of packages changed.")
    if not _usable(venv):
        _make_venv(venv)
    _install(venv / "bin" / "python", wanted, environment)
    _say(f"Ready after {time.monotonic() - began:.0f} seconds.")


def _complete(venv: Path, stamp: dict[str, str]) -> bool:
    return _usable(venv) and stamp.items() <= _remembered(venv).items()


def _usable(venv: Path) -> bool:
    """Whether it is whole and its Python still the one that made it: systems get upgraded under a venv."""
    python = venv / "bin" / "python"
    if _half_made(venv).exists() or not os.access(python, os.X_OK):
        return False
    version = re.search(r"python(3\.\d+)$", str(python.resolve()))
    library = f"python{version[1]}" if version else "python3*"
    return any(venv.glob(f"lib/{library}/site-packages/pip/__init__.py"))


def _half_made(venv: Path) -> Path:
    """A sign beside the environment for as long as it is being made."""
    return venv.with_name(f"{venv.name}.making")


def _remembered(venv: Path) -> dict[str, str]:
    try:
        return dict(json.loads((venv / "samen.json").read_text()))
    except (OSError, ValueError):
        return {}


def _remember(venv: Path, stamp: dict[str, str]) -> None:
    text = json.dumps(_remembered(venv) | stamp, indent=1)
    (venv / "samen.json.new").write_text(text)
    (venv / "samen.json.new").replace(venv / "samen.json")


def _make_venv(venv: Path) -> None:
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        _get_ensurepip()
    _half_made(venv).touch()
    result = _run([sys.executable, "-m", "venv", "--clear", str(venv)], dict(os.environ))
    if result.returncode:
        _give_up(f"Python cannot make a virtual environment in {venv}.", result.stdout)
    _half_made(venv).unlink()


def _get_ensurepip() -> None:
    """Debian keeps this part of Python in a package of its own."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say(f"Python's venv is missing; installing {package}.")
        quiet = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "update"], quiet)
        _run(["apt-get", "install", "-y", "--no-install-recommends", package], quiet)
        importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        _give_up(f"Python's venv is missing.  On Debian or Ubuntu type: sudo apt-get install {package}")


def _install(python: Path, wanted: list[Path], environment: dict[str, str]) -> None:
    """The packages are there, each with the hash on the list: by uv, which is quick, else by pip."""
    lists = [word for file in wanted for word in ("-r", str(file))]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--retries=2", "--require-hashes"]
    uv = [str(python), "-m", "uv", "pip", "install", "--quiet", "--python", str(python), "--require-hashes"]
    for_uv = environment | {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1"}
    if not _run([*pip, "-r", str(REQUIREMENTS / "uv.txt")], environment).returncode:
        if not _run([*uv, *lists], for_uv).returncode:
            return
        _say("uv could not; trying pip, which takes longer.")
    result = _run([*pip, *lists], environment)
    if result.returncode and OFFLINE.search(result.stdout):
        _give_up("The packages cannot be fetched: no network.  Needed once; after that Samen starts without.")
    if result.returncode:
        _give_up("The packages cannot be installed.", result.stdout)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One set-up at a time; the next one waits and then finds it done."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another set-up is busy here; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# --- The messages ------------------------------------------------------------------------------------


def _compile_messages(python: Path, environment: dict[str, str]) -> None:
    """No translation is older than its source, if possible; judging them is for bin/check."""
    if not any(map(_stale, (REPOSITORY / "samen" / "locale").glob("*/LC_MESSAGES/*.po"))):
        return
    if not _writable():
        _say("The translations are not compiled and this folder is read-only: screens may be in English.")
        return
    result = _run([str(python), "-P", "-m", "samen", "messages", "compile"], environment)
    if result.returncode:
        _say(f"The translations could not be compiled:\n{_tail(result.stdout)}")


def _stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


# --- Running and saying ------------------------------------------------------------------------------


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Its output is kept for when it fails.  If the set-up is ended, all that it started ends too."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)  # not KILL: apt-get must be able to tidy up
        process.wait()
        raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _tail(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-15:])


def _give_up(reason: str, output: str = "") -> NoReturn:
    sys.exit("\n".join(filter(None, [_tail(output), reason])))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
