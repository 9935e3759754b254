"""What warns at the places where a coordinator decides, and what is written down when she goes on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from samen.base.schema import Owned
from samen.desk import planning
from samen.desk.forms import GoesOn
from samen.desk.planning import Caution
from samen.desk.sitting import Desk
from samen.people.models import Helper, Household
from samen.visits import overrides
from samen.visits.models import Arrangement, Visit
from samen.visits.overrides import Warned


def of_new(desk: Desk, household: Household, answers: dict[str, Any]) -> list[Caution]:
    """What warns of a new agreement."""
    helper = _helper(answers["helper"])
    return planning.of_agreement(household, answers, helper, work_form=answers["work_form"], at=desk.at)


def of_change(desk: Desk, arrangement: Arrangement, answers: dict[str, Any]) -> list[Caution]:
    """What warns of a change of an agreement; what lending out asks was said when it was made."""
    helper = _helper(answers["helper"])
    found = planning.of_agreement(
        arrangement.household,
        answers,
        helper,
        work_form=arrangement.work_form,
        at=desk.at,
        changing=arrangement,
    )
    return [one for one in found if one.asks]


def _helper(public_id: str) -> Helper | None:
    return Helper.objects.filter(public_id=public_id).select_related("person").first() if public_id else None


def of_move(desk: Desk, visit: Visit, answers: dict[str, Any]) -> list[Caution]:
    """What warns when this one visit is at another time."""
    day, start, minutes = answers["day"], answers["start"], answers["minutes"]
    return planning.of_move(visit, day=day, start=start, minutes=minutes, at=desk.at)


def of_give(desk: Desk, visit: Visit, helper: Helper) -> list[Caution]:
    """What warns when this helper goes to this one visit."""
    return planning.of_stand_in(visit, helper, at=desk.at)


def of_following(desk: Desk, visit: Visit, answers: dict[str, Any], helper: Helper | None) -> list[Caution]:
    """What warns when this visit and those after it are like these answers, with this helper."""
    if visit.arrangement is None:
        return []
    work_form, at = visit.arrangement.work_form, desk.at
    found = planning.of_agreement(
        visit.household, answers, helper, work_form=work_form, at=at, changing=visit.arrangement
    )
    return [one for one in found if one.asks]


def went_on(request: HttpRequest, desk: Desk, about: Owned, form: GoesOn, *subjects: Owned) -> None:
    """The rules that asked for a reason are written down with it; what is only good to know is said."""
    warned = [Warned(one.rule, one.found, one.day) for one in form.cautions if one.asks]
    why = form.cleaned_data["why"]
    overrides.record(about, warned, reason=why, subjects=subjects, by=desk.visitor.actor, at=desk.at)
    for one in form.cautions:
        if not one.asks:
            messages.info(request, one.text)
