"""The messages Samen writes, and the organisation's own wording of them, with fields by name.

A text is subject and body with `{fields}`.  The app that sends it declares it: which fields it has, what stands in
them for an invented person, and how it reads when nobody changed it.
"""

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from samen.base import journal, tenancy
from samen.base.facts import Fact
from samen.base.models import MessageText, Sender
from samen.base.tenancy import Actor

TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")  # a name that was cut to its initial, and the end of its sentence


class UnknownField(Exception):
    """The text names a field that this message does not have, or a brace stands alone."""

    def __init__(self, field: str) -> None:
        super().__init__(self.__doc__)
        self.field = field


@dataclass(frozen=True)
class Letter:
    """A mail in words."""

    subject: str
    body: str


@dataclass(frozen=True)
class Text:
    """A message that can be worded: what it is, who reads it, its fields with an example of each, its original."""

    key: str
    title: str | Promise
    reader: str | Promise
    example: Mapping[str, str]
    original: Callable[[], Letter]


TEXTS: dict[str, Text] = {}


def declare(text: Text) -> Text:
    """Make a text known, so that it can be worded and is worded."""
    TEXTS[text.key] = text
    return text


def write(text: Text, **fields: str) -> Letter:
    """The message in the language that is spoken, in the organisation's own words if it has any."""
    own = _own_texts().get((text.key, translation.get_language() or "nl"))
    pattern = Letter(own.subject, own.body) if own else text.original()
    return filled(pattern, fields)


def filled(pattern: Letter, fields: Mapping[str, str]) -> Letter:
    """The pattern with its fields filled in; a line of which nothing is left falls out."""
    lines = [(line, TWO_STOPS.sub(".", line.format_map(fields))) for line in pattern.body.splitlines()]
    body = "\n".join(made for line, made in lines if made.strip() or not line.strip())
    return Letter(" ".join(TWO_STOPS.sub(".", pattern.subject.format_map(fields)).split()), body)


def _own_texts() -> dict[tuple[str, str], MessageText]:
    """Every own wording that stands, looked up once in a transaction: one writes many messages of a kind."""
    known = tenancy.current().known
    if "texts" not in known:
        rows = MessageText.objects.filter(replaced_at=None)
        known["texts"] = {(row.key, row.language): row for row in rows}
    found: dict[tuple[str, str], MessageText] = known["texts"]
    return found


def in_force(key: str, language: str) -> MessageText | None:
    """The organisation's own wording of this message in this language, if it has one."""
    return MessageText.objects.filter(key=key, language=language, replaced_at=None).first()


def check(text: Text, words: str) -> None:
    """Every field in these words is one of this message's; else `UnknownField`, with the name as it was written."""
    try:
        parts = list(string.Formatter().parse(words))
    except ValueError:
        raise UnknownField("{") from None
    for _literal, field, form, conversion in parts:
        if field is not None and (field not in text.example or form or conversion):
            raise UnknownField(f"{{{field}}}")


@transaction.atomic
def change(text: Text, language: str, letter: Letter, *, by: Actor, at: datetime) -> MessageText:
    """From now on the message reads like this; how it read before is kept."""
    check(text, letter.subject)
    check(text, letter.body)
    before = MessageText.objects.select_for_update().filter(key=text.key, language=language)
    version = max((row.version for row in before), default=0) + 1
    before.filter(replaced_at=None).update(replaced_at=at)
    tenancy.current().known.pop("texts", None)
    made = MessageText.objects.create(
        key=text.key, language=language, version=version, subject=letter.subject, body=letter.body
    )
    journal.record(Fact.TEXT_CHANGED, about=[made], by=by, at=at)
    return made


@transaction.atomic
def restore(text: Text, language: str, *, by: Actor, at: datetime) -> None:
    """From now on the message reads as Samen wrote it; the own wordings are kept."""
    own = in_force(text.key, language)
    if own is None:
        return
    own.replaced_at = at
    own.save(update_fields=["replaced_at"])
    tenancy.current().known.pop("texts", None)
    journal.record(Fact.TEXT_RESTORED, about=[own], by=by, at=at)


@transaction.atomic
def send_as(*, from_name: str, reply_to: str, by: Actor, at: datetime) -> Sender:
    """From now on mails go in this name, and answers to this address."""
    sender, _made = Sender.objects.update_or_create(defaults={"from_name": from_name, "reply_to": reply_to})
    journal.record(Fact.SENDER_CHANGED, about=[sender], by=by, at=at)
    return sender
