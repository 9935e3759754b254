"""A page for another role: who may come is said at the entrance, and whoever may not is told who can help."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from samen.base import audit
from samen.base.entrances import PAGES, Role, Scope, Visitor
from samen.base.journal import Subject
from samen.teams import access
from samen.teams.models import Colleague, ColleagueQuerySet


class RoleCardMiddleware:
    """A colleague at a page that is not of their role reads whose it is; that they came is written down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        who: Visitor | None = getattr(request, "visitor", None)
        if who is None or _may_come(who):
            return self.get_response(request)
        audit.refused(Subject("colleague", who.actor.the_ref), role=who.role, entrance=who.entrance)
        return render(request, "teams/managers_only.html", {"managers": _managers(who)}, status=403)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Django's hook for an exception of a view: without a team there is no board."""
        if not isinstance(exception, access.NoTeam):
            return None
        who: Visitor = request.visitor  # type: ignore[attr-defined]
        if who.role is Role.MANAGER and request.method == "GET":
            return redirect("office", who.slug)
        return render(request, "teams/no_team.html", {"managers": _managers(who)}, status=404)


def _managers(who: Visitor) -> ColleagueQuerySet:
    return Colleague.objects.serving(who.at).managers().order_by("name")


def _may_come(who: Visitor) -> bool:
    entrance = PAGES[who.entrance]
    if entrance.scope is not Scope.STAFF or who.role in entrance.roles:
        return True
    return who.role is Role.MANAGER and Role.COLLEAGUE in entrance.roles
