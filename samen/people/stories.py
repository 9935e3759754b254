"""What people tell about themselves: it is read by those who may, and nothing is ever matched on it."""

from datetime import datetime

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people.facts import Fact
from samen.people.models import Helper, Household, Story


def tell(whose: Household | Helper, *, text: str, visible_to: str, by: Actor, at: datetime) -> None:
    """The story is this from now on; an empty one is none."""
    owner = {"household": whose} if isinstance(whose, Household) else {"helper": whose}
    if text:
        Story.objects.update_or_create(**owner, defaults={"text": text, "visible_to": visible_to, "told_at": at})
    else:
        Story.objects.filter(**owner).delete()
    fact = Fact.HOUSEHOLD_STORY if isinstance(whose, Household) else Fact.HELPER_STORY
    journal.record(fact, about=[whose, whose.team], by=by, at=at)


def of(whose: Household | Helper) -> Story | None:
    """The story, if there is one."""
    owner = {"household": whose} if isinstance(whose, Household) else {"helper": whose}
    return Story.objects.filter(**owner).first()
