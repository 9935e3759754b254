"""The workplace's addresses, under `/o/<slug>/`."""

from typing import Any

from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.base.forms import ButtonForm
from samen.desk import views
from samen.desk.dossiers import urls as dossiers
from samen.desk.forms import (
    AddForm,
    AgreeForm,
    ArrangementForm,
    AskForm,
    BetterForm,
    CallForm,
    ChooseForm,
    DecideForm,
    EndForm,
    GiveForm,
    LentForm,
    MoveForm,
    PlaceForm,
    ReportForm,
    SearchForm,
    SendForm,
)
from samen.desk.morning import urls as morning
from samen.desk.owed import urls as owed
from samen.desk.promised import urls as promised
from samen.desk.season import urls as season
from samen.desk.whereabouts import urls as whereabouts
from samen.people.models import Helper, Household
from samen.teams.models import AccessRequest
from samen.visits.models import Absence, Arrangement, Visit


def _staff(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for colleagues of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.COLLEAGUE], **more)


urlpatterns = [
    *dossiers.urlpatterns,
    *owed.urlpatterns,
    *promised.urlpatterns,
    *whereabouts.urlpatterns,
    *season.urlpatterns,
    *morning.urlpatterns,
    _staff("", views.today, name="today"),
    _staff("ziek/", views.report, name="report", methods=["GET", "POST"], form=ReportForm),
    _staff("vervanging/", views.together, name="together", methods=["GET", "POST"], form=SendForm),
    _staff("vervanging/ongedaan/", views.undo_together, name="undo_together", methods=["POST"], form=ButtonForm),
    _staff("uitlenen/", views.not_lent, name="not_lent", methods=["POST"], form=LentForm),
    _staff(
        "afwezig/<uuid:absence>/",
        views.cockpit,
        name="cockpit",
        of={"absence": Absence},
        methods=["GET", "POST"],
        form=SearchForm,
    ),
    _staff(
        "afwezig/<uuid:absence>/ongedaan/",
        views.undo,
        name="undo",
        of={"absence": Absence},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff(
        "afwezig/<uuid:absence>/zoeken/",
        views.tell_waiting,
        name="tell_waiting",
        of={"absence": Absence},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff("afwezig/<uuid:absence>/waarom/", views.why_not, name="why_not", of={"absence": Absence}),
    _staff(
        "afwezig/<uuid:absence>/keuze/",
        views.choose,
        name="choose",
        of={"absence": Absence},
        methods=["POST"],
        form=ChooseForm,
    ),
    _staff(
        "afwezig/<uuid:absence>/liever-niet/",
        views.decide,
        name="decide",
        of={"absence": Absence},
        methods=["POST"],
        form=DecideForm,
    ),
    _staff(
        "afwezig/<uuid:absence>/gebeld/",
        views.call,
        name="call",
        of={"absence": Absence},
        methods=["POST"],
        form=CallForm,
    ),
    _staff(
        "afwezig/<uuid:absence>/beter/",
        views.better,
        name="better",
        of={"absence": Absence},
        methods=["POST"],
        form=BetterForm,
    ),
    _staff(
        "afwezig/<uuid:absence>/terugnemen/",
        views.withdraw,
        name="withdraw",
        of={"absence": Absence},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff(
        "afwezig/<uuid:absence>/toegang/",
        views.ask_absence,
        name="ask_absence",
        of={"absence": Absence},
        methods=["POST"],
        form=AskForm,
    ),
    _staff("hulp/<uuid:helper>/", views.helper, name="helper", of={"helper": Helper}),
    _staff(
        "hulp/<uuid:helper>/toegang/",
        views.ask_helper,
        name="ask_helper",
        of={"helper": Helper},
        methods=["POST"],
        form=AskForm,
    ),
    _staff("huishouden/<uuid:household>/", views.household, name="household", of={"household": Household}),
    _staff(
        "huishouden/<uuid:household>/toegang/",
        views.ask_household,
        name="ask_household",
        of={"household": Household},
        methods=["POST"],
        form=AskForm,
    ),
    _staff(
        "toegang/<uuid:request_id>/",
        views.grant,
        name="grant",
        of={"request_id": AccessRequest},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff("week/", views.week, name="week"),
    _staff(
        "bezoek/<uuid:visit>/", views.visit, name="visit", of={"visit": Visit}, methods=["GET", "POST"], form=MoveForm
    ),
    _staff(
        "bezoek/<uuid:visit>/plek/",
        views.place,
        name="place",
        of={"visit": Visit},
        methods=["GET", "POST"],
        form=PlaceForm,
    ),
    _staff("hulp/<uuid:helper>/week/", views.week_sheet, name="week_sheet", of={"helper": Helper}),
    _staff("bezoek/<uuid:visit>/hulp/", views.give, name="give", of={"visit": Visit}, methods=["POST"], form=GiveForm),
    _staff(
        "bezoek/<uuid:visit>/overslaan/",
        views.skip,
        name="skip",
        of={"visit": Visit},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff(
        "bezoek/<uuid:visit>/toegang/",
        views.ask_visit,
        name="ask_visit",
        of={"visit": Visit},
        methods=["POST"],
        form=AskForm,
    ),
    _staff(
        "afspraak/<uuid:arrangement>/",
        views.arrangement,
        name="arrangement",
        of={"arrangement": Arrangement},
        methods=["GET", "POST"],
        form=ArrangementForm,
    ),
    _staff(
        "afspraak/<uuid:arrangement>/erbij/",
        views.add_slot,
        name="add_slot",
        of={"arrangement": Arrangement},
        methods=["POST"],
        form=AddForm,
    ),
    _staff(
        "afspraak/<uuid:arrangement>/einde/",
        views.end_arrangement,
        name="end_arrangement",
        of={"arrangement": Arrangement},
        methods=["POST"],
        form=EndForm,
    ),
    _staff(
        "afspraak/<uuid:arrangement>/ongedaan/",
        views.undo_arrangement,
        name="undo_arrangement",
        of={"arrangement": Arrangement},
        methods=["POST"],
        form=ButtonForm,
    ),
    _staff(
        "afspraak/<uuid:arrangement>/toegang/",
        views.ask_arrangement,
        name="ask_arrangement",
        of={"arrangement": Arrangement},
        methods=["POST"],
        form=AskForm,
    ),
    _staff(
        "huishouden/<uuid:household>/afspraak/",
        views.agree,
        name="agree",
        of={"household": Household},
        methods=["GET", "POST"],
        form=AgreeForm,
    ),
]
