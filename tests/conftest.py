"""What every test may ask for: the cast, a signed-in colleague, a phone, and the jobs that wait."""

import functools
import itertools
import json
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.signals import setting_changed
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.client import ClientHandler

from samen.base import jobs, links, mail, settled, sms, tenancy
from samen.base.models import Link, Login, Organisation
from samen.base.sessions import SessionStore
from samen.base.tenancy import Actor, ActorKind
from samen.demo import cast
from samen.people.models import Helper, Household
from samen.teams.models import Colleague, Team
from samen.visits.models import Assignment, Visit
from tests import environment

serial = itertools.count(1)

# The files that take longest go first, so that at the end no core waits for the other.
LONG = [
    "test_nasty_values",
    "test_looks",
    "test_isolation",
    "test_backup",
    "test_kills",
    "browser/test_",
    "test_booking",
    "simulation/test_play",
    "test_headers",
    "test_row_security",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; within a file nothing changes."""
    items.sort(key=lambda item: next((n for n, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


def pytest_collection_finish() -> None:
    """The database stands; what was loaded stays until the end, and is not searched for garbage again and again."""
    environment.stand_by()
    settled.settle()


def pytest_sessionfinish() -> None:
    """The owner goes home."""
    for connected in _owner.values():
        connected.close()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database stands already: made by samen_migrate, used as samen_app."""


@pytest.fixture(scope="session", autouse=True)
def _drawn_as_served(django_test_environment: None) -> None:
    """Pages are drawn as they are served: nobody asks of which templates, with what in them, one was made."""
    setattr(Template, "_render", lambda template, context: template.nodelist.render(context))  # noqa: B010


@pytest.fixture
def stage(db: None) -> SimpleNamespace:
    """The planted people by name, inside a transaction that is rolled back."""
    mail.MEMORY.clear()
    sms.MEMORY.clear()
    planted: SimpleNamespace = pickle.loads(_pickled())  # noqa: S301 -- our own, of a moment ago
    return planted


@functools.cache
def _pickled() -> bytes:
    """The planted people as every copy of the template has them: read once, and new rows again for every test."""
    return pickle.dumps(_by_name())


def _by_name() -> SimpleNamespace:
    gooi = Organisation.objects.get(slug="zorgzaam")
    betuwe = Organisation.objects.get(slug="buren")
    with tenancy.enter(gooi.pk, tenancy.SYSTEM):
        people = {row.person.first_name.lower(): row for row in Helper.objects.select_related("person", "team")}
        homes = {row.name: row for row in Household.objects.select_related("team")}
        teams = {row.name: row for row in Team.objects.all()}
    return SimpleNamespace(gooi=gooi, betuwe=betuwe, homes=homes, teams=teams, **people)


@pytest.fixture
def inside(stage: SimpleNamespace) -> Callable[..., object]:
    """Enter the first agency, to look at rows as a test may."""

    @contextmanager
    def enter(organisation: Organisation | None = None) -> Iterator[None]:
        with tenancy.enter((organisation or stage.gooi).pk, tenancy.SYSTEM):
            yield

    return enter


@pytest.fixture
def signed_in(db: None) -> Callable[[str], Client]:
    """A browser in which this colleague is signed in."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = a_session(name)
        return client

    return sign_in


def a_session(name: str) -> str:
    """The key of a session in which this colleague is signed in."""
    login = Login.objects.get(email=f"{cast.key(name)}@example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(login.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = login.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _share_the_way_in() -> None:
    """Every test's browser comes in through the same middleware: made once, and anew where a setting is another one."""
    loaded: dict[str, object] = {}
    load = ClientHandler.load_middleware

    def once(handler: ClientHandler, is_async: bool = False) -> None:
        if not loaded:
            load(handler, is_async)
            loaded.update({name: one for name, one in vars(handler).items() if name != "enforce_csrf_checks"})
        vars(handler).update(loaded)

    setattr(ClientHandler, "load_middleware", once)  # noqa: B010 -- mypy sees no method that can be another one
    setting_changed.connect(lambda **_: loaded.clear(), weak=False)


_share_the_way_in()


@pytest.fixture
def anja(stage: SimpleNamespace, signed_in: Callable[[str], Client]) -> Client:
    """Anja of Team Zuid at her desk."""
    return signed_in("Anja")


@pytest.fixture
def actor(stage: SimpleNamespace) -> Actor:
    """Anja, as the one who acts in a verb that a test calls itself."""
    with tenancy.enter(stage.gooi.pk, tenancy.SYSTEM):
        return Actor(ActorKind.COLLEAGUE, Colleague.objects.get(name="Anja").public_id)


@pytest.fixture
def zoe(stage: SimpleNamespace, signed_in: Callable[[str], Client]) -> Client:
    """Zoë of another agency, who may see nothing."""
    return signed_in("Zoë")


@pytest.fixture
def phone(stage: SimpleNamespace) -> Callable[[Helper | Household], str]:
    """The address of somebody's own page."""

    def address(whose: Helper | Household) -> str:
        with tenancy.enter(stage.gooi.pk, tenancy.SYSTEM):
            link = Link.objects.exclude(purpose=Link.Purpose.OFFER).get(object_ref=whose.public_id)
        return f"/l/{links.token(link.public_id)}/"

    return address


@pytest.fixture
def work(db: None) -> Callable[..., int]:
    """Do every job that waits, as the worker would, until none is left; `later` moves the clock first."""

    def run(*, later: int = 0) -> int:
        if later:
            move_clock(seconds=later)
        done = 0
        alarms = later > 0
        while waiting := _take_jobs(alarms=alarms):
            alarms = False
            for name, arguments in waiting:
                jobs.JOBS[name].run(**arguments)
                done += 1
            if done > 1000:
                raise AssertionError("the jobs never end")
        return done

    return run


def _take_jobs(*, alarms: bool) -> list[tuple[str, dict[str, object]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH taken AS (DELETE FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR %s)"
            " RETURNING id, priority, task_name, args) SELECT task_name, args FROM taken ORDER BY priority DESC, id",
            [alarms],
        )
        rows = cursor.fetchall()
    return [(name, json.loads(args) if isinstance(args, str) else args) for name, args in rows]


def move_clock(*, seconds: int) -> None:
    """Inside a test's transaction the clock goes ahead; the owner's own connection does it, and it stays."""
    _as_owner("UPDATE clock_offset SET ahead = ahead + make_interval(secs => %s)", seconds)


@pytest.fixture(autouse=True)
def _morning(request: pytest.FixtureRequest) -> None:
    """Every test with a database begins on Wednesday 25 November 2026 at 07.12."""
    if "db" in request.fixturenames or "stage" in request.fixturenames:
        set_clock("2026-11-25 07:12 Europe/Amsterdam")


def set_clock(moment: str) -> None:
    """The database's clock says it is this moment."""
    _as_owner("UPDATE clock_offset SET ahead = %s::timestamptz - clock_timestamp()", moment)


def _as_owner(statement: str, *values: object) -> None:
    """Done at once by the owner, who stays connected to the database of this moment."""
    address = os.environ["SAMEN_MIGRATE_URL"]
    if address not in _owner or _owner[address].broken:
        for other in _owner.values():
            other.close()
        _owner.clear()
        _owner[address] = psycopg.connect(address, autocommit=True, options="-c role=samen_owner")
    _owner[address].execute(statement, values)


_owner: dict[str, psycopg.Connection] = {}


@pytest.fixture
def own_database() -> Iterator[dict[str, str]]:
    """A database that no other test touches, with the cast in it: for tests that commit."""
    name = f"{environment.DATABASE}_{next(serial)}"
    yield environment.new_database(name, environment.TEMPLATE)
    environment.postgres.drop_database(environment.SERVER, name)


def visit_of(household: Household, day: str) -> Visit:
    """The visit of this household on this day."""
    return Visit.objects.get(household=household, local_date=day)


@pytest.fixture
def who_goes(stage, inside):
    """Who goes to a household (by its name) on a day, by her first name; None when nobody does."""

    def to(household, day):
        with inside():
            visit = visit_of(stage.homes[household], day)
            standing = Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()
            return standing.helper.person.first_name if standing else None

    return to
