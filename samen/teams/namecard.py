"""A file of another team: the page is a name card, whichever page was asked for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from samen.base.journal import Subject
from samen.teams import access


class NameCardMiddleware:
    """Where a gate says `OtherTeam`, answer with the name card of what was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Django's hook for an exception of a view."""
        if not isinstance(exception, access.OtherTeam):
            return None
        subject = Subject.of(exception.row)
        slug = request.visitor.slug  # type: ignore[attr-defined]
        return access.name_card(request, exception, reverse(f"ask_{subject.kind}", args=[slug, subject.ref]))
