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
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse

from samen.base.journal import Subject
from samen.base.models import Link

SIGNATURE_BYTES = 16
IN_TEXT = re.compile(r"\{\{link:([0-9a-f-]{36})\}\}")


def make(*, purpose: str, person: uuid.UUID, about: Subject, expires_at: datetime) -> Link:
    """The link by which this person comes to this object; asked twice, it is the same link with a later end.

    One that was revoked never opens again: after it comes another.
    """
    public_id = uuid.uuid4()
    whose = {"purpose": purpose, "person_ref": person, "object_ref": about.ref}
    newest = Link.objects.filter(**whose).order_by("-object_version").first()
    version = 1 if newest is None else newest.object_version + (newest.revoked_at is not None)
    link, fresh = Link.objects.get_or_create(
        **whose,
        object_version=version,
        defaults={"public_id": public_id, "hash": _hash(token(public_id)), "expires_at": expires_at},
    )
    if not fresh and link.expires_at < expires_at:
        link.expires_at = expires_at
        link.save(update_fields=["expires_at"])
    return link


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
