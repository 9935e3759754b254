"""The addresses of households and helpers, under `/o/<slug>/`."""

from typing import Any

from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.base.forms import ButtonForm
from samen.desk.dossiers import sheets, views
from samen.desk.dossiers.forms import (
    DocumentForm,
    HelperForm,
    HouseholdForm,
    MemberChangeForm,
    MemberForm,
    NoteForm,
    PairForm,
    PersonForm,
    StoryForm,
    TermsForm,
    WayInForm,
    WeekForm,
    WishForm,
)
from samen.people.forms import AskRightForm, StandingForm
from samen.people.models import ContactPoint, Document, Helper, Household, HouseholdMember, PairWish, Wish

BOTH = ["GET", "POST"]


def _staff(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for colleagues of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.COLLEAGUE], **more)


def _of_household(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A sheet of one household."""
    options = {"of": {"household": Household}, "methods": BOTH} | more
    return _staff(f"huishouden/<uuid:household>/{route}", view, name=name, **options)


def _of_helper(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A sheet of one helper."""
    options = {"of": {"helper": Helper}, "methods": BOTH} | more
    return _staff(f"hulp/<uuid:helper>/{route}", view, name=name, **options)


A_POINT: dict[str, Any] = {"of": {"point": ContactPoint}, "methods": ["POST"], "form": ButtonForm}
urlpatterns = [
    _staff("huishoudens/", views.households, name="households"),
    _staff("hulpen/", views.helpers, name="helpers"),
    _staff("huishouden/nieuw/", views.new_household, name="new_household", methods=BOTH, form=HouseholdForm),
    _staff("hulp/nieuw/", views.new_helper, name="new_helper", methods=BOTH, form=HelperForm),
    _of_helper("uren/", views.hours, name="week_hours", form=WeekForm),
    _of_helper("persoon/", sheets.helper_person, name="helper_person", form=PersonForm),
    _of_helper("vragen/", sheets.asking_right, name="asking_right", form=AskRightForm),
    _of_helper("afspraken/", sheets.terms, name="terms", form=TermsForm),
    _of_helper("wens/", sheets.helper_wish, name="helper_wish", form=WishForm),
    _of_helper("verhaal/", sheets.helper_story, name="helper_story", form=StoryForm),
    _of_helper("notitie/", sheets.helper_note, name="helper_note", form=NoteForm),
    _of_helper("document/", sheets.helper_document, name="helper_document", form=DocumentForm),
    _of_household("afwezig/", sheets.standing_wish, name="standing_wish", form=StandingForm),
    _of_household("wens/", sheets.household_wish, name="household_wish", form=WishForm),
    _of_household("paar/", sheets.pair, name="pair", form=PairForm),
    _of_household("verhaal/", sheets.household_story, name="household_story", form=StoryForm),
    _of_household("persoon/", sheets.member, name="member", form=MemberForm),
    _of_household("sleutel/", sheets.way_in, name="way_in", form=WayInForm),
    _of_household("sleutel/tonen/", views.show_way_in, name="show_way_in", form=ButtonForm, methods=["POST"]),
    _of_household("notitie/", sheets.household_note, name="household_note", form=NoteForm),
    _of_household("document/", sheets.household_document, name="household_document", form=DocumentForm),
    _staff(
        "paar/<uuid:pair>/weg/",
        views.drop_pair,
        name="drop_pair",
        of={"pair": PairWish},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff(
        "persoon/<uuid:member>/",
        sheets.person,
        name="person",
        of={"member": HouseholdMember},
        methods=BOTH,
        form=MemberChangeForm,
    ),
    _staff("contact/<uuid:point>/klopt/", sheets.point_right, name="point_right", **A_POINT),
    _staff("contact/<uuid:point>/weg/", sheets.point_end, name="point_end", **A_POINT),
    _staff("document/<uuid:document>/", views.document, name="document", of={"document": Document}),
    _staff(
        "wens/<uuid:wish>/weg/",
        views.drop_wish,
        name="drop_wish",
        of={"wish": Wish},
        methods=["POST"],
        form=ButtonForm,
    ),
]
