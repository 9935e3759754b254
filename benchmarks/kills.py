"""Kill -9 of worker, pages and database while questions leave: nothing is lost, and a double is shown.

Real processes on a database of their own, a mail server of our own.  The product knows nothing of it: a named point is
a moment at which the mail server has the worker by the hand, or a lock that a page has to wait for.
"""

import argparse
import os
import random
import re
import signal
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from django.db import connections

from benchmarks import Browser, Program, Stage, TooSlow, Web, machine, own_cluster, wait_for, working_in
from benchmarks.booking import Crew, ask, plant
from samen.base import clock, links, outbox, postgres, tenancy
from samen.base.models import Link
from samen.demo import cast, seeding
from samen.people.models import Helper
from samen.visits import replacements

SLOTS = 4  # what the worker does at the same time, and so what a kill can cut short
POINTS = ("before DATA", "text received", "after 250")
KIND_WORDS = "ging iets mis"
OFFERS_PER_ROUND = 50
MESSAGE_ID = re.compile(rb"^Message-ID: <([0-9a-f-]{36})@", re.MULTILINE | re.IGNORECASE)


def main(words: list[str]) -> int:
    """Kill until everything has left or the time is over, and print what became of it; 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="bench kills", description=__doc__)
    parser.add_argument("--offers", type=int, default=200, help="questions under way in each scene (200)")
    parser.add_argument("--minutes", type=float, default=3, help="how long a scene may last (3)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same moments (7)")
    options = parser.parse_args(words)
    rounds = -(-options.offers // OFFERS_PER_ROUND)
    chance = random.Random(options.seed)
    scenes: list[Callable[[Scene], Outcome]] = [
        *(partial(at_points, points=[point] * 3) for point in POINTS),
        partial(at_random, mail="smtp", chance=chance),
        partial(at_random, mail="sink", chance=chance),
        partial(database_killed, chance=chance),
    ]
    with own_cluster() as stage, working_in(stage):
        with stage.owner() as owner:
            morning = datetime.combine(cast.demo_day(datetime.now(clock.HOME).date()), seeding.MORNING)
            seeding.set_clock(owner, morning.replace(tzinfo=clock.HOME))
        crew = plant(stage, asked=OFFERS_PER_ROUND, ill=rounds * len(scenes) + PAGE_KILLS)
        scene = Scene(stage, crew, iter(crew.ill), options.offers, options.minutes)
        outcomes = [play(scene) for play in scenes]
        pages = [page_killed(scene, chance) for _ in range(PAGE_KILLS)]
        _print(stage, outcomes, pages)
    return 1 if any(outcome.broken for outcome in outcomes) or any(page.broken for page in pages) else 0


@dataclass(frozen=True)
class Scene:
    """Where it plays, with whom, how many questions are under way, and how long it may last."""

    stage: Stage
    crew: Crew
    ill: Iterator[Helper]  # whoever is still well
    offers: int
    minutes: float
    hurry: bool = False  # the clock goes ahead by the pauses that a person would wait


# --- A mail server ------------------------------------------------------------------------------------


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that takes everything, remembers what came, and at a named point does what it is told once."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *, seconds: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.seconds = seconds  # how long it thinks over each text
        self.taken, self.goodbye = "250 taken", "221 goodbye"
        self.received: list[str] = []
        self.orders: dict[str, Callable[[], None]] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        """What stands in SAMEN_MAIL."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def reached(self, point: str) -> None:
        """A talk has come to this point."""
        with self._lock:
            order = self.orders.pop(point, None)
        if order is not None:
            order()

    def handle_error(self, *_: Any) -> None:
        """Whoever talked to us was killed."""

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self._text()
            elif word == b"QUIT":
                self._say(self.server.goodbye)
                return
            else:
                self._say("250 fine")

    def _text(self) -> None:
        self.server.reached("before DATA")
        self._say("354 go on")
        text = b""
        while not text.endswith(b"\r\n.\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            text += line
        found = MESSAGE_ID.search(text)
        self.server.received.append(found[1].decode() if found else "")
        time.sleep(self.server.seconds)
        self.server.reached("text received")
        self._say(self.server.taken)
        self.server.reached("after 250")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


# --- The questions -------------------------------------------------------------------------------------


def queue(scene: Scene) -> None:
    """The questions wait to leave at once: by the real verb, without the seconds in which it can be undone."""
    left, crew = scene.offers, scene.crew
    with mock.patch.object(replacements, "UNDO", timedelta(0)):
        while left > 0:
            asked = crew.asked[: min(left, len(crew.asked))]
            ask(crew, next(scene.ill), asked)
            left -= len(asked)


def last_message(stage: Stage) -> int:
    """The number of the newest message: a scene looks only at what comes after it."""
    return stage.number("SELECT max(id) FROM base_outboxmessage")


def waiting(stage: Stage, after: int) -> int:
    """How many messages have not left yet."""
    return stage.number("SELECT count(*) FROM base_outboxmessage WHERE id > %s AND state = 'QUEUED'", after)


@dataclass
class Outcome:
    """What became of the messages of one scene."""

    name: str
    messages: int = 0
    kills: int = 0
    lost: int = 0  # neither sent nor called back
    never_came: int = 0  # said to be sent, and nobody received it
    doubled: int = 0  # mails that were received before
    hidden: int = 0  # messages of which that is so, and which are not shown as possibly twice
    shown: int = 0
    handed_over_again: int = 0
    seconds: float = 0.0  # until all had left
    swept: float = 0.0  # how long after the last kill that was
    orphaned: float = 0.0  # how long after it a dead worker still had a job to its name
    ended_by_itself: int = 0
    notes: str = ""

    @property
    def broken(self) -> list[str]:
        """The promises that were not kept."""
        allowed = self.kills * SLOTS
        return [
            *([f"{self.lost} lost"] if self.lost else []),
            *([f"{self.never_came} said to be sent and never came"] if self.never_came else []),
            *([f"{self.hidden} doubled and not shown"] if self.hidden else []),
            *([f"{self.doubled} doubled by {self.kills} kills of {SLOTS} slots"] if self.doubled > allowed else []),
        ]


def judge(stage: Stage, outcome: Outcome, after: int, received: Sequence[str] | None) -> Outcome:
    """Count the messages by what the database says and by what was received; None: the demo's sink received."""
    rows = stage.rows(
        "SELECT m.public_id::text, m.state, coalesce(l.handed_over, 0),"
        " EXISTS (SELECT FROM base_delivery d WHERE d.outbox_id = m.id AND d.result = 'UNKNOWN')"
        " FROM base_outboxmessage m LEFT JOIN base_letter l ON l.org_id = m.org_id AND l.key = m.public_id"
        " WHERE m.id > %s",
        after,
    )
    came = Counter(received) if received is not None else Counter({key: bool(times) for key, _, times, _ in rows})
    outcome.messages = len(rows)
    outcome.lost = sum(state not in ("SENT", "CANCELLED") for _, state, *_ in rows)
    outcome.never_came = sum(state == "SENT" and not came[key] for key, state, *_ in rows)
    outcome.doubled = sum(max(0, came[key] - 1) for key, *_ in rows)
    outcome.hidden = sum(came[key] > 1 and not unknown for key, *_, unknown in rows)
    outcome.shown = sum(unknown for *_, unknown in rows)
    outcome.handed_over_again = sum(max(0, times - 1) for _, _, times, _ in rows)
    return outcome


# --- The worker is killed ------------------------------------------------------------------------------


def at_points(scene: Scene, *, points: Sequence[str]) -> Outcome:
    """The worker dies when the mail server has come to this point with it, and is started again; then the next."""
    outcome = Outcome(f"worker, {', '.join(dict.fromkeys(points))}")
    after = last_message(scene.stage)
    queue(scene)
    with MailServer() as server, _worker(scene.stage, SAMEN_MAIL=server.url) as worker:
        began = time.monotonic()
        for point in points:
            died = threading.Event()
            server.orders[point] = partial(_kill, worker, died)
            wait_for(died.is_set, f"the point “{point}”", 120)
            worker.start()
        _until_all_left(scene, outcome, after, worker, began)
        return judge(scene.stage, outcome, after, server.received)


def at_random(scene: Scene, *, mail: str, chance: random.Random, most: int = 1000) -> Outcome:
    """The worker dies at moments that nobody chose, until everything has left, or so many times."""
    outcome, stage, offers = Outcome(f"worker at random, {mail}"), scene.stage, scene.offers
    after = last_message(stage)
    queue(scene)
    with MailServer(seconds=0.1) as server:
        with _worker(stage, SAMEN_MAIL=server.url if mail == "smtp" else "demo") as worker:
            began = time.monotonic()
            until = began + 60 * scene.minutes / 2  # the second half is for what has to be swept up
            while time.monotonic() < until and worker.kills < most and waiting(stage, after):
                sent = offers - waiting(stage, after)
                with suppress(TooSlow):  # it lives until it has done something
                    wait_for(lambda: offers - waiting(stage, after) > sent, "a message", 10)  # noqa: B023
                time.sleep(chance.uniform(0, 0.05 if scene.hurry else 0.5))  # a few messages leave within half a second
                worker.kill()
                worker.start()
                if scene.hurry:
                    sweep_now(stage, scene.crew)
            _until_all_left(scene, outcome, after, worker, began)
        return judge(stage, outcome, after, server.received if mail == "smtp" else None)


def _kill(worker: Program, died: threading.Event) -> None:
    worker.kill()
    died.set()


@contextmanager
def _worker(stage: Stage, **environment: str) -> Iterator[Program]:
    worker = stage.worker(**environment)
    try:
        yield worker
    finally:
        end(stage, worker)


def _until_all_left(scene: Scene, outcome: Outcome, after: int, worker: Program, began: float) -> None:
    """Wait, as a person would, and start a worker that ended by itself, as a supervisor would."""
    last, stage, until = time.monotonic(), scene.stage, began + 60 * scene.minutes
    if scene.hurry:
        sweep_now(stage, scene.crew)
    orphans = orphaned_jobs(stage)
    while ((orphans and not scene.hurry) or not outcome.seconds) and time.monotonic() < until:
        _kept_alive(worker, outcome)
        if not outcome.seconds and not waiting(stage, after):
            outcome.seconds, outcome.swept = time.monotonic() - began, time.monotonic() - last
        if orphans:
            outcome.orphaned = time.monotonic() - last
        time.sleep(0.1)
        orphans = orphaned_jobs(stage)
    outcome.kills += worker.kills


def _kept_alive(worker: Program, outcome: Outcome) -> bool:
    if not worker.alive:
        outcome.ended_by_itself += 1
        worker.start()
    return True


def sweep_now(stage: Stage, crew: Crew) -> None:
    """As if the pause were over and the time of the sweep had come."""
    with stage.owner() as owner:
        owner.execute("UPDATE clock_offset SET ahead = ahead + interval '30 seconds'")
    with tenancy.enter(crew.org, tenancy.SYSTEM):
        outbox.sweep.later()


def orphaned_jobs(stage: Stage) -> set[int]:
    """Jobs that are being done by nobody: all but those of the worker that registered last."""
    return {
        number
        for (number,) in stage.rows(
            "SELECT id FROM procrastinate_jobs WHERE status = 'doing'"
            " AND worker_id IS DISTINCT FROM (SELECT max(id) FROM procrastinate_workers)"
        )
    }


# --- The database is killed ---------------------------------------------------------------------------


def database_killed(scene: Scene, *, chance: random.Random, times: int = 3) -> Outcome:
    """The postmaster dies while questions leave and pages are read, and is started again; some times over."""
    outcome, stage = Outcome("database, at random"), scene.stage
    after = last_message(stage)
    queue(scene)
    path = page_of(scene.crew, scene.crew.asked[0])
    web = stage.web()
    browser, statuses = Browser(web.port), Counter[int]()
    with MailServer(seconds=0.1) as server, _worker(stage, SAMEN_MAIL=server.url) as worker:
        began, slowest = time.monotonic(), 0.0
        for _ in range(times):
            enough = len(server.received) + 5
            wait_for(lambda: _kept_alive(worker, outcome) and len(server.received) > enough, "mails", 60)  # noqa: B023
            time.sleep(chance.uniform(0, 1))
            browser.look(path)
            kill_postmaster(stage)
            statuses[browser.look(path).status] += 1
            start_postmaster(stage)
            slowest = max(slowest, wait_for(lambda: browser.look(path).status == 200, "the pages", 15))
        _until_all_left(scene, outcome, after, worker, began)
        outcome.kills = times
        outcome.notes = f"  pages {dict(statuses)}, back {slowest:.1f} s after the database"
        end(stage, web)
        return judge(stage, outcome, after, server.received)


def start_postmaster(stage: Stage) -> None:
    """The database is there again; the verbs of this very process come back too."""
    assert stage.server is not None
    stage.server = postgres.start(stage.server.data)
    connections.close_all()


def end(stage: Stage, program: Program) -> None:
    """This process is gone, and the stage forgets it."""
    program.kill()
    stage.programs.remove(program)


def kill_postmaster(stage: Stage) -> None:
    """kill -9 of the server that this stage started; its children follow it, the last of them before this returns."""
    assert stage.server is not None
    pid = int((stage.server.data / "cluster" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(_serves(int(child)) for child in children), "the children of the server to follow it")


def _serves(process: int) -> bool:
    """Whether this process is there and no corpse."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# --- The pages are killed -----------------------------------------------------------------------------

PAGE_KILLS = 20
WHOLE, NOTHING = (1, 1, 1, 1, 0), (0, 0, 0, 0, 1)


@dataclass
class PageKilled:
    """A report of illness that was cut short: what was stored, and what a second try made of it."""

    status: int
    stored: tuple[int, ...]
    afterwards: tuple[int, ...]
    again: tuple[int, ...]
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.stored not in (WHOLE, NOTHING):
            self.broken.append(f"half stored: {self.stored}")
        if self.status == 200 and self.stored != WHOLE:
            self.broken.append("said yes and stored nothing")
        if self.afterwards != WHOLE or self.again != WHOLE:
            self.broken.append(f"repeating made it {self.afterwards}, then {self.again}")


def page_killed(scene: Scene, chance: random.Random) -> PageKilled:
    """She reports herself ill, and the pages die somewhere in the middle of it."""
    stage, helper = scene.stage, next(scene.ill)
    web = stage.web()
    browser, path = Browser(web.port), f"{page_of(scene.crew, helper)}ziek/"
    browser.look(path)
    killing = threading.Timer(chance.uniform(0, 0.3), web.kill)
    killing.start()
    status = report_ill(browser, path)
    killing.join()
    killed = repeated(stage, web, browser, path, helper, status)
    end(stage, web)
    return killed


def repeated(stage: Stage, web: Web, browser: Browser, path: str, helper: Helper, status: int) -> PageKilled:
    """What the kill left; and what she makes of it who presses the button again, and once more."""
    stored = stored_of(stage, helper)
    if not web.alive:
        web.start()
    browser.line.close()
    report_ill(browser, path)
    afterwards = stored_of(stage, helper)
    report_ill(browser, path)
    return PageKilled(status, stored, afterwards, stored_of(stage, helper))


def report_ill(browser: Browser, path: str) -> int:
    """Press the button; returns the status, 0 when the line broke."""
    return browser.say(path, start="today", until="2w").status


def stored_of(stage: Stage, helper: Helper) -> tuple[int, ...]:
    """Her absences, rounds, visits that wait for others, journal lines, and visits of these days she still goes to."""
    counts = stage.rows(
        "SELECT (SELECT count(*) FROM visits_absence a WHERE a.helper_id = h.id),"
        " (SELECT count(*) FROM visits_round r JOIN visits_absence a ON a.id = r.absence_id WHERE a.helper_id = h.id),"
        " (SELECT count(*) FROM visits_replacement p JOIN visits_round r ON r.id = p.round_id"
        "   JOIN visits_absence a ON a.id = r.absence_id WHERE a.helper_id = h.id),"
        " (SELECT count(*) FROM base_journalline l JOIN base_journalsubject s ON s.line_id = l.id"
        "   WHERE l.fact = 'absence_reported' AND s.ref = h.public_id),"
        " (SELECT count(*) FROM visits_assignment g WHERE g.helper_id = h.id AND g.ended_at IS NULL"
        "   AND g.starts_at > samen_now() AND g.starts_at < samen_now() + interval '12 days')"
        " FROM people_helper h WHERE h.id = %s",
        helper.pk,
    )[0]
    absences, rounds, visits, lines, goes = counts
    return absences, rounds, min(visits, 1), lines, min(goes, 1)


def page_of(crew: Crew, helper: Helper) -> str:
    """The address of a helper's own page."""
    with tenancy.enter(crew.org, tenancy.SYSTEM):
        link = Link.objects.get(purpose=Link.Purpose.HELPER, object_ref=helper.public_id)
    return f"/l/{links.token(link.public_id)}/"


# --- In words ------------------------------------------------------------------------------------------


def _print(stage: Stage, outcomes: list[Outcome], pages: list[PageKilled]) -> None:
    print(f"\n{machine()}, PostgreSQL {stage.rows('SHOW server_version')[0][0]} (durable), {SLOTS} slots a worker\n")
    names = ("kills", "mails", "lost", "doubled", "shown", "hidden", "again", "all left s", "swept s", "orphan s")
    print(f"{'killed':<28}" + "".join(f"{name:>11}" for name in names))
    for one in outcomes:
        values = (
            one.kills, one.messages, one.lost + one.never_came, one.doubled, one.shown, one.hidden,
            one.handed_over_again, f"{one.seconds:.1f}", f"{one.swept:.1f}", f"{one.orphaned:.1f}",
        )  # fmt: skip
        print(f"{one.name:<28}" + "".join(f"{value:>11}" for value in values) + _more(one))
    whole = sum(page.stored == WHOLE for page in pages)
    nothing = sum(page.stored == NOTHING for page in pages)
    print(f"\npages killed in a report of illness: {len(pages)}x, {whole} stored whole, {nothing} not at all")
    broken = [f"{one.name}: {fault}" for one in outcomes for fault in one.broken]
    broken += [f"pages: {fault}" for page in pages for fault in page.broken]
    print("\nKEPT" if not broken else "\nBROKEN:\n  " + "\n  ".join(broken))


def _more(one: Outcome) -> str:
    ended = f"  worker ended by itself {one.ended_by_itself}x" if one.ended_by_itself else ""
    return one.notes + ended
