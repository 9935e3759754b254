"""A morning of all teams at once: each is planned by itself, whoever is killed, and then neighbours lend."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from benchmarks import _nation
from samen.base import clock, tenancy
from samen.people.models import Helper
from samen.visits import mornings, planning
from samen.visits.models import Morning, Offer, Replacement, Visit
from tests.stories.test_sick_helper import report

PAGE = "/o/zorgzaam/ochtend/"
FOLLOWS = 'hx-trigger="every 3s"'


@pytest.fixture
def asked(stage, inside, actor):
    """Two teams of regions beside each other, each with more than it can do by itself."""
    questions = [_nation.region(number, helpers=40, ill=0.2, seed=3) for number in (0, 1)]
    with inside():
        teams = [stage.teams["Team Zuid"], stage.teams["Team Noord"]]
        mornings.ask(dict(zip(teams, questions, strict=True)), day=clock.today(), by=actor, at=clock.now())
        return list(Morning.objects.order_by("pk"))


def run(stage, job, row):
    job.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM), morning=row.pk)


def test_every_team_is_planned_and_what_is_left_is_lent(asked, work, inside):
    work()

    with inside():
        found = mornings.progress(clock.today())
        rows = list(Morning.objects.order_by("pk"))
    assert found.is_over
    assert (found.teams, found.planned) == (2, 2)
    assert found.sought == sum(len(row.plan) for row in rows)
    assert 0 < found.borrowed <= found.sought - found.covered
    for row in rows:
        alone = {one["visit"] for one in row.plan if one["helper"] is None}
        assert {one["visit"] for one in row.lent} <= alone
        assert all(one["cost"] == sum(part["cost"] for part in one["parts"]) for one in (*row.plan, *row.lent))


def test_a_job_that_is_begun_again_thinks_no_more_and_changes_nothing(stage, asked, inside, monkeypatch):
    covered, thought = planning.covered, []
    monkeypatch.setattr(planning, "covered", lambda kept: thought.append(kept) or covered(kept))
    run(stage, mornings.plan, asked[0])
    with inside():
        before = Morning.objects.values("planned_at", "plan").get(pk=asked[0].pk)

    run(stage, mornings.plan, asked[0])

    with inside():
        assert Morning.objects.values("planned_at", "plan").get(pk=asked[0].pk) == before
    assert len(thought) == 1


def test_two_workers_with_the_same_team_write_once(stage, asked, inside, monkeypatch):
    covered = planning.covered

    def meanwhile(kept):
        monkeypatch.setattr(planning, "covered", covered)
        run(stage, mornings.plan, asked[0])  # another worker, which comes first
        with inside():
            first.append(Morning.objects.get(pk=asked[0].pk).planned_at)
        return covered(kept)

    first = []
    monkeypatch.setattr(planning, "covered", meanwhile)
    run(stage, mornings.plan, asked[0])

    with inside():
        assert Morning.objects.get(pk=asked[0].pk).planned_at == first[0]


def test_asked_again_while_a_worker_thinks_the_old_answer_is_thrown_away(stage, asked, inside, actor, monkeypatch):
    covered, nothing = planning.covered, planning.Question((), ())

    def meanwhile(kept):
        with inside():
            later = clock.now() + timedelta(seconds=1)
            mornings.ask({stage.teams["Team Zuid"]: nothing}, day=clock.today(), by=actor, at=later)
        return covered(kept)

    monkeypatch.setattr(planning, "covered", meanwhile)
    run(stage, mornings.plan, asked[0])

    with inside():
        assert Morning.objects.get(pk=asked[0].pk).planned_at is None


def test_nothing_is_lent_before_all_are_planned_and_the_database_keeps_that_order(stage, asked, inside):
    run(stage, mornings.plan, asked[0])

    run(stage, mornings.lend, asked[0])

    with inside():
        assert mornings.progress(clock.today()).lent == 0
        with pytest.raises(IntegrityError, match="planned_before_lent"), transaction.atomic():
            Morning.objects.filter(pk=asked[1].pk).update(lent_at=clock.now(), lent=[])


def test_a_team_that_seeks_nothing_any_more_is_no_longer_in_the_morning(stage, anja, asked, inside, actor):
    report(anja, stage.fatma)

    with inside():
        mornings.begin(by=actor, at=clock.now())

        assert [row.team.name for row in mornings.teams(clock.today())] == ["Team Zuid"]


def test_the_mornings_of_last_week_are_forgotten(stage, asked, inside):
    with inside():
        Morning.objects.filter(pk=asked[0].pk).update(local_date=clock.today() - timedelta(days=8))

    mornings.forget.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM))

    with inside():
        assert list(Morning.objects.all()) == [asked[1]]


def test_what_waits_is_planned_by_a_click_and_the_page_follows_it(stage, anja, work, inside):
    report(anja, stage.fatma)
    before = anja.get(PAGE).content.decode()
    assert "Vandaag is er nog niets voor alle teams gepland" in before
    assert FOLLOWS not in before, "there is nothing to follow"
    assert anja.post(PAGE).status_code == 302
    wanted = anja.get(PAGE).content.decode()
    assert "Elk team wordt bekeken" in wanted
    assert FOLLOWS in wanted
    mornings.seek.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM))
    assert "0 van 1 teams" in anja.get(PAGE).content.decode()

    work()

    with inside():
        row = Morning.objects.select_related("team").get()
        waiting = set(Replacement.objects.filter(closed_at=None).values_list("visit_id", flat=True))
        assert not Offer.objects.exists(), "it is a plan to look at"
    assert row.team.name == "Team Zuid"
    assert {one["visit"] for one in row.plan} == waiting
    assert row.covered > 0
    assert stage.fatma.pk not in {one["helper"] for one in row.plan}
    page = anja.get(PAGE).content.decode()
    assert "1 team is gepland" in page
    assert f'<td class="num">{row.covered}</td>' in page
    assert FOLLOWS not in page


def test_what_the_own_team_cannot_do_is_named_and_of_another_team_only_counted(stage, anja, inside):
    with inside():
        ours, theirs = Visit.objects.exclude(household=None).select_related("household").distinct("household")[:2]
        lotte = Helper.objects.select_related("person").first()
        planned(stage.teams["Team Zuid"], ours, lotte.pk)
        planned(stage.teams["Team Noord"], theirs, lotte.pk)

    page = anja.get(PAGE).content.decode()

    assert "Wat je eigen team niet kan" in page
    assert ours.household.name in page
    assert lotte.person.name in page
    assert theirs.household.name not in page


def planned(team, visit, lent):
    """This one visit was sought for the team, and somebody of another is lent."""
    at = clock.now()
    plan, borrowed = [{"visit": visit.pk, "helper": None}], [{"visit": visit.pk, "helper": lent}]
    found = {"planned_at": at, "plan": plan, "lent_at": at, "lent": borrowed, "sought": 1, "borrowed": 1}
    Morning.objects.create(team=team, local_date=clock.today(), asked_at=at, question=b"", **found)


def test_another_organisation_sees_nothing_of_it(asked, zoe):
    assert zoe.get(PAGE).status_code == 404
    assert "Team Zuid" not in zoe.get("/o/buren/ochtend/").content.decode()
