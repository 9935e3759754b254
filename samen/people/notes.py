"""What colleagues tell each other; there is no way from here to a letter."""

from datetime import datetime

from samen.base.tenancy import Actor
from samen.people.models import Helper, Household, Note


def write(whose: Household | Helper, *, text: str, by: Actor, at: datetime) -> Note:
    """The note is kept.  It is its own line in the timeline, so the journal needs none."""
    return Note.objects.create(
        household=whose if isinstance(whose, Household) else None,
        helper=whose if isinstance(whose, Helper) else None,
        text=text,
        written_by_kind=by.kind,
        written_by_ref=by.ref,
        written_at=at,
    )
