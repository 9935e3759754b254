"""What the pages of words and messages show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import translation

from samen.base import texts
from samen.base.models import MessageText, Organisation, Sender
from samen.base.texts import Letter, Text
from samen.office.sitting import Office


def words(here: Office) -> dict[str, str]:
    """The name and the words as they are, for the form."""
    own = Organisation.objects.get(pk=here.visitor.org)
    return {"name": own.name, "household": own.household_word, "helper": own.helper_word}


def sender() -> dict[str, str]:
    """In whose name mails go, for the form."""
    now = Sender.objects.first() or Sender()
    return {"from_name": now.from_name, "reply_to": now.reply_to}


def messages(here: Office) -> list[dict[str, Any]]:
    """Every message, in every language, and whether it is in the organisation's own words."""
    own = {(row.key, row.language): row.version for row in MessageText.objects.filter(replaced_at=None)}
    page = reverse("office_text", args=[here.visitor.slug])
    return [
        {
            "title": text.title,
            "reader": text.reader,
            "languages": [
                {
                    "name": name,
                    "code": code,
                    "own": (text.key, code) in own,
                    "url": f"{page}?bericht={text.key}&taal={code}",
                }
                for code, name in settings.LANGUAGES
            ],
        }
        for text in texts.TEXTS.values()
    ]


def asked(request: HttpRequest) -> tuple[Text, str]:
    """The message and the language in the query; 404 for one there is not."""
    text, language = texts.TEXTS.get(request.GET.get("bericht", "offer")), request.GET.get("taal", "nl")
    if text is None or language not in dict(settings.LANGUAGES):
        raise Http404
    return text, language


def now(text: Text, language: str) -> Letter:
    """The message as it reads now, with its fields."""
    own = texts.in_force(text.key, language)
    with _spoken(language):
        return Letter(own.subject, own.body) if own else text.original()


def preview(text: Text, letter: Letter) -> Letter:
    """The message as an invented person would get it."""
    return texts.filled(letter, text.example)


def text_page(here: Office, text: Text, language: str, shown: Letter) -> dict[str, Any]:
    """A message: its fields, how it would reach somebody, and its versions."""
    return {
        "title": text.title,
        "reader": text.reader,
        "language": dict(settings.LANGUAGES)[language],
        "query": f"?bericht={text.key}&taal={language}",
        "fields": [{"name": f"{{{name}}}", "example": example} for name, example in text.example.items()],
        "preview": preview(text, shown),
        "own": texts.in_force(text.key, language) is not None,
        "versions": MessageText.objects.filter(key=text.key, language=language).order_by("-version"),
    }


@contextmanager
def _spoken(language: str) -> Iterator[None]:
    with translation.override(language):
        yield
