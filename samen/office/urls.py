"""The office's addresses, under `/o/<slug>/beheer/`: for managers only."""

from typing import Any

from django.urls import URLPattern

from samen.base.entrances import Role, Scope, View, page
from samen.office import views


def _manager(route: str, view: View, *, name: str, **more: Any) -> URLPattern:
    """A page for managers of the organisation in the path."""
    return page(route, view, name=name, scope=Scope.STAFF, roles=[Role.MANAGER], **more)


urlpatterns = [
    _manager("", views.index, name="office"),
]
