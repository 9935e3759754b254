"""The address of the morning, under `/o/<slug>/`."""

from samen.base.entrances import Role, Scope, page
from samen.base.forms import ButtonForm
from samen.desk.morning import views

urlpatterns = [
    page(
        "ochtend/",
        views.morning,
        name="morning",
        scope=Scope.STAFF,
        roles=[Role.COLLEAGUE],
        methods=["GET", "POST"],
        form=ButtonForm,
    )
]
