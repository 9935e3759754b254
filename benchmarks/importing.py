"""Five thousand households and twelve hundred helpers come in from Excel, a few of them wrong, and go out again.

Each table once as Dutch CSV and once as a spreadsheet, by the same verbs and jobs as the pages: the seconds of every
step, whether each faulty row was named, whether taking over did what trying said, and whether nothing was left of it.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks import Stage, machine, own_cluster, processor, working_in
from samen.base import clock, jobs, tenancy
from samen.demo import cast, seeding
from samen.office import importing
from samen.office.models import Import, ImportRow
from samen.people.models import Helper, Household
from tests.office import tables

SLUG, TEAM = "meting", "Team Meting"
UNTIL_COMMITTED = ("read", "map", "try", "take over")
MOST_SECONDS = 30
NOT_COMPARED = ("office_", "base_journal", "base_audit", "base_liveevent", "procrastinate_", "django_", "clock_")


def main(words: list[str]) -> int:
    """Bring them, take them over, take them back, say what was found; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="bench import", description=__doc__)
    parser.add_argument("--households", type=int, default=5_000, help="how many (5000)")
    parser.add_argument("--helpers", type=int, default=1_200, help="how many (1200)")
    parser.add_argument("--seed", type=int, default=3, help="which (3)")
    options = parser.parse_args(words)
    homes = tables.households(options.households, team=TEAM, seed=options.seed)
    people = tables.helpers(options.helpers, team=TEAM, seed=options.seed)
    with own_cluster() as stage, working_in(stage):
        org = _plant(stage)
        print(f"\n{machine()}\n{len(homes.rows)} households and {len(people.rows)} helpers, 7 % of the rows wrong")
        print("In brackets: seconds of processor, of this program, who reads the file, and PostgreSQL together.\n")
        broken = [fault for kind in ("csv", "xlsx") for fault in both(stage, org, kind, homes, people)]
    print("\n" + ("KEPT" if not broken else "BROKEN:\n  " + "\n  ".join(broken)))
    return 1 if broken else 0


def _plant(stage: Stage) -> int:
    agency = cast.Agency(
        slug=SLUG, name="Thuis op Maat", region="Meting", teams={TEAM: "035 555 00 00"},
        colleagues=(cast.Colleague("Meter", TEAM),),
        helpers=(cast.Helper("Eerste", "Hulp", TEAM, cast.CENTRE),),
        households=(),
    )  # fmt: skip
    with stage.owner() as owner:
        numbers = seeding.lay_ground(owner, (agency,))
        logins = seeding.logins(owner)
    seeding.plant(agency, numbers[SLUG], logins, day=clock.today(), seed=1)
    return numbers[SLUG]


def both(stage: Stage, org: int, kind: str, homes: tables.Table, people: tables.Table) -> Iterator[str]:
    """Households and helpers, in this kind of file; yields what is broken."""
    before = contents(stage)
    brought = []
    whole, worked = 0.0, 0.0
    for what, table, model in (("HOUSEHOLDS", homes, Household), ("HELPERS", people, Helper)):
        content = table.as_csv() if kind == "csv" else table.as_book()
        run = Run(stage, org, f"{what.lower()} {kind}", len(content))
        yield from run.comes_in(what, f"bestand.{kind}", content, table, model)
        brought.append(run)
        whole += run.until_committed
        worked += sum(run.worked[name] for name in UNTIL_COMMITTED)
    print(f"{'from upload to taken over, both':<34} {whole:>6.1f} s ({worked:.1f} s of processor)\n")
    if whole > MOST_SECONDS:
        yield f"{kind}: {whole:.1f} s is more than {MOST_SECONDS} s"
    for run in reversed(brought):
        yield from run.goes_out()
    if differing := [name for name, now in contents(stage).items() if now != before.get(name)]:
        yield f"{kind}: after taking back these tables differ: {', '.join(differing)}"


