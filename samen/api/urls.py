"""The addresses that other programs read, behind a signed link, under `/l/<token>/`."""

from samen.api import views
from samen.base.entrances import Role, Scope, page
from samen.base.models import Link

urlpatterns = [
    page(
        "agenda.ics",
        views.feed,
        name="feed",
        scope=Scope.LINK,
        roles=[Role.HELPER, Role.HOUSEHOLD],  # and a colleague, who comes by a link here as they do
        of={"token": Link},
    ),
]
