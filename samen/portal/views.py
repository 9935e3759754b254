"""What a helper and a household see on their phone: gate, form, one verb, page.  All of it works without JavaScript."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from samen.base.entrances import visitor
from samen.base.models import Link
from samen.portal import access, pages
from samen.portal.access import Guest
from samen.portal.forms import AnswerForm, SickForm
from samen.visits import absences, periods, replacements
from samen.visits.models import Absence, Offer


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
        return _answer(request, guest, offer, form.cleaned_data["answer"])
    if offer.answer == Offer.Answer.YES:
        return _about_offer(request, "thank_you", offer)
    if offer.answer == Offer.Answer.NO:
        return _about_offer(request, "declined", offer)
    if not pages.is_open(offer, at):
        return _about_offer(request, "too_late", offer)
    return _about_offer(request, "offer", offer, status=422 if form.errors else 200, form=form)


def _answer(request: HttpRequest, guest: Guest, offer: Offer, answer: str) -> HttpResponse:
    at = visitor(request).at
    if answer == "no":
        replacements.decline(offer, by=guest.actor, at=at)
        return _about_offer(request, "declined", offer)
    try:
        offer = replacements.accept(offer, by=guest.actor, at=at)
    except (replacements.AlreadyTaken, replacements.NotFree):
        return _about_offer(request, "too_late", offer, status=409)
    return _about_offer(request, "thank_you", offer)


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
    form = SickForm(request.POST if request.method == "POST" else None)
    page = {"helper": helper.person, "helper_url": access.home(helper, at=visitor(request).at), "team": helper.team}
    if request.method == "POST" and form.is_valid():
        at = visitor(request).at
        start, until = periods.from_words(form.cleaned_data["start"], form.cleaned_data["until"], at=at)
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


def _page(request: HttpRequest, name: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"portal/{name}.html", page | {"now": visitor(request).at}, status=status)
