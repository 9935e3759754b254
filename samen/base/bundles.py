"""One style sheet, one script of ours, and htmx: made of the single files at the start, named by their content.

The files stay one for each thing, and a developer is served those.  Everybody else gets three bundles that a browser
may keep for ever, because another content has another name.
"""

import atexit
import gzip
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import django_htmx
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

STATIC = Path(__file__).resolve().parent / "static"
STYLE = "base/css/samen.css"
HTMX = "django_htmx/htmx-2.min.js"
SCRIPT = "base/js/samen.js"
# On every page, in this order.
MODULES = ("keys", "send", "dialog", "filter", "keep", "live", "grid", "moves", "countdown")
ALONE = ("map",)  # only on the page that needs it
IMPORT = re.compile(r'@import url\("([\w.-]+)"\) layer\((\w+)\);')
REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Bundle:
    """A file that stands for many: where it is found, and what is in it."""

    name: str
    content: bytes

    @property
    def address(self) -> str:
        """Below `/static/`, with a name that changes with the content."""
        stem, _, ending = self.name.rpartition(".")
        return f"{stem}.{sha256(self.content).hexdigest()[:16]}.{ending}"


@cache
def bundles() -> dict[str, Bundle]:
    """The bundles, by the name that templates use."""
    htmx = Path(django_htmx.__file__).parent / "static" / HTMX
    made = (Bundle(STYLE, _style()), Bundle(SCRIPT, _script()), Bundle(HTMX, htmx.read_bytes()))
    return {bundle.name: bundle for bundle in made}


def _style() -> bytes:
    """Each imported sheet stands in its layer, where its `@import` stood."""
    folder = (STATIC / STYLE).parent

    def sheet(found: re.Match[str]) -> str:
        return f"@layer {found[2]} {{\n{(folder / found[1]).read_text()}\n}}"

    text = IMPORT.sub(sheet, (STATIC / STYLE).read_text())
    lines = (line.strip() for line in REMARK.sub("", text).splitlines())
    return "\n".join(line for line in lines if line).encode()


def _script() -> bytes:
    """Each module stands in a block of its own, so that its names stay its own."""
    folder = (STATIC / SCRIPT).parent
    return "".join(f"{{\n{(folder / f'{name}.js').read_text()}}}\n" for name in MODULES).encode()


@cache
def _files() -> dict[str, Path]:
    """The bundles as files, by address, for as long as this process lives.

    They are tidied up on purpose: a folder that is found to be lost warns from within the garbage collection, and
    Python 3.11 does not bear that while it reads a module.
    """
    folder = tempfile.TemporaryDirectory(prefix="samen-bundles-")
    atexit.register(folder.cleanup)
    found = {}
    for number, bundle in enumerate(bundles().values()):
        file = Path(folder.name) / f"{number}.{bundle.name.rpartition('.')[2]}"
        file.write_bytes(bundle.content)
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(bundle.content, mtime=0))
        found[bundle.address] = file
    return found


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, which also serves the bundles, compressed beforehand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        for address, file in _files().items():
            self.add_file_to_dictionary(f"{settings.STATIC_URL}{address}", str(file))

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether a browser may keep what stands here for ever."""
        return any(url == f"{settings.STATIC_URL}{bundle.address}" for bundle in bundles().values())


def addresses(name: str) -> Iterator[str]:
    """Where a page finds this bundle: in one file, or for a developer in the single ones."""
    if not settings.DEBUG:
        yield settings.STATIC_URL + bundles()[name].address
    elif name == SCRIPT:
        yield from (f"{settings.STATIC_URL}base/js/{module}.js" for module in MODULES)
    else:
        yield settings.STATIC_URL + name
