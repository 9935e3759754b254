"""Work for later: with its cause or not at all, inside the organisation that asked, ids only, again if it fails."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import procrastinate
import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from pytest_django import DjangoDbBlocker

from benchmarks import Stage, working_in
from samen.base import jobs, outbox, postgres, tenancy
from samen.base.models import Organisation, OutboxMessage
from samen.base.tenancy import Actor, ActorKind, NoOrganisation
from samen.teams.models import Colleague
from tests import environment

SLUGS = ("zorgzaam", "buren")


class Oops(Exception):
    """Something that goes wrong once."""


@pytest.fixture(scope="module")
def database() -> Iterator[dict[str, str]]:
    """A database that no other test touches, with the cast in it."""
    name = f"{environment.DATABASE}_jobs"
    yield environment.new_database(name, environment.TEMPLATE)
    postgres.drop_database(environment.SERVER, name)


@pytest.fixture
def ground(database: dict[str, str], django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Stage]:
    """These tests' own database, in which this process commits, and nothing waits."""
    ground = Stage(database, tmp_path)
    owner_says(ground, "TRUNCATE procrastinate_jobs CASCADE")
    with django_db_blocker.unblock(), working_in(ground):
        yield ground


@pytest.fixture
def orgs(ground: Stage) -> list[int]:
    """The two organisations of the cast."""
    return [Organisation.objects.get(slug=slug).pk for slug in SLUGS]


@pytest.fixture
def job() -> Iterator[Callable[..., jobs.Job]]:
    """Make a job for the length of a test."""
    made: list[str] = []

    def make(function: Callable[..., None], *, stepwise: bool = False) -> jobs.Job:
        new = jobs.job(of={}, stepwise=stepwise)(function)
        made.append(new.name)
        return new

    yield make
    for name in made:
        del jobs.JOBS[name], app.tasks[name]


def queued(ground: Stage, name: str) -> list[tuple[object, ...]]:
    return ground.rows("SELECT args, status::text, attempts FROM procrastinate_jobs WHERE task_name = %s", name)


def work_until_empty(concurrency: int = 2) -> None:
    """The real worker, in this process, until nothing is due any more."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False, concurrency=concurrency)


def test_a_job_of_a_transaction_that_was_rolled_back_does_not_exist(ground, orgs):
    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        outbox.sweep.later()
        transaction.set_rollback(True)

    assert queued(ground, outbox.sweep.name) == []


def test_a_job_is_seen_when_its_transaction_commits_and_not_before(ground, orgs):
    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        outbox.sweep.later()
        assert queued(ground, outbox.sweep.name) == []

    assert len(queued(ground, outbox.sweep.name)) == 1


def test_a_job_inside_the_worker_goes_with_its_transaction_too(ground, orgs, job):
    def second() -> None:
        raise AssertionError("this job was never meant")

    def first() -> None:
        with transaction.atomic():
            later.later()
            transaction.set_rollback(True)

    later = job(second)
    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        job(first).later()
    work_until_empty()

    assert queued(ground, later.name) == []


def test_without_an_organisation_nothing_is_queued(ground):
    with pytest.raises(NoOrganisation):
        outbox.sweep.later()

    assert queued(ground, outbox.sweep.name) == []


def test_the_worker_enters_the_organisation_and_the_actor_that_asked(ground, orgs, job):
    seen = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sec.current_org(), current_setting('app.actor')")
            seen.append((tenancy.current().org, tenancy.current().actor, *cursor.fetchone(), Colleague.objects.count()))

    looking, actors = job(look), {}
    for org in orgs:
        with tenancy.enter(org, tenancy.SYSTEM):
            actors[org] = Actor(ActorKind.COLLEAGUE, Colleague.objects.order_by("pk")[0].public_id)
        with tenancy.enter(org, actors[org]):
            looking.later()
    work_until_empty()

    gooi, betuwe = orgs
    assert sorted(seen, key=str) == sorted(
        [(gooi, actors[gooi], gooi, str(actors[gooi]), 5), (betuwe, actors[betuwe], betuwe, str(actors[betuwe]), 1)],
        key=str,
    )


def test_what_returns_is_one_job_for_each_organisation_and_one_only(ground, orgs):
    fan_out = app.tasks[f"{outbox.sweep.name}.fan_out"]

    fan_out(timestamp=0)
    fan_out(timestamp=20)

    assert sorted(args["org"] for args, *_ in queued(ground, outbox.sweep.name)) == sorted(orgs)
    assert {args["actor"] for args, *_ in queued(ground, outbox.sweep.name)} == {str(tenancy.SYSTEM)}


def test_the_worker_defers_what_returns_by_itself(ground):
    periodic = {one.periodic_id for one in app.periodic_registry.periodic_tasks.values()}

    assert {outbox.sweep.name, "retry_stalled"} <= periodic


def test_a_job_that_fails_is_tried_again(ground, orgs, job, monkeypatch):
    monkeypatch.setattr(jobs.RETRY, "exponential_wait", 0)
    tries = []

    def stumble() -> None:
        tries.append(len(tries))
        if len(tries) < 3:
            raise Oops

    stumbling = job(stumble)
    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        stumbling.later()
    for _ in range(3):
        work_until_empty()

    assert tries == [0, 1, 2]
    assert [status for _, status, _ in queued(ground, stumbling.name)] == ["succeeded"]


def test_what_a_failing_job_wrote_is_gone(ground, orgs, job):
    def write() -> None:
        Colleague.objects.create(name="Niemand")
        raise Oops

    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        job(write).later()
    work_until_empty()

    assert ground.number("SELECT count(*) FROM teams_colleague WHERE name = 'Niemand'") == 0


def test_jobs_of_a_dead_worker_come_back_even_if_the_twin_of_one_waits_already(ground, orgs, job):
    """One sweep of an organisation may wait, behind many mails perhaps: the dead worker's cannot become a second."""
    other = job(lambda: None)  # one that no hour of the day brings by itself
    fan_out = app.tasks[f"{outbox.sweep.name}.fan_out"]
    fan_out(timestamp=0)
    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        other.later()
    owner_says(ground, "UPDATE procrastinate_jobs SET status = 'doing'")  # by a worker that is no more
    fan_out(timestamp=20)
    owner_says(ground, "UPDATE procrastinate_jobs SET scheduled_at = 'infinity' WHERE status = 'todo'")

    app.configure_task("base.jobs.retry_stalled").defer(timestamp=0)
    work_until_empty()
    work_until_empty()  # what came back may have come just after the first had seen an empty queue

    assert [status for _, status, _ in queued(ground, other.name)] == ["succeeded"]
    assert [status for _, status, _ in queued(ground, outbox.sweep.name)] == ["todo", "todo"]


