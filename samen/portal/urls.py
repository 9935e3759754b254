"""The addresses behind a signed link, under `/l/<token>/`."""

from samen.base.entrances import Role, Scope, page
from samen.base.models import Link
from samen.portal import views
from samen.portal.forms import AnswerForm, SeenForm, SickForm

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
]
