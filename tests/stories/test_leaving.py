"""A team that switched it on: the proposal for today leaves after five minutes, by day, unless somebody stops it."""

import re

import pytest

from samen.base import mail, tenancy
from samen.base.models import JournalLine
from samen.visits import leaving
from samen.visits.models import Offer, Round
from tests.conftest import move_clock, set_clock
from tests.stories.test_sick_helper import TODAY, report

FIVE_MINUTES = 5 * 60


@pytest.fixture
def switched_on(stage, inside, actor):
    with inside():
        leaving.switch_on(stage.teams["Team Zuid"], by=actor, at=leaving.clock.now())


def asked(inside):
    with inside():
        return set(Offer.objects.filter(withdrawn_at=None).values_list("household__name", flat=True))


def run_late(stage):
    """The job itself and the sweep, as a worker that comes late would run them."""
    with tenancy.enter(stage.gooi.pk, tenancy.SYSTEM):
        turns = list(Round.objects.values_list("pk", flat=True))
    leaving.sweep.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM))
    for turn in turns:
        leaving.leave.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM), turn=turn)


def test_todays_visits_are_asked_by_themselves_after_five_minutes_and_the_journal_says_who_wanted_that(
    stage, anja, work, inside, switched_on
):
    cockpit = report(anja, stage.fatma)
    page = anja.get(cockpit).content.decode()
    assert re.search(r"gaat om (<time[^>]*>)?07.17(</time>)? vanzelf weg", page)
    assert 290 < int(re.search(r'data-countdown="(\d+)"', page)[1]) <= FIVE_MINUTES
    for also in (TODAY, f"{TODAY}vervanging/"):
        assert "Niet versturen" in anja.get(also).content.decode()

    work(later=60)
    assert asked(inside) == set(), "five minutes are not over"
    work(later=FIVE_MINUTES)
    work(later=21)

    assert asked(inside) == {"mevrouw De Vries", "familie Smit"}, "of today, and nothing of later days"
    assert mail.MEMORY
    with inside():
        assert JournalLine.objects.filter(fact="sent_by_itself", actor_kind="SYSTEM").count() == 1
    run_late(stage)
    with inside():
        assert Offer.objects.values("wave").distinct().count() == 1, "a job that runs again asks nobody again"


def test_stopped_it_does_not_leave_and_a_team_that_did_not_ask_for_it_sends_nothing(
    stage, anja, work, inside, zoe, switched_on
):
    cockpit = report(anja, stage.fatma)

    assert zoe.post(f"{cockpit}niet-versturen/").status_code == 404
    assert anja.post(f"{cockpit}niet-versturen/").status_code == 302
    work(later=FIVE_MINUTES + 30)
    run_late(stage)

    assert asked(inside) == set()
    assert "vanzelf" not in anja.get(cockpit).content.decode()


def test_off_by_default_and_switched_on_and_off_in_beheer(stage, anja, work, inside):
    team = f"/o/zorgzaam/beheer/team/{stage.teams['Team Zuid'].public_id}/"
    report(anja, stage.fatma)
    work(later=FIVE_MINUTES + 30)
    assert asked(inside) == set()

    anja.post(f"{team}vanzelf/", {"by_itself": "on"})
    assert "checked" in anja.get(team).content.decode().partition('name="by_itself"')[2].partition(">")[0]
    report(anja, stage.kim)
    anja.post(f"{team}vanzelf/", {})
    work(later=FIVE_MINUTES + 30)

    assert asked(inside) == set(), "switched off in the meantime, nothing leaves"


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2026-11-25 06:53 Europe/Amsterdam", False),
        ("2026-11-25 06:56 Europe/Amsterdam", True),
        ("2026-11-25 21:54 Europe/Amsterdam", True),
        ("2026-11-25 21:56 Europe/Amsterdam", False),
        ("2026-10-25 07:01 Europe/Amsterdam", True),  # the clock went back that night: seven is seven
        ("2027-03-28 06:30 Europe/Amsterdam", False),
    ],
)
def test_by_day_is_what_the_clock_on_the_wall_says(moment, leaves):
    day, hour, _zone = moment.split()
    at = leaving.datetime.fromisoformat(f"{day} {hour}").replace(tzinfo=leaving.clock.HOME)

    assert leaving.is_by_day(at + leaving.VETO) is leaves


def test_a_worker_that_comes_too_late_asks_nobody_by_night_nor_for_what_began(stage, anja, inside, switched_on):
    report(anja, stage.fatma)
    move_clock(seconds=4 * 3600)  # the worker was away until 11.12; Mrs De Vries was to be helped at ten

    run_late(stage)
    assert asked(inside) == {"familie Smit"}

    set_clock("2026-11-25 21:30 Europe/Amsterdam")
    report(anja, stage.kim)
    set_clock("2026-11-25 22:05 Europe/Amsterdam")
    run_late(stage)
    assert asked(inside) == {"familie Smit"}
