"""The words templates use for the style sheet and the scripts of every page."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from samen.base import bundles

register = template.Library()


@register.simple_tag
def style() -> SafeString:
    """The look of Samen."""
    sheets = ((address,) for address in bundles.addresses(bundles.STYLE))
    return format_html_join("", '<link rel="stylesheet" href="{}">', sheets)


@register.simple_tag
def scripts() -> SafeString:
    """What makes the pages quicker; without it they work too."""
    htmx = format_html('<script src="{}" defer></script>', *bundles.addresses(bundles.HTMX))
    ours = ((address,) for address in bundles.addresses(bundles.SCRIPT))
    return htmx + format_html_join("", '<script type="module" src="{}"></script>', ours)
