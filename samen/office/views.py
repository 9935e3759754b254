"""The pages of the office: gate, form, one verb, page."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import texts
from samen.demo import practising
from samen.office import access as files
from samen.office import checklist, lists, paying, rejoining, speaking, splitting
from samen.office import practice as practising_page
from samen.office.forms import (
    NOBODY,
    ClosedForm,
    ColleagueForm,
    HoursForm,
    InviteForm,
    JoinForm,
    LastDayForm,
    OftenForm,
    RatesForm,
    RegionForm,
    SeenForm,
    SenderForm,
    SendingForm,
    SplitForm,
    TeamForm,
    TextForm,
    WordsForm,
    written,
)
from samen.office.models import Split
from samen.office.sitting import Office, office, page
from samen.teams import access, colleagues, founding, groups, regions
from samen.teams import regions as places
from samen.teams.models import Colleague, Region, Team
from samen.visits import fairness, leaving, rates, rehearsals


def index(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the organisation is set up, and what there is to look after."""
    here = office(request)
    return page(request, here, "index", {"list": checklist.checklist(here)})


def region_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The regions, and a new one."""
    here = office(request)
    form = RegionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        name, spans = form.cleaned_data["name"], form.cleaned_data["postcodes"]
        try:
            regions.make(name=name, spans=spans, by=here.visitor.actor, at=here.at)
        except (regions.NameTaken, regions.PostcodesTaken) as refused:
            _tell_region(form, refused)
        else:
            messages.success(request, _("{name} is there. Now the team that answers for it.").format(name=name))
            return redirect("office_regions", slug)
    return page(request, here, "regions", {"regions": lists.regions(here), "form": form}, wrong=bool(form.errors))


def region(request: HttpRequest, slug: str, region: uuid.UUID) -> HttpResponse:
    """One region: its name and its postcodes."""
    here = office(request)
    found = access.region_for(here.visitor, region)
    now = {"name": found.name, "postcodes": written(places.spans_of(found))}
    form = RegionForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        name, spans = form.cleaned_data["name"], form.cleaned_data["postcodes"]
        try:
            regions.change(found, name=name, spans=spans, by=here.visitor.actor, at=here.at)
        except (regions.NameTaken, regions.PostcodesTaken) as refused:
            _tell_region(form, refused)
        else:
            messages.success(request, _("Kept."))
            return redirect("office_regions", slug)
    shown = {"name": now["name"], "form": form, "split_url": reverse("office_split", args=[slug, region])}
    return page(request, here, "region", shown, wrong=bool(form.errors))


def split(request: HttpRequest, slug: str, region: uuid.UUID) -> HttpResponse:
    """Postcodes of this region go to another: what would happen, and doing it."""
    here = office(request)
    found = access.region_for(here.visitor, region)
    form = SplitForm(request.POST if request.method == "POST" else None, **splitting.choices(found, here.today))
    done, preview = _looked_at(request, here, found, form) if form.is_valid() else (None, None)
    if done is not None:
        messages.success(request, _("Done: {team} answers there now.").format(team=done.team.name))
        return redirect("office_split", slug, region)
    asked = {"file": splitting.of(here, found), "form": form, "preview": preview}
    return page(request, here, "split", asked, wrong=bool(form.errors))


def _looked_at(
    request: HttpRequest, here: Office, found: Region, form: SplitForm
) -> tuple[Split | None, dict[str, Any] | None]:
    """It was done, or this is what would be."""
    answers = form.cleaned_data
    try:
        if "commit" in request.POST:
            return splitting.Splitting(here, found, answers).perform(answers["seen"]), None
        return None, splitting.preview(*splitting.Splitting(here, found, answers).rehearse())
    except rehearsals.ChangedMeanwhile:
        messages.error(request, _("Something changed meanwhile, so nothing was done. Look at it once more."))
        return None, splitting.preview(*splitting.Splitting(here, found, answers).rehearse())
    except splitting.REFUSALS as refused:
        _tell_split(form, refused)
    return None, None


def _tell_split(form: SplitForm, refused: Exception) -> None:
    if isinstance(refused, regions.PostcodesTaken):
        stretch = written([(refused.first, refused.last)])
        text = _("%(postcodes)s lies in %(region)s already. A postcode belongs to one region.")
        form.add_error("postcodes", text % {"postcodes": stretch, "region": refused.region or _("another region")})
    elif isinstance(refused, regions.NameTaken):
        form.add_error("name", _("There is another region of this name."))
    elif isinstance(refused, groups.NameTaken):
        form.add_error("team", _("There is another team of this name."))
    else:
        form.add_error("colleagues", _("Somebody must stay in the team that keeps the rest of the region."))


def undo_split(request: HttpRequest, slug: str, split: uuid.UUID) -> HttpResponse:
    """Everybody who went and can come back does; who that is, is said first."""
    here = office(request)
    found = files.split_for(here.visitor, split)
    form = SeenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            done = rejoining.undo(found, seen=form.cleaned_data["seen"], here=here)
        except rehearsals.ChangedMeanwhile:
            messages.error(request, _("Something changed meanwhile, so nothing was done. Look at it once more."))
        else:
            text = _("Back: {households} households and {helpers} helpers.")
            messages.success(request, text.format(households=len(done.households), helpers=len(done.helpers)))
            return redirect("office_split", slug, found.source.public_id)
    return page(request, here, "undo_split", {"file": rejoining.preview(found, here=here)})


def _tell_region(form: RegionForm, refused: regions.NameTaken | regions.PostcodesTaken) -> None:
    if isinstance(refused, regions.NameTaken):
        form.add_error("name", _("There is another region of this name."))
        return
    stretch = written([(refused.first, refused.last)])
    text = _("%(postcodes)s lies in %(region)s already. A postcode belongs to one region.")
    form.add_error("postcodes", text % {"postcodes": stretch, "region": refused.region or _("another region")})


def team_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The teams, and a new one."""
    here = office(request)
    form = TeamForm(request.POST if request.method == "POST" else None, regions=lists.region_choices())
    if request.method == "POST" and form.is_valid():
        region = access.region_for(here.visitor, form.cleaned_data["region"])
        name, phone = form.cleaned_data["name"], form.cleaned_data["phone"]
        try:
            made = groups.make(region=region, name=name, phone=phone, by=here.visitor.actor, at=here.at)
        except groups.NameTaken:
            form.add_error("name", _("There is another team of this name."))
        else:
            messages.success(request, _("{name} is there. Who is in it?").format(name=name))
            return redirect("office_team", slug, made.public_id)
    return page(request, here, "teams", {"teams": lists.teams(here), "form": form}, wrong=bool(form.errors))


