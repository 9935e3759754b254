"""What the demo's front door takes."""

from django import forms

from samen.demo import cast, country

PEOPLE = [(colleague.email, colleague.name) for agency in cast.AGENCIES for colleague in agency.colleagues]
PEOPLE += [
    (colleague.email, colleague.name)
    for colleague in (cast.Colleague(name, region.team) for region in country.REGIONS for name in region.coordinators)
]


class PersonaForm(forms.Form):
    """Whom the visitor wants to be."""

    persona = forms.ChoiceField(choices=PEOPLE)
