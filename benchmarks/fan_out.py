"""A nationwide morning on several workers: how fast, how much is covered, and a kill -9 loses and doubles nothing.

Regions by chance, each planned by a job of its own, and then neighbours lend what is left.  The workers are real
processes on a database of their own; one of them is killed while it plans, and stays dead.  On several machines each
has an address of its own and reaches the database by TCP alone; the database says from where each plan came.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from benchmarks import REPOSITORY, Program, Stage, _nation, machine, own_cluster, tell, wait_for, working_in
from benchmarks._machines import Machine, NotAllowed, machines
from samen.base import postgres, tenancy
from samen.planner.questions import regions, rules
from samen.planner.questions.regions import Question
from samen.planner.questions.sketches import HelperSketch, VisitSketch
from samen.planner.travel import NOTHING_KNOWN
from samen.teams.models import Region, Team
from samen.visits import mornings, planning
from samen.visits.models import Morning

DAY = date.fromordinal(_nation.TODAY)
LONGEST = 900  # seconds until a morning must be over
CHECKED = 5  # every fifth region is planned once more, by this process


def main(words: list[str]) -> int:
    """Play it; 1 when something was lost or doubled, or a plan broke a rule."""
    parser = argparse.ArgumentParser(prog="bench fan-out", description=__doc__)
    parser.add_argument("--regions", type=int, default=60)
    parser.add_argument("--helpers", type=int, default=400, help="of each region (400)")
    parser.add_argument("--ill", type=float, default=0.04, help="which part of them is ill (0.04)")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    parser.add_argument("--machines", type=int, default=1, help="network namespaces over which these are spread (1)")
    parser.add_argument("--no-kill", action="store_true", help="let all of them live")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "benchmarks.md", help="where it is told")
    options = parser.parse_args(words)
    print(f"{machine()}\ndrawing {options.regions} regions …", flush=True)
    questions = [
        _nation.region(number, helpers=options.helpers, ill=options.ill, seed=options.seed)
        for number in range(options.regions)
    ]
    try:
        with own_cluster() as stage, _spread(stage, options.machines) as places, working_in(stage):
            org, teams = _teams(stage, options.regions)
            played = _play(stage, places, org, dict(zip(teams, questions, strict=True)), options)
            with tenancy.enter(org, tenancy.SYSTEM):
                rows = list(Morning.objects.order_by("pk"))
                broken = [*_wrong(rows, questions), *_left(stage), *_written_wrongly(stage, rows, places)]
    except NotAllowed as news:
        print(f"Nothing was measured: this machine allows no network namespaces ({news}).")
        return 0
    text = _told(played, options)
    print(f"\n{text}\n\n{'KEPT' if not broken else 'BROKEN:'}", *broken[:20], sep="\n  ")
    tell(options.out, "fan-out" if not places else f"fan-out on {len(places)} machines", text)
    return int(bool(broken))


@contextmanager
def _spread(stage: Stage, many: int) -> Iterator[list[Machine]]:
    """So many machines; none if everything stays on this one."""
    if many < 2:
        yield []
        return
    with machines(stage, many) as places:
        yield places


def _teams(stage: Stage, many: int) -> tuple[int, list[Team]]:
    """An organisation with so many teams, each of a region of its own."""
    with stage.owner() as owner:
        row = owner.execute(
            "INSERT INTO base_organisation (slug, name, is_maker) VALUES ('land', 'Heel het land', false) RETURNING id"
        ).fetchone()
        org = int(row[0]) if row else 0
    with tenancy.enter(org, tenancy.SYSTEM):
        places = Region.objects.bulk_create(Region(name=f"Regio {number}") for number in range(many))
        return org, Team.objects.bulk_create(Team(region=one, name=f"Team {one.name}") for one in places)


# The database itself writes down each plan that is written, and the address it came from.
WATCH = """
    CREATE TABLE bench_written (morning bigint, part text, address inet);
    CREATE FUNCTION bench_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO public.bench_written VALUES (NEW.id, TG_ARGV[0], inet_client_addr());
        RETURN NULL;
    END $$;
    CREATE TRIGGER bench_planned AFTER UPDATE ON visits_morning FOR EACH ROW
        WHEN (OLD.planned_at IS NULL AND NEW.planned_at IS NOT NULL) EXECUTE FUNCTION bench_write('plan');
    CREATE TRIGGER bench_lent AFTER UPDATE ON visits_morning FOR EACH ROW
        WHEN (OLD.lent_at IS NULL AND NEW.lent_at IS NOT NULL) EXECUTE FUNCTION bench_write('lent');
