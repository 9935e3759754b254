"""What other programs get: gate, and the whole thing or the word that nothing changed."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.http import quote_etag
from django.views.decorators.http import condition

from samen.api import access, planning
from samen.base import audit
from samen.base.entrances import visitor


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind this link; who has it already reads that nothing changed, and only a reading is audited."""
    found = access.feed(request)
    text = planning.calendar(found, at=visitor(request).at)
    tag = quote_etag(hashlib.sha256(text).hexdigest()[:32])

    @condition(etag_func=lambda _request: tag)
    def answer(request: HttpRequest) -> HttpResponse:
        audit.read(found.whose, role=found.role, entrance=visitor(request).entrance)
        return HttpResponse(text, content_type="text/calendar; charset=utf-8")

    response: HttpResponse = answer(request)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
