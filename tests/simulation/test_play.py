"""A week of a small region, played by the clock; and a checker that sees every kind of broken promise."""

import csv
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction

from samen.base import clock, postgres, tenancy
from samen.base.models import Organisation
from samen.demo import cast, country, seeding
from samen.people import places
from samen.people.models import Helper
from samen.simulation import checking, database, ground, measuring, playing, seasons, telling
from samen.simulation.checking import Finding
from samen.simulation.measuring import Figures, Tally
from samen.simulation.policies import POLICIES
from samen.teams.models import Team
from samen.visits import holidays, replacements
from samen.visits.models import HolidayChoice, HouseholdAway, Offer, PhoneCall, Term
from tests import environment

BEGINS = date(2026, 1, 5)
AT = datetime(2026, 1, 5, tzinfo=clock.HOME)
UNTIL = AT + timedelta(weeks=1)
UTRECHT = country.REGIONS[1]
SEED = 1


@dataclass
class Played:
    """A week that was played: where, what it brought, and what the checker found."""

    name: str
    org: int
    tally: Tally
    findings: list[Finding]
    told: list[Any]

    @property
    def figures(self) -> Figures:
        return self.tally.figures


@contextmanager
def reader(name: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody who may see and do everything, and whose changes are undone."""
    with psycopg.connect(environment.SERVER.url(postgres.SUPERUSER, name)) as connection:
        yield connection
        connection.rollback()


def check(connection: psycopg.Connection[Any], org: int, until: datetime = UNTIL, only: str = "") -> list[Finding]:
    def ask(query: str, given: dict[str, Any]) -> Any:
        return connection.execute(query, given).fetchall()

    return checking.check(ask, org=org, since=AT, until=until, only=only)


@pytest.fixture(scope="module")
def planted(django_db_blocker) -> Iterator[tuple[str, list[Any]]]:
    """A small region on its first day, in a database of its own."""
    name = f"{environment.DATABASE}_planted"
    urls = environment.new_database(name, environment.TEMPLATE)
    lives = ground.lives([UTRECHT], seed=SEED, begins=BEGINS, ends=UNTIL.date(), households=44, helpers=14)
    logins = {cast.Colleague(one, "").email: 9000 + n for n, one in enumerate(UTRECHT.coordinators)}
    with django_db_blocker.unblock(), database.used(name), database.clock_of(urls["SAMEN_MIGRATE_URL"]) as set_clock:
        set_clock(AT)
        org = Organisation.objects.get(slug="zorgzaam").pk
        ground.plant(lives, org, logins, seed=SEED, at=AT)
    seeding.look_again(urls["SAMEN_MIGRATE_URL"])
    yield name, lives
    postgres.drop_database(environment.SERVER, name)


def play(template: str, name: str, lives: list[Any], policy: str = "samen", hours: int = 7 * 24) -> Played:
    """The week, or its first hours, in a copy of the planted region."""
    urls = environment.new_database(name, template)
    with database.used(name), database.clock_of(urls["SAMEN_MIGRATE_URL"]) as set_clock:
        org = Organisation.objects.get(slug="zorgzaam").pk
        stage = playing.Stage(org, "zorgzaam", lives, set_clock)
        played = playing.Play(stage, POLICIES[policy], SEED, BEGINS, weeks=1)
        played.until = AT + timedelta(hours=hours)
        played.run()
        with tenancy.enter(org, tenancy.SYSTEM):
            tally = measuring.count(begins=AT, until=played.until)
            told = list(Offer.objects.order_by("pk").values_list("household", "helper", "sent_at"))
            told += list(PhoneCall.objects.order_by("pk").values_list("about", "outcome", "made_at"))
            told += list(Offer.objects.exclude(answer="").order_by("pk").values_list("pk", "answer", "answered_at"))
    with reader(name) as connection:
        return Played(name, org, tally, check(connection, org, played.until), told)


@pytest.fixture(scope="module")
def week(planted, django_db_blocker) -> Iterator[Played]:
    template, lives = planted
    name = f"{environment.DATABASE}_week"
    with django_db_blocker.unblock():
        yield play(template, name, lives)
    postgres.drop_database(environment.SERVER, name)


def test_a_week_goes_by_and_no_promise_is_broken(week: Played) -> None:
    assert week.figures.visits > 20
    assert week.figures.affected > 3
    assert week.figures.covered > 0
    assert week.figures.skipped > 0
    assert week.figures.left_open == 0
    assert {one.promise: one.rows for one in week.findings if one.count} == {}


def test_the_same_seed_plays_the_same_hours(week: Played, planted, django_db_blocker) -> None:
    template, lives = planted
    name = f"{environment.DATABASE}_again"

    with django_db_blocker.unblock():
        again = play(template, name, lives, hours=8)
    postgres.drop_database(environment.SERVER, name)

    assert len(again.told) > 10
    assert again.told == [row for row in week.told if row[2] < AT + timedelta(hours=8)]


def test_a_proposal_leaves_by_itself_where_the_team_wants_it(planted, django_db_blocker) -> None:
    template, lives = planted
    name = f"{environment.DATABASE}_by_itself"

    with django_db_blocker.unblock():
        played = play(template, name, lives, policy="by-itself", hours=9)
    with reader(name) as connection:
        left = connection.execute("SELECT count(*) FROM base_journalline WHERE fact = 'sent_by_itself'").fetchone()
    postgres.drop_database(environment.SERVER, name)

    assert left is not None
    assert left[0] > 0
    assert {one.promise: one.rows for one in played.findings if one.count} == {}


def test_a_play_that_is_killed_leaves_no_server_behind() -> None:
    words = (
        "import pathlib, sys; from samen.base import postgres; from samen.simulation import guarding\n"
        "with guarding.folder('samen-killed-') as folder:\n"
        "    postgres.start(folder / 'postgres', durable=False); print(folder, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        folder = Path(killed.stdout.readline().decode().strip())
        pid = int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        killed.kill()

    until = time.monotonic() + 60
    while (folder.exists() or Path(f"/proc/{pid}").exists()) and time.monotonic() < until:
        time.sleep(0.1)

    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_the_figures_are_told_as_a_table_as_values_and_as_a_picture(week: Played) -> None:
    one = telling.Result("samen", "as the screen proposes", "Utrecht", 1, 2.5, week.tally, week.findings, {"rung": 3})
    two = telling.Result("patient", "a day <later>", "Utrecht", 1, 2.5, week.tally, week.findings)

    table = telling.table([one, two], by="policy")
    values = telling.comma_separated([one, two], seed=SEED)
    picture = telling.picture([one, two], title="Utrecht & more")

    assert f"{week.figures.affected:>14}{week.figures.affected:>14}" in table
    assert [len(row) for row in csv.reader(values.splitlines())] == [len(telling.WORDS) + 4 + len(week.findings)] * 3
    assert picture.count("<rect") == 1 + 2 * len(telling.DRAWN) + 2
    assert "Utrecht &amp; more" in picture
    assert "a day &lt;later&gt;" in picture


def test_regions_that_were_played_apart_are_told_together(week: Played) -> None:
    here = telling.Result("samen", "as the screen proposes", "Utrecht", 1, 2.5, week.tally, week.findings, {"rung": 3})
    broken = [Finding(one.promise, 1, ("visit 7",)) for one in week.findings]
    there = telling.Result("samen", "as the screen proposes", "Zwolle", 1, 1.5, week.tally, broken, {"rung": 4})

    both = telling.together([here, there])

    assert (both.weeks, both.processor, both.met) == (2, 4.0, {"rung": 7})
    assert both.figures.covered == 2 * week.figures.covered
    assert both.figures.hours_to_covered == week.figures.hours_to_covered
    assert both.figures.messages_per_helper_week == week.figures.messages_per_helper_week
    assert both.broken == len(broken)
    assert both.findings[0].rows == ("Zwolle: visit 7",)


def test_a_year_brings_holidays_and_trips_and_others_who_help(week: Played, planted, django_db_blocker) -> None:
    line: list[tuple[datetime, Callable[[], None]]] = []
    with django_db_blocker.unblock(), database.used(week.name), tenancy.enter(week.org, tenancy.SYSTEM) as context:
        team, by = Team.objects.get(name=UTRECHT.team), tenancy.SYSTEM
        until, met = date(2026, 8, 1), Counter[str]()
        year = seasons.Year(
            team, by, SEED, BEGINS, until, _into(line), lambda: context.at, lambda *_turn: None, lambda _day: None, met
        )

        year.plan(planted[1][0])
        for _moment, happening in sorted(line, key=itemgetter(0)):
            happening()
        off = HolidayChoice.objects.count(), HouseholdAway.objects.count()
        left = Helper.objects.exclude(until_date=None)
        still = Term.objects.filter(helper__in=left, period__endswith=None).count()
        begun = Helper.objects.exclude(since_date=None)
        found = places.of_helpers([helper.pk for helper in begun], date(2027, 1, 4))
        transaction.set_rollback(True)

    assert off == (met["holidays"], met["households away"])
    assert met["holidays"] == len(holidays.between(BEGINS, until)) > 5
    assert met["households away"] > 3
    assert 0 < met["helpers who leave"] < 10
    assert still == 0
    assert 0 < met["helpers who begin"] == len(found) < 10
    assert all(places.point(place) for place in found.values())


def _into(line: list[tuple[datetime, Callable[[], None]]]) -> Callable[[datetime, Callable[[], None]], None]:
    return lambda moment, happening: line.append((moment, happening))


def test_the_policy_that_is_called_samen_is_what_samen_does() -> None:
    here = POLICIES["samen"]

    assert timedelta(minutes=here.minutes_today) == replacements.REPLY_TODAY
    assert timedelta(minutes=here.minutes_later) == replacements.REPLY_LATER
    with playing.followed(POLICIES["patient"]):
        assert timedelta(minutes=30) == replacements.REPLY_TODAY
    assert timedelta(minutes=here.minutes_today) == replacements.REPLY_TODAY


# --- The checker sees it --------------------------------------------------------------------------------

OFFER = "(SELECT * FROM visits_offer WHERE sent_at < '2026-02-01' ORDER BY id LIMIT 1) o"
ANY = "(SELECT min(id) FROM {})"
GOING = """(SELECT * FROM visits_assignment WHERE from_offer_id IS NOT NULL AND ended_at IS NULL
              AND starts_at < '2026-01-12' ORDER BY starts_at DESC LIMIT 1) a"""
GOING_OFFER = f"(SELECT o.* FROM visits_offer o JOIN {GOING} ON a.from_offer_id = o.id) o"
CALL_OFF = f"""WITH off AS (UPDATE visits_assignment b SET ended_at = b.starts_at, ended_by_kind = 'called_off'
                              FROM {GOING} WHERE b.id = a.id RETURNING b.from_offer_id, b.starts_at)
               UPDATE visits_offer SET withdrawn_at = off.starts_at FROM off WHERE id = off.from_offer_id"""
OBJECTION = """INSERT INTO visits_objection (org_id, public_id, offer_id, reason, said_by_kind, said_at, decision,
                                             decided_by_kind, decided_at)
               SELECT o.org_id, gen_random_uuid(), o.id, '', 'PERSON', {said}, '{decision}', '', {decided}
                 FROM {offer}"""
PLANT: dict[str, tuple[str, ...]] = {
    "double bookings": (
        "ALTER TABLE visits_assignment DROP CONSTRAINT helper_not_double_booked",
        """UPDATE visits_assignment SET helper_id = p.helper_id
             FROM (SELECT a.helper_id, b.id FROM visits_assignment a JOIN visits_assignment b
                       ON b.helper_id <> a.helper_id AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
                    WHERE a.ended_at IS NULL AND b.ended_at IS NULL AND a.org_id = b.org_id LIMIT 1) p
            WHERE visits_assignment.id = p.id""",
    ),
    "two helpers on one seat": (
        "ALTER TABLE visits_assignment DROP CONSTRAINT helper_not_double_booked",
        "DROP INDEX one_helper_per_seat",
        """INSERT INTO visits_assignment (org_id, public_id, visit_id, seat, helper_id, starts_at, ends_at,
                                          ended_by_kind)
           SELECT org_id, gen_random_uuid(), visit_id, seat, helper_id, starts_at, ends_at, ''
             FROM visits_assignment WHERE ended_at IS NULL AND starts_at < '2026-02-01' LIMIT 1""",
    ),
    "asked of a pair that is never again": (
        f"""UPDATE people_pairwish SET helper_id = o.helper_id, household_id = o.household_id, strength = 'NEVER',
                   created_at = o.sent_at FROM {OFFER} WHERE people_pairwish.id = {ANY.format("people_pairwish")}""",
    ),
    "asked where only others are wanted": (
        f"""UPDATE people_pairwish SET household_id = o.household_id, strength = 'ONLY', created_at = o.sent_at
              FROM {OFFER} WHERE people_pairwish.id = {ANY.format("people_pairwish")}""",
    ),
    "asked where nobody else is wanted": (
        "DROP INDEX one_standing_wish_per_kind",
        f"""UPDATE people_standingwish SET household_id = o.household_id, want = 'SKIP', for_kind = k.kind,
                   confirmed_at = o.sent_at, ended_at = NULL
              FROM {OFFER} CROSS JOIN (VALUES ('ILLNESS', 1), ('LEAVE', 2)) AS k (kind, n)
             WHERE people_standingwish.id = (SELECT id FROM people_standingwish ORDER BY id OFFSET k.n LIMIT 1)""",
    ),
    "asked a stranger where only known faces are wanted": (
        "DROP INDEX one_standing_wish_per_kind",
        f"""UPDATE people_standingwish SET household_id = o.household_id, want = 'KNOWN', for_kind = k.kind,
                   confirmed_at = o.sent_at, ended_at = NULL
              FROM {OFFER} CROSS JOIN (VALUES ('ILLNESS', 1), ('LEAVE', 2)) AS k (kind, n)
             WHERE people_standingwish.id = (SELECT id FROM people_standingwish ORDER BY id OFFSET k.n LIMIT 1)""",
    ),
    "asked in a pause": (
        f"DELETE FROM people_askright USING {OFFER} WHERE people_askright.helper_id = o.helper_id",
        f"""UPDATE people_askright SET helper_id = o.helper_id, pause_until = '2030-01-01'
              FROM {OFFER} WHERE people_askright.id = {ANY.format("people_askright")}""",
    ),
    "asked oftener than she allows in a week": (
        f"DELETE FROM people_askright USING {OFFER} WHERE people_askright.helper_id = o.helper_id",
        f"""UPDATE people_askright SET helper_id = o.helper_id, per_week = 0
              FROM {OFFER} WHERE people_askright.id = {ANY.format("people_askright")}""",
    ),
    "asked again after a no": (
        f"""UPDATE visits_offer v SET round_id = o.round_id, household_id = o.household_id,
                   helper_id = o.helper_id, wave = 99
              FROM {OFFER} WHERE v.id = (SELECT max(id) FROM visits_offer WHERE sent_at < '2026-02-01')""",
        f"UPDATE visits_offer v SET answer = 'NO', answered_at = o.sent_at FROM {OFFER} WHERE v.id = o.id",
    ),
    "asked while absent herself": (
        f"""UPDATE visits_absence SET helper_id = o.helper_id, created_at = o.sent_at, starts_at = o.sent_at,
                   expected_until = NULL, ended_at = NULL
              FROM {OFFER} WHERE visits_absence.id = (SELECT max(id) FROM visits_absence)""",
    ),
    "asked again whom the household would rather not have": (
        f"""UPDATE visits_offer v SET round_id = o.round_id, household_id = o.household_id,
                   helper_id = o.helper_id, wave = 99
              FROM {OFFER} WHERE v.id = (SELECT max(id) FROM visits_offer WHERE sent_at < '2026-02-01')""",
        OBJECTION.format(offer=OFFER, said="o.sent_at", decision="LOOK", decided="o.sent_at"),
    ),
    "left by itself against the rules": (
        """INSERT INTO base_journalline (org_id, public_id, fact, actor_kind, at, params)
           SELECT org_id, gen_random_uuid(), 'sent_by_itself', 'SYSTEM', opened_at, '{}'
             FROM visits_round WHERE id = (SELECT min(id) FROM visits_round)""",
        """INSERT INTO base_journalsubject (org_id, public_id, line_id, kind, ref)
           SELECT r.org_id, gen_random_uuid(), (SELECT max(id) FROM base_journalline), 'round', r.public_id
             FROM visits_round r WHERE r.id = (SELECT min(id) FROM visits_round)""",
    ),
    "asked outside the hours she allows": (
        f"DELETE FROM people_askwindow USING {OFFER} WHERE people_askwindow.helper_id = o.helper_id",
        f"""INSERT INTO people_askwindow (org_id, public_id, helper_id, weekday, local_start, local_end)
            SELECT org_id, gen_random_uuid(), helper_id, 6, '03:00', '03:01' FROM {OFFER}""",
    ),
    "covered, and the household was not told": (
        "UPDATE base_delivery SET result = 'FAILED'",
        "UPDATE visits_phonecall SET outcome = 'NO_ANSWER' WHERE about = 'COVERED'",
    ),
    "skipped, and the household was not told": (
        "UPDATE visits_phonecall SET outcome = 'NO_ANSWER' WHERE outcome = 'TOLD'",
    ),
    "nobody came, and the household was not told": (
        "UPDATE base_delivery SET result = 'FAILED'",
        "UPDATE visits_phonecall SET outcome = 'NO_ANSWER' WHERE outcome = 'TOLD'",
        "UPDATE visits_replacement SET closed_at = NULL, outcome = '' WHERE outcome = 'COVERED'",
    ),
    "her own helper comes, and the household was not told": (
        """UPDATE visits_replacement x SET outcome = 'WITHDRAWN', closed_at = v.starts_at
             FROM visits_visit v WHERE v.id = x.visit_id AND x.outcome = 'COVERED'""",
        "DELETE FROM visits_phonecall WHERE about = 'OWN_BACK'",
    ),
    "called off, and the helper was not told": (CALL_OFF,),
    "called off, and the household was not told": (CALL_OFF,),
    "rather not her, and nobody decided": (
        OBJECTION.format(offer=GOING_OFFER, said="o.sent_at", decision="", decided="NULL"),
    ),
    "decided that she comes, and the household was not told": (
        OBJECTION.format(offer=GOING_OFFER, said="o.sent_at", decision="KEEP", decided="o.sent_at"),
    ),
    "closed, and nobody goes": (
        "UPDATE visits_assignment SET ended_at = starts_at WHERE from_offer_id IS NOT NULL",
    ),
    "expected of a helper who is away": (
        """UPDATE visits_absence SET helper_id = a.helper_id, starts_at = '2026-01-05', created_at = '2026-01-05',
                  expected_until = NULL, ended_at = NULL
             FROM (SELECT helper_id FROM visits_assignment WHERE ended_at IS NULL AND ends_at < '2026-01-12'
                    ORDER BY starts_at DESC LIMIT 1) a
            WHERE visits_absence.id = (SELECT max(id) FROM visits_absence)""",
    ),
    "expected of a helper who left": (
        """UPDATE people_helper SET until_date = '2026-01-06'
            WHERE id = (SELECT helper_id FROM visits_assignment WHERE ended_at IS NULL
                           AND starts_at BETWEEN '2026-01-07' AND '2026-01-10' LIMIT 1)""",
    ),
    "without anybody, and nobody looks": (
        """UPDATE visits_assignment SET ended_at = starts_at
            WHERE id = (SELECT max(a.id) FROM visits_assignment a
                         WHERE a.starts_at < '2026-01-12' AND a.ended_at IS NULL AND NOT EXISTS
                               (SELECT FROM visits_replacement x WHERE x.visit_id = a.visit_id))""",
    ),
    "it is otherwise than who said yes knows": (
        "UPDATE visits_offervisit SET known_start = known_start - interval '1 hour' WHERE known_start IS NOT NULL",
    ),
    "otherwise than promised, and not everybody was told": (
        "UPDATE visits_offervisit SET changed_at = known_start - interval '2 days' WHERE known_start IS NOT NULL",
    ),
    "covered, and not in the journal": (
        "UPDATE base_journalline SET fact = 'offers_sent' WHERE fact = 'replacement_confirmed'",
    ),
}  # fmt: skip


def test_every_promise_has_been_seen_broken() -> None:
    assert PLANT.keys() == checking.PROMISES.keys()


@pytest.mark.parametrize("promise", PLANT)
def test_a_broken_promise_is_found(week: Played, promise: str) -> None:
    with reader(week.name) as connection:
        for statement in PLANT[promise]:
            connection.execute(statement)  # type: ignore[arg-type]
        found = check(connection, week.org, only=promise)

    assert [one.promise for one in found] == [promise]
    assert found[0].count > 0
    assert found[0].rows
