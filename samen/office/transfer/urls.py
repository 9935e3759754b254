"""The addresses of imports and exports, under `/o/<slug>/beheer/`: for managers only."""

from typing import Any

from django import forms as django_forms
from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.base.forms import ButtonForm
from samen.office.models import Export, Import
from samen.office.transfer import views
from samen.office.transfer.forms import AnswersForm, BringForm, MappingForm

Form = type[django_forms.Form]
FILE = {"file": Import}


def _page(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for managers of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.MANAGER], **more)


def _post(route: str, view: View, *, name: str, form: Form = ButtonForm) -> URLPattern:
    """What a button on the page of an import sends."""
    return _page(f"import/<uuid:file>/{route}", view, name=name, of=FILE, methods=["POST"], form=form)


BOTH = ["GET", "POST"]
urlpatterns = [
    _page("import/", views.imports, name="imports", methods=BOTH, form=BringForm),
    _page("import/<uuid:file>/", views.one_import, name="import", of=FILE),
    _page(
        "import/<uuid:file>/kolommen/", views.columns, name="import_columns", of=FILE, methods=BOTH, form=MappingForm
    ),
    _page("import/<uuid:file>/fouten/", views.faults, name="import_faults", of=FILE),
    _post("vragen/", views.answers, name="import_answers", form=AnswersForm),
    _post("overnemen/", views.take_over, name="import_take_over"),
    _post("terugdraaien/", views.take_back, name="import_take_back"),
    _page("export/", views.exports, name="exports", methods=BOTH, form=ButtonForm),
    _page("export/huishoudens/", views.household_list, name="household_list"),
    _page("export/hulpen/", views.helper_list, name="helper_list"),
    _page("export/<uuid:export>/", views.export, name="export", of={"export": Export}),
    _post("weggooien/", views.discard, name="import_discard"),
]
