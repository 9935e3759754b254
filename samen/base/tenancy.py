"""One entrance to the rows of an organisation: the signed context that the database checks.

`enter` opens a transaction and tells the database which organisation, which actor, and a proof that only this
program can make.  Row-level security does the rest.  Without a context every owned table refuses by name.
"""

import contextlib
import contextvars
import enum
import hashlib
import hmac
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

WORDS = "SELECT ARRAY[household_word, helper_word, practice_of_id::text] FROM base_organisation WHERE id = %s::bigint"
CONTEXT = "SELECT set_config('app.org', %s, true), set_config('app.actor', %s, true), set_config('app.proof', %s, true)"
USUAL_WORDS = ("HOUSEHOLD", "HELPER")  # what an organisation says that chose no words of its own
PROOF_SECONDS = 300  # a proof outlives a slow page, not a coffee break; jobs that take longer enter again


class NoOrganisation(Exception):
    """No organisation was entered, so nothing may be read or written."""


class ForgedContext(Exception):
    """The context of this connection was not made by Samen."""


class ExpiredContext(Exception):
    """The context of this connection is too old."""


class AnotherOrganisation(Exception):
    """A second organisation was entered inside the first."""


REFUSALS: dict[str, type[Exception]] = {
    "SM001": NoOrganisation,
    "SM002": ForgedContext,
    "SM003": ExpiredContext,
}


class ActorKind(enum.StrEnum):
    """Who acts.  A link is somebody who came in by a signed link; the link row knows the person."""

    COLLEAGUE = "COLLEAGUE"
    PERSON = "PERSON"
    LINK = "LINK"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True)
class Actor:
    """Somebody who does something, by soft reference: the journal outlives the person."""

    kind: ActorKind
    ref: uuid.UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref or ''}"

    @property
    def the_ref(self) -> uuid.UUID:
        """Who it is; asked of the system itself, which is nobody, it is a mistake of the program."""
        if self.ref is None:
            raise LookupError(f"{self.kind} is nobody in particular")
        return self.ref

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """Read what `str` wrote."""
        kind, _, ref = text.partition(":")
        return cls(ActorKind(kind), uuid.UUID(ref) if ref else None)


SYSTEM = Actor(ActorKind.SYSTEM)


@dataclass(frozen=True)
class Context:
    """The organisation (its number), the actor that the database knows of, and the moment they came in."""

    org: int
    actor: Actor
    at: datetime
    words: tuple[str, str] = USUAL_WORDS  # for whom the organisation helps, and for who helps
    practice: bool = False  # an organisation to practise in: everybody is invented, and nothing leaves
    last_words: dict[str, Callable[[], None]] = field(default_factory=dict, compare=False, repr=False)
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # looked up once in a transaction


_entered: contextvars.ContextVar[Context | None] = contextvars.ContextVar("samen_context", default=None)


def current() -> Context:
    """The context entered last; `NoOrganisation` when there is none."""
    context = _entered.get()
    if context is None:
        raise NoOrganisation(NoOrganisation.__doc__)
    return context


def current_org() -> int:
    """The number of the organisation entered: the default of every `org` column."""
    return current().org


def practising() -> bool:
    """Whether the organisation entered is one to practise in."""
    context = _entered.get()
    return context is not None and context.practice


def words() -> tuple[str, str]:
    """The words of the organisation entered for whom it helps and who helps; outside all, the usual ones."""
    context = _entered.get()
    return context.words if context else USUAL_WORDS


@contextlib.contextmanager
def enter(org: int, actor: Actor) -> Iterator[Context]:
    """Open one transaction in which the rows of this organisation, and no others, can be seen and written.

    Entering the same organisation again inside is a savepoint; entering another raises `AnotherOrganisation`.
    What was put in `Context.last_words` runs at the end of the outermost entrance, inside its transaction, in
    the order of its keys: locks that many transactions want are taken last and in one order.
    """
    outer = _entered.get()
    if outer is not None and outer.org != org:
        raise AnotherOrganisation(AnotherOrganisation.__doc__)
    nested = connection.in_atomic_block
    with transaction.atomic():
        context = Context(org, actor, *_tell(str(org), str(actor)))
        if outer is not None:
            context = replace(context, last_words=outer.last_words, known=outer.known)
        token = _entered.set(context)
        try:
            yield context
            if outer is None and not connection.needs_rollback:
                for key in sorted(context.last_words):
                    context.last_words[key]()
        finally:
            _entered.reset(token)
    if nested and not connection.needs_rollback:
        # SET LOCAL lives as long as the whole transaction, and this was only a part of one.
        _tell(str(outer.org), str(outer.actor)) if outer else _forget()


def _tell(org: str, actor: str) -> tuple[datetime, tuple[str, str], bool]:
    """The database knows the context; returns the moment by its clock, and the organisation's own words.

    Who enters reads the clock once, and who speaks must know the words: both come with the statement that enters.
    """
    with connection.cursor() as cursor:
        until = str(int(time.time()) + PROOF_SECONDS)
        pid = connection.connection.info.backend_pid
        proof = f"{until}:{sign('|'.join((org, actor, str(pid), until)))}"
        cursor.execute(f"{CONTEXT}, samen_now(), ({WORDS})", [org, actor, proof, org])
        *_set, moment, words = cursor.fetchone()
    return (moment, (words[0], words[1]), words[2] is not None) if words else (moment, USUAL_WORDS, False)


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CONTEXT, ["", "", ""])


def sign(message: str) -> str:
    """HMAC-SHA256 (RFC 2104) of the message under the tenancy key, in hex; `sec.current_org()` computes the same."""
    return hmac.new(key(), message.encode(), hashlib.sha256).hexdigest()


def key() -> bytes:
    """The tenancy key, 64 bytes: one HMAC block, so that the database needs only the two pads."""
    return hashlib.sha512(b"samen tenancy " + settings.SECRET_KEY.encode()).digest()


def pads() -> tuple[bytes, bytes]:
    """The inner and outer pad of RFC 2104 for the tenancy key: what the database keeps."""
    return bytes(byte ^ 0x36 for byte in key()), bytes(byte ^ 0x5C for byte in key())


def organisations() -> list[int]:
    """Every organisation's number: a door, so that periodic jobs can fan out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT org FROM sec.organisations() AS org ORDER BY org")
        return [row[0] for row in cursor.fetchall()]
