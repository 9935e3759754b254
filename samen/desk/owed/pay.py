"""Work and pay of a helper, and what a household pays: what is agreed, and what the law says of it."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.desk import planning
from samen.desk.owed.forms import RateForm
from samen.desk.planning import Caution
from samen.desk.sitting import Desk
from samen.people.models import Helper, Household
from samen.visits import rates


def today(desk: Desk) -> date:
    """The day it is here."""
    return desk.at.astimezone(clock.HOME).date()


def of_helper(desk: Desk, helper: Helper) -> dict[str, Any]:
    """What the page of a helper's rate shows."""
    return {
        "name": helper.person.name,
        "title": _("What she asks for an hour"),
        "count": rates.count(),
        "rates": [_row(row) for row in helper.rates.order_by("-period")],
        "back_url": reverse("helper", args=[desk.visitor.slug, helper.public_id]),
    }


def of_household(desk: Desk, household: Household) -> dict[str, Any]:
    """What the page of a household's rate shows."""
    return {
        "name": household.name,
        "title": _("What it pays for an hour at most"),
        "count": rates.count(),
        "rates": [_row(row) for row in household.rates.order_by("-period")],
        "back_url": reverse("household", args=[desk.visitor.slug, household.public_id]),
    }


def _row(row: Any) -> dict[str, Any]:
    return {"amount": rates.euros(row.cents), "since": row.period.lower, "until": row.period.upper}


def too_low(form: RateForm, helper: Helper) -> list[Caution]:
    """What warns of this rate: less than the minimum wage of her age on that day, or that nobody knows it."""
    cents, since = form.cents(), form.cleaned_data["since"]
    return planning.too_low(helper, cents, since) if cents is not None else []


def work(desk: Desk, helper: Helper) -> dict[str, Any]:
    """What the page of a helper's work and pay shows."""
    found = planning.work_of(helper, at=desk.at)
    floors = [
        floor | {"wage_words": rates.euros(floor["wage"]), "all_in_words": rates.euros(floor["all_in"])}
        if "wage" in floor
        else floor
        for floor in found["floors"]
    ]
    return {
        "name": helper.person.name,
        "work": found,
        "floors": floors,
        "rate": rates.euros(found["rate"]) if found["rate"] else "",
        "rate_url": reverse("helper_rate", args=[desk.visitor.slug, helper.public_id]),
        "back_url": reverse("helper", args=[desk.visitor.slug, helper.public_id]),
    }
