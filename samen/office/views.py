"""The pages of the office: gate, form, one verb, page."""

from django.http import HttpRequest, HttpResponse

from samen.office import checklist
from samen.office.sitting import office, page


def index(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the organisation is set up, and what there is to look after."""
    here = office(request)
    return page(request, here, "index", {"list": checklist.checklist(here)})
