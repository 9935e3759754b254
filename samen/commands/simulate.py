"""Play weeks of a region by the clock, ways of asking side by side, on a database of its own."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samen.base import postgres
from samen.demo import cast, country
from samen.simulation import guarding
from samen.simulation.policies import POLICIES, Policy

if TYPE_CHECKING:  # Django is loaded late
    from samen.demo.living import Life
    from samen.simulation.playing import Play
    from samen.simulation.telling import Result

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
BEGINS = date(2026, 1, 5)
LONGEST = 52
REGIONS = {cast.key(one.name): one for one in country.REGIONS}
PLANTED = "samen_planted"
SLUG = "simulatie"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where, how long, by which policies."""
    regions = ", ".join(REGIONS)
    policies = "; ".join(f"{one.name}: {one.about}" for one in POLICIES.values())
    parser.add_argument(
        "--region",
        action="append",
        choices=[*REGIONS, "all"],
        metavar="NAME",
        help=f"which region, or more of them, or all ({regions}); gooi if none is named",
    )
    parser.add_argument("--weeks", type=_weeks, default=4, help=f"how many weeks, at most {LONGEST} (4)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same people and the same weeks (7)")
    parser.add_argument(
        "--policy",
        action="append",
        choices=list(POLICIES),
        metavar="NAME",
        help=f"how is asked, more than one side by side ({policies}); samen if none is named",
    )
    parser.add_argument("--begin", type=_monday, default=BEGINS, metavar="MONDAY", help=f"the first day ({BEGINS})")
    parser.add_argument("--households", type=int, default=420, help="how many in a region (420)")
    parser.add_argument("--helpers", type=int, default=95, help="how many in a region (95)")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where simulation.csv and simulation.svg are written"
    )


def _weeks(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST):
        raise argparse.ArgumentTypeError(f"say how many weeks, from 1 to {LONGEST}")
    return int(text)


def _monday(text: str) -> date:
    day = date.fromisoformat(text)
    if day.weekday():
        raise argparse.ArgumentTypeError(f"{text} is no Monday")
    return day


