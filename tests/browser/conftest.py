"""A real browser at the real programs: pages and a worker on a database of their own, and a clock that can be moved."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from operator import itemgetter

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from benchmarks import TooSlow, free_port, wait_for
from tests import environment

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MORNING = "2026-11-25 07:12 Europe/Amsterdam"
PATIENCE_SECONDS = 20
UNDO_SECONDS = 21  # the undo delay, and one
TODAY = re.compile(r"/o/zorgzaam/$")
# No story changes these: what is the same for everybody, and which worker works.
UNTOUCHED = ("django_migrations", "people_border", "people_postcode", "procrastinate_workers", "visits_schoolbreak")
COCKPIT = re.compile(r"/o/zorgzaam/afwezig/[0-9a-f-]{36}/$")

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


class Stage:
    """The real programs on a database of their own, in which it is Wednesday morning again as often as is asked."""

    def __init__(self) -> None:
        self.database = f"{environment.DATABASE}_browser"
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.planted: dict[str, bytes] = {}
        self.environment = os.environ | {
            "SAMEN_DEMO": "1",
            "SAMEN_MAIL": "demo",
            "SAMEN_ORIGIN": self.origin,
            "SAMEN_TESTING": "1",
        }

    def begin_again(self) -> None:
        """The people as they were planted, and nobody has done anything yet."""
        if self.programs:
            self._wait_for(self._plant_again, "the worker did not finish what it was doing")
        else:
            self.environment |= environment.new_database(self.database, environment.TEMPLATE)
            self.planted = self._read()
            self._start("pages", "serve", "--port", str(self.port))
            self._start("worker", "worker")
        self._owner("UPDATE clock_offset SET ahead = %s::timestamptz - clock_timestamp()", MORNING)
        self._wait_for(self._answers, "the pages did not start")

    def let_pass(self, seconds: int = UNDO_SECONDS) -> None:
        """The clock goes ahead, and every alarm that was set in real time goes off at once."""
        self._owner("UPDATE clock_offset SET ahead = ahead + make_interval(secs => %s)", seconds)
        self._owner("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
        self._owner("SELECT pg_notify('procrastinate_any_queue_v1', %s)", '{"type": "job_inserted", "job_id": 0}')

    def speaks(self, first_name: str, language: str) -> None:
        """From now on this is the language in which this person reads."""
        with self._above_all() as database:
            done = database.execute(
                "UPDATE people_person SET language = %s WHERE first_name = %s", [language, first_name]
            )
            assert done.rowcount == 1

    def wait_for_letter(self, reader: str, about: str) -> None:
        """Until this reader has a letter with these words in it in the mailbox of the demo."""
        self._wait_for(
            lambda: any(to.startswith(reader) and about in text for to, text in self.letters()),
            f"{reader} got no letter about {about}",
        )

    def letters(self) -> list[tuple[str, str]]:
        """The address and the words of every letter."""
        with psycopg.connect(self.environment["SAMEN_BACKUP_URL"]) as reader:
            return reader.execute("SELECT address, body FROM base_letter").fetchall()

    def close(self) -> None:
        """Nothing of it runs any more, and the database is gone."""
        for name in list(self.programs):
            self._stop(name)
        environment.postgres.drop_database(environment.SERVER, self.database)

    def _read(self) -> dict[str, bytes]:
        """What every table holds that a story can change."""
        tables = (
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND NOT relname = ANY(%s)"
        )
        with self._above_all() as database, database.cursor() as cursor:
            planted = {}
            for (table,) in database.execute(tables, [list(UNTOUCHED)]).fetchall():
                with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                    planted[table] = b"".join(rows)
        return planted

    def _plant_again(self) -> bool:
        """The same rows stand in the same database, unless the worker has something in hand at this moment.

        The programs stay: starting a worker for every story takes three seconds, and one whose database is gone takes
        as long to see it.
        """
        with self._above_all() as database, database.cursor() as cursor:
            cursor.execute("LOCK TABLE procrastinate_jobs IN EXCLUSIVE MODE")
            if cursor.execute("SELECT FROM procrastinate_jobs WHERE status = 'doing'").rowcount:
                return False
            cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger, and references in any order
            cursor.execute(";".join(f"DELETE FROM {table}" for table in self.planted))
            for table, rows in filter(itemgetter(1), self.planted.items()):
                with cursor.copy(f"COPY {table} FROM STDIN") as back:
                    back.write(rows)
        return True

    def _above_all(self) -> psycopg.Connection:
        """Somebody to whom row-level security does not count."""
        return psycopg.connect(environment.SERVER.url(environment.postgres.SUPERUSER, self.database))

    def _owner(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.environment["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
            owner.execute(statement, values)

    def _start(self, name: str, *words: str) -> None:
        command = [sys.executable, "-m", "samen", *words]
        self.programs[name] = subprocess.Popen(command, cwd=environment.REPOSITORY, env=self.environment)

    def _stop(self, name: str) -> None:
        program = self.programs.pop(name, None)
        if program is not None:
            program.terminate()
            program.wait(PATIENCE_SECONDS)

    def _answers(self) -> bool:
        if self.programs["pages"].poll() is not None:
            pytest.fail("the pages stopped while they started; what they said stands above")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _wait_for(self, condition: Callable[[], bool], complaint: str) -> None:
        try:
            wait_for(condition, complaint, PATIENCE_SECONDS)
        except TooSlow:
            pytest.fail(f"{complaint} within {PATIENCE_SECONDS} seconds")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all.  Without one the tests are skipped, but never where CI says that all must run.

    It goes when this folder is done: while it is open, Django takes the thread for an asynchronous one.
    """
    given = os.environ.get("SAMEN_CHROMIUM")
    found = next(filter(None, map(shutil.which, [given] if given else CHROMIUM)), None)
    if found is None:
        missing = "No Chromium on this machine: set SAMEN_CHROMIUM, or install the package chromium."
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=ARGUMENTS)


