"""What a helper and a household see on their phone: gate, form, one verb, page.  All of it works without JavaScript."""

import contextlib
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samen.base.entrances import Role, visitor
from samen.base.models import Link
from samen.people import asking, standing, ways_in
from samen.people.forms import AskRightForm, StandingForm
from samen.people.models import Helper, Household
from samen.portal import access, pages, telling
from samen.portal.access import Guest
from samen.portal.forms import AnswerForm, ObjectForm
from samen.visits import absences, hours, objections, periods, replacements, results
from samen.visits.forms import ApproveForm, IllForm, ResultForm
from samen.visits.models import Absence, Offer

CHANGED: dict[type[Exception], Any] = {
    replacements.PartlyTaken: gettext_lazy(
        "Somebody else goes to one of these visits by now. Can you go to the others?"
    ),
    replacements.Moved: gettext_lazy("The time changed since you looked. Can you go then?"),
}


def portal(request: HttpRequest, token: str) -> HttpResponse:
    """The page this link opens: a helper's own, a household's own, or one offer."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    if request.method == "POST" and guest.link.purpose != Link.Purpose.OFFER:
        raise Http404
    if guest.link.purpose == Link.Purpose.HELPER:
        return _helper(request, token, guest)
    if guest.link.purpose == Link.Purpose.HOUSEHOLD:
        return _household(request, token, guest)
    return _offer(request, guest)


def _helper(request: HttpRequest, token: str, guest: Guest) -> HttpResponse:
    helper = access.helper(request, guest)
    return _page(request, "helper", pages.of_helper(helper, token, at=visitor(request).at))


def _household(request: HttpRequest, token: str, guest: Guest) -> HttpResponse:
    household = access.household(request, guest)
    return _page(request, "household", pages.of_household(household, guest.person, token, at=visitor(request).at))


def _offer(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Looking changes nothing; the button does."""
    offer = access.offer(request, guest)
    at = visitor(request).at
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _answer(request, guest, offer, form)
    if offer.answer == Offer.Answer.YES and offer.withdrawn_at is None:
        return _about_offer(request, _said_yes(offer), offer)
    if offer.answer == Offer.Answer.NO and offer.withdrawn_at is None:
        return _about_offer(request, "declined", offer)
    if offer.is_called_off:
        return _about_offer(request, "called_off", offer)
    if pages.has_begun(offer, at):
        return _about_offer(request, "begun", offer)
    if not pages.is_open(offer, at):
        return _about_offer(request, "too_late", offer)
    return _about_offer(request, "offer", offer, status=422 if form.errors else 200, form=form)


def _answer(request: HttpRequest, guest: Guest, offer: Offer, form: AnswerForm) -> HttpResponse:
    at = visitor(request).at
    if form.cleaned_data["answer"] == "no":
        offer = replacements.decline(offer, by=guest.actor, at=at)
        if not offer.goes or offer.withdrawn_at is not None:
            return _about_offer(request, "declined", offer)
        form.add_error("answer", _("You said yes before, so we count on you. Can you not come after all? Ring us."))
        return _about_offer(request, "thank_you", offer, status=409, form=form)
    if pages.leaves_nothing(offer, form.cleaned_data["left_out"], at=at):
        form.add_error("left_out", _("You left out every visit. Leave one in, or press no."))
        return _about_offer(request, "offer", offer, status=422, form=form)
    try:
        said = {"left_out": form.cleaned_data["left_out"], "times": form.cleaned_data["times"]}
        offer = replacements.accept(offer, by=guest.actor, at=at, **said)
    except (replacements.PartlyTaken, replacements.Moved) as news:
        form.add_error("answer", CHANGED[type(news)])
        return _about_offer(request, "offer", offer, status=409, form=form)
    except replacements.Begun:
        return _about_offer(request, "begun", offer, status=409)
    except (replacements.AlreadyTaken, replacements.NotFree):
        return _about_offer(request, "too_late", offer, status=409)
    return _about_offer(request, _said_yes(offer), offer)


def _said_yes(offer: Offer) -> str:
    return "thank_you" if offer.goes else "willing"


def _about_offer(
    request: HttpRequest, name: str, offer: Offer, status: int = 200, form: AnswerForm | None = None
) -> HttpResponse:
    return _page(request, name, pages.of_offer(offer, at=visitor(request).at) | {"form": form}, status=status)


def sick(request: HttpRequest, token: str) -> HttpResponse:
    """The helper reports herself ill: two taps, and no question why."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    helper = access.helper(request, guest)
    at = visitor(request).at
    form = IllForm(request.POST if request.method == "POST" else None, at=at)
    page = {"helper": helper.person, "helper_url": access.home(helper, at=at), "team": helper.team}
    if request.method == "POST" and form.is_valid():
        start, until = periods.from_words(**form.cleaned_data, at=at)
        if form.cleaned_data["back"] and until is not None:
            absences.expect_back(helper=helper, kind=Absence.Kind.ILLNESS, since=until, by=guest.actor, at=at)
        absences.report(helper=helper, kind=Absence.Kind.ILLNESS, start=start, until=until, by=guest.actor, at=at)
        return _page(request, "get_well", page)
    return _page(request, "sick", page | {"form": form}, status=422 if form.errors else 200)


def seen(request: HttpRequest, token: str) -> HttpResponse:
    """The household says that it has read who comes."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    household = access.household(request, guest)
    replacements.confirm_seen(household, by=guest.actor, at=visitor(request).at)
    return redirect("portal", token)


