"""Somebody new: the answers of the form as the verbs of people take them."""

from datetime import date
from typing import Any

from samen.base import clock
from samen.desk.dossiers.forms import HelperForm, HouseholdForm
from samen.desk.sitting import Desk
from samen.people import availability, helpers, households
from samen.people.helpers import NewHelper
from samen.people.households import NewHousehold, NewMember
from samen.people.models import Helper, Household

MINUTES = 60


def household(desk: Desk, form: HouseholdForm) -> Household:
    """The household of this form is known, in the team of this desk."""
    new = NewHousehold(
        name=form.cleaned_data["name"],
        team=desk.team,
        members=(NewMember(form.person()),),
        home=form.home(),
        since=desk.at.astimezone(clock.HOME).date(),
    )
    return households.register(new=new, by=desk.visitor.actor, at=desk.at)


def helper(desk: Desk, form: HelperForm) -> Helper:
    """The helper of this form is known, in the team of this desk."""
    said = form.cleaned_data
    new = NewHelper(
        person=form.person(),
        team=desk.team,
        home=form.home(),
        since=said["since"],
        mode=said["mode"],
        reach_minutes=said["reach_minutes"],
        contract_minutes=int((said["contract_hours"] or 0) * MINUTES),
    )
    return helpers.register(new=new, by=desk.visitor.actor, at=desk.at)


def hours_now(helper: Helper, *, today: date) -> dict[str, Any]:
    """Her week as it is, in the words of the form; who begins later is asked from that day on."""
    since = max(today, helper.since_date or today)
    week = availability.of(helper, since)
    return {"since": since} | {f"day_{weekday}": availability.in_words(hours) for weekday, hours in week.items()}
