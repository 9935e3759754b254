"""The front door, and the choice of a language."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from samen.base import entrances, language

YEAR_SECONDS = 365 * 24 * 60 * 60


class LanguageForm(forms.Form):
    """The language a reader wants, and the page to return to."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    next = forms.CharField(required=False, max_length=500)


def front(request: HttpRequest) -> HttpResponse:
    """To the people of the demo, to one's own board, or to the sign-in page."""
    if settings.DEMO:
        return redirect("demo")
    if not request.user.is_authenticated:
        return redirect(settings.LOGIN_URL)
    mine = entrances.memberships(request.user.pk)
    if len(mine) == 1:
        return redirect("today", mine[0].slug)
    return render(request, "base/organisations.html", {"memberships": mine})


def choose_language(request: HttpRequest) -> HttpResponse:
    """From now on this browser reads the chosen language."""
    form = LanguageForm(request.POST)
    back = form.data.get("next", "")[:500]
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe and back.startswith("/") else "/")
    if form.is_valid():
        response.set_cookie(
            language.COOKIE,
            form.cleaned_data["language"],
            max_age=YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