"""


# --- The morning ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """How long each part took, in seconds, and what came of it."""

    asked: float
    planned: float
    lent: float
    killed_at: int  # so many regions were planned then
    orphaned: float  # how long after the kill nobody had the dead worker's job
    alone: float  # seconds of this process for one region, without database and workers
    progress: mornings.Progress
    plans: Mapping[str, int]  # by the address of a machine: how many plans came from there


def _play(
    stage: Stage,
    places: Sequence[Machine],
    org: int,
    questions: Mapping[Team, Question],
    options: argparse.Namespace,
) -> Played:
    first = next(iter(questions.values()))
    began = time.process_time()
    regions.answer(first)
    alone = time.process_time() - began
    with stage.owner() as owner:
        owner.execute(WATCH)
    workers = [
        _worker(stage, number, places[number % len(places)] if places else None) for number in range(options.workers)
    ]
    wait_for(lambda: stage.number("SELECT count(*) FROM procrastinate_workers") == len(workers), "the workers")
    began = time.monotonic()
    with tenancy.enter(org, tenancy.SYSTEM) as context:
        mornings.ask(questions, day=DAY, by=tenancy.SYSTEM, at=context.at)
    asked = time.monotonic() - began
    killed_at, orphaned = 0, 0.0
    if not options.no_kill and len(workers) > 1:
        killed_at, orphaned = _kill(stage, workers[0], options.regions // 3)
    _wait(stage, "planned_at IS NULL", "all plans")
    planned = time.monotonic() - began - asked
    _wait(stage, "lent_at IS NULL", "what is lent")
    lent = time.monotonic() - began - asked - planned
    rows = stage.rows("SELECT host(address), count(*) FROM bench_written WHERE part = 'plan' GROUP BY 1")
    with tenancy.enter(org, tenancy.SYSTEM):
        plans = {place.address: dict(rows).get(place.address, 0) for place in places}
        return Played(asked, planned, lent, killed_at, orphaned, alone, mornings.progress(DAY), plans)


def _worker(stage: Stage, number: int, place: Machine | None) -> Program:
    """One process that does one thing at a time, on this machine or another, where it knows no other way in."""
    folder = stage.folder / f"worker-{number}"
    folder.mkdir()
    worker = Program(["worker", "--concurrency", "1"], stage._environment({}), folder)
    if place is not None:
        worker.enter = place.enter
        worker.environment = os.environ | stage.environment | place.urls
    stage.programs.append(worker)
    worker.start()
    return worker


def _kill(stage: Stage, worker: Program, after: int) -> tuple[int, float]:
    """Kill it while it plans a region; returns how many were planned, and how long its job had nobody."""
    wait_for(lambda: _count(stage, "planned_at IS NOT NULL") >= after, "a third of the plans", LONGEST)
    worker.kill()
    killed_at = _count(stage, "planned_at IS NOT NULL")
    orphans = (
        "SELECT count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
        " WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - interval '7 seconds')"
    )
    print(f"killed one after {killed_at} plans …", flush=True)
    return killed_at, wait_for(lambda: _all_seen(stage, orphans), "the dead worker's job", LONGEST)


def _all_seen(stage: Stage, orphans: str) -> bool:
    """Everything is planned, or what the dead worker had is another's by now."""
    time.sleep(0.3)
    return _count(stage, "planned_at IS NULL") == 0 and stage.number(orphans) == 0


def _count(stage: Stage, condition: str) -> int:
    return stage.number(f"SELECT count(*) FROM visits_morning WHERE {condition}")


def _wait(stage: Stage, condition: str, what: str) -> None:
    def done() -> bool:
        time.sleep(0.1)
        return _count(stage, condition) == 0

    wait_for(done, what, LONGEST)


# --- What may not be --------------------------------------------------------------------------------------


def _left(stage: Stage) -> list[str]:
    """Work that is still there or failed."""
    rows = stage.rows(
        "SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name LIKE 'visits.mornings.%%'"
    )
    return [f"{name} is {status}" for name, status in rows]


def _written_wrongly(stage: Stage, rows: Sequence[Morning], places: Sequence[Machine]) -> list[str]:
    """Plans that were written twice or never, or from elsewhere than the machines."""
    found = []
    for part in ("plan", "lent"):
        written = stage.rows("SELECT morning, host(address) FROM bench_written WHERE part = %s", part)
        times = Counter(morning for morning, _ in written)
        found += [f"{part} of {row.team_id} was written {times[row.pk]} times" for row in rows if times[row.pk] != 1]
        there = {place.address for place in places} or {None}
        found += [f"{part} of {morning} came from {address}" for morning, address in written if address not in there]
    return found


