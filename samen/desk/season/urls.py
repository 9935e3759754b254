"""The addresses of many visits at once, under `/o/<slug>/`."""

from typing import Any

from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.base.forms import ButtonForm
from samen.desk.season import views
from samen.desk.season.forms import AwayForm, BackForm, HandoverForm, HolidayForm, LeaveForm, RegionForm
from samen.people.models import Helper, Household
from samen.visits.models import Bundle, HolidayChoice, HouseholdAway


def _staff(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for colleagues of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.COLLEAGUE], **more)


BOTH = ["GET", "POST"]

urlpatterns = [
    _staff("feestdagen/", views.all_holidays, name="holidays"),
    _staff("feestdagen/schoolregio/", views.school_region, name="school_region", methods=["POST"], form=RegionForm),
    _staff("feestdagen/keuze/", views.holiday, name="holiday", methods=BOTH, form=HolidayForm),
    _staff(
        "feestdagen/<uuid:choice>/ongedaan/",
        views.undo_holiday,
        name="undo_holiday",
        of={"choice": HolidayChoice},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff(
        "huishouden/<uuid:household>/weg/",
        views.away,
        name="away",
        of={"household": Household},
        methods=BOTH,
        form=AwayForm,
    ),
    _staff(
        "weg/<uuid:away>/terug/",
        views.away_back,
        name="away_back",
        of={"away": HouseholdAway},
        methods=["POST"],
        form=BackForm,
    ),
    _staff(
        "weg/<uuid:away>/ongedaan/",
        views.undo_away,
        name="undo_away",
        of={"away": HouseholdAway},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff(
        "hulp/<uuid:helper>/verlof/", views.leave, name="leave", of={"helper": Helper}, methods=BOTH, form=LeaveForm
    ),
    _staff(
        "hulp/<uuid:helper>/overdragen/",
        views.hand_over,
        name="hand_over",
        of={"helper": Helper},
        methods=BOTH,
        form=HandoverForm,
    ),
    _staff(
        "overdracht/<uuid:bundle>/ongedaan/",
        views.undo_hand_over,
        name="undo_hand_over",
        of={"bundle": Bundle},
        methods=["POST"],
        form=ButtonForm,
    ),
]
