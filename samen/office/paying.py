"""What was agreed with helpers and households about an hour, and whether it is a hard rule."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from samen.office.sitting import Office
from samen.visits import rates
from samen.visits.models import HelperRate, HouseholdRate


def agreed(here: Office) -> dict[str, Any]:
    """What helpers ask and what households pay at most, today or from a later day on."""
    lasting = Q(period__endswith__gt=here.today) | Q(period__upper_inf=True)
    asked = HelperRate.objects.filter(lasting).select_related("helper__person")
    paid = HouseholdRate.objects.filter(lasting).select_related("household")
    slug = here.visitor.slug
    return {
        "helpers": [
            _row(here, row, row.helper.person.name, reverse("helper_rate", args=[slug, row.helper.public_id]))
            for row in asked.order_by("helper__person__first_name", "helper_id", "period")
        ],
        "households": [
            _row(here, row, row.household.name, reverse("household_rate", args=[slug, row.household.public_id]))
            for row in paid.order_by("household__name", "household_id", "period")
        ],
    }


def _row(here: Office, row: HelperRate | HouseholdRate, name: str, url: str) -> dict[str, Any]:
    since, until = row.period.lower, row.period.upper
    return {
        "name": name,
        "amount": rates.euros(row.cents),
        "since": since if since > here.today else None,
        "until": until,
        "url": url,
    }
