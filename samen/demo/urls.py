"""The addresses that only the demo has."""

from samen.base.entrances import Role, Scope, page
from samen.demo import views
from samen.demo.forms import BeginForm, PersonaForm

urlpatterns = [
    page("", views.demo, name="demo", scope=Scope.DEMO, roles=[Role.ANYONE]),
    page(
        "word/",
        views.become,
        name="become",
        scope=Scope.DEMO,
        roles=[Role.ANYONE],
        methods=["POST"],
        form=PersonaForm,
    ),
    page(
        "beginnen/",
        views.begin,
        name="begin",
        scope=Scope.DEMO,
        roles=[Role.ANYONE],
        methods=["GET", "POST"],
        form=BeginForm,
    ),
    page("postvak/", views.mailbox, name="mailbox", scope=Scope.DEMO, roles=[Role.ANYONE]),
]
