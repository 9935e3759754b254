"""Icons, drawn into the page: no request, no flash, and a wrong name raises at once."""

from functools import cache

from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

# These point along the line of reading, so they turn around in a right-to-left language.
TURNING = frozenset({"arrow-right", "arrow-left", "chevron-right", "chevron-left", "log-out", "send", "undo-2"})


@cache
def icon(name: str) -> SafeString:
    """The icon of this name, hidden from screen readers: the words beside it speak."""
    css = "i turns" if name in TURNING else "i"
    return SafeString(lucide(name, size=None, **{"class": css, "aria_hidden": "true", "focusable": "false"}))
