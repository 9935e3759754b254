"""What must be true of every answer there is, whoever asked what: for the tests that come by everywhere."""

import re
from html.parser import HTMLParser

from samen.base.headers import HEADERS
from tests.world import Answer


def faults(answer: Answer, *, hidden: bool, kept: bool = False) -> list[str]:
    """What is not as strict in this answer as it must be.

    `hidden` is an address that nobody else may hear, `kept` a file that a browser may keep.
    """
    wrong = [name for name, value in HEADERS.items() if answer.header(name) != value]
    if answer.header("Referrer-Policy") != ("no-referrer" if hidden else "same-origin"):
        wrong.append("Referrer-Policy")
    if not kept and "no-store" not in answer.header("Cache-Control"):
        wrong.append("Cache-Control")
    wrong += [name for name in ("Server", "X-Powered-By") if answer.header(name)]
    return wrong + _of_cookies(answer) + _of_the_page(answer)


def _of_cookies(answer: Answer) -> list[str]:
    """No cookie can be read by a script or sent from elsewhere."""
    wrong = []
    for cookie in [value for name, value in answer.headers if name == "Set-Cookie"]:
        name = cookie.partition("=")[0]
        if name not in ("csrftoken", "samen", "samen_language"):
            wrong.append(f"a cookie {name}")
        if "HttpOnly" not in cookie or not re.search("SameSite=(Lax|Strict)", cookie) or "Domain=" in cookie:
            wrong.append(f"cookie {name} goes too far")
        if "Path=/;" not in cookie and not cookie.endswith("Path=/"):
            wrong.append(f"cookie {name} has a path")
    return wrong


def _of_the_page(answer: Answer) -> list[str]:
    if not answer.body or not answer.header("Content-Type").startswith("text/html"):
        return []
    reader = Reader()
    reader.feed(answer.text)
    return reader.faults


class Reader(HTMLParser):
    """Notes what a page would have the browser do by itself, and where it leads outside."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.script = tag == "script"
        if tag == "script" and not (said.get("src") or "").startswith("/static/"):
            self.faults.append("a script that is not a file of ours")
        if tag in ("style", "iframe", "object", "embed", "base", "frame"):
            self.faults.append(f"<{tag}>")
        if tag == "meta" and (said.get("http-equiv") or "").lower() == "refresh":
            self.faults.append("a page that goes on by itself")
        self.faults += [f"{name}=" for name in said if name == "style" or name.startswith(("on", "hx-on"))]
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data"):
            where = (said.get(name) or "").strip().lower()
            if not where.startswith(("/", "#", "?", "tel:", "mailto:", "http://testserver/")) and where:
                self.faults.append(f"{name}={where}")
            if where.startswith("//"):
                self.faults.append(f"{name}={where}")

    def handle_data(self, text: str) -> None:
        if self.script and text.strip():
            self.faults.append("words of a script")

    def handle_endtag(self, tag: str) -> None:
        self.script = False
