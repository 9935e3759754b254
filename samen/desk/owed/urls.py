"""The addresses of hours, under `/o/<slug>/`."""

from typing import Any

from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.desk.owed import views
from samen.desk.owed.forms import ForForm, MonthForm, RateForm, TasksForm
from samen.people.models import Helper, Household
from samen.visits.forms import ResultForm
from samen.visits.models import Arrangement, Visit


def _staff(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for colleagues of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.COLLEAGUE], **more)


urlpatterns = [
    _staff("uren/", views.hours_of_team, name="month_hours"),
    _staff("uren/maand.csv", views.hours_csv, name="hours_csv"),
    _staff("uren/bezoeken.csv", views.visits_csv, name="visits_csv"),
    _staff("uren/herinnering/", views.remind, name="remind_hours", methods=["POST"], form=MonthForm),
    _staff(
        "uren/<uuid:helper>/<uuid:household>/",
        views.sheet,
        name="hours_sheet",
        of={"helper": Helper, "household": Household},
        methods=["GET", "POST"],
        form=ForForm,
    ),
    _staff(
        "bezoek/<uuid:visit>/uitkomst/",
        views.result,
        name="result",
        of={"visit": Visit},
        methods=["GET", "POST"],
        form=ResultForm,
    ),
    _staff(
        "afspraak/<uuid:arrangement>/taken/",
        views.tasks_of,
        name="tasks",
        of={"arrangement": Arrangement},
        methods=["GET", "POST"],
        form=TasksForm,
    ),
    _staff(
        "hulp/<uuid:helper>/tarief/",
        views.helper_rate,
        name="helper_rate",
        of={"helper": Helper},
        methods=["GET", "POST"],
        form=RateForm,
    ),
    _staff(
        "huishouden/<uuid:household>/tarief/",
        views.household_rate,
        name="household_rate",
        of={"household": Household},
        methods=["GET", "POST"],
        form=RateForm,
    ),
    _staff("hulp/<uuid:helper>/werk/", views.work, name="helper_work", of={"helper": Helper}),
    _staff("regels/", views.rules, name="rules"),
]