def owner_says(ground: Stage, statement: str) -> None:
    with ground.owner() as owner:
        owner.execute(statement)


def test_a_job_that_failed_stays_three_days(ground, orgs, job):
    def fail() -> None:
        raise Oops

    failing = job(fail)
    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        failing.later()
    work_until_empty()
    with ground.owner() as owner:
        owner.execute(
            "UPDATE procrastinate_jobs SET status = 'failed', attempts = 11 WHERE task_name = %s", [failing.name]
        )

    forget_failed = app.configure_task("base.jobs.forget_failed")
    forget_failed.defer(timestamp=0)
    work_until_empty()
    kept = len(queued(ground, failing.name))
    with ground.owner() as owner:
        owner.execute("UPDATE procrastinate_events SET at = at - interval '73 hours'")
    forget_failed.defer(timestamp=0)
    work_until_empty()

    assert (kept, len(queued(ground, failing.name))) == (1, 0)


def test_a_thread_of_the_worker_whose_line_was_cut_takes_a_new_one(ground, orgs, job):
    seen = []

    def cut(org: int, actor: Actor) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            own = cursor.fetchone()
        with psycopg.connect(environment.SERVER.url(postgres.SUPERUSER, "postgres")) as server:
            server.execute("SELECT pg_terminate_backend(%s)", own)

    def look(org: int, actor: Actor) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 7")
            seen.extend(cursor.fetchone())

    cutting, looking = job(cut, stepwise=True), job(look, stepwise=True)
    with tenancy.enter(orgs[0], tenancy.SYSTEM):
        cutting.later()
        looking.later()
    work_until_empty(concurrency=1)

    assert seen == [7]


def test_jobs_carry_ids_and_nothing_else(ground, orgs):
    with tenancy.enter(orgs[0], Actor(ActorKind.COLLEAGUE, uuid.uuid4())):
        outbox.deliver.later(outbox=7)
        outbox.sweep.later()
    app.tasks[f"{outbox.sweep.name}.fan_out"](timestamp=0)

    for (args,) in ground.rows("SELECT args FROM procrastinate_jobs"):
        assert {name for name in args if name not in ("org", "actor", "timestamp")} <= {"outbox"}
        assert all(isinstance(value, int) for name, value in args.items() if name != "actor"), json.dumps(args)
        Actor.parse(args["actor"])


def test_a_job_names_the_model_behind_each_of_its_ids():
    assert jobs.JOBS[outbox.deliver.name].of == {"outbox": OutboxMessage}
    assert isinstance(jobs.RETRY, procrastinate.RetryStrategy)
