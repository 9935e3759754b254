"""Signed links: an entrance for somebody without a login, for one purpose, until a moment.

The token is made from the link's public id and a signature, when the mail leaves; the database keeps only a hash.
Looking at a link changes nothing: mail scanners open links too.  The button does.
"""

import base64
import binascii
import hashlib
import hmac
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse

from samen.base import tenancy
from samen.base.journal import Subject
from samen.base.models import Link

SIGNATURE_BYTES = 16
IN_TEXT = re.compile(r"\{\{link:([0-9a-f-]{36})\}\}")


@dataclass(frozen=True)
class Entrance:
    """What a link is for: this person comes to this object by it, until this moment."""

    purpose: str
    person: uuid.UUID
    about: Subject
    expires_at: datetime


def make(*, purpose: str, person: uuid.UUID, about: Subject, expires_at: datetime) -> Link:
    """The link by which this person comes to this object; asked twice, it is the same link with a later end.

    One that was revoked never opens again: after it comes another.
    """
    return make_all([Entrance(purpose, person, about, expires_at)])[0]


# The next version after one that was revoked, else the newest, which then has a later end.
MAKE = """
INSERT INTO base_link (org_id, public_id, hash, purpose, person_ref, object_ref, object_version, expires_at)
SELECT %s, public_id, hash, purpose, person_ref, object_ref, coalesce(
           (SELECT object_version + (revoked_at IS NOT NULL)::int FROM base_link before
             WHERE before.org_id = %s AND before.purpose = fresh.purpose AND before.person_ref = fresh.person_ref
               AND before.object_ref = fresh.object_ref
             ORDER BY object_version DESC LIMIT 1), 1), expires_at
  FROM unnest(%s::uuid[], %s::bytea[], %s::text[], %s::uuid[], %s::uuid[], %s::timestamptz[])
       AS fresh (public_id, hash, purpose, person_ref, object_ref, expires_at)
    ON CONFLICT (org_id, purpose, object_ref, person_ref, object_version)
    DO UPDATE SET expires_at = greatest(base_link.expires_at, excluded.expires_at)
RETURNING id, public_id, hash, purpose, person_ref, object_ref, object_version, expires_at
"""
MADE = ("id", "public_id", "hash", "purpose", "person_ref", "object_ref", "object_version", "expires_at")


def make_all(entrances: Sequence[Entrance]) -> list[Link]:
    """The link to each of these, in one statement."""
    if not entrances:
        return []
    wanted: dict[tuple[str, uuid.UUID, uuid.UUID], datetime] = {}
    for one in entrances:
        key = one.purpose, one.person, one.about.ref
        wanted[key] = max(one.expires_at, wanted.get(key, one.expires_at))
    ids = [uuid.uuid4() for _ in wanted]
    hashes = [_hash(token(one)) for one in ids]
    purposes, people, objects = ([key[part] for key in wanted] for part in range(3))
    org = tenancy.current_org()
    with connection.cursor() as cursor:
        cursor.execute(MAKE, [org, org, ids, hashes, purposes, people, objects, list(wanted.values())])
        made = [Link.from_db(connection.alias, ("org_id", *MADE), (org, *row)) for row in cursor.fetchall()]
    found = {(link.purpose, link.person_ref, link.object_ref): link for link in made}
    return [found[one.purpose, one.person, one.about.ref] for one in entrances]


def revoke(link: Link, *, at: datetime) -> None:
    """Nobody comes in by this link any more."""
    Link.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at)


def token(public_id: uuid.UUID) -> str:
    """The 43 characters of a link: 16 random bytes and 16 bytes of HMAC-SHA256 over them."""
    return base64.urlsafe_b64encode(public_id.bytes + _signature(public_id.bytes)).decode().rstrip("=")


def door(token: str) -> tuple[int, uuid.UUID] | None:
    """The organisation and the link behind a token, before any organisation is entered; None for a forged one."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + SIGNATURE_BYTES or not hmac.compare_digest(raw[16:], _signature(raw[:16])):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT org, link FROM sec.link_behind(%s)", [_hash(token)])
        found: tuple[int, uuid.UUID] | None = cursor.fetchone()
    return found


def url(public_id: uuid.UUID) -> str:
    """The whole address of a link."""
    return settings.ORIGIN + reverse("portal", args=[token(public_id)])


def placeholder(link: Link) -> str:
    """What stands in a stored text where the link will be: a stored text never holds a working link."""
    return f"{{{{link:{link.public_id}}}}}"


def fill(text: str) -> str:
    """The text as it leaves, with working links."""
    return IN_TEXT.sub(lambda found: url(uuid.UUID(found[1])), text)


def _signature(raw: bytes) -> bytes:
    key = hashlib.sha256(b"samen link 1 " + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, raw, hashlib.sha256).digest()[:SIGNATURE_BYTES]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
