"""The pages for what went wrong: nothing in them tells one cause from another."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The one 404: foreign, missing and deleted answer the same bytes."""
    return HttpResponse(_page("base/404.html", translation.get_language()), status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """The one 500: nothing was stored, and what was typed is in the reader's browser."""
    return HttpResponse(_page("base/500.html", translation.get_language()), status=500)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not for this visitor; says no more than that nothing is there."""
    return not_found(request)


def odd_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request no page of ours makes."""
    return HttpResponse(_page("base/400.html", translation.get_language()), status=400)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from elsewhere: nothing was stored, open the page again."""
    return HttpResponse(_page("base/stale_form.html", translation.get_language()), status=403)


@cache
def _page(template: str, language: str | None) -> str:
    with translation.override(language):
        return render_to_string(template)
