"""Which language a page speaks: the reader's choice, else Dutch.

The browser's own preference is not asked: the households and helpers of a Dutch agency often use a phone that was
set up in another language by the shop.  A portal page may set a person's own language later in the request.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

COOKIE = "samen_language"


def chosen(request: HttpRequest) -> str | None:
    """The language the reader chose in this browser."""
    wanted = request.COOKIES.get(COOKIE)
    return wanted if wanted in dict(settings.LANGUAGES) else None


class LanguageMiddleware:
    """Activate the reader's language for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(chosen(request) or settings.LANGUAGE_CODE):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
            return response