def _wrong(rows: Sequence[Morning], questions: Sequence[Question]) -> list[str]:
    """Visits that are lost or planned twice, helpers in two places, plans that are not those of a quiet day."""
    found: list[str] = []
    going: dict[int, list[VisitSketch]] = {}
    helpers = {one.id: one for question in questions for one in question.helpers}
    visits = {one.id: one for question in questions for one in question.visits}
    seen = Counter(one["visit"] for row in rows for one in row.plan or [])
    found += [f"visit {number} is planned {seen[number]} times" for number in visits if seen[number] != 1]
    for row, question in zip(rows, questions, strict=True):
        lent = {one["visit"]: one for one in row.lent or []}
        for one in row.plan or []:
            helper = one["helper"] or lent.get(one["visit"], {}).get("helper")
            if helper is not None:
                going.setdefault(helper, []).append(visits[one["visit"]])
            if one["helper"] and one["visit"] in lent:
                found.append(f"visit {one['visit']} is planned and lent for")
        if row.pk % CHECKED == 0 and row.plan != planning.covered(planning.packed(question)):
            found.append(f"the plan of {row.team_id} is not that of an undisturbed process")
    for number, hers in going.items():
        found += _clashes(helpers[number], hers)
    return found


def _clashes(helper: HelperSketch, visits: Sequence[VisitSketch]) -> list[str]:
    """Rules that are broken when she goes to all of these, looked at one by one beside all others."""
    ways = rules.Ways(NOTHING_KNOWN)
    return [
        f"helper {helper.id} cannot go to {visit.id}: {broken.rule}"
        for visit in visits
        if (broken := rules.first_broken(visit, _also(helper, [one for one in visits if one is not visit]), ways))
    ]


def _also(helper: HelperSketch, visits: Sequence[VisitSketch]) -> HelperSketch:
    return replace(helper, booked=(*helper.booked, *visits))


# --- What is told -------------------------------------------------------------------------------------------


def _told(played: Played, options: argparse.Namespace) -> str:
    one, whole = played.progress, played.asked + played.planned + played.lent
    killed = (
        f"One worker was killed after {played.killed_at} regions; its job had nobody for {played.orphaned:.0f} s, and"
        " was done by another."
        if played.killed_at
        else "Nobody was killed."
    )
    spread = f" --machines {options.machines}" if played.plans else ""
    return "\n".join(
        [
            "# A morning of the whole country",
            "",
            f"{options.regions} regions of {options.helpers} helpers by chance, {options.ill:.0%} ill for a week.",
            "Every region is a job; then neighbours lend what is left, decided at once.",
            "",
            f"`bin/bench fan-out --workers {options.workers}{spread} --seed {options.seed}`,"
            f" {time.strftime('%-d %B %Y')}; {machine()}, PostgreSQL"
            f" {postgres.binaries().version}.  {killed}",
            "",
            *_told_of_machines(played),
            "| visits | asked | planned | lent | all | regions a second | one region by itself"
            " | covered | borrowed | nobody |",
            "|---|---|---|---|---|---|---|---|---|---|",
            f"| {one.sought:,} | {played.asked:.1f} s | {played.planned:.1f} s | {played.lent:.1f} s | {whole:.1f} s"
            f" | {one.teams / played.planned:.2f} | {played.alone:.2f} s of processor"
            f" | {_part(one.covered, one)} | {_part(one.borrowed, one)}"
            f" | {_part(one.sought - one.covered - one.borrowed, one)} |",
        ]
    )


def _told_of_machines(played: Played) -> list[str]:
    """What each machine did, as the database saw it."""
    if not played.plans:
        return []
    where = ", ".join(f"{many} from {address}" for address, many in played.plans.items())
    who = "; the worker of the first was killed" if played.killed_at else ""
    return [
        f"{len(played.plans)} network namespaces stood for as many machines, and another for PostgreSQL's, each with an"
        " address of its own.",
        f"Workers reached it by TCP and a password only.  It wrote down who brought each plan, once: {where}{who}.",
        "",
    ]


def _part(many: int, progress: mornings.Progress) -> str:
    return f"{100 * many / max(1, progress.sought):.1f} %"
