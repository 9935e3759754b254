"""The addresses behind a signed link, under `/l/<token>/`."""

from samen.base.entrances import Role, Scope, page
from samen.base.models import Link
from samen.people.forms import AskRightForm, StandingForm
from samen.people.models import Helper, Household
from samen.portal import views
from samen.portal.forms import AnswerForm, SeenForm, SickForm
from samen.visits.forms import ApproveForm, ResultForm
from samen.visits.models import Visit

urlpatterns = [
    page(
        "",
        views.portal,
        name="portal",
        scope=Scope.LINK,
        roles=[Role.HELPER, Role.HOUSEHOLD],
        of={"token": Link},
        methods=["GET", "POST"],
        form=AnswerForm,
    ),
    page(
        "ziek/",
        views.sick,
        name="sick",
        scope=Scope.LINK,
        roles=[Role.HELPER],
        of={"token": Link},
        methods=["GET", "POST"],
        form=SickForm,
    ),
    page(
        "gezien/",
        views.seen,
        name="seen",
        scope=Scope.LINK,
        roles=[Role.HOUSEHOLD],
        of={"token": Link},
        methods=["POST"],
        form=SeenForm,
    ),
    page(
        "bezoek/<uuid:visit>/",
        views.told,
        name="told",
        scope=Scope.LINK,
        roles=[Role.HELPER],
        of={"token": Link, "visit": Visit},
        methods=["GET", "POST"],
        form=ResultForm,
    ),
    page(
        "bezoek/<uuid:visit>/sleutel/",
        views.way_in,
        name="my_way_in",
        scope=Scope.LINK,
        roles=[Role.HELPER],
        of={"token": Link, "visit": Visit},
        methods=["POST"],
        form=SeenForm,
    ),
    page(
        "bezoek/<uuid:visit>/terug/",
        views.take_back,
        name="take_back",
        scope=Scope.LINK,
        roles=[Role.HELPER],
        of={"token": Link, "visit": Visit},
        methods=["POST"],
        form=SeenForm,
    ),
    page(
        "uren/",
        views.my_hours,
        name="my_hours",
        scope=Scope.LINK,
        roles=[Role.HELPER, Role.HOUSEHOLD],
        of={"token": Link},
    ),
    page(
        "uren/huishouden/<uuid:household>/",
        views.hours_at,
        name="hours_at",
        scope=Scope.LINK,
        roles=[Role.HELPER],
        of={"token": Link, "household": Household},
        methods=["GET", "POST"],
        form=ApproveForm,
    ),
    page(
        "uren/hulp/<uuid:helper>/",
        views.hours_by,
        name="hours_by",
        scope=Scope.LINK,
        roles=[Role.HOUSEHOLD],
        of={"token": Link, "helper": Helper},
        methods=["GET", "POST"],
        form=ApproveForm,
    ),
    page(
        "vragen/",
        views.my_asking,
        name="my_asking",
        scope=Scope.LINK,
        roles=[Role.HELPER],
        of={"token": Link},
        methods=["GET", "POST"],
        form=AskRightForm,
    ),
    page(
        "afwezig/",
        views.my_wishes,
        name="my_wishes",
        scope=Scope.LINK,
        roles=[Role.HOUSEHOLD],
        of={"token": Link},
        methods=["GET", "POST"],
        form=StandingForm,
    ),
]
