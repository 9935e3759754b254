"""Icons, drawn into the page: no request, no flash, and a wrong name raises at once."""

from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

from defusedxml import ElementTree
from django.utils.safestring import SafeString

# These point along the line of reading, so they turn around in a right-to-left language.
TURNING = frozenset({"arrow-right", "arrow-left", "chevron-right", "chevron-left", "log-out", "send", "undo-2"})


@cache
def icon(name: str) -> SafeString:
    """The icon of this name, hidden from screen readers: the words beside it speak."""
    drawing = ElementTree.fromstring(_drawings().read(f"{name}.svg"))
    for part in drawing.iter():
        part.tag = part.tag.rpartition("}")[2]  # inside a page the language of drawings goes without saying
    css = "i turns" if name in TURNING else "i"
    drawing.attrib.update({"class": css, "aria-hidden": "true", "focusable": "false"})
    return SafeString(ElementTree.tostring(drawing, encoding="unicode"))


@cache
def _drawings() -> ZipFile:
    """All drawings of the package, which reads its list of two thousand names anew for each of them."""
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))
