"""Measurements by name, `bin/bench NAME`, and what each of them stands on: a database of its own and real processes.

Nothing here knows Django before `__main__` (or pytest) has set it up.
"""

import http.client
import os
import platform
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from samen.base import postgres

REPOSITORY = Path(__file__).resolve().parent.parent
ROLES = {"DATABASE": "samen_app", "MIGRATE": "samen_migrate", "WORKER": "samen_worker", "BACKUP": "samen_backup"}
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class TooSlow(Exception):
    """What was waited for did not come."""


@dataclass
class Stage:
    """A database and the processes that play in it; leaving the stage ends them all."""

    urls: dict[str, str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    server: postgres.Server | None = None
    programs: list["Program"] = field(default_factory=list)

    def web(self, **environment: str) -> "Web":
        """The pages, served and answering."""
        port = free_port()
        origin = {"SAMEN_ORIGIN": f"http://127.0.0.1:{port}"}
        web = Web(["serve", "--port", str(port)], self._environment(origin | environment), self.folder, port=port)
        self.programs.append(web)
        web.start()
        return web

    def worker(self, **environment: str) -> "Program":
        """The worker, at work."""
        worker = Program(["worker"], self._environment(environment), self.folder)
        self.programs.append(worker)
        worker.start()
        return worker

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        return os.environ | self.urls | self.environment | more

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a reader of everything sees: samen_backup, past row-level security."""
        with psycopg.connect(self.urls["SAMEN_BACKUP_URL"], autocommit=True) as reader:
            return reader.execute(query, parameters).fetchall()

    def number(self, query: str, *parameters: Any) -> int:
        """The one number this query answers."""
        return int(self.rows(query, *parameters)[0][0] or 0)

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """A transaction of the owner of everything, as the migrations run."""
        with psycopg.connect(self.urls["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
            yield owner

    @property
    def postmaster(self) -> int:
        """The process of the database, from which all that serve in it descend."""
        with psycopg.connect(self.urls["SAMEN_BACKUP_URL"], autocommit=True) as reader:
            row = reader.execute("SELECT pg_backend_pid()").fetchone()
            return int(_stat(row[0] if row else 0)[1])

    def end(self) -> None:
        """Every process of this stage is gone."""
        for program in self.programs:
            program.kill()


@dataclass
class Program:
    """One of Samen's own programs as a real process, which may be killed at any moment and started again."""

    words: list[str]
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0
    enter: list[str] = field(default_factory=list)  # words that bring it to another machine

    @property
    def log(self) -> Path:
        """What it said, over all its lives."""
        return self.folder / f"{self.words[0]}.log"

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """It runs, again if it ran before."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.enter, sys.executable, "-m", "samen", *self.words],
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9: no last words, no tidying up."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.kills += 1

    def stop(self) -> None:
        """It ends as it should."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(15)


@dataclass
class Web(Program):
    """The pages as a real process on a port of its own."""

    port: int = 0

    def start(self) -> None:
        """It answers."""
        super().start()
        wait_for(self._answers, "the pages")

    def _answers(self) -> bool:
        if not self.alive:
            raise TooSlow(f"The pages ended at once: {self.log.read_text()[-2000:]}")
        with suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            line.request("GET", "/static/base/icon.svg")
            return line.getresponse().status < 500
        return False


@dataclass(frozen=True)
class Answer:
    """What came back for a request, and how long that took; status 0 if the line broke."""

    status: int
    seconds: float = 0.0
    body: str = ""
    to: str = ""  # where it sends the browser


class Browser:
    """Somebody with a phone: one line that stays open, cookies, and the form that was looked at last."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self.form = ""
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def look(self, path: str) -> Answer:
        """Open a page; its form can then be sent."""
        answer = self._ask("GET", path)
        if found := FORM_TOKEN.search(answer.body):
            self.form = found[1]
        return answer

    def say(self, path: str, **fields: str | list[str]) -> Answer:
        """Send the form of the page that was looked at."""
        return self._ask("POST", path, urlencode(fields | {"csrfmiddlewaretoken": self.form}, doseq=True))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            self.line.request(method, path, body, headers)
            response = self.line.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.line.close()
            return Answer(0, time.perf_counter() - began)
        seconds = time.perf_counter() - began
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(";")[0].partition("=")
                self.cookies[cookie] = rest
        return Answer(response.status, seconds, text, response.getheader("Location") or "")


def at_once(tasks: Sequence[Callable[[], Any]]) -> list[Any]:
    """Each task in a thread of its own, all begun at the same moment; what they returned, in their order."""
    start = threading.Barrier(len(tasks))
    results: list[Any] = [None] * len(tasks)

    def run(number: int) -> None:
        start.wait()
        results[number] = tasks[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@contextmanager
def own_cluster(copy_of: str | None = None) -> Iterator[Stage]:
    """A new PostgreSQL with durable settings, gone afterwards: migrated and empty, or a copy of this database."""
    with tempfile.TemporaryDirectory(prefix="samen-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = postgres.start(folder / "postgres")
        stage = Stage(urls_of(server), folder, server=server)
        try:
            postgres.prepare(server)
            if copy_of is None:
                words = [sys.executable, "-m", "samen", "migrate"]
                subprocess.run(words, check=True, cwd=REPOSITORY, env=os.environ | stage.urls)
            else:
                _copy(copy_of, server.url(postgres.SUPERUSER))
            yield stage
        finally:
            stage.end()
            postgres.remove(folder / "postgres")


def _copy(source: str, target: str) -> None:
    with subprocess.Popen([postgres.client("pg_dump"), f"--dbname={source}"], stdout=subprocess.PIPE) as dump:
        read = [postgres.client("psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={target}"]
        read.append("--single-transaction")  # else a durable server waits for its disk after each statement
        subprocess.run(read, check=True, stdin=dump.stdout)
    if dump.returncode:
        raise subprocess.CalledProcessError(dump.returncode, "pg_dump")


def urls_of(server: postgres.Server, database: str = "samen") -> dict[str, str]:
    """The addresses of a database, one for each role."""
    return {f"SAMEN_{name}_URL": server.url(role, database) for name, role in ROLES.items()}


@contextmanager
def working_in(stage: Stage) -> Iterator[None]:
    """Until the end of the block the verbs of this very process work in the stage's database."""
    from django.db import connections  # noqa: PLC0415  Django may not be imported before its settings are known

    settings = connections.settings["default"]
    before = dict(settings)
    parts = conninfo_to_dict(stage.urls["SAMEN_DATABASE_URL"])
    connections.close_all()
    settings |= {"NAME": parts["dbname"], "USER": parts["user"], "HOST": parts["host"], "PORT": parts["port"]}
    try:
        yield
    finally:
        connections.close_all()
        settings.clear()
        settings.update(before)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(done: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """How long it took until this was so, to a tenth of it; raises `TooSlow` when it does not come."""
    began, waited = time.monotonic(), 0.0
    while not done():
        waited = time.monotonic() - began
        if waited > seconds:
            raise TooSlow(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(min(max(0.02, waited / 10), 0.2))  # to ask takes processor, of which the awaited needs all
    return time.monotonic() - began


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def tell(page: Path, part: str, text: str) -> None:
    """This part of a page of figures reads so from now on; the other parts stay as they are."""
    mark = f"<!-- {part} -->"
    before, _, rest = (page.read_text() if page.exists() else "").partition(mark)
    _, _, after = rest.partition(mark)
    whole = f"{before.rstrip()}\n\n{mark}\n{text.strip()}\n{mark}\n\n{after.strip()}"
    page.write_text(f"{whole.strip()}\n")


def processor(*roots: int) -> float:
    """Seconds of processor that these processes took so far, with all that descend from them, also those that ended.

    Whatever else the machine does, this stays about the same; how long it took by the clock does not.
    """
    stats: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            stats[int(path.name)] = _stat(int(path.name))
    below = [number for number in stats if number in roots or set(_above(number, stats)) & set(roots)]
    return sum(int(ticks) for number in below for ticks in stats[number][11:15]) / os.sysconf("SC_CLK_TCK")


def _stat(number: int) -> list[str]:
    """What Linux says of a process, behind its name: how it is, whose it is, ..., and the ticks of its processor."""
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()


def _above(number: int, stats: dict[int, list[str]]) -> Iterator[int]:
    while number in stats:
        number = int(stats[number][1])
        yield number


def machine(*packages: str) -> str:
    """Where a figure was measured, with what, and what else went on there."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    versions = "".join(f", {name} {version(name)}" for name in packages)
    kind = f", {platform.machine()}" if packages else ""
    return f"{os.cpu_count()} cores, load {load}, Python {sys.version.split()[0]}{kind}{versions}"
