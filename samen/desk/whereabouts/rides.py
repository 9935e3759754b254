"""The page about one way: how long it takes, who says so, and how many ways are known at all."""

from typing import Any

from django.urls import reverse

from samen.desk.sitting import Desk
from samen.people import planning, travel
from samen.people.models import Helper, Household


def of(here: Desk, helper: Helper, household: Household) -> dict[str, Any]:
    """Everything the page shows."""
    found = planning.between(helper, household, at=here.at)
    slug = here.visitor.slug
    return {
        "helper": helper.person.name,
        "household": household.name,
        "team": helper.team,
        "mode": helper.mode.lower(),
        "minutes": travel.about(found.minutes) if found else None,
        "source": found.source.value if found else "",
        "counts": travel.counts(),
        "trouble": travel.trouble(),
        "helper_url": reverse("helper", args=[slug, helper.public_id]),
        "household_url": reverse("household", args=[slug, household.public_id]),
    }
