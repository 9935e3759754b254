"""One visit: who goes, who else could, and the few things a colleague may do about it."""

from copy import copy
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.desk import board, cockpit, following, terms
from samen.desk.owed import cautions, telling
from samen.desk.planning import Caution
from samen.desk.season import differences
from samen.desk.sitting import Desk
from samen.people import places, standing, travel
from samen.people.models import Helper, StandingWish
from samen.visits import altered, arrangements, holidays, planning, tasks
from samen.visits.models import Absence, Assignment, Replacement, Visit

QUARTER = 15  # minutes


class DoesNotFit(Exception):
    """The change was not made: the message says what it clashed with."""


class Past(DoesNotFit):
    """A visit that is still to come would be on a day that is past."""


def of(desk: Desk, visit: Visit) -> dict[str, Any]:
    """What the page of a visit shows."""
    going = _going(visit)
    place = places.of_households([visit.household_id], visit.local_date).get(visit.household_id)
    slug = desk.visitor.slug
    return {
        "visit": visit,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "minutes": visit.minutes,
        "household_name": visit.household.name,
        "household_url": reverse("household", args=[slug, visit.household.public_id]),
        "place": places.fully(place),
        "helper": going.helper.person if going else None,
        "helper_url": reverse("helper", args=[slug, going.helper.public_id]) if going else "",
        "cancelled": visit.cancelled_at is not None,
        "over": visit.ends_at <= desk.at,
        "begun": visit.starts_at <= desk.at,
        "history": telling.history(visit),
        "tasks": tasks.of_visit(visit),
        "result_url": reverse("result", args=[slug, visit.public_id]),
        "words": terms.of_slot(visit),
        "why_not": differences.why_words(visit.cancelled_why) if visit.cancelled_at else "",
        "undecided": _undecided(slug, visit),
        "wants": None if going or visit.cancelled_at else _wants(visit),
        "recurs": following.term_of(visit) is not None,
        "own": [name for name, flag in _own(visit) if flag],
        "week_url": terms.week_url(slug, visit.local_date),
    }


def could(desk: Desk, visit: Visit) -> dict[str, Any]:
    """Who else could go to a visit, and why the others cannot; reckoned for whoever asks, for it takes a plan."""
    going = _going(visit)
    ranking = planning.rank_one(visit, at=desk.at)
    numbers = {one.helper for one in ranking.candidates} | {one.helper for one in ranking.refused}
    helpers = Helper.objects.select_related("person").in_bulk(numbers)
    wants = None if going or visit.cancelled_at else _wants(visit)
    shorter = wants is not None and wants["want"] == StandingWish.Want.SHORTEN
    return {
        "shorter": _able(visit, wants["minutes"], {one.helper for one in ranking.candidates}, desk)
        if wants and shorter
        else [],
        "wants": wants,
        "household": visit.household.public_id,
        "candidates": [
            {
                "id": str(helpers[one.helper].public_id),
                "helper_id": str(helpers[one.helper].public_id),
                "name": helpers[one.helper].person.name,
                "travel_minutes": travel.about(one.travel),
                "travel_source": one.source,
                "mode": helpers[one.helper].mode.lower(),
                "reasons": cockpit.reasons((part.part, part.cost, part.count) for part in one.reasons),
            }
            for one in ranking.candidates
        ],
        "refused": [
            {
                "name": helpers[one.helper].person.first_name,
                "reason": cockpit.why_not(one.rule, one.by),
            }
            for one in ranking.refused
            if not going or one.helper != going.helper_id
        ],
    }


def _going(visit: Visit) -> Assignment | None:
    return Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()


