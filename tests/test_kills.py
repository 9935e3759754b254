"""Kill -9 of worker, pages and database: nothing is lost, nothing is half done, and a double is shown."""

import random
import threading
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from benchmarks import Browser, Stage, TooSlow, Web, kills, own_cluster, wait_for, working_in
from benchmarks.booking import Crew, plant
from benchmarks.kills import KIND_WORDS, NOTHING, WHOLE, MailServer, Scene
from samen.base import clock, mail, outbox, postgres, tenancy
from samen.base.journal import Subject
from samen.base.models import OutboxMessage
from samen.people.models import Helper
from samen.visits.models import Absence
from tests import environment
from tests.test_live import Listening, cookies_of, publish

pytestmark = pytest.mark.kill

POSSIBLY_TWICE = "mogelijk dubbel verstuurd"


@pytest.fixture(scope="module")
def ground(django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """A PostgreSQL of these tests' own, with durable settings, which may be killed."""
    copied = f"{environment.DATABASE}_killed"  # nobody may read the template itself while others copy it
    environment.new_database(copied, environment.TEMPLATE)
    whole = environment.SERVER.url(postgres.SUPERUSER, copied)
    with django_db_blocker.unblock(), own_cluster(copy_of=whole) as ground, working_in(ground):
        postgres.drop_database(environment.SERVER, copied)
        yield ground


@pytest.fixture(scope="module")
def scene(ground: Stage) -> Scene:
    """A team whose helpers can be asked, or fall ill one after the other."""
    crew = plant(ground, asked=12, ill=8)
    return Scene(ground, crew, iter(crew.ill), offers=12, minutes=1, hurry=True)


@pytest.fixture(scope="module")
def web(ground: Stage) -> Web:
    """The pages, which live through all of it unless a test kills them."""
    return ground.web()


@pytest.fixture
def put(scene: Scene) -> Callable[[], OutboxMessage]:
    """A message that is due now."""

    def make() -> OutboxMessage:
        with tenancy.enter(scene.crew.org, tenancy.SYSTEM):
            return outbox.put(
                cause=Subject("test", uuid.uuid4()),
                recipient=uuid.uuid4(),
                address="joke.smeets@example.nl",
                subject="Kun je invallen?",
                body="Kijk hier.",
                at=clock.now(),
            )

    return make


def attempts(scene: Scene, message: OutboxMessage) -> tuple[str, list[str]]:
    """What became of a message, and of each attempt."""
    with tenancy.enter(scene.crew.org, tenancy.SYSTEM):
        message.refresh_from_db()
        return message.state, list(message.deliveries.order_by("attempt").values_list("result", flat=True))


def deliver(scene: Scene, message: OutboxMessage) -> None:
    outbox.deliver.run(org=scene.crew.org, actor=str(tenancy.SYSTEM), outbox=message.pk)


# --- The worker --------------------------------------------------------------------------------------


def test_a_worker_killed_at_each_point_of_handing_over_loses_nothing_and_hides_no_double(scene, web):
    outcome = kills.at_points(scene, points=kills.POINTS)

    assert outcome.broken == []
    assert (outcome.messages, outcome.kills) == (12, 3)
    assert outcome.doubled >= 1, "a mail that was taken and not written down leaves again"
    assert shown_twice(scene.crew, web) == outcome.shown >= outcome.doubled


def shown_twice(crew: Crew, web: Web) -> int:
    """How often the cockpits say that a question possibly left twice, to a colleague of the team."""
    desk = Browser(web.port, cookies_of("Meter"))
    with tenancy.enter(crew.org, tenancy.SYSTEM):
        addresses = [f"/o/meting/afwezig/{absence.public_id}/" for absence in Absence.objects.all()]
    return sum(desk.look(address).body.count(POSSIBLY_TWICE) for address in addresses)


def test_a_sink_that_knows_keys_has_every_letter_once(scene):
    outcome = kills.at_random(scene, mail="sink", chance=random.Random(3), most=2)

    assert outcome.broken == []
    assert outcome.kills == 2
    assert outcome.doubled == 0


# --- The mail server ---------------------------------------------------------------------------------


def go_on(owner: psycopg.Connection, **later: int) -> None:
    """The one clock is so much later."""
    owner.execute("UPDATE clock_offset SET ahead = ahead + %s", [timedelta(**later)])
    owner.commit()


def test_a_mail_server_that_is_away_for_a_night_costs_no_message(scene, put, settings):
    message = put()
    settings.MAIL = "smtp://127.0.0.1:1"

    with scene.stage.owner() as owner:
        for _ in range(15):
            sweep(scene, message)
            go_on(owner, seconds=20)
        assert attempts(scene, message) == ("QUEUED", ["FAILED"] * 4), "at once, and after 20, 40 and 80 s"
        for _ in range(12 * 6):
            sweep(scene, message)
            go_on(owner, minutes=10)
        settings.MAIL = "memory"
        go_on(owner, hours=1)
        sweep(scene, message)

    state, results = attempts(scene, message)
    assert state == OutboxMessage.State.SENT
    assert 12 < len(results) < outbox.MOST_ATTEMPTS


def sweep(scene: Scene, message: OutboxMessage) -> None:
    """The sweep runs, and then the jobs of this message, as a worker would do them."""
    with tenancy.enter(scene.crew.org, tenancy.SYSTEM):
        outbox.sweep.function()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s AND args->>'outbox' = %s",
            [outbox.deliver.name, str(message.pk)],
        )
        jobs = cursor.rowcount
    for _ in range(jobs):
        with suppress(mail.Refused):
            deliver(scene, message)


