"""An organisation that is only just there: every page of the desk opens, and is kind about what there is not yet."""

import re
from datetime import timedelta

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from samen.base import tenancy
from samen.base.entrances import PAGES, Scope
from samen.base.models import Organisation
from samen.demo import beginning
from samen.people.models import Helper
from samen.teams import colleagues, groups, regions
from samen.teams.models import Colleague
from tests.stories.test_registering import SAAR

ASKED = {"office_text": "?text=offer&language=nl", "holiday": "?van=2026-12-25&tot=2026-12-26"}


@pytest.fixture
def robin(db) -> tuple[str, Client]:
    """Robin manages an agency that began this morning: a region, a team with her in it, and nobody else."""
    slug, login = beginning.begin(name="Thuishulp Eemland", manager="Robin")
    browser = Client()
    browser.force_login(login, backend="allauth.account.auth_backends.AuthenticationBackend")
    return slug, browser


def pages(*of: type[Model]) -> list[str]:
    """The pages of colleagues that show these, and nothing else that one must choose first."""
    staff = {name: one for name, one in PAGES.items() if one.scope is Scope.STAFF and "GET" in one.methods}
    return [name for name, one in staff.items() if tuple(one.of.values()) == of]


def opens(browser: Client, name: str, *ids: object) -> str:
    """What stands on the page, which is there, or which leads on to one that is."""
    answer = browser.get(reverse(name, args=ids) + ASKED.get(name, ""), follow=True)
    assert answer.status_code == 200, name
    if not answer.headers["Content-Type"].startswith("text/html"):
        return b"".join(answer).decode(errors="replace")
    said = re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2].partition("</main>")[0])
    assert len(re.sub(r"\s+", " ", said)) > 40, name
    return re.sub(r"\s+", " ", said)


def set_up(browser: Client, slug: str) -> None:
    """A region, and a team with Robin in it."""
    org = next(one for one in Organisation.objects.all() if one.slug == slug)
    with tenancy.enter(org.pk, tenancy.SYSTEM) as context:
        by, at = tenancy.SYSTEM, context.at
        region = regions.make(name="Eemland", spans=[(3811, 3829)], by=by, at=at)
        team = groups.make(region=region, name="Team Eem", phone="033 555 01 10", by=by, at=at)
        start = at.date() - timedelta(days=1)
        colleagues.join(colleague=Colleague.objects.get(), team=team, start=start, until=None, by=by, at=at)


def test_with_no_household_and_no_helper_every_page_opens(robin):
    slug, browser = robin
    assert "0 van 8 klaar" in opens(browser, "office", slug)
    for name in pages():
        if name.startswith("office"):
            opens(browser, name, slug)  # before there is a team

    set_up(browser, slug)

    said = {name: opens(browser, name, slug) for name in pages()}
    assert "Er is nog geen hulp in je team" in said["week"]
    assert "Er is nog geen hulp in je team" in said["report"]
    assert "Nog geen huishoudens" in said["households"]
    assert "Geen uren in deze maand" in said["month_hours"]


def test_with_one_helper_and_no_household_her_pages_open_too(robin):
    slug, browser = robin
    set_up(browser, slug)
    answer = browser.post(reverse("new_helper", args=[slug]), SAAR)
    assert answer.status_code == 302
    (saar,) = re.findall(r"[0-9a-f-]{36}", answer.headers["Location"])

    for name in ("today", "week", "report", "helpers", "month_hours", "holidays"):  # the others know of no helper
        opens(browser, name, slug)
    for name in pages(Helper):
        opens(browser, name, slug, saar)

    assert "Saar" in opens(browser, "helpers", slug)
    assert "Saar" in opens(browser, "week", slug)
