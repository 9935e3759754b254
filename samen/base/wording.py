"""The organisation's own words for whom it helps and for who helps: one mechanism, beneath every sentence.

A sentence is translated as always, and then the noun and its article become those the organisation chose.  So nobody
who writes a sentence has to think of it.  A sentence with a context is left as it is: it says exactly what it says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import trans_real

from samen.base import tenancy

CONTEXT = "\x04"  # between a context and its sentence, as gettext has it
WORDS_REMEMBERED = 4096


@dataclass(frozen=True)
class Noun:
    """One of something, and more of them.  In Dutch every word to choose from goes with "de"."""

    one: str
    many: str


NOUNS = {
    ("nl", "CUSTOMER"): Noun("klant", "klanten"),
    ("nl", "CLIENT"): Noun("cliënt", "cliënten"),
    ("nl", "HOME_HELP"): Noun("huishoudelijke hulp", "huishoudelijke hulpen"),
    ("nl", "WORKER"): Noun("medewerker", "medewerkers"),
    ("en", "CUSTOMER"): Noun("customer", "customers"),
    ("en", "CLIENT"): Noun("client", "clients"),
    ("en", "HOME_HELP"): Noun("home help", "home helps"),
    ("en", "WORKER"): Noun("worker", "workers"),
}
# "Huishouden" goes with "het", and what stands before it follows: het eerste huishouden, de eerste klant.
ARTICLES = {"het": "de", "dit": "deze", "dat": "die", "elk": "elke", "ieder": "iedere", "ons": "onze", "welk": "welke"}
BEFORE = re.compile(
    r"\b(het|dit|dat|elk|ieder|ons|welk)((?:\s+(?!het\b|dit\b|dat\b)[\w-]+)?\s+huishouden)\b", re.IGNORECASE
)
ADJECTIVE = re.compile(r"\b((?:g?een)\s+)(nieuw|ander|bestaand|vast|bijzonder)(\s+huishouden)\b", re.IGNORECASE)
HUISHOUDEN = re.compile(r"(?<![{(\w])huishouden(s?)\b", re.IGNORECASE)
HULP = re.compile(r"(?<![{(\w])hulp(en)?\b", re.IGNORECASE)
HOUSEHOLD = re.compile(r"(?<![{(\w])household(s?)\b", re.IGNORECASE)
HELPER = re.compile(r"(?<![{(\w])helper(s?)\b", re.IGNORECASE)


def choose(*, household: str, helper: str) -> None:
    """From now on the organisation that was entered speaks of whom it helps, and of who helps, in these words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.choose_words(%s, %s)", [household, helper])


@lru_cache(maxsize=WORDS_REMEMBERED)
def reworded(text: str, message: str, language: str, household: str, helper: str) -> str:
    """The sentence in these words; `message` is the English it was translated from, and says what it is about."""
    if noun := NOUNS.get((language, household)):
        text = _households(text, language, noun)
    if (noun := NOUNS.get((language, helper))) and HELPER.search(message):
        text = (HULP if language == "nl" else HELPER).sub(_put(noun), text)
    return text


def _households(text: str, language: str, noun: Noun) -> str:
    if language != "nl":
        return HOUSEHOLD.sub(_put(noun), text)
    text = BEFORE.sub(lambda found: _as(found[1], ARTICLES[found[1].lower()]) + found[2], text)
    text = ADJECTIVE.sub(r"\1\2e\3", text)
    return HUISHOUDEN.sub(_put(noun), text)


def _put(noun: Noun) -> Callable[[re.Match[str]], str]:
    return lambda found: _as(found[0], noun.many if found[1] else noun.one)


def _as(old: str, new: str) -> str:
    """The new word with a capital where the old one had it."""
    return new[0].upper() + new[1:] if old[:1].isupper() else new


class WordedTranslation(trans_real.DjangoTranslation):
    """Django's translation, in the words of the organisation that was entered."""

    def gettext(self, message: str) -> str:
        """One sentence."""
        return self._worded(super().gettext(message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One sentence, for one or for more."""
        return self._worded(super().ngettext(msgid1, msgid2, n), msgid2)

    def _worded(self, text: str, message: str) -> str:
        words = tenancy.words()
        if words == tenancy.USUAL_WORDS or CONTEXT in message:
            return text
        return reworded(text, message, str(self.language()), *words)


def install() -> None:
    """Every sentence of Samen is worded; asked once, when the program starts."""
    anything: Any = trans_real
    anything.DjangoTranslation = WordedTranslation
    # A model's label that is read while models load has made an unworded one already.
    anything._translations.clear()
    anything._default = None
