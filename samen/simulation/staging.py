"""One region from its first morning on, in databases of its own: planted once, and played by each policy.

Regions know nothing of each other, so each is a program of its own and as many run as the machine has cores.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from samen.base import clock, postgres, tenancy
from samen.base.models import Organisation
from samen.base.postgres import Server
from samen.demo import country, seeding
from samen.demo.living import Life
from samen.simulation import checking, database, ground, measuring
from samen.simulation.playing import Play, Stage
from samen.simulation.policies import POLICIES, SLUG, Policy
from samen.simulation.telling import Result

Tell = Callable[[Play], None]


@dataclass(frozen=True)
class Wanted:
    """What is played: in which region, from when and how long, by which policies, and with which chance."""

    region: str
    policies: tuple[str, ...]
    begin: date
    weeks: int
    seed: int
    households: int
    helpers: int

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.begin, datetime.min.time(), tzinfo=clock.HOME)


@dataclass(frozen=True)
class Theatre:
    """The region as it was planted: in which database of which server, as which organisation, and its people."""

    server: Server
    planted: str
    org: int
    lives: list[Life]


def plant(server: Server, planted: str, wanted: Wanted) -> Theatre:
    """The people of the region live in this database, which has an organisation and nothing else, on its first day."""
    url = server.url("samen_migrate", planted)
    with psycopg.connect(url, options="-c role=samen_owner") as owner:
        logins = seeding.logins(owner)
    org = Organisation.objects.get(slug=SLUG).pk
    region = next(one for one in country.REGIONS if one.name == wanted.region)
    size = {"households": wanted.households, "helpers": wanted.helpers}
    ends = wanted.begin + timedelta(weeks=wanted.weeks)
    lives = ground.lives([region], seed=wanted.seed, begins=wanted.begin, ends=ends, **size)
    ground.plant(lives, org, logins, seed=wanted.seed, at=wanted.begins)
    seeding.look_again(url)
    return Theatre(server, planted, org, lives)


def play(theatre: Theatre, wanted: Wanted, tell: Tell) -> Iterator[Result]:
    """What each policy brought, one after the other; who is interrupted tells what was played so far."""
    for name in wanted.policies:
        found, done = _play(theatre, wanted, POLICIES[name], tell)
        yield found
        if not done:
            break


def _play(theatre: Theatre, wanted: Wanted, policy: Policy, tell: Tell) -> tuple[Result, bool]:
    server, name = theatre.server, f"{theatre.planted}_{policy.name.replace('-', '_')}"
    with database.used("postgres"):  # a copy is made of a database that nobody is using
        postgres.create_database(server, name, template=theatre.planted)
    try:
        with database.used(name), database.clock_of(server.url("samen_migrate", name)) as hand:
            stage = Stage(theatre.org, SLUG, theatre.lives, hand)
            played = Play(stage, policy, wanted.seed, wanted.begin, wanted.weeks, tell)
            began = _processor(hand.server_process)
            with contextlib.suppress(KeyboardInterrupt):
                played.run()
            return _judge(server, name, played, _processor(hand.server_process) - began), played.done
    finally:
        postgres.drop_database(server, name)


def _processor(*others: int) -> float:
    """The seconds of processor time of this program, of its own server process, and of these."""
    connection.ensure_connection()
    pids = (connection.connection.info.backend_pid, *others)
    return time.process_time() + sum(_ticks(pid) for pid in pids) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    """As Linux counts them; where nobody counts, none."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(words[11]) + int(words[12])


def _judge(server: Server, name: str, played: Play, processor: float) -> Result:
    with tenancy.enter(played.stage.org, tenancy.SYSTEM):
        tally = measuring.count(begins=played.begun_at, until=played.reached)
    seeding.look_again(server.url("samen_migrate", name))  # a year was added since its rows were counted
    with _reader(server, name) as ask:
        findings = checking.check(ask, org=played.stage.org, since=played.begun_at, until=played.reached)
    weeks = (played.reached - played.begun_at) / timedelta(weeks=1)
    policy, region = played.policy, played.stage.lives[0].crew.region.name
    return Result(policy.name, policy.about, region, weeks, processor, tally, findings, dict(played.met))


@contextlib.contextmanager
def _reader(server: Server, name: str) -> Iterator[Callable[[str, Mapping[str, Any]], Any]]:
    """Who reads everything and may write nothing: the role of the backup."""
    with psycopg.connect(server.url("samen_backup", name)) as reader:
        yield lambda query, given: reader.execute(query, given).fetchall()
