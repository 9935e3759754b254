"""How every form of Samen looks: the summary on top, and each field with its hint and its error."""

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    form_template_name = "base/_form.html"
    field_template_name = "base/_field.html"


class ButtonForm(forms.Form):
    """A button without fields: pressing it is all there is to say."""
