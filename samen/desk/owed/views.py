"""The pages of hours: gate, form, one verb, page."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import audit
from samen.base.entrances import visitor
from samen.desk import planning
from samen.desk.owed import cautions, csvs, month, pay, telling
from samen.desk.owed.forms import ForForm, MonthForm, RateForm, TasksForm
from samen.desk.shell import shell
from samen.desk.sitting import Desk, desk
from samen.people import access as people
from samen.visits import access as visits
from samen.visits import hours, rates, results, tasks
from samen.visits.forms import ResultForm


def hours_of_team(request: HttpRequest, slug: str) -> HttpResponse:
    """The hours of the team in a month, last month's unless `?maand=2026-10` says which."""
    here = desk(visitor(request))
    asked = _month(request, here)
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    return _page(request, here, "hours_month", {"hours": month.of_team(here, asked), "form": MonthForm()})


def _month(request: HttpRequest, here: Desk) -> date:
    asked = hours.month_of(request.GET.get("maand", ""), at=here.at)
    if asked is None:
        raise Http404
    return asked


def hours_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The month as a table, one row for each helper at each household."""
    return _csv(request, csvs.of_months, _("hours"))


def visits_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The month as a table, one row for each visit."""
    return _csv(request, csvs.of_visits, _("visits"))


def _csv(request: HttpRequest, table: Callable[[Iterable[hours.Sheet]], bytes], name: str) -> HttpResponse:
    here = desk(visitor(request))
    asked = _month(request, here)
    audit.write(here.team, "EXPORT", role=here.visitor.role, entrance=here.visitor.entrance)
    answer = HttpResponse(table(hours.of_team(here.team, asked)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{asked:%Y-%m}.csv"'
    return answer


def remind(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever has not looked at these hours yet is asked by mail."""
    here = desk(visitor(request))
    form = MonthForm(request.POST)
    if not form.is_valid():
        page = {"hours": month.of_team(here, hours.month_of("", at=here.at) or here.at.date()), "form": form}
        return _page(request, here, "hours_month", page, status=422)
    asked = hours.first_of(form.cleaned_data["month"])
    try:
        count = hours.remind(here.team, asked, by=here.visitor.actor, at=here.at)
    except hours.TooEarly:
        messages.error(request, _("The month is not over yet, so nobody was asked."))
    else:
        text = ngettext("{count} person was asked to look.", "{count} people were asked to look.", count)
        messages.success(request, text.format(count=count))
    return redirect(telling.month_url(slug, asked))


def sheet(request: HttpRequest, slug: str, helper: uuid.UUID, household: uuid.UUID) -> HttpResponse:
    """The hours of one helper at one household, and writing down what a side said of them."""
    here = desk(visitor(request))
    who, where = people.helper_for(here.visitor, helper), people.household_for(here.visitor, household)
    form = ForForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hours.approve(helper=who, household=where, by=here.visitor.actor, at=here.at, **form.cleaned_data)
        except (hours.Changed, hours.TooEarly, hours.NothingToApprove) as refused:
            form.add_error("side", telling.kindly(refused))
        else:
            messages.success(request, _("Written down."))
    page = {"sheet": month.of_sheet(here, who, where, form.asked or _month(request, here)), "form": form}
    return _page(request, here, "sheet", page, status=422 if form.errors else 200)


def result(request: HttpRequest, slug: str, visit: uuid.UUID) -> HttpResponse:
    """How a visit went, as a colleague heard it, with everything that was said of it before."""
    here = desk(visitor(request))
    found = visits.visit_for(here.visitor, visit)
    form = ResultForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            telling.report(here, found, form.cleaned_data)
        except (results.NotYet, results.NotThere, results.OddLength) as refused:
            form.add_error(telling.field_of(refused), telling.kindly(refused))
        else:
            messages.success(request, _("Written down."))
            return redirect("visit", slug, visit)
    page = {"file": telling.of_visit(here, found), "form": form}
    return _page(request, here, "result", page, status=422 if form.errors else 200)


def tasks_of(request: HttpRequest, slug: str, arrangement: uuid.UUID) -> HttpResponse:
    """What is done first under this agreement, written one a line."""
    here = desk(visitor(request))
    found = visits.arrangement_for(here.visitor, arrangement)
    now = {"tasks": tasks.written(tasks.of(found, pay.today(here)))}
    form = TasksForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        tasks.put(found, form.cleaned_data["tasks"], by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("arrangement", slug, arrangement)
    file = {"household_name": found.household.name, "back_url": reverse("arrangement", args=[slug, arrangement])}
    return _page(request, here, "tasks", {"file": file, "form": form}, status=422 if form.errors else 200)


def helper_rate(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """What a helper asks for an hour, from a day on."""
    here = desk(visitor(request))
    found = people.helper_for(here.visitor, helper)
    form = RateForm(request.POST if request.method == "POST" else None, initial={"since": pay.today(here)})
    if request.method == "POST" and form.is_valid() and form.may_go_on(pay.too_low(form, found)):
        since = form.cleaned_data["since"]
        rates.asks(found, cents=form.cents(), since=since, by=here.visitor.actor, at=here.at)
        cautions.went_on(request, here, found, form, found.team)
        messages.success(request, _("Kept."))
        return redirect("helper_work", slug, helper)
    page = {"file": pay.of_helper(here, found), "form": form}
    return _page(request, here, "rate", page, status=422 if form.errors else 200)


def household_rate(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """What a household pays for an hour at most, from a day on."""
    here = desk(visitor(request))
    found = people.household_for(here.visitor, household)
    form = RateForm(request.POST if request.method == "POST" else None, initial={"since": pay.today(here)})
    if request.method == "POST" and form.is_valid():
        since = form.cleaned_data["since"]
        rates.pays(found, cents=form.cents(), since=since, by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("household_rate", slug, household)
    page = {"file": pay.of_household(here, found), "form": form}
    return _page(request, here, "rate", page, status=422 if form.errors else 200)


def work(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """Work and pay of a helper, held against the rules; for colleagues only."""
    here = desk(visitor(request))
    found = people.helper_for(here.visitor, helper)
    return _page(request, here, "work", {"file": pay.work(here, found)})


def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Every rule with its figures, their days and their sources."""
    here = desk(visitor(request))
    return _page(request, here, "rules", {"rules": planning.rules(pay.today(here))})


def _page(request: HttpRequest, here: Desk, name: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    around = {"shell": shell(here), "now": here.at, "section": "hours"}
    return render(request, f"desk/{name}.html", around | page, status=status)
