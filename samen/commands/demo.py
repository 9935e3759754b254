"""Play the main job on this machine: a database, two agencies, pages, a worker, and a mailbox."""

import argparse
import contextlib
import errno
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from samen.base import postgres
from samen.commands.plant import years
from samen.demo import cast

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
PACKAGE = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60
STOP_SECONDS = 15
LOOK_EVERY_SECONDS = 0.5


class NotPossible(Exception):
    """The demo cannot start; the message says why and what to do."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where, which people, which day."""
    parser.add_argument("--port", type=int, default=8000, help="the port of the pages (8000)")
    parser.add_argument(
        "--data",
        type=Path,
        default=PACKAGE.parent / ".data" / "demo",
        help="the folder that keeps everything",
    )
    parser.add_argument("--reset", action="store_true", help="begin again: what was played is thrown away")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same people (7)")
    parser.add_argument(
        "--today", type=date.fromisoformat, help="the day the demo plays, YYYY-MM-DD (the next Wednesday)"
    )
    parser.add_argument("--small", action="store_true", help="the cast of the story only, without the six regions")
    parser.add_argument("--history", type=years, default=0, help="so many years of past visits in the regions: 2y")
    parser.set_defaults(reload=False)


def run(options: argparse.Namespace) -> int:
    """Everything runs until Ctrl-C or SIGTERM, and then nothing of it does."""
    try:
        with _Stage(options) as stage:
            stage.play()
    except (NotPossible, postgres.ServerError) as error:
        print(f"Samen: {error}", file=sys.stderr)
        return 1
    return 0


class _Stage:
    """All that the demo started, so that all of it is stopped."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data: Path = options.data.resolve()
        self.origin = f"http://127.0.0.1:{options.port}"
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.begun: dict[str, float] = {}
        self.stopping = False

    def __enter__(self) -> "_Stage":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        _check_port(self.options.port)
        _check_folder(self.data)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        postgres.stop(self.data / "postgres")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def play(self) -> None:
        """Set up what is missing, start, say where to look, and keep it all alive."""
        if self.options.reset or not (self.data / "planted").exists():
            self._reset()
        server = postgres.start(self.data / "postgres")
        postgres.prepare(server)
        self._environment(server)
        self._migrate()
        self._plant()
        if self.stopping:
            return
        self._start("web", "serve", "--port", str(self.options.port), *(["--reload"] if self.options.reload else []))
        self._start("worker", "worker")
        self._wait_for_pages()
        if not self.stopping:
            self._say_where()
        while not self.stopping:
            time.sleep(LOOK_EVERY_SECONDS)
            self._keep_alive()

    def _reset(self) -> None:
        postgres.remove(self.data / "postgres")
        for name in ("shape", "planted"):
            (self.data / name).unlink(missing_ok=True)

    def _environment(self, server: postgres.Server) -> None:
        os.environ |= {
            "SAMEN_DATABASE_URL": server.url("samen_app"),
            "SAMEN_MIGRATE_URL": server.url("samen_migrate"),
            "SAMEN_WORKER_URL": server.url("samen_worker"),
            "SAMEN_BACKUP_URL": server.url("samen_backup"),
            "SAMEN_DATA": str(self.data),
            "SAMEN_DEMO": "1",
            "SAMEN_ORIGIN": self.origin,
        }
        os.environ.setdefault("SAMEN_MAIL", "demo")

    def _migrate(self) -> None:
        """Only when the migrations differ from those applied last: a warm start skips it."""
        stamp, shape = self.data / "shape", _shape()
        if not stamp.exists() or stamp.read_text() != shape:
            self._do("migrate")
            stamp.write_text(shape)

    def _plant(self) -> None:
        """Once.  A planting that was cut short left half a story: the whole stage is then set anew."""
        planted = self.data / "planted"
        if not planted.exists():
            day = self.options.today or cast.demo_day(datetime.now(ZoneInfo("Europe/Amsterdam")).date())
            who = "cast" if self.options.small else "regions"
            when = ["--seed", str(self.options.seed), "--today", day.isoformat()]
            self._do("plant", *when, *(["--regions"] if who == "regions" else []))
            planted.write_text(" ".join([who, *when]))
        elif self.options.today:
            print("Samen: the people live on another day already; --today counts together with --reset.")
        if self.options.history:
            self._history(planted)

    def _history(self, planted: Path) -> None:
        """The years before, on demand and once; half a past is made whole only by beginning again."""
        who, *when = planted.read_text().split() or ["cast"]
        if who != "regions":
            print("Samen: there is a past already, or there are no regions; --history counts together with --reset.")
            return
        planted.write_text(" ".join(["past", *when]))
        self._do("plant", *when, "--history", f"{self.options.history}y", "--only-history")

    def _do(self, *words: str) -> None:
        done = subprocess.run([sys.executable, "-m", "samen", *words], check=False)
        if done.returncode:
            raise NotPossible(f"“samen {words[0]}” did not finish; what it said stands above.")

    def _start(self, name: str, *words: str) -> None:
        self.children[name] = subprocess.Popen(
            [sys.executable, "-m", "samen", *words], stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.begun[name] = time.monotonic()

    def _wait_for_pages(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.stopping:
            if self.children["web"].poll() is not None:
                raise NotPossible("the pages did not start; what was said stands above.")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.options.port), 1):
                return
            if time.monotonic() > until:
                raise NotPossible(f"the pages did not answer within {PATIENCE_SECONDS} seconds.")
            time.sleep(0.05)

    def _keep_alive(self) -> None:
        """Whoever was killed is started again, the database first."""
        if postgres.running(self.data / "postgres") is None and not self.stopping:
            print("Samen: the database was gone; it is started again.", flush=True)
            postgres.start(self.data / "postgres")
        for name, child in list(self.children.items()):
            if child.poll() is None or self.stopping or time.monotonic() - self.begun[name] < 1:
                continue
            print(f"Samen: the {name} was gone; it is started again.", flush=True)
            words = child.args[3:] if isinstance(child.args, list) else []
            self._start(name, *[str(word) for word in words])

    def _say_where(self) -> None:
        print(f"\nSamen is here: {self.origin}/\n", flush=True)  # at once: to look up who plays takes a second
        os.environ["SAMEN_ROLE"] = "app"
        import django

        django.setup()
        from django.utils import translation

        from samen.demo import personas

        with translation.override("en"):
            addresses = personas.addresses(self.origin)
        width = max(len(who) for who, _ in addresses)
        for who, url in addresses:
            print(f"  {who:<{width}}  {url}")
        print(f"\nTo sign in by hand: {cast.GOOI.colleagues[0].email}, password {cast.PASSWORD}")
        print("\nCtrl-C stops everything; what you did is kept.\n", flush=True)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError as error:
            raise NotPossible(f"port {port} does not exist; choose one from 1024 to 65535.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise NotPossible(f"port {port} is taken; choose another with --port {port + 1}.") from error
            raise NotPossible(f"port {port} cannot be used ({error.strerror}); choose another with --port.") from error


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise NotPossible(
            f"the folder {folder} cannot be written ({error.strerror}); choose another with --data."
        ) from error


def _shape() -> str:
    """A fingerprint of every migration, ours and the libraries' (by the pinned requirements)."""
    digest = hashlib.sha256()
    requirements = PACKAGE.parent / "requirements" / "run.txt"
    files = sorted(PACKAGE.glob("*/migrations/*.*")) + ([requirements] if requirements.exists() else [])
    for file in files:
        if file.suffix in (".py", ".sql", ".txt"):
            digest.update(file.read_bytes())
    return digest.hexdigest()