def run(options: argparse.Namespace) -> int:
    """0 when every promise was kept; 1 when one was broken, or when it could not be played.

    SIGTERM is what Ctrl-C is: what was played so far is told.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with guarding.folder("samen-simulation-") as folder:
            return _Theatre(options, folder).play()
    except postgres.ServerError as error:
        print(f"Samen: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Samen: stopped before anything was played.", file=sys.stderr)
    return 1


class _Theatre:
    """A server that is made for this run, with one database for each policy, all from the same beginning."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        named = options.region or ["gooi"]
        self.regions = list(country.REGIONS) if "all" in named else [REGIONS[name] for name in dict.fromkeys(named)]
        self.policies = [POLICIES[name] for name in dict.fromkeys(options.policy or ["samen"])]

    def play(self) -> int:
        """Play every policy, say what it brought, and write what was asked for."""
        print("Samen: a database is made for this simulation alone; no other is touched, and it is gone afterwards.")
        self.server = postgres.start(self.folder / "postgres", durable=False)
        postgres.prepare(self.server, PLANTED)
        self._environment()
        subprocess.run([sys.executable, "-m", "samen", "migrate"], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        lives = self._plant()
        results = []
        for policy in self.policies:
            results.append(self._play(policy, lives))
            if results[-1].weeks < self.options.weeks:
                print("Samen: stopped; this is what was played so far.", file=sys.stderr)
                break
        return self._report(results)

    def _environment(self) -> None:
        os.environ |= {
            "SAMEN_DATABASE_URL": self.server.url("samen_app", PLANTED),
            "SAMEN_MIGRATE_URL": self.server.url("samen_migrate", PLANTED),
            "SAMEN_WORKER_URL": self.server.url("samen_worker", PLANTED),
            "SAMEN_BACKUP_URL": self.server.url("samen_backup", PLANTED),
            "SAMEN_DATA": str(self.folder),
            "SAMEN_SECRET": "of a simulation",
            "SAMEN_ROLE": "app",
            "SAMEN_MAIL": "memory",
            "SAMEN_SMS": "memory",
        }

    def _plant(self) -> "list[Life]":
        import psycopg

        from samen.base import clock
        from samen.demo import filling, seeding
        from samen.simulation import ground

        began = time.monotonic()
        begins = datetime.combine(self.options.begin, datetime.min.time(), tzinfo=clock.HOME)
        url = self.server.url("samen_migrate", PLANTED)
        with psycopg.connect(url, options="-c role=samen_owner") as owner:
            seeding.set_clock(owner, begins)
            insert = "INSERT INTO base_organisation (slug, name, is_maker) VALUES (%s, %s, false) RETURNING id"
            row = owner.execute(insert, [SLUG, "Simulatie"]).fetchone()
            self.org = int(row[0]) if row else 0
            filling.staff(owner)
            logins = seeding.logins(owner)
        ends = self.options.begin + timedelta(weeks=self.options.weeks)
        size = {"households": self.options.households, "helpers": self.options.helpers}
        lives = ground.lives(self.regions, seed=self.options.seed, begins=self.options.begin, ends=ends, **size)
        for life in lives:
            ground.plant([life], self.org, logins, seed=self.options.seed, at=begins)
        seeding.look_again(url)
        people = sum(len(life.crew.households) for life in lives), sum(len(life.crew.helpers) for life in lives)
        print(f"Samen: {people[0]} households and {people[1]} helpers live.  {time.monotonic() - began:.1f} s")
        return lives

    def _play(self, policy: Policy, lives: "Sequence[Life]") -> "Result":
        from samen.simulation import database
        from samen.simulation.playing import Play, Stage

        name = f"samen_{policy.name.replace('-', '_')}"
        with database.used("postgres"):  # a copy is made of a database that nobody is using
            postgres.create_database(self.server, name, template=PLANTED)
        began = time.monotonic()
        try:
            with database.used(name), database.clock_of(self.server.url("samen_migrate", name)) as set_clock:
                stage = Stage(self.org, SLUG, lives, set_clock)
                line = _Line(policy, began)
                play = Play(stage, policy, self.options.seed, self.options.begin, self.options.weeks, line.show)
                with contextlib.suppress(KeyboardInterrupt):
                    play.run()
                line.end()
                return self._judge(play, time.monotonic() - began, name)
        finally:
            postgres.drop_database(self.server, name)

    def _judge(self, play: "Play", seconds: float, name: str) -> "Result":
        from samen.base import tenancy
        from samen.simulation import checking, measuring
        from samen.simulation.telling import Result

        with tenancy.enter(self.org, tenancy.SYSTEM):
            figures = measuring.measure(begins=play.begun_at, until=play.reached)
        with self._reader(name) as ask:
            findings = checking.check(ask, org=self.org, since=play.begun_at, until=play.reached)
        weeks = (play.reached - play.begun_at) / timedelta(weeks=1)
        return Result(play.policy.name, play.policy.about, weeks, seconds, figures, findings, dict(play.met))

    @contextlib.contextmanager
    def _reader(self, name: str) -> Iterator[Any]:
        """Who reads everything and may write nothing: the role of the backup."""
        import psycopg

        with psycopg.connect(self.server.url("samen_backup", name)) as reader:
            yield lambda query, given: reader.execute(query, given).fetchall()

    def _report(self, results: "list[Result]") -> int:
        from samen.simulation import telling

        print(f"\n{telling.table(results)}\n")
        for one in results:
            pace = one.seconds / max(one.weeks, 0.01) / len(self.regions)
            print(f"{one.policy}: {one.weeks:.1f} weeks in {one.seconds:.0f} s, {pace:.1f} s for a week of a region")
        if self.options.out:
            self._write(results)
        return 1 if any(one.broken for one in results) else 0

    def _write(self, results: "list[Result]") -> None:
        from samen.simulation import telling

        where: Path = self.options.out
        region = " ".join(one.name for one in self.regions)
        title = f"{region}: {self.options.weeks} weeks from {self.options.begin}, seed {self.options.seed}"
        where.mkdir(parents=True, exist_ok=True)
        told = telling.comma_separated(results, region=region, seed=self.options.seed)
        (where / "simulation.csv").write_text(told)
        (where / "simulation.svg").write_text(telling.picture(results, title=title))
        print(f"Written: {where / 'simulation.csv'} and {where / 'simulation.svg'}")


class _Line:
    """One line that tells how far it is, if somebody looks."""

    def __init__(self, policy: Policy, began: float) -> None:
        self.policy, self.began = policy, began
        self.shown = sys.stderr.isatty()

    def show(self, play: "Play") -> None:
        """Draw it again."""
        if self.shown:
            took = time.monotonic() - self.began
            text = f"\r{self.policy.name}: {play.now:%d-%m-%Y}, week {play.week} of {play.weeks}, {took:.0f} s "
            print(text, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self.shown:
            print(file=sys.stderr, flush=True)
