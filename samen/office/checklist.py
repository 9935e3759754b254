"""From nothing to the first visit: what stands, and what comes next."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.office.sitting import Office
from samen.people.models import Helper, Household
from samen.teams.models import Colleague, Region, Team
from samen.visits.models import Visit


@dataclass(frozen=True)
class Step:
    """One thing to do, whether it is done, how much of it there is, and where it is done."""

    name: str
    icon: str
    title: str
    text: str
    done: bool
    count: int = 0
    url: str = ""


def checklist(here: Office) -> dict[str, Any]:
    """The steps in order, how many are done, and which is next."""
    steps = _steps(here)
    following = next((step for step in steps if not step.done), None)
    return {"steps": steps, "done": sum(step.done for step in steps), "next": following}


def _steps(here: Office) -> list[Step]:
    regions, teams = Region.objects.count(), Team.objects.count()
    colleagues = Colleague.objects.filter(left_at=None).count()
    helpers, households, visits = Helper.objects.count(), Household.objects.count(), Visit.objects.exists()
    return [
        Step("region", "map", _("A region"), _("Which postcodes you serve."), bool(regions), regions),
        Step("team", "users", _("A team"), _("Who answers there, and on which number."), bool(teams), teams),
        Step("colleagues", "user-plus", _("Colleagues"), _("They get a mail and sign in."), colleagues > 1, colleagues),
        Step(
            "household", "house", _("The first household"), _("Who is helped, and where."), bool(households), households
        ),
        Step("helper", "heart-handshake", _("The first helper"), _("Who goes there."), bool(helpers), helpers),
        Step(
            "visit",
            "calendar-plus",
            _("The first visit"),
            _("Agree on a day and an hour; the visits make themselves."),
            visits,
            url=reverse("today", args=[here.visitor.slug]) if here.team else "",
        ),
    ]