@pytest.fixture(scope="package")
def programs(browser: Browser) -> Iterator[Stage]:
    """The pages and the worker, running."""
    stage = Stage()
    try:
        yield stage
    finally:
        stage.close()


@pytest.fixture
def morning(programs: Stage) -> Stage:
    """It is 07.12, and nobody has done anything yet."""
    programs.begin_again()
    return programs


class Watch:
    """What a browser complained about while somebody used it."""

    def __init__(self, context: BrowserContext, forgiven: str) -> None:
        self.context, self.forgiven = context, forgiven
        self.heard: list[tuple[str, str]] = []
        self.refused: set[str] = set()
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.heard.append((str(error.error), "")))
        context.on("response", self._look_at)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append((message.text, message.location["url"]))

    def _look_at(self, response: Response) -> None:
        """A page that says no, kindly, is an error to Chromium, and not to us."""
        if response.status in (403, 404, 409, 410, 422) and response.request.is_navigation_request():
            self.refused.add(response.url)

    @property
    def complaints(self) -> list[str]:
        """What should not have been there."""
        return [
            f"{text} ({url})"
            for text, url in self.heard
            if url not in self.refused and not (self.forgiven and self.forgiven in url)
        ]


class Browsers:
    """Browsers of people of their own, that may not complain about anything."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser, self.origin = browser, origin
        self.watches: list[Watch] = []

    def open(self, *, forgiven: str = "", **options: object) -> BrowserContext:
        """Another browser; `forgiven` is a part of the addresses that may fail in it.

        Nothing moves for the eye in it: sixty pictures a second cost more than all the rest.
        """
        context = self.browser.new_context(base_url=self.origin, reduced_motion="reduce", **options)
        self.watches.append(Watch(context, forgiven))
        return context

    def close(self) -> list[str]:
        """Close them all; returns what they complained about."""
        for watch in self.watches:
            watch.context.close()
        return [complaint for watch in self.watches for complaint in watch.complaints]


@pytest.fixture
def browsers(browser: Browser, programs: Stage) -> Iterator[Browsers]:
    """As many as a story needs."""
    opened = Browsers(browser, programs.origin)
    yield opened
    assert opened.close() == []


@pytest.fixture
def tab(browsers: Browsers) -> Callable[[], Page]:
    """A new tab, all in one browser."""
    return browsers.open(viewport={"width": 1280, "height": 860}).new_page


# What people do again and again


def arrive(page: Page, address: re.Pattern[str]) -> None:
    """Be at this address, with everything there that keys and taps need."""
    expect(page).to_have_url(address)
    page.wait_for_load_state()


def sit_down(page: Page, name: str) -> None:
    """Be this colleague, at the board of today."""
    page.goto("/")
    page.get_by_role("button", name=name).click()
    arrive(page, TODAY)


def report(page: Page, letters: str) -> None:
    """On any page of the desk: the helper whose name begins with these letters is ill."""
    page.keyboard.press("z")
    page.locator("[data-filter]").press_sequentially(letters)
    page.keyboard.press("Enter")
    arrive(page, COCKPIT)


def own_page(page: Page, name: str) -> str:
    """The address of a helper's or a household's own page, from the front door."""
    page.goto("/")
    persona = page.locator("a.persona").filter(has=page.locator(".name", has_text=name))
    return persona.get_attribute("href") or ""


def letter_of(stage: Stage, page: Page, reader: str, about: str) -> str:
    """The link in the newest letter to this reader that has these words in it, as soon as there is one."""
    stage.wait_for_letter(reader, about)
    page.goto(f"/demo/postvak/?aan={reader}@example.nl")
    paper = page.locator(".letter .paper").filter(has_text=about)
    return paper.locator("a").first.get_attribute("href") or ""
