"""The pages that only the demo has: the front door with its people, and the mailbox where every message lands."""

from django.contrib.auth import login as sign_in
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from samen.base import clock, entrances
from samen.base.models import Login
from samen.demo import mailbox as mailboxes
from samen.demo import personas
from samen.demo.forms import PersonaForm


def demo(request: HttpRequest) -> HttpResponse:
    """Who are you today?"""
    now = clock.now()
    page = {
        "personas": personas.groups(),
        "mailbox_url": "/demo/postvak/",
        "today": now.astimezone(clock.HOME).date(),
    }
    return render(request, "demo/front.html", page | {"now": now})


def become(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the invented colleagues, without a password: this page exists in the demo only."""
    form = PersonaForm(request.POST)
    login = Login.objects.filter(email=form.cleaned_data["persona"]).first() if form.is_valid() else None
    if login is None:
        raise Http404
    sign_in(request, login, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("today", entrances.memberships(login.pk)[0].slug)


def mailbox(request: HttpRequest) -> HttpResponse:
    """Every message that left, newest first, of both agencies."""
    page = {
        "messages": mailboxes.letters(request.GET.get("aan", "")),
        "filters": mailboxes.filters(request.GET.get("aan", "")),
    }
    return render(request, "demo/mailbox.html", page | {"now": clock.now()})
