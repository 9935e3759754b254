"""What the demo's front door takes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.demo import cast, country

PEOPLE = [(colleague.email, colleague.name) for agency in cast.AGENCIES for colleague in agency.colleagues]
PEOPLE += [
    (colleague.email, colleague.name)
    for colleague in (cast.Colleague(name, region.team) for region in country.REGIONS for name in region.coordinators)
]


class PersonaForm(forms.Form):
    """Whom the visitor wants to be."""

    persona = forms.ChoiceField(choices=PEOPLE)


class BeginForm(forms.Form):
    """What a new organisation is called, and who looks after it."""

    name = forms.CharField(label=_("How is your organisation called?"), max_length=100)
    manager = forms.CharField(label=_("And what is your name?"), max_length=100)
