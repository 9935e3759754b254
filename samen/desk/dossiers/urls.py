"""The addresses of households and helpers, under `/o/<slug>/`."""

from typing import Any

from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.desk.dossiers import views
from samen.desk.dossiers.forms import HelperForm, HouseholdForm, WeekForm
from samen.people.models import Helper

BOTH = ["GET", "POST"]


def _staff(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for colleagues of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.COLLEAGUE], **more)


urlpatterns = [
    _staff("huishoudens/", views.households, name="households"),
    _staff("hulpen/", views.helpers, name="helpers"),
    _staff("huishouden/nieuw/", views.new_household, name="new_household", methods=BOTH, form=HouseholdForm),
    _staff("hulp/nieuw/", views.new_helper, name="new_helper", methods=BOTH, form=HelperForm),
    _staff("hulp/<uuid:helper>/uren/", views.hours, name="hours", of={"helper": Helper}, methods=BOTH, form=WeekForm),
]
