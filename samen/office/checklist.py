"""From nothing to the first visit: what stands, and what comes next."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from samen.base.models import JournalLine
from samen.office.sitting import Office
from samen.people.models import Helper, Household
from samen.teams.facts import Fact
from samen.teams.models import Colleague, OpeningHours, Region, Team
from samen.visits.models import Visit


@dataclass(frozen=True)
class Step:
    """One thing to do, whether it is done, how much of it there is, and where it is done."""

    icon: str
    title: str
    text: str
    done: bool
    url: str
    count: int = 0


def checklist(here: Office) -> dict[str, Any]:
    """The steps in order, how many are done, and which is next."""
    steps = [*_ground(here), *_people(here)]
    following = next((step for step in steps if not step.done), None)
    return {"steps": steps, "done": sum(step.done for step in steps), "next": following, "rules_url": rules_url(here)}


def _ground(here: Office) -> list[Step]:
    """What an organisation stands on."""
    slug = here.visitor.slug
    regions, teams = Region.objects.count(), Team.objects.count()
    colleagues = Colleague.objects.serving(here.at).count()
    first = Team.objects.order_by("pk").first()
    hours = reverse("office_team", args=[slug, first.public_id]) if first else reverse("office_teams", args=[slug])
    return [
        Step("map", _("A region"), _("Which postcodes you serve."), regions > 0, _to(here, "regions"), regions),
        Step("users", _("A team"), _("Who answers there, and on which number."), teams > 0, _to(here, "teams"), teams),
        Step(
            "user-plus",
            _("Colleagues in the team"),
            _("Put yourself in it, and invite the others: they get a mail."),
            Team.objects.filter(members__period__contains=here.today).exists(),
            _to(here, "colleagues"),
            colleagues,
        ),
        Step("clock", _("Opening hours"), _("When the team can be reached."), OpeningHours.objects.exists(), hours),
        Step(
            "message-square-text",
            _("Your words"),
            _("Household, customer or client; and how your messages read."),
            JournalLine.objects.filter(fact=Fact.WORDS_CHOSEN).exists(),
            _to(here, "words"),
        ),
    ]


def _people(here: Office) -> list[Step]:
    """Whom it is all about."""
    households, helpers = Household.objects.count(), Helper.objects.count()
    slug, first = here.visitor.slug, Household.objects.order_by("pk").first()
    agree = reverse("agree", args=[slug, first.public_id]) if first and here.team else ""
    return [
        Step(
            "house",
            _("The first household"),
            _("Who is helped, and where."),
            households > 0,
            _page(here, "new_household"),
            households,
        ),
        Step(
            "heart-handshake",
            _("The first helper"),
            _("Who goes there."),
            helpers > 0,
            _page(here, "new_helper"),
            helpers,
        ),
        Step(
            "calendar-plus",
            _("The first visit"),
            _("Agree on a day and an hour; the visits make themselves."),
            Visit.objects.exists(),
            agree,
        ),
    ]


def _to(here: Office, name: str) -> str:
    return reverse(f"office_{name}", args=[here.visitor.slug])


def _page(here: Office, name: str) -> str:
    """A page of the desk, which is for colleagues who are in a team."""
    if here.team is None:
        return ""
    try:
        return reverse(name, args=[here.visitor.slug])
    except NoReverseMatch:
        return ""


def rules_url(here: Office) -> str:
    """Where the rules of work stand, for whoever has a team."""
    return reverse("rules", args=[here.visitor.slug]) if here.team else ""
