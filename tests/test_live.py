"""Screens follow by themselves: every event, in order, to those it concerns and to nobody else, whatever breaks."""

import asyncio
import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from benchmarks import Browser, Stage, Web, at_once, wait_for, working_in
from samen.base import live, postgres, tenancy
from samen.base.models import Login, Organisation
from samen.demo import cast
from samen.desk import live as desk
from samen.desk import today as boards
from samen.teams.models import Team
from tests import environment

WRITERS, EVENTS = 8, 12


@pytest.fixture(scope="module")
def ground(django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A database of these tests' own, in which this process commits."""
    name = f"{environment.DATABASE}_live"
    ground = Stage(environment.new_database(name, environment.TEMPLATE), tmp_path_factory.mktemp("live"))
    with django_db_blocker.unblock(), working_in(ground):
        yield ground
        ground.end()
    postgres.drop_database(environment.SERVER, name)


@pytest.fixture(scope="module")
def web(ground: Stage) -> Web:
    """The pages and streams, as a real process."""
    return ground.web()


@pytest.fixture(scope="module")
def teams(ground: Stage) -> SimpleNamespace:
    """The two teams of Zorgzaam and the one of Buren, each with the number of its organisation."""
    found = {}
    for slug in ("zorgzaam", "buren"):
        org = Organisation.objects.get(slug=slug).pk
        with tenancy.enter(org, tenancy.SYSTEM):
            found |= {team.name: SimpleNamespace(org=org, topic=team.public_id) for team in Team.objects.all()}
    return SimpleNamespace(south=found["Team Zuid"], north=found["Team Noord"], buren=found["Team Betuwe"])


def cookies_of(name: str) -> dict[str, str]:
    """What the browser of this colleague holds after signing in."""
    client = Client()
    login = Login.objects.get(email=f"{cast.key(name)}@example.org")
    client.force_login(login, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {key: cookie.value for key, cookie in client.cookies.items()}


def publish(team: SimpleNamespace) -> int:
    """Something changed on this team's screens; the number it got."""
    with tenancy.enter(team.org, tenancy.SYSTEM):
        live.publish(team.topic)
    return position(team)


def position(team: SimpleNamespace) -> int:
    with tenancy.enter(team.org, tenancy.SYSTEM):
        return live.position(team.topic)


class Listening(threading.Thread):
    """A browser that listens: what it heard, and whether the line is still open."""

    def __init__(self, web: Web, cookies: dict[str, str], slug: str = "zorgzaam", after: int = 0) -> None:
        super().__init__(daemon=True)
        self.line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.line.request("GET", f"/live/o/{slug}/?after={after}", headers={"Cookie": cookie})
        self.answer = self.line.getresponse()
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.open = True
        self.start()

    def run(self) -> None:
        """Hear until the line is closed."""
        event = ""
        with suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            for raw in self.answer:
                name, _, value = raw.decode().strip().partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    self.heard.append((event, json.loads(value)))
        self.open = False

    @property
    def numbers(self) -> list[int]:
        """The numbers of the events, in the order in which they came."""
        return [data["seq"] for event, data in self.heard if event == "changed"]

    @property
    def topics(self) -> set[str]:
        """Whose events they were."""
        return {data["topic"] for event, data in self.heard if event == "changed"}

    def at(self, number: int) -> bool:
        """Whether the event with this number was heard."""
        return number in self.numbers[-1:]

    def hang_up(self) -> None:
        """The browser is closed."""
        if self.line.sock is not None:
            self.line.sock.shutdown(2)
        self.join(5)


@pytest.fixture
def listen(web: Web) -> Iterator[Callable[..., Listening]]:
    """Open a stream, for the length of a test."""
    opened: list[Listening] = []

    def make(name: str = "Anja", **more: Any) -> Listening:
        opened.append(Listening(web, cookies_of(name) if name else {}, **more))
        return opened[-1]

    yield make
    for one in opened:
        one.hang_up()


# --- Every event, to whom it concerns ----------------------------------------------------------------


def test_eight_who_publish_at_once_leave_no_hole_and_every_stream_gets_to_the_end(ground, teams, listen):
    begin = publish(teams.south)
    streams = [listen(after=begin + later) for later in (0, 0, 5, WRITERS * EVENTS // 2)]
    holes: list[int] = []
    done = threading.Event()
    watching = threading.Thread(target=watch_for_holes, args=(ground, teams.south, begin, holes, done))
    watching.start()

    at_once([lambda: [publish(teams.south) for _ in range(EVENTS)]] * WRITERS)
    done.set()
    watching.join()

    last = begin + WRITERS * EVENTS
    assert position(teams.south) == last
    assert holes == []
    for stream in streams:
        wait_for(lambda: stream.at(last), "the last event", 5)  # noqa: B023
        assert stream.numbers == sorted(set(stream.numbers))


def watch_for_holes(ground: Stage, team: SimpleNamespace, begin: int, holes: list[int], done: threading.Event) -> None:
    """Whoever sees number n at any moment sees all before n."""
    query = "SELECT max(seq) - count(*) FROM base_liveevent WHERE topic = %s AND seq > %s"
    with psycopg.connect(ground.urls["SAMEN_BACKUP_URL"], autocommit=True) as reader:
        while not done.is_set():
            gap = reader.execute(query, [team.topic, begin]).fetchone()
            if gap and gap[0] is not None and gap[0] != begin:
                holes.append(gap[0])


def test_a_stream_that_begins_late_hears_at_once_that_it_missed_something(teams, listen):
    missed = publish(teams.south)

    stream = listen(after=missed - 1)

    wait_for(lambda: stream.at(missed), "what was missed", 5)


def test_nothing_is_heard_of_what_was_rolled_back(teams, listen):
    before = position(teams.south)
    stream = listen(after=before)
    with tenancy.enter(teams.south.org, tenancy.SYSTEM):
        live.publish(teams.south.topic)
        transaction.set_rollback(True)

    after = publish(teams.south)

    wait_for(lambda: stream.at(after), "the next event", 5)
    assert (after, stream.numbers) == (before + 1, [before + 1])


def test_nobody_hears_of_another_team_or_another_organisation(teams, listen):
    streams = {
        teams.south.topic: listen("Anja", after=position(teams.south)),
        teams.north.topic: listen("Eva", after=position(teams.north)),
        teams.buren.topic: listen("Zoë", slug="buren", after=position(teams.buren)),
    }
    for team in (teams.south, teams.north, teams.buren, teams.south):
        publish(team)

    for team in (teams.south, teams.north, teams.buren):
        wait_for(lambda: streams[team.topic].at(position(team)), "the event", 5)  # noqa: B023
        assert streams[team.topic].topics == {str(team.topic)}


def test_without_a_session_of_this_organisation_there_is_no_stream(teams, listen):
    answers = [
        listen("").answer,
        listen("Zoë", slug="zorgzaam").answer,
        listen("Anja", slug="buren").answer,
        listen("Anja", slug="nergens").answer,
    ]

    assert {(answer.status, answer.headers["content-length"]) for answer in answers} == {(404, "0")}


# --- Whoever may no longer hear ----------------------------------------------------------------------


@pytest.mark.parametrize("change", ["is_active = false", "left_at", "session"])
def test_a_colleague_whose_access_ends_hears_no_more(ground, monkeypatch, change):
    monkeypatch.setattr(desk, "RECHECK_SECONDS", 0.1)
    monkeypatch.setattr(desk, "HEARTBEAT_SECONDS", 0.1)
    cookies = cookies_of("Bram")
    statements = {
        "is_active = false": ("UPDATE base_login SET is_active = %s WHERE email = 'bram@example.org'", False),
        "left_at": ("UPDATE teams_colleague SET left_at = %s WHERE name = 'Bram'", "2026-11-25"),
        "session": ("DELETE FROM django_session WHERE %s", True),
    }

    def revoke() -> None:
        with psycopg.connect(ground.urls["SAMEN_MIGRATE_URL"]) as other:
            other.execute(statements[change][0], [statements[change][1]])

    try:
        said = asyncio.run(heard_in_process(cookies, revoke))
    finally:
        with psycopg.connect(ground.urls["SAMEN_MIGRATE_URL"]) as other:
            other.execute("UPDATE base_login SET is_active = true")
            other.execute("UPDATE teams_colleague SET left_at = NULL")

    assert said[0]["status"] == 200
    assert b"event: revoked" in b"".join(message.get("body", b"") for message in said)
    assert said[-1]["more_body"] is False


async def heard_in_process(cookies: dict[str, str], then: Callable[[], None]) -> list[dict[str, Any]]:
    """All that one stream says, if this happens once it is open."""
    said: list[dict[str, Any]] = []
    stream, opened = desk.Stream(), asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        said.append(message)
        opened.set()

    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
    scope = {"path": "/live/o/zorgzaam/", "headers": [(b"cookie", cookie)], "query_string": b"after=0"}
    listening = asyncio.create_task(stream(scope, asyncio.Event().wait, send))
    await opened.wait()
    await asyncio.to_thread(then)
    await asyncio.wait_for(listening, 10)
    await stream.hub.close()
    return said


# --- What breaks -------------------------------------------------------------------------------------


def superuser() -> psycopg.Connection[Any]:
    return psycopg.connect(environment.SERVER.url(postgres.SUPERUSER, "postgres"), autocommit=True)


def name_of(ground: Stage) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(ground.urls["SAMEN_DATABASE_URL"])["dbname"])


def lines_of(ground: Stage) -> list[str]:
    """The last statement of every line to the database, of all processes together."""
    with superuser() as server:
        found = server.execute("SELECT query FROM pg_stat_activity WHERE datname = %s", [name_of(ground)])
        return [query for (query,) in found]


@contextmanager
def database_away(ground: Stage) -> Iterator[None]:
    """Every line to the database is cut, and no new one is let in, as while it starts again."""
    name = name_of(ground)
    with superuser() as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            connections.close_all()


def test_after_the_database_was_away_the_screens_follow_again(ground, web, teams, listen):
    stream = listen(after=position(teams.south))
    with database_away(ground):
        away = Browser(web.port).look("/")
        threading.Event().wait(0.7)
    missed = publish(teams.south)

    with suppress(Exception):
        wait_for(lambda: stream.at(missed) or not stream.open, "the stream", 4)
    if not stream.at(missed):
        stream = listen(after=missed - 1)
        wait_for(lambda: stream.at(missed), "what was missed", 5)
    news = publish(teams.south)

    assert wait_for(lambda: stream.at(news), "the news", 5) < 5
    assert away.status == 500


def test_a_hundred_idle_screens_cost_one_listening_line_and_the_pages_still_answer(ground, web, teams, listen):
    cookies, before = cookies_of("Chris"), position(teams.south)
    streams = at_once([lambda: Listening(web, cookies, after=before)] * 100)
    page = Browser(web.port, cookies).look("/o/zorgzaam/")
    lines = lines_of(ground)
    news = publish(teams.south)

    assert page.status == 200
    assert sum(query.startswith("LISTEN") for query in lines) == 1
    assert len(lines) < 40
    for stream in streams:
        wait_for(lambda: stream.at(news), "the news on every screen", 10)  # noqa: B023
        stream.hang_up()


def test_what_changes_while_a_page_is_made_is_heard_by_its_stream(teams, monkeypatch):
    def board(here: Any) -> Any:
        made = real(here)
        at_once([lambda: publish(teams.south)])
        return made

    real, before = boards.board, position(teams.south)
    monkeypatch.setattr(boards, "board", board)
    client = Client()
    client.cookies.load(cookies_of("Anja"))

    page = client.get("/o/zorgzaam/").content.decode()

    assert int(re.search(r'data-live-after="(\d+)"', page)[1]) <= before