class GrumpyServer(MailServer):
    """A mail server with an answer of its own to a text or a goodbye."""

    def __init__(self, taken: str = "250 taken", goodbye: str = "221 goodbye") -> None:
        super().__init__()
        self.taken, self.goodbye = taken, goodbye


def test_a_mail_server_that_says_never_is_not_asked_again(scene, put, settings):
    message = put()
    with GrumpyServer(taken="550 nobody here") as server:
        settings.MAIL = server.url
        with pytest.raises(mail.RefusedForGood):
            deliver(scene, message)
        deliver(scene, message)

    assert attempts(scene, message) == ("FAILED", ["FAILED"])


def test_a_mail_server_that_says_later_is_asked_again(scene, put, settings):
    message = put()
    with GrumpyServer(taken="450 later") as server:
        settings.MAIL = server.url
        with pytest.raises(mail.Refused):
            deliver(scene, message)
        server.taken = "250 taken"
        deliver(scene, message)

    assert attempts(scene, message) == ("SENT", ["FAILED", "SENT"])


def test_what_a_mail_server_says_to_our_goodbye_makes_no_second_mail(scene, put, settings):
    message = put()
    with GrumpyServer(goodbye="421 closing") as server:
        settings.MAIL = server.url
        deliver(scene, message)
        deliver(scene, message)

    assert attempts(scene, message) == ("SENT", ["SENT"])
    assert len(server.received) == 1


def test_a_refusal_in_the_log_names_nobody(scene, put, settings):
    message = put()
    with GrumpyServer(taken="550 joke.smeets@example.nl does not live here") as server:
        settings.MAIL = server.url
        with pytest.raises(mail.RefusedForGood) as refusal:
            deliver(scene, message)

    assert "joke" not in "".join(traceback.format_exception(refusal.value))


# --- The pages ---------------------------------------------------------------------------------------


@pytest.fixture
def form(scene: Scene, web: Web) -> tuple[Helper, Browser, str]:
    """A helper who is about to report herself ill: the page is open on her phone."""
    helper = next(scene.ill)
    browser, path = Browser(web.port), f"{kills.page_of(scene.crew, helper)}ziek/"
    assert browser.look(path).status == 200
    return helper, browser, path


@contextmanager
def pressed(ground: Stage, browser: Browser, path: str, waits_for: str) -> Iterator[list[int]]:
    """The button is pressed, and its transaction waits for this; afterwards, the status that came back."""
    statuses: list[int] = []
    pressing = threading.Thread(target=lambda: statuses.append(kills.report_ill(browser, path)))
    pressing.start()
    wait_for(lambda: held_up(ground, waits_for), "the page to wait", 20)
    yield statuses
    pressing.join()
    wait_for(lambda: not held_up(ground, waits_for), "the dead page's transaction to end", 20)


