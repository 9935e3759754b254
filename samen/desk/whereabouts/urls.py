"""The addresses about places and calendars, under `/o/<slug>/`."""

from typing import Any

from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.desk.whereabouts import views
from samen.desk.whereabouts.forms import CalendarForm, PinForm, PlaceForm, RideForm
from samen.people.models import Helper, Household

BOTH = ["GET", "POST"]
HOUSEHOLD = {"of": {"household": Household}}
HELPER = {"of": {"helper": Helper}}


def _staff(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for colleagues of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.COLLEAGUE], **more)


urlpatterns = [
    _staff(
        "huishouden/<uuid:household>/plek/",
        views.household_place,
        name="household_place",
        methods=BOTH,
        form=PlaceForm,
        **HOUSEHOLD,
    ),
    _staff("hulp/<uuid:helper>/plek/", views.helper_place, name="helper_place", methods=BOTH, form=PlaceForm, **HELPER),
    _staff(
        "huishouden/<uuid:household>/plek/punt/",
        views.pin_household,
        name="pin_household",
        methods=["POST"],
        form=PinForm,
        **HOUSEHOLD,
    ),
    _staff(
        "hulp/<uuid:helper>/plek/punt/", views.pin_helper, name="pin_helper", methods=["POST"], form=PinForm, **HELPER
    ),
    _staff(
        "huishouden/<uuid:household>/agenda/",
        views.household_calendar,
        name="household_calendar",
        methods=BOTH,
        form=CalendarForm,
        **HOUSEHOLD,
    ),
    _staff(
        "hulp/<uuid:helper>/agenda/",
        views.helper_calendar,
        name="helper_calendar",
        methods=BOTH,
        form=CalendarForm,
        **HELPER,
    ),
    _staff("agenda/", views.team_calendar, name="team_calendar", methods=BOTH, form=CalendarForm),
    _staff(
        "hulp/<uuid:helper>/reistijd/<uuid:household>/",
        views.ride,
        name="ride",
        of={"helper": Helper, "household": Household},
        methods=BOTH,
        form=RideForm,
    ),
]
