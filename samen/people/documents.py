"""Files about a household or a helper: what may be kept, until when, and who takes them away again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from samen.base import clock, files, jobs, journal
from samen.base.tenancy import SYSTEM, Actor
from samen.people.facts import Fact
from samen.people.models import Document, Helper, Household

LARGEST_BYTES = 10 * 1024 * 1024
KINDS = {  # how each begins, so that a name alone deceives nobody
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK\x03\x04",),
    "application/vnd.oasis.opendocument.text": (b"PK\x03\x04",),
}
ENDINGS = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}


class TooLarge(Exception):
    """The file is larger than 10 MB."""


class NotThisKind(Exception):
    """Only PDF, JPG, PNG, DOCX and ODT are kept, and the content must be what the name says."""


@dataclass(frozen=True)
class NewDocument:
    """A file as it was brought."""

    content: BinaryIO
    size: int
    name: str
    kept_until: date


def kind_of(new: NewDocument) -> str:
    """The kind of file it is.  Raises `TooLarge` and `NotThisKind`."""
    if new.size > LARGEST_BYTES:
        raise TooLarge(TooLarge.__doc__)
    mime = ENDINGS.get(new.name.rpartition(".")[2].lower(), "")
    start = new.content.read(16)
    new.content.seek(0)
    if not any(start.startswith(sign) for sign in KINDS.get(mime, ())):
        raise NotThisKind(NotThisKind.__doc__)
    return mime


def add(whose: Household | Helper, *, new: NewDocument, by: Actor, at: datetime) -> Document:
    """The file is kept until that day.  Raises `TooLarge` and `NotThisKind`."""
    mime = kind_of(new)
    document = Document.objects.create(
        household=whose if isinstance(whose, Household) else None,
        helper=whose if isinstance(whose, Helper) else None,
        blob=files.store(new.content, mime=mime),
        name=new.name,
        kept_until=new.kept_until,
        added_by_kind=by.kind,
        added_by_ref=by.ref,
        added_at=at,
    )
    fact = Fact.HOUSEHOLD_DOCUMENT if isinstance(whose, Household) else Fact.HELPER_DOCUMENT
    journal.record(fact, about=[whose, whose.team], by=by, at=at)
    return document


def remove(document: Document, *, by: Actor, at: datetime) -> None:
    """The file is gone, and its content too, unless something else keeps that."""
    whose, blob = document.household or document.helper, document.blob
    document.delete()
    files.forget(blob)
    fact = Fact.HOUSEHOLD_DOCUMENT_GONE if isinstance(whose, Household) else Fact.HELPER_DOCUMENT_GONE
    journal.record(fact, about=[whose, whose.team], by=by, at=at)


@jobs.job(of={})
def forget() -> None:
    """Files whose day has come are removed; safe to run any number of times."""
    at = clock.now()
    due = Document.objects.filter(kept_until__lte=at.astimezone(clock.HOME).date())
    for document in due.select_related("blob", "household__team", "helper__team").order_by("pk"):
        remove(document, by=SYSTEM, at=at)


jobs.every("11 4 * * *", forget)