@dataclass
class Run:
    """One file on its way in and out."""

    stage: Stage
    org: int
    name: str
    size: int
    seconds: dict[str, float] = field(default_factory=dict)
    file: Any = None
    worked: dict[str, float] = field(default_factory=dict)  # of processor: this program's, its readers', the database's

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """How long this takes."""
        roots = os.getpid(), self.stage.postmaster
        began, worked = time.perf_counter(), processor(*roots)
        yield
        self.seconds[name] = time.perf_counter() - began
        self.worked[name] = processor(*roots) - worked

    @property
    def until_committed(self) -> float:
        """From the upload to the last row."""
        return sum(self.seconds[name] for name in UNTIL_COMMITTED)

    def comes_in(
        self, kind: str, name: str, content: bytes, table: tables.Table, model: type[Household | Helper]
    ) -> Iterator[str]:
        """Read, map, try, take over; yields what is broken."""
        with self.step("read"), tenancy.enter(self.org, tenancy.SYSTEM) as here:
            self.file = importing.bring(kind=kind, name=name, content=content, by=tenancy.SYSTEM, at=here.at)
        with self.step("map"), tenancy.enter(self.org, tenancy.SYSTEM):
            fields = {column.place: column.field for column in importing.columns(self.file) if column.field}
            importing.understand(self.file, fields=fields, team=None)
        with self.step("try"):
            self._work(importing.judge)
        shown, there = self._counts(model)
        with self.step("take over"):
            self._do(importing.take_over, importing.commit)
        done, then = self._counts(model)
        self._tell(shown)
        known = shown["NEW"] + shown["ASK"]  # of two who are called alike a colleague is asked
        if shown["WRONG"] != table.faulty or known != len(table.rows) - table.faulty:
            yield f"{self.name}: {table.faulty} rows were spoilt, and this was found: {shown}"
        if done != shown or then - there != shown["NEW"]:
            yield f"{self.name}: trying said {shown}, taking over did {done} and made {then - there}"

    def goes_out(self) -> Iterator[str]:
        """Take back; yields what is broken."""
        with self.step("take back"):
            self._do(lambda file: importing.take_back(file, at=clock.now()), importing.undo)
        with tenancy.enter(self.org, tenancy.SYSTEM):
            state = Import.objects.get(pk=self.file.pk).state
            kept = ImportRow.objects.filter(file=self.file, kept_back=True).count()
        took, worked = self.seconds["take back"], self.worked["take back"]
        print(f"{self.name:<18} taken back in {took:.1f} s ({worked:.1f} s)")
        if state != Import.State.UNDONE or kept:
            yield f"{self.name}: {state}, {kept} rows stayed"

    def _do(self, verb: Callable[[Any], None], job: jobs.Job) -> None:
        with tenancy.enter(self.org, tenancy.SYSTEM):
            self.file = Import.objects.get(pk=self.file.pk)
            verb(self.file)
        self._work(job)

    def _work(self, job: jobs.Job) -> None:
        """The job as the worker does it; no worker runs here, so it is not done twice."""
        job.run(org=self.org, actor=str(tenancy.SYSTEM), file=self.file.pk)

    def _counts(self, model: type[Household | Helper]) -> tuple[dict[str, int], int]:
        with tenancy.enter(self.org, tenancy.SYSTEM):
            return importing.counts(self.file), model.objects.count()

    def _tell(self, shown: dict[str, int]) -> None:
        steps = "  ".join(f"{name} {self.seconds[name]:.1f} s ({self.worked[name]:.1f})" for name in UNTIL_COMMITTED)
        worked = sum(self.worked[name] for name in UNTIL_COMMITTED)
        print(f"{self.name:<18} {self.size / 1e6:.1f} MB  {steps}  = {self.until_committed:.1f} s ({worked:.1f} s)")
        print(f"{'':<18} new {shown['NEW']}, wrong {shown['WRONG']}, asked {shown['ASK']}", file=sys.stdout)


def contents(stage: Stage) -> dict[str, str]:
    """A sum of every row of every table that an import may touch."""
    names = stage.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    return {
        name: stage.rows(f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t")[
            0
        ][0]
        for (name,) in names
        if not name.startswith(NOT_COMPARED)
    }