def _wants(visit: Visit) -> dict[str, Any] | None:
    """What the household said for when its helper cannot come, and how long a shorter visit would be."""
    search = Replacement.objects.filter(visit=visit, closed_at=None).select_related("round__absence").first()
    if search is None or search.round.absence is None:
        return None
    ill = search.round.absence.kind == Absence.Kind.ILLNESS
    said = standing.of([visit.household_id]).get(visit.household_id, {})
    want = said.get(StandingWish.For.ILLNESS if ill else StandingWish.For.LEAVE)
    if want is None:
        return None
    shorter = max(visit.minutes * 2 // 3 // QUARTER * QUARTER, QUARTER)
    return {"want": want, "words": StandingWish.Want(want).label, "minutes": shorter}


def _able(visit: Visit, minutes: int, already: set[int], desk: Desk) -> list[str]:
    """Who else could come if the visit took so many minutes."""
    short = copy(visit)
    short.minutes, short.ends_at = minutes, visit.starts_at + timedelta(minutes=minutes)
    able = [one.helper for one in planning.rank_one(short, at=desk.at).candidates if one.helper not in already]
    names = {one.pk: one.person.first_name for one in Helper.objects.filter(pk__in=able).select_related("person")}
    return [names[number] for number in able]


def _undecided(slug: str, visit: Visit) -> dict[str, str] | None:
    """The holiday on which this visit falls and about which the team decided nothing; where it decides."""
    if visit.own_date or visit.cancelled_at is not None:
        return None
    day = visit.local_date
    found = next(iter(holidays.undecided(visit.team, day, day + holidays.ONE_DAY)), None)
    return {"name": found.name, "url": board.holiday_url(slug, found)} if found else None


def _own(visit: Visit) -> list[tuple[str, bool]]:
    return [
        (_("the day"), visit.own_date),
        (_("the hour"), visit.own_start),
        (_("the length"), visit.own_minutes),
        (_("the helper"), visit.own_helper),
    ]


def told(desk: Desk, visit: Visit) -> str:
    """Who hears by itself that this visit changed, in words: who said yes to it, and the household she was promised."""
    names = altered.who_hears(visit, at=desk.at)
    text = _("{helper} and {household} hear it in a minute. Whom nothing can be sent to stands on the call list.")
    return " " + text.format(household=visit.household.name, helper=", ".join(names)) if names else ""


def move(desk: Desk, visit: Visit, *, day: date, start: time, minutes: int) -> None:
    """This visit alone is at another time; `DoesNotFit`, and nothing changes, when whoever goes cannot."""
    different = moved(visit, day=day, start=start, minutes=minutes)
    if different:
        all_or_nothing(desk, visit, **different)


def moved(visit: Visit, *, day: date, start: time, minutes: int) -> dict[str, Any]:
    """What of its time would be different."""
    now = {"local_date": visit.local_date, "local_start": visit.local_start, "minutes": visit.minutes}
    changes = {"local_date": day, "local_start": start, "minutes": minutes}
    return {name: value for name, value in changes.items() if value != now[name]}


def warned(desk: Desk, visit: Visit, later: following.Following) -> list[Caution]:
    """What warns when this visit and those after it change so."""
    term = following.term_of(visit)
    if term is None:
        return []
    helper = later.changes.get("helper", term.helper)
    return cautions.of_following(desk, visit, later.answers(term), helper)


def give(desk: Desk, visit: Visit, helper: Helper | None) -> None:
    """This visit alone has this helper, or nobody; `DoesNotFit` when the helper cannot, and nothing changes."""
    all_or_nothing(desk, visit, helper=helper)


def all_or_nothing(desk: Desk, visit: Visit, **changes: Any) -> None:
    """This visit alone changes, or `DoesNotFit` and nothing does."""
    if "local_date" in changes and changes["local_date"] < desk.at.astimezone(clock.HOME).date() <= visit.local_date:
        raise Past(_("Choose today or a later day."))
    with transaction.atomic():
        done = arrangements.change_one(visit, by=desk.visitor.actor, at=desk.at, **changes)
        if visit in done.clashes:
            raise DoesNotFit(_("That does not fit: the helper has another visit or cannot come. Nothing changed."))