def rather_not(request: HttpRequest, token: str) -> HttpResponse:
    """The household would rather have somebody else; what was promised stands until the team decides."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    household, at = access.household(request, guest), visitor(request).at
    form = ObjectForm(request.POST)
    if form.is_valid():
        offer = access.promise(request, household, form.cleaned_data["offer"])
        with contextlib.suppress(objections.NothingPromised):  # the page says who comes now
            objections.say(offer, reason=form.cleaned_data["reason"], by=guest.actor, at=at)
        return redirect("portal", token)
    page = pages.of_household(household, guest.person, token, at=at) | {"form": form}
    return _page(request, "household", page, status=422)


def told(request: HttpRequest, token: str, visit: uuid.UUID) -> HttpResponse:
    """One visit of the helper: what comes first there, and how it went."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    helper = access.helper(request, guest)
    found = access.visit(request, helper, visit)
    form = ResultForm(request.POST if request.method == "POST" else None)
    at = visitor(request).at
    if request.method == "POST" and form.is_valid():
        try:
            results.report(found, helper=helper, **form.cleaned_data, by=guest.actor, at=at)
        except (results.NotYet, results.NotThere, results.OddLength) as refused:
            form.add_error(telling.field_of(refused), telling.kindly(refused))
        else:
            return redirect("portal", token)
    page = telling.of_visit(helper, found, token, at=at) | {"form": form}
    return _page(request, "told", page, status=422 if form.errors else 200)


def way_in(request: HttpRequest, token: str, visit: uuid.UUID) -> HttpResponse:
    """What is sealed of the way in, this one time; that she read it is written down."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    helper = access.helper(request, guest)
    found = access.visit(request, helper, visit)
    page = telling.of_visit(helper, found, token, at=visitor(request).at) | {"form": ResultForm()}
    if page["way_in"] and page["way_in"]["url"]:
        secret = ways_in.reveal(found.household, role=Role.HELPER, entrance=visitor(request).entrance)
        page["way_in"] |= {"secret": secret, "url": ""}
    answer = _page(request, "told", page)
    answer["Cache-Control"] = "no-store"
    return answer


def take_back(request: HttpRequest, token: str, visit: uuid.UUID) -> HttpResponse:
    """A slip of the thumb: nothing was said of this visit yet."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    helper = access.helper(request, guest)
    found = access.visit(request, helper, visit)
    results.take_back(found, helper=helper, by=guest.actor, at=visitor(request).at)
    return redirect("portal", token)


def my_hours(request: HttpRequest, token: str) -> HttpResponse:
    """The hours of a month, of a helper at her households or of a household's helpers."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    month = hours.month_of(request.GET.get("maand", ""), at=visitor(request).at)
    if month is None:
        raise Http404
    if guest.link.purpose == Link.Purpose.HELPER:
        page = telling.hours_of_helper(access.helper(request, guest), token, month, at=visitor(request).at)
    else:
        page = telling.hours_of_household(access.household(request, guest), token, month, at=visitor(request).at)
    return _page(request, "hours", page)


def hours_at(request: HttpRequest, token: str, household: uuid.UUID) -> HttpResponse:
    """The helper looks at her hours at one household, and says that they are right."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    helper = access.helper(request, guest)
    return _sheet(request, token, guest, (helper, access.hours_at(request, helper, household)), hours.HELPER)


def hours_by(request: HttpRequest, token: str, helper: uuid.UUID) -> HttpResponse:
    """The household looks at the hours of one helper, and says that they are right."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    household = access.household(request, guest)
    return _sheet(request, token, guest, (access.hours_by(request, household, helper), household), hours.HOUSEHOLD)


def _sheet(request: HttpRequest, token: str, guest: Guest, pair: tuple[Helper, Household], side: str) -> HttpResponse:
    at, (helper, household) = visitor(request).at, pair
    form = ApproveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hours.approve(helper=helper, household=household, side=side, by=guest.actor, at=at, **form.cleaned_data)
        except (hours.Changed, hours.TooEarly, hours.NothingToApprove) as refused:
            form.add_error("version", telling.kindly(refused))
    month = form.asked or hours.month_of(request.GET.get("maand", ""), at=at)
    if month is None:
        raise Http404
    page = telling.sheet(helper, household, month, token, side=side, at=at) | {"form": form}
    return _page(request, "sheet", page, status=422 if form.errors else 200)


def my_asking(request: HttpRequest, token: str) -> HttpResponse:
    """The helper says when and how often she may be asked to stand in."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    helper = access.helper(request, guest)
    form = AskRightForm(request.POST if request.method == "POST" else None, initial=asking.in_words(helper))
    if request.method == "POST" and form.is_valid():
        asking.allow(helper, **form.right(), by=guest.actor, at=visitor(request).at)
        return redirect(f"{request.path}?bewaard")
    page = {"form": form, "team": helper.team, "home_url": reverse("portal", args=[token])}
    page["kept"] = "bewaard" in request.GET
    return _page(request, "asking", page, status=422 if form.errors else 200)


def my_wishes(request: HttpRequest, token: str) -> HttpResponse:
    """The household says what it wants when its helper cannot come."""
    try:
        guest = access.guest(request)
    except access.Expired as expired:
        return render(request, "portal/expired.html", {"team": expired.team}, status=410)
    household = access.household(request, guest)
    now = {kind.lower(): want for kind, want in standing.of([household.pk]).get(household.pk, {}).items()}
    form = StandingForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        standing.say(household, wants=form.wants(), by=guest.actor, at=visitor(request).at)
        return redirect(f"{request.path}?bewaard")
    page = {"form": form, "team": household.team, "home_url": reverse("portal", args=[token])}
    page["kept"] = "bewaard" in request.GET
    return _page(request, "wishes", page, status=422 if form.errors else 200)


def _page(request: HttpRequest, name: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"portal/{name}.html", page | {"now": visitor(request).at}, status=status)
