"""Machines within this one: network namespaces with an address each, and a PostgreSQL they reach by TCP alone.

The server has a machine of its own, and from there one cable to each other machine; nothing else reaches any of them.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks import REPOSITORY, Stage
from samen.base import postgres
from samen.commands import database

CABLE = "198.18.{}.{}"  # of the addresses that are kept for measurements: nobody's network has them
OURS = re.compile(r"^samen-bench-(\d+)-\d+$")
START = "import sys, pathlib; from samen.base import postgres; postgres.start(pathlib.Path(sys.argv[1]))"
LOGINS = {"SAMEN_DATABASE_URL": "samen_app", "SAMEN_WORKER_URL": "samen_worker"}


class NotAllowed(Exception):
    """There can be no network namespaces here; the message says who refused."""


@dataclass(frozen=True)
class Machine:
    """A namespace, its address, and the way to the database from there."""

    name: str
    address: str
    urls: dict[str, str]

    @property
    def enter(self) -> list[str]:
        """The words before those of a program that is to run there."""
        return _inside(self.name)


@contextmanager
def machines(stage: Stage, many: int) -> Iterator[list[Machine]]:
    """So many machines beside that of the stage's database, which moves to one of its own; all gone afterwards."""
    _sweep()
    names = [f"samen-bench-{os.getpid()}-{number}" for number in range(many + 1)]
    try:
        for number, name in enumerate(names):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
            if number:
                _cable(names[0], name, number)
        _probe(names[0])
        passwords = _move(stage, names[0], range(1, many + 1))
        yield [Machine(name, CABLE.format(number, 2), _urls(number, passwords)) for number, name in enumerate(names)][
            1:
        ]
    finally:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is impatient leaves nothing behind either
        stage.end()
        if stage.server is not None:
            postgres.stop(stage.server)
        for name in names:
            _remove(name)
        signal.signal(signal.SIGINT, before)


# --- Namespaces and cables --------------------------------------------------------------------------------


def _cable(server: str, name: str, number: int) -> None:
    """A cable from the server's machine to this one, with two addresses of its own."""
    _ip("-n", server, "link", "add", f"cable{number}", "type", "veth", "peer", "name", "cable0", "netns", name)
    for machine, device, end in ((server, f"cable{number}", 1), (name, "cable0", 2)):
        _ip("-n", machine, "address", "add", f"{CABLE.format(number, end)}/30", "dev", device)
        _ip("-n", machine, "link", "set", device, "up")


def _probe(name: str) -> None:
    """A program can run there."""
    tried = subprocess.run([*_inside(name), "true"], text=True, capture_output=True, check=False)
    if tried.returncode:
        raise NotAllowed(tried.stderr.strip() or "a program cannot enter a network namespace")


def _inside(name: str) -> list[str]:
    return [_tool(), "netns", "exec", name]


def _tool() -> str:
    found = shutil.which("ip", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise NotAllowed("the program `ip` is not here (on Debian: apt-get install iproute2)")
    return found


def _ip(*words: str) -> str:
    told = subprocess.run([_tool(), *words], text=True, capture_output=True, check=False)
    if told.returncode:
        raise NotAllowed(f"`ip {' '.join(words)}` says: {told.stderr.strip()}")
    return told.stdout


def _remove(name: str) -> None:
    """It is gone, with its cables, as far as it was ever there."""
    subprocess.run([_tool(), "netns", "delete", name], capture_output=True, check=False)


def _sweep() -> None:
    """What a killed measurement left behind is gone."""
    for line in _ip("netns", "list").splitlines():
        found = OURS.match(line.split(" ")[0])
        if found and not Path(f"/proc/{found[1]}").exists():
            _remove(found[0])


# --- The database --------------------------------------------------------------------------------------------


def _move(stage: Stage, name: str, cables: Sequence[int]) -> dict[str, str]:
    """The stage's server runs in this namespace and listens on its cables, to who has a password; by role."""
    assert stage.server is not None
    passwords = {role: secrets.token_hex(16) for role in LOGINS.values()}
    _roles(stage.server, passwords)
    addresses = [CABLE.format(number, 1) for number in cables]
    with psycopg.connect(_door(stage.server), autocommit=True) as superuser:
        superuser.execute(sql.SQL("ALTER SYSTEM SET listen_addresses = {}").format(sql.Literal(",".join(addresses))))
    postgres.stop(stage.server)
    words = [*_inside(name), sys.executable, "-c", START, str(stage.server.data)]
    subprocess.run(words, check=True, cwd=REPOSITORY)
    with (stage.server.data / "cluster" / "pg_hba.conf").open("a") as door:
        for number in cables:
            peer = CABLE.format(number, 2)
            door.write(f"host samen {','.join(passwords)} {peer}/32 scram-sha-256\n")
    with psycopg.connect(_door(stage.server), autocommit=True) as superuser:
        superuser.execute("SELECT pg_reload_conf()")
    return passwords


def _roles(server: postgres.Server, passwords: dict[str, str]) -> None:
    """The script for somebody's own PostgreSQL says who may sign in; its questions for passwords are answered."""
    said = "".join(f"ALTER ROLE {role} PASSWORD '{word}';\n" for role, word in passwords.items())
    words = [postgres.client("psql"), "--quiet", "--output=/dev/null", f"--dbname={_door(server)}"]
    quiet = os.environ | {"PGOPTIONS": "--client-min-messages=warning"}
    subprocess.run(words, input=database.script("samen", passwords=False) + said, text=True, check=True, env=quiet)


def _door(server: postgres.Server) -> str:
    """The superuser's way in, which no machine has."""
    return server.url(postgres.SUPERUSER, "postgres")


def _urls(number: int, passwords: dict[str, str]) -> dict[str, str]:
    """The database as the machine at the end of this cable knows it: no way past row-level security."""
    server = CABLE.format(number, 1)
    return {name: f"postgresql://{role}:{passwords[role]}@{server}/samen" for name, role in LOGINS.items()}
