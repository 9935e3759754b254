"""How every form of Samen looks: the summary on top, and each field with its hint and its error."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    form_template_name = "base/_form.html"
    field_template_name = "base/_field.html"
