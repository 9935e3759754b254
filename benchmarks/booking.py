"""Many say yes at the same moment: exactly one has the visit, and nobody is booked twice.

64 writers, 50 rounds, over HTTP, through the pages that helpers see.  Beside it, in the same database, what most
booking programs do: look whether the helper is free, and then write it down.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg

from benchmarks import Answer, Browser, Stage, Web, at_once, machine, own_cluster, percentile, working_in
from samen.base import clock, links, tenancy
from samen.base.journal import Subject
from samen.base.models import Link
from samen.demo import cast, seeding
from samen.people.models import Helper
from samen.teams.models import Team
from samen.visits import absences, replacements
from samen.visits.models import Absence, Assignment, Offer, Visit
from samen.visits.replacements import Ask

SLUG = "meting"
HOURS = 7 * 24  # how many visits of an hour fit in a week without touching
SAME_HOUR = HOURS - 1  # kept for those who are wanted at one hour
MOST_WRITERS = 80
KIND_WORDS = "Al geregeld"  # what stands on the page of whoever was second


def main(words: list[str]) -> int:
    """Race, check, say what was found; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="bench booking", description=__doc__)
    parser.add_argument("--writers", type=int, default=64, help="who say yes at the same moment (64)")
    parser.add_argument("--rounds", type=int, default=50, help="how often (50)")
    parser.add_argument("--scenes", type=int, default=3, help="how often one helper is offered all at one hour (3)")
    options = parser.parse_args(words)
    if options.rounds > SAME_HOUR or options.writers > MOST_WRITERS:
        parser.error(f"A week has room for {SAME_HOUR} rounds, and the database for {MOST_WRITERS} writers.")
    with own_cluster() as stage, working_in(stage):
        report = measure(stage, options.writers, options.rounds, options.scenes)
        peers = [race_by_hand(stage, name, options.writers, options.rounds) for name in BY_HAND]
        _print(stage, report, peers)
    return 1 if report.broken else 0


# --- The people --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crew:
    """A generated team: who can be asked, and who fall ill, each with one visit an hour of the week."""

    org: int
    team: Team
    asked: list[Helper]
    ill: list[Helper]
    ill_at_once: list[list[Helper]]  # for each scene: all their visits are at the same hour
    wanted: list[Helper]  # for each scene: the one whom all of them would like


def plant(stage: Stage, *, asked: int, ill: int, scenes: int = 0) -> Crew:
    """An organisation of this size lives in the stage's database, around the morning its clock shows."""
    agency = _agency(asked, ill, scenes)
    with stage.owner() as owner:
        numbers = seeding.lay_ground(owner, (agency,))
        logins = seeding.logins(owner)
    org, day = numbers[agency.slug], clock.today()
    seeding.plant(agency, org, logins, day=day, seed=1)
    with tenancy.enter(org, tenancy.SYSTEM):
        known = {row.person.first_name: row for row in Helper.objects.select_related("person", "team")}
        return Crew(
            org,
            Team.objects.get(),
            [known[f"Gevraagd{n}"] for n in range(asked)],
            [known[f"Ziek{n}"] for n in range(ill)],
            [[known[f"Samen{scene}-{n}"] for n in range(asked)] for scene in range(scenes)],
            [known[f"Ster{scene}"] for scene in range(scenes)],
        )


