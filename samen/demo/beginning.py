"""Somebody begins an organisation of their own in the demo, without anybody who runs it."""

import secrets

from django.utils.text import slugify

from samen.base import clock, tenancy
from samen.base.models import Login
from samen.teams import founding

WORD_LENGTH = 40


def begin(*, name: str, manager: str) -> tuple[str, Login]:
    """The organisation is there and empty; returns the word in its addresses and the login of its first manager."""
    mark = secrets.token_hex(3)
    slug = f"{slugify(name)[:WORD_LENGTH] or 'organisatie'}-{mark}"
    email = f"{slugify(manager)[:WORD_LENGTH] or 'beheerder'}.{mark}@example.org"
    founding.found(slug=slug, name=name, manager=manager, email=email, by=tenancy.SYSTEM, at=clock.now())
    return slug, Login.objects.get(email=email)
