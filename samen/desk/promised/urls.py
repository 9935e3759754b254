"""The addresses of what is called off, under `/o/<slug>/`."""

from samen.base.entrances import Role, Scope, page
from samen.base.forms import ButtonForm
from samen.desk.promised import views
from samen.desk.promised.forms import CallOffForm
from samen.visits.models import Absence

urlpatterns = [
    page(
        "afwezig/<uuid:absence>/afzeggen/",
        views.call_off,
        name="call_off",
        scope=Scope.STAFF,
        roles=[Role.COLLEAGUE],
        of={"absence": Absence},
        methods=["GET", "POST"],
        form=CallOffForm,
    ),
    page(
        "afwezig/<uuid:absence>/niet-versturen/",
        views.stop_leaving,
        name="stop_leaving",
        scope=Scope.STAFF,
        roles=[Role.COLLEAGUE],
        of={"absence": Absence},
        methods=["POST"],
        form=ButtonForm,
    ),
]
