"""The workplace's pages: gate, form, one verb, page."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from samen.base import audit, clock
from samen.base.entrances import Visitor, visitor
from samen.desk import agreeing, calling, files, following, placing, reporting, searching, terms, visiting
from samen.desk import board as weeks
from samen.desk import cockpit as cockpits
from samen.desk import today as boards
from samen.desk import wave as waves
from samen.desk.forms import (
    AddForm,
    AgreeForm,
    ArrangementForm,
    AskForm,
    BetterForm,
    CallForm,
    ChooseForm,
    DecideForm,
    EndForm,
    GiveForm,
    LentForm,
    MoveForm,
    PlaceForm,
    ReportForm,
    SearchForm,
    SendForm,
)
from samen.desk.owed import cautions
from samen.desk.shell import shell
from samen.desk.sitting import Desk, desk
from samen.people import access as people
from samen.people import travel
from samen.people.models import Helper
from samen.teams import access as teams
from samen.visits import (
    absences,
    arrangements,
    cancellations,
    objections,
    rehearsals,
    replacements,
    waiting,
    words,
)
from samen.visits import access as visits
from samen.visits.models import Absence, Arrangement, Objection, Visit
from samen.visits.settling import Settled

ALONE = gettext_lazy("This visit is outside any agreement, so it was not skipped. Change it on its own page.")
PARTS = {
    "today": "_today",
    "cockpit": "_cockpit",
    "together": "_together",
    "week": "_moving",
    "why_not": "_why_not",
    "visit": "_could",
}  # what htmx asks for, of which page


def today(request: HttpRequest, slug: str) -> HttpResponse:
    """The board of the visitor's team."""
    return _today(request, desk(visitor(request)))


def _today(request: HttpRequest, here: Desk, form: Form | None = None) -> HttpResponse:
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    page = {"today": boards.board(here), "travel_trouble": travel.trouble(), "section": "today", "form": form}
    return _page(request, here, "today", page, status=422 if form is not None else 200)


def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is ill: the form, and what follows from it."""
    here = desk(visitor(request))
    form = ReportForm(request.POST if request.method == "POST" else None, at=here.at)
    if request.method == "POST" and form.is_valid():
        helper = people.helper_for(here.visitor, form.cleaned_data["helper"])
        unknown = reporting.is_unknown(helper, at=here.at)
        absence = reporting.report(helper, form.cleaned_data, by=here.visitor.actor, at=here.at)
        if unknown:
            messages.success(request, reporting.reported_before(absence))
        return redirect("cockpit", slug, absence.public_id)
    page = {"form": form, "helpers": reporting.choices(here.team, here.at.date())}
    if request.headers.get("HX-Request") and request.method == "GET":
        return render(request, "desk/_report_form.html", page | {"shell": shell(here), "now": here.at})
    return _page(request, here, "report", page, status=422 if form.errors else 200)


def together(request: HttpRequest, slug: str) -> HttpResponse:
    """All open absences of the colleague's teams on one page; sending the questions of all of them."""
    here = desk(visitor(request))
    wave = waves.read(here)
    for team in wave.teams:
        audit.read(team, role=here.visitor.role, entrance=here.visitor.entrance)
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asks = waves.asks(wave, form.pairs())
        if asks or wave.can_undo:
            replacements.send_together(asks, by=here.visitor.actor, at=here.at)
            return redirect("together", slug)
        form.add_error("ask", _("None of those you ticked is free any more. Look at the new proposal."))
    page = {"wave": waves.page(wave), "form": form, "section": "today"}
    return _page(request, here, "together", page, status=422 if form.errors else 200)


def undo_together(request: HttpRequest, slug: str) -> HttpResponse:
    """Call back everything that was sent last from that page."""
    here = desk(visitor(request))
    try:
        waves.undo(here)
    except replacements.TooLate:
        messages.error(request, _("The first question has left already, so nothing was called back."))
    else:
        messages.success(request, _("Called back. Nobody has received anything."))
    return redirect("together", slug)


