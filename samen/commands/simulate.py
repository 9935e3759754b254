"""Play weeks of a region by the clock, ways of asking side by side, on a database of its own."""

import argparse
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samen.base import postgres
from samen.base.postgres import Server
from samen.demo import cast, country
from samen.simulation import guarding
from samen.simulation.policies import POLICIES, SLUG

if TYPE_CHECKING:  # Django is loaded late
    from samen.simulation.playing import Play
    from samen.simulation.staging import Wanted
    from samen.simulation.telling import Result

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
BEGINS = date(2026, 1, 5)
LONGEST = 52
REGIONS = {cast.key(one.name): one for one in country.REGIONS}
EMPTY = "samen_empty"  # the database with its tables and nothing in them, of which every region gets a copy
GARBAGE = 200_000  # objects: a program that nobody waits for looks for garbage more rarely than one that serves


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
        "--at-once", type=_count, metavar="N", help="how many regions are played side by side (one for each core)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where simulation.csv and simulation.svg are written"
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError("say how many, at least 1")
    return int(text)


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
            return _Evening(options, folder).play()
    except postgres.ServerError as error:
        print(f"Samen: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Samen: stopped before anything was played.", file=sys.stderr)
    return 1


class _Evening:
    """A server that is made for this run, with a database for each region; so many are played at once as are cores."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        named = options.region or ["gooi"]
        self.regions = list(REGIONS) if "all" in named else list(dict.fromkeys(named))
        self.policies = list(dict.fromkeys(options.policy or ["samen"]))
        self.at_once = min(options.at_once or os.cpu_count() or 1, len(self.regions))
        self.waiting, self.running, self.stopped = list(self.regions), list[_Region](), False

    def play(self) -> int:
        """Play every region, say what it brought, and write what was asked for."""
        print("Samen: a database is made for this simulation alone; no other is touched, and it is gone afterwards.")
        self.server = postgres.start(self.folder / "postgres", durable=False)
        postgres.prepare(self.server, EMPTY)
        os.environ |= environment(self.server, EMPTY, self.folder)
        subprocess.run([sys.executable, "-m", "samen", "migrate"], check=True, stdout=subprocess.DEVNULL)
        self._found()
        results, whole = self._played()
        if not results:
            print("Samen: nothing was played to an end.", file=sys.stderr)
            return 1
        if not whole:
            print("Samen: stopped; this is what was played so far.", file=sys.stderr)
        return self._report(results) or int(not whole)

    def _found(self) -> None:
        """The organisation is there on the first morning, with its colleagues."""
        import django
        import psycopg

        django.setup()
        from samen.base import clock
        from samen.demo import filling, seeding

        with psycopg.connect(self.server.url("samen_migrate", EMPTY), options="-c role=samen_owner") as owner:
            begins = datetime.combine(self.options.begin, datetime.min.time(), tzinfo=clock.HOME)
            seeding.set_clock(owner, begins)
            insert = "INSERT INTO base_organisation (slug, name, is_maker) VALUES (%s, %s, false)"
            owner.execute(insert, [SLUG, "Simulatie"])
            filling.staff(owner)

    def _played(self) -> tuple[list["Result"], bool]:
        """What every region brought, in the order in which they were named, and whether all of it was played."""
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        line, results = _Line(), dict[str, list[Any]]()
        while self.waiting or self.running:
            while self.waiting and len(self.running) < self.at_once:
                self._begin(self.waiting.pop(0))
            for one in wait([region.line for region in self.running]):
                region = next(region for region in self.running if region.line is one)
                if not region.hear():
                    results[region.name] = region.results
                    self.running.remove(region)
            line.show(self.running)
        line.end()
        found = [result for name in self.regions for result in results.get(name, [])]
        return found, not self.stopped and len(found) == len(self.regions) * len(self.policies)

    def _stop(self, *_signal: object) -> None:
        """Nothing more is begun, and whoever plays tells what was played so far."""
        self.stopped = True
        self.waiting.clear()
        for region in self.running:
            region.program.terminate()

    def _begin(self, name: str) -> None:
        planted = f"samen_{name}"
        postgres.create_database(self.server, planted, template=EMPTY)
        here, there = multiprocessing.Pipe(duplex=False)
        words = (self.server, planted, self.folder, self._wanted(name), there)
        program = multiprocessing.get_context("spawn").Process(target=play_region, args=words, daemon=True)
        program.start()
        there.close()
        self.running.append(_Region(name, program, here))

    def _wanted(self, name: str) -> dict[str, Any]:
        chosen = self.options
        return {
            "region": REGIONS[name].name,
            "policies": tuple(self.policies),
            "begin": chosen.begin,
            "weeks": chosen.weeks,
            "seed": chosen.seed,
            "households": chosen.households,
            "helpers": chosen.helpers,
        }

    def _report(self, results: list["Result"]) -> int:
        from samen.simulation import telling

        by_policy = {name: [one for one in results if one.policy == name] for name in self.policies}
        sums = [telling.together(found) for found in by_policy.values() if found]
        if len(self.regions) == 1:
            print(f"\n{telling.table(results, by='policy')}\n")
        else:
            for found in by_policy.values():
                if found:
                    print(f"\n{found[0].policy}\n{telling.table([*found, telling.together(found)], by='region')}\n")
            if len(sums) > 1:
                print(f"\nAll regions together\n{telling.table(sums, by='policy')}\n")
        for one in sums:
            pace = one.processor / max(one.weeks, 0.01)
            print(
                f"{one.policy}: {one.weeks:.1f} weeks of a region in {one.processor:.0f} s of processor time, "
                f"{pace:.1f} s for one"
            )
        if self.options.out:
            self._write(results, sums)
        return 1 if any(one.broken for one in sums) else 0

    def _write(self, results: list["Result"], sums: list["Result"]) -> None:
        from samen.simulation import telling

        where: Path = self.options.out
        regions = " ".join(REGIONS[name].name for name in self.regions)
        title = f"{regions}: {self.options.weeks} weeks from {self.options.begin}, seed {self.options.seed}"
        where.mkdir(parents=True, exist_ok=True)
        told = [*results, *sums] if len(self.regions) > 1 else results
        (where / "simulation.csv").write_text(telling.comma_separated(told, seed=self.options.seed))
        (where / "simulation.svg").write_text(telling.picture(sums, title=title))
        print(f"Written: {where / 'simulation.csv'} and {where / 'simulation.svg'}")


def environment(server: Server, database: str, folder: Path) -> dict[str, str]:
    """What a program must know that plays in this database."""
    roles = {"DATABASE": "samen_app", "MIGRATE": "samen_migrate", "WORKER": "samen_worker", "BACKUP": "samen_backup"}
    return {f"SAMEN_{name}_URL": server.url(role, database) for name, role in roles.items()} | {
        "SAMEN_DATA": str(folder),
        "SAMEN_SECRET": "of a simulation",
        "SAMEN_ROLE": "app",
        "SAMEN_MAIL": "memory",
        "SAMEN_SMS": "memory",
    }


@dataclass
class _Region:
    """A region that is played by a program of its own, and what was heard of it."""

    name: str
    program: BaseProcess
    line: Connection
    results: list[Any] = field(default_factory=list)
    now: str = "planted"

    def hear(self) -> bool:
        """What it says next; False when it has said everything, or broke off."""
        try:
            news = self.line.recv()
        except EOFError:
            self.program.join()
            return False
        if isinstance(news, str):
            self.now = news
        else:
            self.results.append(news)
        return True


def play_region(server: Server, planted: str, folder: Path, words: dict[str, Any], line: Connection) -> None:
    """Plant a region and play it, in a program of its own: it says how far it is, and in the end what it brought.

    Ctrl-C in a terminal reaches it too, but whoever started it says when to stop.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop_once)
    os.environ |= environment(server, planted, folder) | {"DJANGO_SETTINGS_MODULE": "samen.settings"}
    import django

    django.setup()
    from samen.base.settled import settle
    from samen.simulation import staging

    settle(new=GARBAGE)

    def tell(play: "Play") -> None:
        line.send(f"{play.policy.name} {play.week}/{play.weeks}")

    wanted: Wanted = staging.Wanted(**words)
    with contextlib.suppress(KeyboardInterrupt):  # before the first morning
        for result in staging.play(staging.plant(server, planted, wanted), wanted, tell):
            line.send(result)
    line.close()


def _stop_once(*_signal: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


class _Line:
    """One line that tells how far it is; where nobody looks, a line of each week of a region."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.shown = sys.stderr.isatty()
        self.told: dict[str, str] = {}

    def show(self, regions: Sequence[_Region]) -> None:
        """Draw it again, or tell what is new."""
        since = f"{time.monotonic() - self.began:.0f} s"
        if self.shown and regions:
            text = " · ".join(f"{one.name} {one.now}" for one in regions)
            print(f"\r\033[K{text} · {since}", end="", file=sys.stderr, flush=True)
        for one in regions if not self.shown else ():
            if one.now != self.told.get(one.name):
                self.told[one.name] = one.now
                print(f"{one.name} {one.now} · {since}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self.shown:
            print(file=sys.stderr, flush=True)
