"""The phone call "I am ill", as a colleague takes it in: whom it may be about, and from when until when."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from samen.base.tenancy import Actor
from samen.people import places
from samen.people.models import Helper
from samen.teams.models import Team
from samen.visits import absences, lasting, periods, words
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
    if answers.get("back") and until is not None:
        absences.expect_back(helper=helper, kind=Absence.Kind.ILLNESS, since=until, by=by, at=at)
    return absences.report(helper=helper, kind=Absence.Kind.ILLNESS, start=start, until=until, by=by, at=at)


def is_unknown(helper: Helper, *, at: datetime) -> bool:
    """Whether the helper was reported ill already, and nobody knew until when."""
    return lasting.without_end(at=at).filter(helper=helper, kind=Absence.Kind.ILLNESS).exists()


def reported_before(absence: Absence) -> str:
    """What became of a report of somebody of whom nobody knew until when."""
    said = _("{name} was reported before, and nobody knows until when. Fill in the first day back once you know.")
    if absence.expected_until is not None:
        said = _("{name} is back on {day}. Who stands in later still goes; what nobody has is for {name} again.")
    day = words.day(absence.expected_until) if absence.expected_until else ""
    return said.format(name=absence.helper.person.first_name, day=day)


def better(absence: Absence, *, tomorrow: bool, by: Actor, at: datetime) -> None:
    """The helper is better now, or from tomorrow on."""
    absences.end(absence, since=periods.midnight(at, days=1) if tomorrow else None, by=by, at=at)