def held_up(ground: Stage, what: str) -> bool:
    """Whether a transaction of the pages waits for this."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'samen_app' AND wait_event = %s"
    with superuser(ground) as server:
        return server.execute(query, [what]).fetchone() != (0,)


def superuser(ground: Stage) -> psycopg.Connection:
    return psycopg.connect(ground.server.url(postgres.SUPERUSER, "postgres"), autocommit=True)


def test_pages_killed_before_anything_was_written_leave_nothing(ground, scene, web, form):
    helper, browser, path = form
    with psycopg.connect(ground.urls["SAMEN_MIGRATE_URL"]) as other:
        other.execute(
            "SELECT FROM visits_visit v JOIN visits_assignment a ON a.visit_id = v.id"
            " WHERE a.helper_id = %s FOR UPDATE OF v",
            [helper.pk],
        )
        with pressed(ground, browser, path, "transactionid") as statuses:
            web.kill()
            other.rollback()

    killed = kills.repeated(ground, web, browser, path, helper, statuses[0])
    assert (killed.status, killed.stored, killed.broken) == (0, NOTHING, [])


def test_pages_killed_when_all_was_written_and_not_committed_leave_nothing(ground, scene, web, form):
    helper, browser, path = form
    team = f"live:{scene.crew.org}:{scene.crew.team.public_id}"
    with psycopg.connect(ground.urls["SAMEN_MIGRATE_URL"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [team])
        with pressed(ground, browser, path, "advisory") as statuses:
            web.kill()
            other.rollback()

    killed = kills.repeated(ground, web, browser, path, helper, statuses[0])
    assert (killed.status, killed.stored, killed.broken) == (0, NOTHING, [])


def test_pages_killed_between_the_commit_and_the_answer_have_stored_it_whole(ground, web, form):
    helper, browser, path = form
    with standby_that_never_answers(ground) as let_go, pressed(ground, browser, path, "SyncRep") as statuses:
        web.kill()
        let_go()

    killed = kills.repeated(ground, web, browser, path, helper, statuses[0])
    assert (killed.status, killed.stored, killed.broken) == (0, WHOLE, [])


@contextmanager
def standby_that_never_answers(ground: Stage) -> Iterator[Callable[[], None]]:
    """A commit is on disk, and its answer waits for a second server that is not there."""

    def tell(statement: str) -> None:
        with superuser(ground) as server:
            server.execute(statement)
            server.execute("SELECT pg_reload_conf()")

    tell("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    try:
        yield lambda: tell("ALTER SYSTEM RESET synchronous_standby_names")
    finally:
        tell("ALTER SYSTEM RESET synchronous_standby_names")


# --- The database ------------------------------------------------------------------------------------


def test_the_database_killed_under_pages_and_worker_costs_nothing(scene):
    outcome = kills.database_killed(scene, chance=random.Random(5), times=1)

    assert outcome.broken == []
    assert outcome.messages == 12


def test_pages_say_so_kindly_and_come_back_with_all_that_was_said(ground, scene, web, form):
    helper, browser, path = form
    said = kills.report_ill(browser, path)

    kills.kill_postmaster(ground)
    try:
        answers = [browser.look(path) for _ in range(3)]
    finally:
        kills.start_postmaster(ground)

    assert {answer.status for answer in answers} == {500}
    assert all(KIND_WORDS in answer.body for answer in answers)
    wait_for(lambda: browser.look(path).status == 200, "the pages", 15)
    assert (said, kills.stored_of(ground, helper)) == (200, WHOLE)


def test_screens_follow_again_when_the_database_is_back(ground, scene, web):
    screen = Listening(web, cookies_of("Meter"), slug="meting")
    kills.kill_postmaster(ground)
    kills.start_postmaster(ground)

    news = publish(SimpleNamespace(org=scene.crew.org, topic=scene.crew.team.public_id))
    with suppress(TooSlow):
        wait_for(lambda: screen.at(news) or not screen.open, "the news", 10)
    if not screen.open:  # the browser comes back by itself
        screen = Listening(web, cookies_of("Meter"), slug="meting", after=news - 1)
    wait_for(lambda: screen.at(news), "the news", 10)
    screen.hang_up()


def test_the_worker_comes_back_without_a_restart(ground, scene, put):
    worker, message = ground.worker(SAMEN_MAIL="demo"), put()
    wait_for(lambda: attempts(scene, message)[0] == "SENT", "the worker")

    kills.kill_postmaster(ground)
    kills.start_postmaster(ground)
    after = put()
    wait_for(lambda: attempts(scene, after)[0] == "SENT" or not worker.alive, "the worker", 30)

    assert worker.alive
