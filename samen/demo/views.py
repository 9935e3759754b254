"""The pages that only the demo has: the front door with its people, and the mailbox where every message lands."""

from django.contrib.auth import login as sign_in
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from samen.base import clock, entrances
from samen.base.models import Login
from samen.demo import beginning, personas
from samen.demo import mailbox as mailboxes
from samen.demo.forms import BeginForm, PersonaForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


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
    sign_in(request, login, backend=BACKEND)
    return redirect("today", entrances.memberships(login.pk)[0].slug)


def begin(request: HttpRequest) -> HttpResponse:
    """Begin an organisation of one's own, empty, as its first manager: this page exists in the demo only."""
    form = BeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        slug, login = beginning.begin(**form.cleaned_data)
        sign_in(request, login, backend=BACKEND)
        return redirect("office", slug)
    return render(request, "demo/begin.html", {"form": form}, status=422 if form.errors else 200)


def mailbox(request: HttpRequest) -> HttpResponse:
    """Every message that left, newest first, of both agencies."""
    page = {
        "messages": mailboxes.letters(request.GET.get("aan", "")),
        "filters": mailboxes.filters(request.GET.get("aan", "")),
    }
    return render(request, "demo/mailbox.html", page | {"now": clock.now()})
