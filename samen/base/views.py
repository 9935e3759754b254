"""The page of style: every component in every state.  It reads no table."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

DAYS = [("today", _("Today")), ("tomorrow", _("Tomorrow"))]
PLACES = [("bussum", "Bussum"), ("laren", "Laren")]


class Example(forms.Form):
    """One field of each kind, to see how a form looks."""

    name = forms.CharField(label=_("Name"), help_text=_("As the neighbours say it."))
    mail = forms.EmailField(label=_("Mail address"))
    start = forms.ChoiceField(label=_("From when?"), widget=forms.RadioSelect, choices=DAYS)
    place = forms.ChoiceField(label=_("Place"), choices=PLACES)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    tell = forms.BooleanField(label=_("Tell me by mail"), required=False)


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    sides = [_side(theme) for theme in ("light", "dark")]
    return render(request, "base/stijl.html", {"sides": sides})


def _side(theme: str) -> dict[str, object]:
    auto_id = f"{theme}_%s"
    return {
        "theme": theme,
        "form": Example(auto_id=auto_id, initial={"start": "today", "name": "Anja"}),
        "wrong": Example({"mail": "anja", "start": "today", "place": "bussum"}, auto_id=f"{theme}_wrong_%s"),
    }
