"""What the demo's front door takes."""

from django import forms

from samen.demo import cast

PEOPLE = [(colleague.email, colleague.name) for agency in cast.AGENCIES for colleague in agency.colleagues]


class PersonaForm(forms.Form):
    """Whom the visitor wants to be."""

    persona = forms.ChoiceField(choices=PEOPLE)
