"""Which promise of the database was broken: its name, so that a verb can give it words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction


@contextmanager
def unless(constraint: str, news: Exception) -> Iterator[None]:
    """What happens inside is undone and becomes this news when it breaks this promise; other breaks travel."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != constraint:
            raise
        raise news from None
