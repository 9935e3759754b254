"""A page for another role: who may come is said at the entrance, and whoever may not is told who can help."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from samen.base import audit
from samen.base.entrances import PAGES, Role, Scope, Visitor
from samen.base.journal import Subject
from samen.teams.models import Colleague


class RoleCardMiddleware:
    """A colleague at a page that is not of their role reads whose it is; that they came is written down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        who: Visitor | None = getattr(request, "visitor", None)
        if who is None or _may_come(who):
            return self.get_response(request)
        audit.refused(Subject("colleague", who.actor.the_ref), role=who.role, entrance=who.entrance)
        managers = Colleague.objects.filter(role=Colleague.Role.MANAGER, left_at=None).order_by("name")
        return render(request, "teams/managers_only.html", {"managers": managers}, status=403)


def _may_come(who: Visitor) -> bool:
    entrance = PAGES[who.entrance]
    if entrance.scope is not Scope.STAFF or who.role in entrance.roles:
        return True
    return who.role is Role.MANAGER and Role.COLLEAGUE in entrance.roles