def _agency(asked: int, ill: int, scenes: int) -> cast.Agency:
    names = [f"Gevraagd{n}" for n in range(asked)] + [f"Ster{scene}" for scene in range(scenes)]
    hours = {f"Ziek{n}": n % SAME_HOUR for n in range(ill)}
    hours |= {f"Samen{scene}-{n}": SAME_HOUR for scene in range(scenes) for n in range(asked)}
    return cast.Agency(
        slug=SLUG,
        name="Thuis op Maat",
        region="Meting",
        teams={"Team Meting": "035 555 00 00"},
        colleagues=(cast.Colleague("Meter", "Team Meting"),),
        helpers=tuple(cast.Helper(name, "Hulp", "Team Meting", cast.CENTRE) for name in (*names, *hours)),
        households=tuple(
            cast.Household(
                f"familie {name}", (name, "", "Thuis"), "Team Meting", cast.CENTRE, "Dorpsstraat",
                hour % 7, (hour // 7, 0), 60, name,
            )
            for name, hour in hours.items()
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Question:
    """An offer as the helper has it in her mail: the address of its page."""

    offer: int
    visit: int
    path: str


def ask(crew: Crew, ill: Helper, helpers: Sequence[Helper]) -> list[Question]:
    """This helper is ill for one visit, and all these are asked: by the real verbs, as a colleague's click does it."""
    with tenancy.enter(crew.org, tenancy.SYSTEM):
        at = clock.now()
        visit = _visit_of(ill, at)
        absence = absences.report(
            helper=ill,
            kind=Absence.Kind.OTHER,
            start=visit.starts_at,
            until=visit.ends_at,
            by=tenancy.SYSTEM,
            at=at,
        )
        turn = absence.rounds.get()
        row = turn.replacements.get(visit=visit)
        asks = [Ask(row.pk, helper.pk, 12, (), beyond=True) for helper in helpers]  # oftener a week than is fair
        offers = replacements.send(turn, asks, by=tenancy.SYSTEM, at=at)
        return [Question(offer.pk, visit.pk, _path(offer)) for offer in offers]


def _visit_of(helper: Helper, at: datetime) -> Visit:
    """The last of her visits that are planned."""
    hers = Assignment.objects.standing().filter(helper=helper, starts_at__gt=at).order_by("-starts_at")
    return hers.select_related("visit")[0].visit


def _path(offer: Offer) -> str:
    about = Subject.of(offer)
    link = Link.objects.get(purpose=Link.Purpose.OFFER, object_ref=about.ref)
    return f"/l/{links.token(link.public_id)}/"


# --- The race ----------------------------------------------------------------------------------------


@dataclass
class Report:
    """What the races gave, and what the database says about it."""

    writers: int
    rounds: list[list[Answer]] = field(default_factory=list)
    scenes: list[list[Answer]] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        """Every answer of every race."""
        return [answer for race in (*self.rounds, *self.scenes) for answer in race]


def measure(stage: Stage, writers: int, rounds: int, scenes: int) -> Report:
    """Plant, serve, race, and look in the database what became of it."""
    with stage.owner() as owner:
        today = datetime.now(clock.HOME).date()
        seeding.set_clock(owner, datetime.combine(cast.demo_day(today), seeding.MORNING, tzinfo=clock.HOME))
    crew = plant(stage, asked=writers, ill=rounds, scenes=scenes)
    report, deadlocks = Report(writers), _deadlocks(stage)
    web = stage.web()
    browsers = [Browser(web.port) for _ in range(writers)]
    raced: list[int] = []
    for ill in crew.ill:
        questions = ask(crew, ill, crew.asked)
        raced.append(questions[0].visit)
        report.rounds.append(race(browsers, questions))
    offered: list[list[int]] = []
    for together, wanted in zip(crew.ill_at_once, crew.wanted, strict=True):
        questions = [ask(crew, ill, [wanted])[0] for ill in together]
        offered.append([question.visit for question in questions])
        report.scenes.append(race(browsers, questions))
    web.stop()  # its connections hand in their figures when they end
    _judge(stage, web, report, raced, offered)
    report.found["deadlocks"] = _deadlocks(stage) - deadlocks
    _forbid(report, "deadlocks")
    return report


def race(browsers: Sequence[Browser], questions: Sequence[Question]) -> list[Answer]:
    """Everybody has the page of a question open, and at one moment everybody presses yes."""
    pairs = list(zip(browsers, questions, strict=True))
    at_once([partial(browser.look, question.path) for browser, question in pairs])
    return at_once([partial(browser.say, question.path, answer="yes") for browser, question in pairs])


def _judge(stage: Stage, web: Web, report: Report, raced: list[int], offered: list[list[int]]) -> None:
    for number, race in enumerate((*report.rounds, *report.scenes)):
        statuses = Counter(answer.status for answer in race)
        if statuses != Counter({200: 1, 409: len(race) - 1}):
            report.broken.append(f"race {number}: answers {dict(statuses)}")
    losers = [answer for answer in report.answers if answer.status == 409]
    report.found["unkind pages"] = sum(KIND_WORDS not in answer.body for answer in losers)
    report.found["answers of 500 and above"] = sum(answer.status >= 500 for answer in report.answers)
    report.found["broken lines"] = sum(answer.status == 0 for answer in report.answers)
    report.found["overlaps"] = overlaps(stage)
    report.found["visits without exactly one helper"] = sum(
        stage.number(
            "SELECT count(*) FROM visits_assignment WHERE visit_id = %s AND ended_at IS NULL", visit
        ) != 1
        for visit in raced
    )  # fmt: skip
    report.found["offers not withdrawn from losers"] = stage.number(
        "SELECT count(*) FROM visits_offer o JOIN visits_offervisit v ON v.offer_id = o.id"
        " WHERE v.visit_id = ANY(%s) AND o.answer = '' AND o.withdrawn_at IS NULL", raced
    )  # fmt: skip
    report.found["scenes without exactly one yes"] = sum(
        stage.number(
            "SELECT count(*) FROM visits_assignment WHERE visit_id = ANY(%s) AND ended_at IS NULL", visits
        ) != 1
        for visits in offered
    )  # fmt: skip
    report.found["tracebacks in the log of the pages"] = web.log.read_text().count("Traceback")
    _forbid(report, *report.found)


def overlaps(stage: Stage) -> int:
    """How many pairs of standing assignments have one helper in two places, counted without the constraint."""
    return stage.number(
        "SELECT count(*) FROM visits_assignment a JOIN visits_assignment b"
        " ON a.org_id = b.org_id AND a.helper_id = b.helper_id AND a.id < b.id"
        " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        " WHERE a.ended_at IS NULL AND b.ended_at IS NULL"
    )


def _deadlocks(stage: Stage) -> int:
    counted = stage.number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    log = stage.server.data / "cluster" / "server.log" if stage.server else None
    return max(counted, log.read_text(errors="replace").count("deadlock detected") if log else 0)


def _forbid(report: Report, *names: str) -> None:
    report.broken += [f"{report.found[name]} {name}" for name in names if report.found[name]]


# --- What others do ----------------------------------------------------------------------------------

FREE = "SELECT count(*) FROM {table} WHERE helper = %s AND starts_at < %s AND ends_at > %s"
WRITE = "INSERT INTO {table} (helper, starts_at, ends_at) VALUES (%s, %s, %s)"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('by hand:' || %s::text, 0))"
BY_HAND = ("look, then write", "lock, constraint")


@dataclass(frozen=True)
class ByHand:
    """How a bare booking in SQL fared."""

    name: str
    winners: int
    overlaps: int
    errors: int
    seconds: list[float]


def race_by_hand(stage: Stage, name: str, writers: int, rounds: int) -> ByHand:
    """The same race without Samen: plain SQL over connections that are open already, a helper a round."""
    kept = name == "lock, constraint"
    table = "by_hand_kept" if kept else "by_hand"
    with stage.owner() as owner:
        owner.execute(
            f"CREATE TABLE {table} (helper bigint, starts_at timestamptz, ends_at timestamptz"
            + (", EXCLUDE USING gist (helper WITH =, tstzrange(starts_at, ends_at) WITH &&))" if kept else ")")
        )
        owner.execute(f"CREATE INDEX ON {table} (helper, starts_at)")
    open_lines = [psycopg.connect(stage.urls["SAMEN_MIGRATE_URL"]) for _ in range(writers)]
    begin = datetime.now(clock.HOME)
    seconds, errors = [], 0
    for helper in range(rounds):
        hours = (helper, begin, begin + timedelta(hours=1))
        results = at_once([partial(_by_hand, line, table, hours, lock=kept) for line in open_lines])
        seconds += [took for took, _ in results]
        errors += sum(failed for _, failed in results)
    for line in open_lines:
        line.close()
    with stage.owner() as owner:
        winners = owner.execute(f"SELECT count(*) FROM {table}").fetchone()
        pairs = owner.execute(
            f"SELECT count(*) FROM {table} a JOIN {table} b ON a.helper = b.helper AND a.ctid < b.ctid"
            " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        ).fetchone()
    return ByHand(name, winners[0] if winners else 0, pairs[0] if pairs else 0, errors, seconds)


def _by_hand(line: psycopg.Connection[Any], table: str, hours: tuple[Any, ...], *, lock: bool) -> tuple[float, bool]:
    helper, start, until = hours
    began = time.perf_counter()
    failed = False
    try:
        with line.transaction():
            if lock:
                line.execute(LOCK, [helper])
            taken = line.execute(FREE.format(table=table), [helper, until, start]).fetchone()
            if taken and not taken[0]:
                line.execute(WRITE.format(table=table), [helper, start, until])
    except psycopg.errors.ExclusionViolation:
        pass
    except psycopg.Error:
        failed = True
    return time.perf_counter() - began, failed


# --- In words ----------------------------------------------------------------------------------------


def _print(stage: Stage, report: Report, peers: list[ByHand]) -> None:
    version = stage.rows("SHOW server_version")[0][0]
    size = {name: stage.number(f"SELECT count(*) FROM {table}") for name, table in SIZES.items()}
    print(f"\n{machine()}, PostgreSQL {version} (durable)")
    print(", ".join(f"{count} {name}" for name, count in size.items()))
    print(f"{report.writers} writers, {len(report.rounds)} rounds, {len(report.scenes)} scenes, over HTTP\n")
    print(f"{'':<44} {'won':>6} {'overlaps':>9} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    yes = sum(answer.status == 200 for answer in report.answers)
    ours = [answer.seconds for answer in report.answers]
    _line("Samen, page to page", f"{yes}/{len(report.rounds) + len(report.scenes)}", report.found["overlaps"], ours)
    _line("   one visit, many helpers", "", None, [one.seconds for race in report.rounds for one in race])
    if report.scenes:
        _line("   one helper, many visits", "", None, [one.seconds for race in report.scenes for one in race])
    for peer in peers:
        _line(f"bare SQL: {peer.name}", f"{peer.winners}/{len(report.rounds)}", peer.overlaps, peer.seconds)
    ratio = percentile(ours, 0.95) / percentile(peers[0].seconds, 0.95)
    print(f"\np95 of a page with its mails, journal and links to p95 of the bare look-then-write: {ratio:.1f}")
    for name, count in report.found.items():
        print(f"  {count:>6} {name}")
    print("\nKEPT" if not report.broken else "\nBROKEN:\n  " + "\n  ".join(report.broken))


SIZES = {"helpers": "people_helper", "visits": "visits_visit", "offers": "visits_offer", "mails": "base_outboxmessage"}


def _line(name: str, won: str, overlapping: int | None, seconds: list[float]) -> None:
    p50, p95, most = (1000 * value for value in (percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds)))
    pairs = "" if overlapping is None else str(overlapping)
    print(f"{name:<44} {won:>6} {pairs:>9} {p50:>8.0f} {p95:>8.0f} {most:>8.0f}")
