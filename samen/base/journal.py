"""What happened, in one line per happening: keys and soft ids, rendered in the reader's language.

A line is written in the transaction of the verb that did it.  It names, never points: it must outlive the person
it is about and the colleague who wrote it.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils.module_loading import import_string  # noqa: TID251  the one place that reaches up, see STYLE.md
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from samen.base import many, tenancy
from samen.base.models import JournalLine, JournalSubject
from samen.base.schema import Owned
from samen.base.tenancy import Actor, ActorKind


@dataclass(frozen=True)
class Subject:
    """Whom or what something is about: a kind in the words of the glossary, and a public id."""

    kind: str
    ref: uuid.UUID

    @classmethod
    def of(cls, row: Owned) -> "Subject":
        """The subject that this row is."""
        return cls(str(row._meta.model_name), row.public_id)


FACTS: dict[str, Any] = {}
Reaction = Callable[[tuple[Subject, ...]], None]


def declare(facts: type[models.TextChoices]) -> type[models.TextChoices]:
    """Make an app's facts known, each with its sentence; the sentence's holes are `{actor}` and kinds of subject."""
    FACTS.update({fact.value: fact.label for fact in facts})
    return facts


def record(
    fact: str, *, about: Iterable[Owned], by: Actor, at: datetime, params: dict[str, Any] | None = None
) -> JournalLine:
    """Write one line, and let the reactions of `reactions.py` hear of it, all in the transaction of the caller."""
    org, subjects = tenancy.current_org(), tuple(Subject.of(row) for row in about)
    words: list[Any] = [org, uuid.uuid4(), fact, by.kind, by.ref, at, Jsonb(params or {})]
    numbered: list[Any] = [
        [uuid.uuid4() for _ in subjects],
        [one.kind for one in subjects],
        [one.ref for one in subjects],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*words, org, *numbered])
        line = JournalLine.from_db(connection.alias, WRITTEN, cursor.fetchone())
    heard(fact, subjects)
    return line


WRITTEN = ("id", "org_id", "public_id", "fact", "actor_kind", "actor_ref", "at")
WRITE = f"""
WITH line AS (
  INSERT INTO base_journalline (org_id, public_id, fact, actor_kind, actor_ref, at, params)
  VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {", ".join(WRITTEN)}
), said AS (
  INSERT INTO base_journalsubject (org_id, public_id, line_id, kind, ref)
  SELECT %s, subject.public_id, line.id, subject.kind, subject.ref
    FROM line, unnest(%s::uuid[], %s::text[], %s::uuid[]) WITH ORDINALITY AS subject (public_id, kind, ref, place)
   ORDER BY subject.place
)
SELECT {", ".join(WRITTEN)} FROM line
"""  # noqa: S608  constants of ours


def record_all(fact: str, *, about: Iterable[Iterable[Owned]], by: Actor, at: datetime) -> None:
    """Write one line for each of these happenings of one kind; the reactions hear of all of them at once."""
    happenings = [[Subject.of(row) for row in rows] for rows in about]
    lines = many.keep(
        JournalLine(fact=fact, actor_kind=by.kind, actor_ref=by.ref, at=at, params={}) for _ in happenings
    )
    many.keep(
        JournalSubject(line=line, kind=subject.kind, ref=subject.ref)
        for line, subjects in zip(lines, happenings, strict=True)
        for subject in subjects
    )
    heard(fact, tuple(dict.fromkeys(subject for subjects in happenings for subject in subjects)))


def heard(news: str, subjects: tuple[Subject, ...]) -> None:
    """Tell those above who want to hear this, as `reactions.py` lists them."""
    for reaction in _reactions().get(news, ()):
        reaction(subjects)


@cache
def _reactions() -> dict[str, tuple[Reaction, ...]]:
    reactions: dict[str, tuple[Reaction, ...]] = import_string(settings.REACTIONS)
    return reactions


def about(*subjects: Subject, most: int = 50) -> list[JournalLine]:
    """The newest lines about any of these, newest first."""
    wanted = models.Q()
    for subject in subjects:
        wanted |= models.Q(subjects__kind=subject.kind, subjects__ref=subject.ref)
    lines = JournalLine.objects.filter(wanted).distinct().order_by("-id").prefetch_related("subjects")
    return list(lines[:most])


def refs(lines: Iterable[JournalLine]) -> set[Subject]:
    """Everybody and everything these lines name, so that names can be looked up in one go."""
    found = {Subject(subject.kind, subject.ref) for line in lines for subject in line.subjects.all()}
    for line in lines:
        if line.actor_ref:
            found.add(Subject(_kind_of_actor(line.actor_kind), line.actor_ref))
    return found


def _kind_of_actor(kind: str) -> str:
    return {ActorKind.COLLEAGUE: "colleague", ActorKind.PERSON: "person"}.get(ActorKind(kind), "")


def sentence(line: JournalLine, names: dict[Subject, str]) -> str:
    """The line in the reader's language; somebody who was erased reads "removed person"."""
    gone = _("removed person")
    known = {subject.kind: names.get(Subject(subject.kind, subject.ref), gone) for subject in line.subjects.all()}
    if line.actor_ref:
        known["actor"] = names.get(Subject(_kind_of_actor(line.actor_kind), line.actor_ref), gone)
    else:
        known["actor"] = _("Samen")
    template = str(FACTS.get(line.fact, line.fact))
    return template.format_map(_Holes(known | {key: str(value) for key, value in line.params.items()}))


class _Holes(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _("removed person")
