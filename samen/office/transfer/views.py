"""The pages of what comes in with a file and what goes out in one: gate, form, one verb, page."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from samen.base import audit, files
from samen.office import access, exporting, importing, listing, reading, writing
from samen.office.models import Import
from samen.office.sitting import Office, office, page
from samen.office.transfer import pages
from samen.office.transfer.forms import AnswersForm, BringForm, MappingForm


def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """The imports of the last time, and a form to bring a file."""
    here = office(request)
    form = BringForm(request.POST, request.FILES) if request.method == "POST" else BringForm()
    if request.method == "POST" and form.is_valid() and (file := _brought(here, form)):
        return redirect("import_columns", slug, file.public_id)
    return page(request, here, "imports", {"form": form, "imports": pages.imports(here)}, wrong=bool(form.errors))


def _brought(here: Office, form: BringForm) -> Import | None:
    """The rows of the file; nothing when it cannot be read, which is said at its field."""
    brought = form.cleaned_data["file"]
    if brought is None:
        form.add_error("file", _("Choose a file."))
        return None
    try:
        content, by = brought.read(reading.LARGEST_BYTES + 1), here.visitor.actor
        return importing.bring(kind=form.cleaned_data["kind"], name=brought.name, content=content, by=by, at=here.at)
    except reading.Unreadable as refused:
        form.add_error("file", str(refused))
        return None


def one_import(request: HttpRequest, slug: str, file: uuid.UUID) -> HttpResponse:
    """How far it is, what would happen, or what happened."""
    here = office(request)
    found = access.import_for(here.visitor, file)
    if found.state == Import.State.MAPPING:
        return redirect("import_columns", slug, file)
    return _import_page(request, here, found)


def columns(request: HttpRequest, slug: str, file: uuid.UUID) -> HttpResponse:
    """Which column is what."""
    here = office(request)
    found = access.import_for(here.visitor, file)
    if found.state not in (Import.State.MAPPING, Import.State.JUDGED):
        return redirect("import", slug, file)
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        kind=found.kind,
        columns=importing.columns(found),
        teams=pages.teams(),
        initial={"team": str(found.team.public_id) if found.team else ""},
    )
    if request.method == "POST" and form.is_valid():
        team = pages.team(form.cleaned_data["team"])
        return _begun(
            request, slug, found, lambda: importing.understand(found, fields=form.cleaned_data["fields"], team=team)
        )
    shown = {"file": pages.import_page(here, found), "form": form, "lines": form.lines()}
    return page(request, here, "import_columns", shown, wrong=bool(form.errors))


def faults(request: HttpRequest, slug: str, file: uuid.UUID) -> HttpResponseBase:
    """The rows that are wrong, each with why."""
    here = office(request)
    found = access.import_for(here.visitor, file)
    return _table(pages.faulty_rows(found), _("faulty-rows"), here)


def answers(request: HttpRequest, slug: str, file: uuid.UUID) -> HttpResponse:
    """Who may be somebody we know is, or is not."""
    here = office(request)
    found = access.import_for(here.visitor, file)
    form = AnswersForm(request.POST, rows=pages.asked(found))
    if form.is_valid():
        return _begun(request, slug, found, lambda: importing.answer(found, form.answers()))
    messages.error(request, _("One of the answers is not on the page any more. Look again."))
    return _import_page(request, here, found, wrong=True)


def take_over(request: HttpRequest, slug: str, file: uuid.UUID) -> HttpResponse:
    """All rows that can be, are written."""
    here = office(request)
    found = access.import_for(here.visitor, file)
    return _begun(request, slug, found, lambda: importing.take_over(found))


def take_back(request: HttpRequest, slug: str, file: uuid.UUID) -> HttpResponse:
    """The whole import is taken back."""
    here = office(request)
    found = access.import_for(here.visitor, file)
    return _begun(request, slug, found, lambda: importing.take_back(found, at=here.at))


def discard(request: HttpRequest, slug: str, file: uuid.UUID) -> HttpResponse:
    """Nothing of this file is kept."""
    here = office(request)
    found = access.import_for(here.visitor, file)
    try:
        importing.discard(found)
    except importing.AlreadyUnderWay:
        messages.error(request, _("Somebody went on with this import meanwhile."))
        return redirect("import", slug, file)
    messages.success(request, _("Thrown away. Nothing was written."))
    return redirect("imports", slug)


def _begun(request: HttpRequest, slug: str, found: Import, verb: Any) -> HttpResponse:
    """Do it, and show how far it is; a second press, or a press too late, is told so."""
    try:
        verb()
    except importing.AlreadyUnderWay:
        messages.error(request, _("Somebody went on with this import meanwhile."))
    except importing.TooLate:
        messages.error(request, _("Thirty days have passed: this import cannot be taken back any more."))
    return redirect("import", slug, found.public_id)


def _import_page(request: HttpRequest, here: Office, found: Import, *, wrong: bool = False) -> HttpResponse:
    return page(request, here, "import", {"file": pages.import_page(here, found)}, wrong=wrong)


def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """What went out, and a button to have everything put together."""
    here = office(request)
    if request.method == "POST":
        try:
            exporting.ask(by=here.visitor.actor, at=here.at)
        except exporting.OneAtATime:
            messages.error(request, _("It is being put together already."))
        return redirect("exports", slug)
    shown = pages.exports(here)
    return page(request, here, "exports", {"exports": shown, "busy": any(one["state"] == "MAKING" for one in shown)})


def export(request: HttpRequest, slug: str, export: uuid.UUID) -> HttpResponseBase:
    """Everything in one file, piece by piece."""
    here = office(request)
    found = access.export_for(here.visitor, export)
    stream = files.stream(here.visitor.org, here.visitor.actor, found.blob.pk)
    response = StreamingHttpResponse(stream, content_type=exporting.MIME)
    response["Content-Length"] = found.blob.size
    name = f"samen-{slug}-{pages.written(found.asked_at.date())}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def household_list(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All households as a table."""
    here = office(request)
    return _list(here, listing.households(here.today), _("households"))


def helper_list(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All helpers as a table."""
    here = office(request)
    return _list(here, listing.helpers(here.today), _("helpers"))


def _list(here: Office, rows: Iterable[list[str]], name: str) -> HttpResponseBase:
    """A table of people, written down as taken out of the house."""
    audit.write(here.me, "EXPORT", role=here.visitor.role, entrance=here.visitor.entrance)
    return _table(rows, name, here)


def _table(rows: Iterable[list[str]], name: str, here: Office) -> HttpResponseBase:
    """A table to save; it is written out whole, because the transaction ends with the page."""
    response = HttpResponse(b"".join(writing.lines(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{pages.written(here.today)}.csv"'
    return response