def not_lent(request: HttpRequest, slug: str) -> HttpResponse:
    """The own team would rather not have its helper asked by another team."""
    here = desk(visitor(request))
    form = LentForm(request.POST)
    if not form.is_valid():
        return _today(request, here, form)
    offer = visits.lent_offer(here.visitor, form.cleaned_data["offer"])
    try:
        cancellations.keep_here(offer, by=here.visitor.actor, at=here.at)
    except cancellations.OtherwiseBy:
        text = _("{name} said yes meanwhile. Ring {team}: {phone}.")
        team = offer.round.team
        messages.error(request, text.format(name=offer.helper.person.first_name, team=team.name, phone=team.phone))
    else:
        messages.success(request, _("The question stands no more. {team} sees it.").format(team=offer.round.team.name))
    return redirect("today", slug)


def cockpit(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """Who could go, and who was asked; sending the questions."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    turn = visits.round_of(found)
    form = SearchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asks = searching.wanted(here, turn, form.pairs(), why=form.cleaned_data["why"])
        if asks or turn.offers.filter(withdrawn_at=None).exists():
            replacements.send(turn, asks, by=here.visitor.actor, at=here.at)
            return redirect("cockpit", slug, absence)
        form.add_error("ask", _("None of those you ticked is free any more. Look at the new proposal."))
    return _cockpit(request, here, found, form)


def _cockpit(request: HttpRequest, here: Desk, found: Absence, form: Form) -> HttpResponse:
    whole = "eerder" in request.GET
    search = searching.search(here, visits.round_of(found), whole=whole)
    shown = cockpits.cockpit(search, found, possible="mogelijk" in request.GET, whole=whole)
    page = {
        "cockpit": shown,
        "calls": calling.call_list(search),
        "could_ring": calling.count_could_ring(search),
        "ring": calling.could_ring(search) if "bellen" in request.GET else None,
        "form": form,
    }
    return _page(request, here, "cockpit", page, status=422 if form.errors else 200)


def why_not(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """Why the others cannot go to one of these visits: to that of `?bezoek=`, else to the first."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    row = visits.sought_in(visits.round_of(found), request.GET.get("bezoek", ""))
    return _page(request, here, "why_not", cockpits.others(row, found, here))


def choose(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """Of those who said yes for a period, this one goes."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    form = ChooseForm(request.POST)
    if form.is_valid():
        offer = visits.offer_in(visits.round_of(found), form.cleaned_data["offer"])
        try:
            replacements.choose(offer, by=here.visitor.actor, at=here.at)
        except replacements.AlreadyTaken:
            messages.error(request, _("Nothing of this is left to go to. Look at who goes now."))
        except replacements.Begun:
            messages.error(request, _("This visit has begun, so nobody was booked. Ring the household."))
        except replacements.NotFree:
            messages.error(request, _("She has another visit then by now, or cannot come herself. Choose another."))
        else:
            messages.success(request, cockpits.chosen(offer))
        return redirect("cockpit", slug, absence)
    return _cockpit(request, here, found, form)


def decide(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """The household would rather have somebody else: she comes after all, we look further, or nobody comes."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    form = DecideForm(request.POST)
    if form.is_valid():
        said = visits.objection_in(visits.round_of(found), form.cleaned_data["objection"])
        if form.cleaned_data["decision"]:
            _decided(request, here, said, Objection.Decision(form.cleaned_data["decision"]))
            return redirect("cockpit", slug, absence)
        form.add_error("decision", _("Choose what happens."))
    return _cockpit(request, here, found, form)


def _decided(request: HttpRequest, here: Desk, said: Objection, decision: Objection.Decision) -> None:
    try:
        objections.DECISIONS[decision](said, by=here.visitor.actor, at=here.at)
    except arrangements.StandsAlone:
        messages.error(request, ALONE)
    except objections.NothingPromised:
        name = said.offer.helper.person.first_name
        text = _("{name} does not come any more, or is there already. Nothing was decided, and nobody hears anything.")
        messages.error(request, text.format(name=name))
    except objections.AlreadyDecided:
        messages.error(request, _("A colleague decided this just before. Look at what stands now."))
    else:
        name = said.offer.helper.person.first_name
        messages.success(request, str(DECIDED[decision]).format(name=name))


DECIDED = {
    Objection.Decision.KEEP: gettext_lazy("{name} comes after all. The household hears it."),
    Objection.Decision.LOOK: gettext_lazy("{name} hears that she need not go, and the household that we look on."),
    Objection.Decision.SKIP: gettext_lazy("Nobody comes this time. {name} and the household hear it."),
}


def tell_waiting(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """The households that still have nobody hear that we are looking."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    told = waiting.tell(visits.round_of(found), by=here.visitor.actor, at=here.at)
    text = ngettext(
        "{count} household is told that we are looking.", "{count} households are told that we are looking.", told
    )
    messages.success(request, text.format(count=told))
    return redirect("cockpit", slug, absence)


def call(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """A colleague rang somebody of the call list."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            messages.success(request, calling.note(here, visits.round_of(found), **form.call()))
        except calling.Refused as refused:
            messages.error(request, str(refused))
        return redirect("cockpit", slug, absence)
    return _cockpit(request, here, found, form)


def undo(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """Call the questions back."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    try:
        replacements.undo(visits.round_of(found), by=here.visitor.actor, at=here.at)
    except replacements.TooLate:
        messages.error(request, _("The first question has left already, so nothing was called back."))
    else:
        messages.success(request, _("Called back. Nobody has received anything."))
    return redirect("cockpit", slug, absence)


def better(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """The helper is better: from now on, or from tomorrow, she can be asked and planned again."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    form = BetterForm(request.POST)
    tomorrow = form.is_valid() and form.cleaned_data["tomorrow"]
    reporting.better(found, tomorrow=tomorrow, by=here.visitor.actor, at=here.at)
    messages.success(request, _("Good news. Visits that others took over stay with them."))
    return redirect("helper", slug, found.helper.public_id)


def withdraw(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """Take the report back: it was the wrong name, or the helper comes after all."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    try:
        absences.withdraw(found, by=here.visitor.actor, at=here.at)
    except absences.AlreadyAsked:
        messages.error(request, _("Others were asked already. Call the questions back first."))
        return redirect("cockpit", slug, absence)
    messages.success(request, _("Taken back. The visits stand as they were."))
    return redirect("today", slug)


def helper(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """A helper's file."""
    here = desk(visitor(request))
    found = people.helper_for(here.visitor, helper)
    return _page(
        request,
        here,
        "helper",
        {"file": files.of_helper(here, found, request.GET.get("toon", "")), "section": "people"},
    )


def household(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """A household's file."""
    here = desk(visitor(request))
    found = people.household_for(here.visitor, household)
    return _page(
        request,
        here,
        "household",
        {"file": files.of_household(here, found, request.GET.get("toon", "")), "section": "people"},
    )


def week(request: HttpRequest, slug: str) -> HttpResponse:
    """The board of one week, this one unless `?week=2026-W48` says which; 404 for a week no year has."""
    here = desk(visitor(request))
    look = _look(request, here)
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    return _page(request, here, "week", {"week": weeks.board(here, look), "section": "week"})


def _look(request: HttpRequest, here: Desk) -> weeks.Look:
    look = weeks.look_of(request.GET.dict(), here.at)
    if look is None:
        raise Http404
    return look


def week_sheet(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """One helper's week, on paper."""
    here = desk(visitor(request))
    found = people.helper_for(here.visitor, helper)
    page = {"sheet": weeks.sheet(found, _look(request, here).monday), "section": "week"}
    return _page(request, here, "week_sheet", page)


def place(request: HttpRequest, slug: str, visit: uuid.UUID) -> HttpResponse:
    """Another cell of the board for this visit alone: the cells that fit, and the move."""
    here = desk(visitor(request))
    found = visits.visit_for(here.visitor, visit)
    look = _look(request, here)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    before, told = placing.row_of(found), visiting.told(here, found)
    if request.method == "POST" and form.is_valid():
        helper = people.helper_for(here.visitor, form.cleaned_data["helper"]) if form.cleaned_data["helper"] else None
        try:
            placing.place(here, found, day=form.cleaned_data["day"], helper=helper, reason=form.cleaned_data["reason"])
        except visiting.DoesNotFit as clash:
            for news in clash.args:
                form.add_error("reason" if isinstance(clash, placing.NeedsReason) else "day", news)
        else:
            return _placed(request, here, look, {before, placing.row_of(found)}, told)
    page = {"moving": placing.panel(here, found, look, request.POST.dict()), "form": form, "section": "week"}
    if not request.headers.get("HX-Request"):
        page["week"] = weeks.board(here, look)
    return _page(request, here, "week", page, status=422 if form.errors else 200)


def _placed(request: HttpRequest, here: Desk, look: weeks.Look, rows: set[str], told: str) -> HttpResponse:
    """The two rows that changed, and what is counted below; a whole new board where no part was asked for."""
    text = _("Moved, this one time. The others stay.") + told
    if not request.headers.get("HX-Request"):
        messages.success(request, text)
        return redirect(look.url(here.visitor.slug))
    page = {"week": weeks.two_rows(here, look, rows), "said": text, "nobody_moved": weeks.NOBODY in rows}
    return render(request, "desk/_moved.html", page)


def visit(request: HttpRequest, slug: str, visit: uuid.UUID) -> HttpResponse:
    """One visit: who goes, and moving this one, or those after it too."""
    here = desk(visitor(request))
    found = visits.visit_for(here.visitor, visit)
    form = MoveForm(request.POST if request.method == "POST" else None, initial=_now(found))
    asked: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        scope = form.more_than(following.term_of(found))
        if scope:
            return _follow(request, here, found, scope, visiting.moved(found, **form.when()), asked)
        if form.may_go_on(cautions.of_move(here, found, form.when())) and _moved(request, here, found, form):
            return redirect(terms.week_url(slug, form.cleaned_data["day"]))
    return _visit_page(request, here, found, asked)


def _moved(request: HttpRequest, here: Desk, found: Visit, form: MoveForm) -> bool:
    told = visiting.told(here, found)
    try:
        visiting.move(here, found, **form.when())
    except visiting.DoesNotFit as clash:
        form.add_error("day" if isinstance(clash, visiting.Past) else "start", str(clash))
        return False
    cautions.went_on(request, here, found, form, found.household, found.team)
    messages.success(request, _("Moved, this one time. The others stay.") + told)
    return True


def give(request: HttpRequest, slug: str, visit: uuid.UUID) -> HttpResponse:
    """Another helper goes, this one time, or from now on."""
    here = desk(visitor(request))
    found = visits.visit_for(here.visitor, visit)
    form = GiveForm(request.POST)
    asked: dict[str, Any] = {"give_form": form}
    if form.is_valid():
        helper = people.helper_for(here.visitor, form.cleaned_data["helper"])
        scope = form.more_than(following.term_of(found))
        if scope:
            return _follow(request, here, found, scope, {"helper": helper}, asked)
        if form.may_go_on(cautions.of_give(here, found, helper)) and _given(request, here, found, helper, form):
            return redirect("visit", slug, visit)
    return _visit_page(request, here, found, asked)


def _given(request: HttpRequest, here: Desk, found: Visit, helper: Helper, form: GiveForm) -> bool:
    told = visiting.told(here, found)
    try:
        visiting.give(here, found, helper)
    except visiting.DoesNotFit as clash:
        form.add_error("helper", str(clash))
        return False
    cautions.went_on(request, here, found, form, helper, found.household, found.team)
    messages.success(request, _("{name} goes, this one time.").format(name=helper.person.first_name) + told)
    return True


def _follow(
    request: HttpRequest, here: Desk, found: Visit, scope: str, changes: dict[str, Any], asked: dict[str, Any]
) -> HttpResponse:
    """This visit and those after it change: what that does is shown first, and then it is done."""
    ((name, form),) = asked.items()
    try:
        later = following.Following(here, found, scope, changes)
        if form.may_go_on(visiting.warned(here, found, later)):
            if "commit" in request.POST:
                _tell_clashes(request, later.perform(form.cleaned_data["seen"]))
                cautions.went_on(request, here, found.arrangement, form, found.household, found.household.team)
                return redirect("arrangement", here.visitor.slug, found.arrangement.public_id)
            asked = asked | {f"{name}_preview": later.rehearse()}
    except (following.AnotherWeek, following.NothingChanges) as refused:
        form.add_error("day" if "day" in form.fields else "helper", REFUSED[type(refused)])
    except rehearsals.ChangedMeanwhile:
        messages.error(request, _("Something changed meanwhile, so nothing was done. Look at it once more."))
        asked = asked | {f"{name}_preview": later.rehearse()}
    return _visit_page(request, here, found, asked)


REFUSED: dict[type[Exception], Any] = {
    following.AnotherWeek: gettext_lazy("For more than this one visit, choose a day in the same week."),
    following.NothingChanges: gettext_lazy("It is so already. Change the day, the hour or the length."),
}


def _now(found: Visit) -> dict[str, Any]:
    return {"day": found.local_date, "start": found.local_start, "minutes": found.minutes}


def _visit_page(request: HttpRequest, here: Desk, found: Visit, asked: dict[str, Any]) -> HttpResponse:
    forms = {"form": MoveForm(initial=_now(found)), "give_form": GiveForm()} | asked
    wrong = any(form.errors for name, form in forms.items() if name.endswith("form"))
    page: dict[str, Any] = {"file": visiting.of(here, found), "section": "week"} | forms
    wanted = "wie" in request.GET or request.method == "POST" or request.headers.get("HX-Request")
    if wanted or page["file"]["helper"] is None:
        page["could"] = visiting.could(here, found)
    return _page(request, here, "visit", page, status=422 if wrong else 200)


def skip(request: HttpRequest, slug: str, visit: uuid.UUID) -> HttpResponse:
    """Nobody comes, this one time."""
    here = desk(visitor(request))
    found = visits.visit_for(here.visitor, visit)
    told = visiting.told(here, found)
    try:
        arrangements.skip_one(found, by=here.visitor.actor, at=here.at)
    except arrangements.StandsAlone:
        messages.error(request, ALONE)
        return redirect("visit", slug, visit)
    alone = _("Skipped, this one time. Tell the household; Samen does not do that yet.")
    messages.success(request, _("Skipped, this one time.") + told if told else alone)
    return redirect(terms.week_url(slug, found.local_date))


def arrangement(request: HttpRequest, slug: str, arrangement: uuid.UUID) -> HttpResponse:
    """A standing agreement: what it says, and changing it from a day on."""
    here = desk(visitor(request))
    found = visits.arrangement_for(here.visitor, arrangement)
    form = ArrangementForm(request.POST if request.method == "POST" else None, slots=agreeing.slots(found, at=here.at))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.may_go_on(cautions.of_change(here, found, form.cleaned_data))
    ):
        _tell_clashes(request, agreeing.change(here, found, form.cleaned_data))
        cautions.went_on(request, here, found, form, found.household, found.household.team)
        return redirect("arrangement", slug, arrangement)
    return _arrangement_page(request, here, found, {"form": form})


def add_slot(request: HttpRequest, slug: str, arrangement: uuid.UUID) -> HttpResponse:
    """From a day on somebody comes once more under this agreement."""
    here = desk(visitor(request))
    found = visits.arrangement_for(here.visitor, arrangement)
    form = AddForm(request.POST, auto_id="id_add_%s", helpers=agreeing.helpers(found.household.team, found))
    if form.is_valid() and form.may_go_on(cautions.of_change(here, found, form.cleaned_data)):
        _tell_clashes(request, agreeing.add(here, found, form.cleaned_data))
        cautions.went_on(request, here, found, form, found.household, found.household.team)
        return redirect("arrangement", slug, arrangement)
    return _arrangement_page(request, here, found, {"add_form": form})


def end_arrangement(request: HttpRequest, slug: str, arrangement: uuid.UUID) -> HttpResponse:
    """From a day on nobody comes under this agreement, or not at one of its times."""
    here = desk(visitor(request))
    found = visits.arrangement_for(here.visitor, arrangement)
    form = EndForm(request.POST, auto_id="id_end_%s", slots=agreeing.slots(found, at=here.at))
    if form.is_valid():
        agreeing.end(here, found, form.cleaned_data)
        messages.success(request, _("Ended. The visits from that day on are gone; what was is kept."))
        return redirect("arrangement", slug, arrangement)
    return _arrangement_page(request, here, found, {"end_form": form})


def _arrangement_page(request: HttpRequest, here: Desk, found: Arrangement, asked: dict[str, Any]) -> HttpResponse:
    slots = agreeing.slots(found, at=here.at)
    today = here.at.astimezone(clock.HOME).date()
    forms = {
        "form": ArrangementForm(slots=slots),
        "add_form": AddForm(auto_id="id_add_%s", helpers=slots.helpers, today=today),
        "end_form": EndForm(auto_id="id_end_%s", slots=slots),
    } | asked
    wrong = any(form.errors for form in asked.values())
    return _page(request, here, "arrangement", {"file": agreeing.of(here, found)} | forms, status=422 if wrong else 200)


def agree(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """A new standing agreement with this household."""
    here = desk(visitor(request))
    found = people.household_for(here.visitor, household)
    form = AgreeForm(
        request.POST if request.method == "POST" else None, helpers=agreeing.helpers(here.team), today=here.at.date()
    )
    if request.method == "POST" and form.is_valid() and form.may_go_on(cautions.of_new(here, found, form.cleaned_data)):
        made, done = agreeing.agree(here, found, form.cleaned_data)
        _tell_clashes(request, done)
        cautions.went_on(request, here, made, form, found, found.team)
        return redirect("arrangement", slug, made.public_id)
    page = {"file": {"name": found.name, "team": found.team}, "form": form}
    return _page(request, here, "agree", page, status=422 if form.errors else 200)


def undo_arrangement(request: HttpRequest, slug: str, arrangement: uuid.UUID) -> HttpResponse:
    """The last change is as if it never was."""
    here = desk(visitor(request))
    found = visits.arrangement_for(here.visitor, arrangement)
    try:
        done = arrangements.undo(found, by=here.visitor.actor, at=here.at)
    except arrangements.NothingToUndo:
        messages.error(request, _("There is nothing to undo."))
    else:
        messages.success(request, _("Undone. Everything stands as it did before."))
        _tell_clashes(request, done)
    return redirect("arrangement", slug, arrangement)


def _tell_clashes(request: HttpRequest, done: Settled) -> None:
    if done.clashes:
        days = ", ".join(words.day(one.starts_at) for one in done.clashes[:3])
        text = _("Kept. On {count} days the helper has another visit or cannot come ({days} …): nobody goes yet.")
        messages.error(request, text.format(count=len(done.clashes), days=days))
    else:
        messages.success(request, _("Kept."))


def ask_visit(request: HttpRequest, slug: str, visit: uuid.UUID) -> HttpResponse:
    """Ask the team of this visit to open it."""
    return _ask(request, lambda who: visits.visit_for(who, visit), reverse("visit", args=[slug, visit]))


def ask_arrangement(request: HttpRequest, slug: str, arrangement: uuid.UUID) -> HttpResponse:
    """Ask the team of this agreement to open it."""
    page = reverse("arrangement", args=[slug, arrangement])
    return _ask(request, lambda who: visits.arrangement_for(who, arrangement), page)


def ask_helper(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """Ask the team of this helper to open the file."""
    return _ask(request, lambda who: people.helper_for(who, helper), reverse("helper", args=[slug, helper]))


def ask_household(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """Ask the team of this household to open its file."""
    file = reverse("household", args=[slug, household])
    return _ask(request, lambda who: people.household_for(who, household), file)


def ask_absence(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """Ask the team of this absence to open it."""
    return _ask(request, lambda who: visits.absence_for(who, absence), reverse("cockpit", args=[slug, absence]))


def _ask(request: HttpRequest, gate: Callable[[Visitor], object], file: str) -> HttpResponse:
    who = visitor(request)
    form = AskForm(request.POST)
    try:
        gate(who)
    except teams.OtherTeam as refused:
        if not form.is_valid():
            return teams.name_card(request, refused, request.path, form)
        me, reason = teams.colleague(who), form.cleaned_data["reason"]
        teams.ask(who=me, row=refused.row, team=refused.team, reason=reason, by=who.actor, at=who.at)
        return teams.name_card(request, refused, request.path)
    return redirect(file)


def grant(request: HttpRequest, slug: str, request_id: uuid.UUID) -> HttpResponse:
    """Open a file of the own team to a colleague of another, until midnight."""
    here = desk(visitor(request))
    asked = teams.request_for(here.visitor, request_id, here.at)
    midnight = here.at.astimezone(clock.HOME).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    teams.grant(asked, granter=here.me, until=midnight, by=here.visitor.actor, at=here.at)
    messages.success(request, _("{name} can see the file until midnight.").format(name=asked.colleague.name))
    return redirect("today", slug)


def _page(request: HttpRequest, here: Desk, name: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    """The whole page, or only the part that htmx asked for: the same fragment either way."""
    if request.headers.get("HX-Request") and name in PARTS:
        name = PARTS[name]
    return render(request, f"desk/{name}.html", page | {"shell": shell(here), "now": here.at}, status=status)
