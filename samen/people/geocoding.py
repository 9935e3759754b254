"""Ask a PDOK Locatieserver, or one that speaks like it, where an address is.  Off unless a setting names one.

Only a postcode and a house number leave, and never a name; a secret place is not asked for.  Written from the published
description of the service (search v3.1, `free` with `fq=type:adres`), and tried against a server of our own.
"""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from django.conf import settings

PATIENCE_SECONDS = 2
LARGEST_ANSWER = 100_000  # bytes; an address takes two hundred
POINT = re.compile(r"POINT\((-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)\)")
IN_FRONT = re.compile(r"\d+")


class NoAnswer(Exception):
    """The geocoder did not answer, or not in its own words."""


@dataclass(frozen=True)
class Question:
    """What leaves."""

    postcode: str
    house_number: str


def is_on() -> bool:
    """Whether this installation asks anybody."""
    return bool(settings.GEOCODER)


def find(question: Question) -> tuple[float, float] | None:
    """Degrees north and east of this address; None when the geocoder does not know it.  Raises `NoAnswer`."""
    docs = _docs(_ask(question))
    if not docs:
        return None
    found = POINT.fullmatch(str(docs[0].get("centroide_ll", "")))
    if found is None:
        raise NoAnswer("no point in the answer")
    return float(found[2]), float(found[1])


def _ask(question: Question) -> bytes:
    number = IN_FRONT.match(question.house_number)
    words = {
        "q": f"{question.postcode} {question.house_number}",
        "fq": [
            "type:adres",
            f"postcode:{question.postcode.replace(' ', '')}",
            f"huisnummer:{number[0] if number else ''}",
        ],
        "fl": "centroide_ll",
        "rows": "1",
    }
    url = f"{settings.GEOCODER}?{urllib.parse.urlencode(words, doseq=True)}"
    if not url.startswith(("http://", "https://")):
        raise NoAnswer("the geocoder's address is no web address")
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  http and https only, above
            content: bytes = answer.read(LARGEST_ANSWER)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise NoAnswer(type(error).__name__) from None
    return content


def _docs(content: bytes) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(content)["response"]["docs"]
    except (ValueError, KeyError, TypeError):
        raise NoAnswer("not in its own words") from None
    return found
