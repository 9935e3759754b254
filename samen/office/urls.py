"""The office's addresses, under `/o/<slug>/beheer/`: for managers only."""

from typing import Any

from django import forms as django_forms
from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.base.forms import ButtonForm
from samen.office import views
from samen.office.forms import (
    ClosedForm,
    ColleagueForm,
    HoursForm,
    InviteForm,
    JoinForm,
    LastDayForm,
    OftenForm,
    RatesForm,
    RegionForm,
    SeenForm,
    SenderForm,
    SendingForm,
    SplitForm,
    TeamForm,
    TextForm,
    WordsForm,
)
from samen.office.models import Split
from samen.office.transfer import urls as transfer
from samen.teams.models import ClosedDay, Colleague, Region, Team, TeamMember

Form = type[django_forms.Form]


def _page(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for managers of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.MANAGER], **more)


def _form(route: str, view: View, *, name: str, form: Form, **more: Any) -> URLPattern:
    """A page with a form on it."""
    return _page(route, view, name=name, methods=["GET", "POST"], form=form, **more)


def _post(route: str, view: View, *, name: str, form: Form = ButtonForm, **more: Any) -> URLPattern:
    """What a form on another page, or a button, sends."""
    return _page(route, view, name=name, methods=["POST"], form=form, **more)


A_REGION, A_TEAM, A_COLLEAGUE = {"region": Region}, {"team": Team}, {"colleague": Colleague}
A_SPLIT = {"split": Split}
urlpatterns = [
    _page("", views.index, name="office"),
    _form("regio/", views.region_list, name="office_regions", form=RegionForm),
    _form("regio/<uuid:region>/", views.region, name="office_region", of=A_REGION, form=RegionForm),
    _form("regio/<uuid:region>/splitsen/", views.split, name="office_split", of=A_REGION, form=SplitForm),
    _form("splitsing/<uuid:split>/ongedaan/", views.undo_split, name="office_undo_split", form=SeenForm, of=A_SPLIT),
    _form("team/", views.team_list, name="office_teams", form=TeamForm),
    _form("team/<uuid:team>/", views.team, name="office_team", of=A_TEAM, form=TeamForm),
    _post("team/<uuid:team>/openingstijden/", views.team_hours, name="office_hours", of=A_TEAM, form=HoursForm),
    _post("team/<uuid:team>/vanzelf/", views.team_sending, name="office_sending", of=A_TEAM, form=SendingForm),
    _post("team/<uuid:team>/gesloten/", views.team_closed, name="office_closed", of=A_TEAM, form=ClosedForm),
    _post("gesloten/<uuid:closed>/open/", views.open_again, name="office_open_again", of={"closed": ClosedDay}),
    _form("collega/", views.colleague_list, name="office_colleagues", form=InviteForm),
    _form("collega/<uuid:colleague>/", views.colleague, name="office_colleague", of=A_COLLEAGUE, form=ColleagueForm),
    _post("collega/<uuid:colleague>/team/", views.join, name="office_join", of=A_COLLEAGUE, form=JoinForm),
    _post("collega/<uuid:colleague>/vertrek/", views.leave, name="office_leave", of=A_COLLEAGUE, form=LastDayForm),
    _post("collega/<uuid:colleague>/terug/", views.come_back, name="office_come_back", of=A_COLLEAGUE),
    _post("collega/<uuid:colleague>/uitnodiging/", views.invite_again, name="office_invite_again", of=A_COLLEAGUE),
    _form("woorden/", views.words, name="office_words", form=WordsForm),
    _form("tarieven/", views.rate_list, name="office_rates", form=RatesForm),
    _form("berichten/", views.message_list, name="office_messages", form=SenderForm),
    _post("berichten/hoe-vaak/", views.how_often, name="office_often", form=OftenForm),
    _form("berichten/tekst/", views.text, name="office_text", form=TextForm),
    _post("berichten/origineel/", views.text_restore, name="office_text_restore"),
    _form("oefenen/", views.practice, name="office_practice", form=ButtonForm),
    _post("oefenen/einde/", views.practice_end, name="office_practice_end"),
    _page("oefenen/postvak/", views.practice_mail, name="office_practice_mail"),
    _post("teamlid/<uuid:member>/einde/", views.move_on, name="office_move_on", of={"member": TeamMember}),
    *transfer.urlpatterns,
]