def team(request: HttpRequest, slug: str, team: uuid.UUID) -> HttpResponse:
    """One team: what it is called, its number and its region."""
    here = office(request)
    found = access.team_for(here.visitor, team)
    form = TeamForm(request.POST if request.method == "POST" else None, **_team(found))
    if request.method == "POST" and form.is_valid():
        region = access.region_for(here.visitor, form.cleaned_data["region"])
        name, phone = form.cleaned_data["name"], form.cleaned_data["phone"]
        try:
            groups.change(found, region=region, name=name, phone=phone, by=here.visitor.actor, at=here.at)
        except groups.NameTaken:
            form.add_error("name", _("There is another team of this name."))
            found.refresh_from_db()
        else:
            messages.success(request, _("Kept."))
            return redirect("office_team", slug, team)
    return _team_page(request, here, found, {"form": form})


def team_hours(request: HttpRequest, slug: str, team: uuid.UUID) -> HttpResponse:
    """When this team can be reached."""
    here = office(request)
    found = access.team_for(here.visitor, team)
    form = HoursForm(request.POST)
    if form.is_valid():
        groups.open_at(found, form.hours(), pause=form.cleaned_data["pause"], by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("office_team", slug, team)
    return _team_page(request, here, found, {"hours_form": form})


def team_sending(request: HttpRequest, slug: str, team: uuid.UUID) -> HttpResponse:
    """Whether this team lets the proposal for today leave by itself."""
    here = office(request)
    found = access.team_for(here.visitor, team)
    form = SendingForm(request.POST)
    if form.is_valid():
        switch = leaving.switch_on if form.cleaned_data["by_itself"] else leaving.switch_off
        switch(found, by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("office_team", slug, team)
    return _team_page(request, here, found, {"sending_form": form})


def team_closed(request: HttpRequest, slug: str, team: uuid.UUID) -> HttpResponse:
    """One more day on which this team is closed."""
    here = office(request)
    found = access.team_for(here.visitor, team)
    form = ClosedForm(request.POST, auto_id="id_closed_%s")
    if form.is_valid():
        day, name = form.cleaned_data["day"], form.cleaned_data["name"]
        try:
            groups.close_on(found, day, name=name, by=here.visitor.actor, at=here.at)
        except groups.AlreadyClosed:
            form.add_error("day", _("The team is closed on this day already."))
        else:
            messages.success(request, _("Kept."))
            return redirect("office_team", slug, team)
    return _team_page(request, here, found, {"closed_form": form})


def open_again(request: HttpRequest, slug: str, closed: uuid.UUID) -> HttpResponse:
    """The team is not closed on that day after all."""
    here = office(request)
    found = access.closed_day_for(here.visitor, closed)
    groups.open_again(found, by=here.visitor.actor, at=here.at)
    messages.success(request, _("Kept."))
    return redirect("office_team", slug, found.team.public_id)


def _team(team: Team) -> dict[str, Any]:
    now = {"name": team.name, "phone": team.phone, "region": str(team.region.public_id)}
    return {"regions": lists.region_choices(), "initial": now}


def _team_page(request: HttpRequest, here: Office, found: Team, asked: dict[str, Any]) -> HttpResponse:
    forms = {
        "form": TeamForm(**_team(found)),
        "hours_form": HoursForm(initial=lists.hours(found)),
        "closed_form": ClosedForm(auto_id="id_closed_%s"),
        "sending_form": SendingForm(initial={"by_itself": leaving.is_on(found.pk)}),
    } | asked
    wrong = any(form.errors for form in asked.values())
    return page(request, here, "team", {"file": lists.team_page(here, found)} | forms, wrong=wrong)


def colleague_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who works here, and inviting somebody."""
    here = office(request)
    form = InviteForm(request.POST if request.method == "POST" else None, teams=lists.team_choices(), today=here.today)
    if request.method == "POST" and form.is_valid():
        try:
            colleagues.invite(**_invited(here, form.cleaned_data), by=here.visitor.actor, at=here.at)
        except colleagues.AlreadyHere:
            form.add_error("email", _("Somebody with this mail address works here already, or did. Look in the list."))
        else:
            messages.success(request, _("{name} gets a mail.").format(name=form.cleaned_data["name"]))
            return redirect("office_colleagues", slug)
    asked = {"colleagues": lists.colleagues(here), "form": form}
    return page(request, here, "colleagues", asked, wrong=bool(form.errors))


def _invited(here: Office, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers as the words of the verb."""
    team = answers.pop("team")
    return answers | {"teams": [access.team_for(here.visitor, team)] if team != NOBODY else []}


def colleague(request: HttpRequest, slug: str, colleague: uuid.UUID) -> HttpResponse:
    """One colleague: name and role."""
    here = office(request)
    found = access.colleague_for(here.visitor, colleague)
    now = {"name": found.name, "role": found.role}
    form = ColleagueForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            colleagues.change(found, **form.cleaned_data, by=here.visitor.actor, at=here.at)
        except colleagues.LastManager:
            form.add_error("role", _("Nobody else is a manager. Make somebody else manager first."))
        else:
            messages.success(request, _("Kept."))
            return redirect("office_colleague", slug, colleague)
    return _colleague_page(request, here, found, {"form": form})


def join(request: HttpRequest, slug: str, colleague: uuid.UUID) -> HttpResponse:
    """A colleague is in a team from a day on."""
    here = office(request)
    found = access.colleague_for(here.visitor, colleague)
    form = JoinForm(request.POST, auto_id="id_join_%s", teams=lists.team_choices())
    if form.is_valid():
        team = access.team_for(here.visitor, form.cleaned_data.pop("team"))
        try:
            colleagues.join(colleague=found, team=team, **form.cleaned_data, by=here.visitor.actor, at=here.at)
        except colleagues.AlreadyInTeam:
            form.add_error("team", _("This colleague is in this team in that period already."))
        else:
            messages.success(request, _("Kept."))
            return redirect("office_colleague", slug, colleague)
    return _colleague_page(request, here, found, {"join_form": form})


def move_on(request: HttpRequest, slug: str, member: uuid.UUID) -> HttpResponse:
    """A colleague is in a team no longer, from today on."""
    here = office(request)
    found = access.member_for(here.visitor, member)
    colleagues.move_on(found, until=here.today, by=here.visitor.actor, at=here.at)
    messages.success(request, _("Kept."))
    return redirect("office_colleague", slug, found.colleague.public_id)


def leave(request: HttpRequest, slug: str, colleague: uuid.UUID) -> HttpResponse:
    """A colleague goes out of service."""
    here = office(request)
    found = access.colleague_for(here.visitor, colleague)
    form = LastDayForm(request.POST, auto_id="id_leave_%s")
    if form.is_valid():
        try:
            colleagues.leave(found, day=form.cleaned_data["day"], by=here.visitor.actor, at=here.at)
        except colleagues.LastManager:
            form.add_error("day", _("Nobody else is a manager. Make somebody else manager first."))
        else:
            messages.success(request, _("Kept. Everything that was done stays under this name."))
            return redirect("office_colleagues", slug)
    return _colleague_page(request, here, found, {"leave_form": form})


def come_back(request: HttpRequest, slug: str, colleague: uuid.UUID) -> HttpResponse:
    """A colleague is in service again."""
    here = office(request)
    found = access.colleague_for(here.visitor, colleague)
    colleagues.come_back(found, by=here.visitor.actor, at=here.at)
    messages.success(request, _("Welcome back. Choose a team."))
    return redirect("office_colleague", slug, colleague)


def invite_again(request: HttpRequest, slug: str, colleague: uuid.UUID) -> HttpResponse:
    """The mail that says how to sign in goes once more."""
    here = office(request)
    found = access.colleague_for(here.visitor, colleague)
    colleagues.invite_again(found, by=here.visitor.actor, at=here.at)
    messages.success(request, _("{name} gets a mail.").format(name=found.name))
    return redirect("office_colleague", slug, colleague)


def _colleague_page(request: HttpRequest, here: Office, found: Colleague, asked: dict[str, Any]) -> HttpResponse:
    forms = {
        "form": ColleagueForm(initial={"name": found.name, "role": found.role}),
        "join_form": JoinForm(auto_id="id_join_%s", teams=lists.team_choices(), today=here.today),
        "leave_form": LastDayForm(auto_id="id_leave_%s", initial={"day": here.today}),
    } | asked
    wrong = any(form.errors for form in asked.values())
    return page(request, here, "colleague", {"file": lists.colleague_page(here, found)} | forms, wrong=wrong)


def words(request: HttpRequest, slug: str) -> HttpResponse:
    """How the organisation is called, and its words for whom it helps and for who helps."""
    here = office(request)
    form = WordsForm(request.POST if request.method == "POST" else None, initial=speaking.words(here))
    if request.method == "POST" and form.is_valid():
        founding.speak(**form.cleaned_data, by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("office_words", slug)
    return page(request, here, "words", {"form": form}, wrong=bool(form.errors))


def rate_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether rates are a hard rule, and with whom one was agreed."""
    here = office(request)
    form = RatesForm(request.POST if request.method == "POST" else None, initial={"count": rates.count()})
    if request.method == "POST" and form.is_valid():
        rates.use(wanted=form.cleaned_data["count"], by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("office_rates", slug)
    return page(request, here, "rates", {"file": paying.agreed(here), "form": form}, wrong=bool(form.errors))


def message_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The messages Samen writes, and in whose name they go."""
    here = office(request)
    form = SenderForm(request.POST if request.method == "POST" else None, initial=speaking.sender())
    if request.method == "POST" and form.is_valid():
        texts.send_as(**form.cleaned_data, by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("office_messages", slug)
    return _messages_page(request, here, {"form": form})


def how_often(request: HttpRequest, slug: str) -> HttpResponse:
    """How often a week helpers are asked to stand in, unless they said so themselves."""
    here = office(request)
    form = OftenForm(request.POST)
    if form.is_valid():
        fairness.say(**form.cleaned_data, by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("office_messages", slug)
    return _messages_page(request, here, {"often_form": form})


def _messages_page(request: HttpRequest, here: Office, asked: dict[str, Any]) -> HttpResponse:
    forms = {
        "form": SenderForm(initial=speaking.sender()),
        "often_form": OftenForm(initial={"at_most": fairness.at_most()}),
    } | asked
    wrong = any(form.errors for form in asked.values())
    return page(request, here, "messages", {"texts": speaking.messages(here)} | forms, wrong=wrong)


def text(request: HttpRequest, slug: str) -> HttpResponse:
    """How one message reads in one language; shown first, kept when asked."""
    here = office(request)
    found, language = speaking.asked(request)
    now = speaking.now(found, language)
    filled_in = request.POST if request.method == "POST" else None
    form = TextForm(filled_in, text=found, initial={"subject": now.subject, "body": now.body})
    if request.method == "POST" and form.is_valid():
        now = texts.Letter(**form.cleaned_data)
        if "show" not in request.POST:
            texts.change(found, language, now, by=here.visitor.actor, at=here.at)
            messages.success(request, _("Kept. The next message reads like this."))
            return redirect(request.get_full_path())
    shown = speaking.text_page(here, found, language, now)
    return page(request, here, "text", {"text": shown, "form": form}, wrong=bool(form.errors))


def text_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """The message reads as Samen wrote it again."""
    here = office(request)
    found, language = speaking.asked(request)
    texts.restore(found, language, by=here.visitor.actor, at=here.at)
    messages.success(request, _("The original text is back."))
    return redirect("office_messages", slug)


def practice(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation to practise in, beside this one; made anew as often as one likes."""
    here = office(request)
    if request.method == "POST":
        practising.begin()
        messages.success(request, _("It is being made ready. In a moment it stands below."))
        return redirect("office_practice", slug)
    return page(request, here, "practice", {"practice": practising_page.practice(here)})


def practice_end(request: HttpRequest, slug: str) -> HttpResponse:
    """Nobody practises any more."""
    office(request)
    practising.clear_away.later()
    messages.success(request, _("It is being cleared away."))
    return redirect("office_practice", slug)


def practice_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Every message that stayed here."""
    here = office(request)
    return page(request, here, "practice_mail", {"letters": practising_page.letters()})
