"""The phone call "I am ill", as a colleague takes it in: whom it may be about, and from when until when."""

from datetime import date, datetime
from typing import Any

from samen.base.tenancy import Actor
from samen.people import places
from samen.people.models import Helper
from samen.teams.models import Team
from samen.visits import absences, periods
from samen.visits.models import Absence


def choices(team: Team, day: date) -> list[dict[str, Any]]:
    """The helpers of the team, by first name."""
    helpers = list(Helper.objects.filter(team=team).select_related("person").order_by("person__first_name", "pk"))
    homes = places.of_helpers([helper.pk for helper in helpers], day)
    return [
        {
            "id": str(helper.public_id),
            "name": helper.person.name,
            "place": places.roughly(homes.get(helper.pk)),
            "photo": None,
        }
        for helper in helpers
    ]


def report(helper: Helper, answers: dict[str, Any], *, by: Actor, at: datetime) -> Absence:
    """The helper is ill from now or from tomorrow, for as long as was said."""
    start, until = periods.from_words(answers["start"], answers["until"], answers.get("back"), at=at)
    return absences.report(helper=helper, kind=Absence.Kind.ILLNESS, start=start, until=until, by=by, at=at)


def better(absence: Absence, *, tomorrow: bool, by: Actor, at: datetime) -> None:
    """The helper is better now, or from tomorrow on."""
    absences.end(absence, since=periods.midnight(at, days=1) if tomorrow else None, by=by, at=at)
