"""What households and helpers need or would like, of the kinds that may be written down, and who goes well together."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people import fairness
from samen.people.facts import Fact
from samen.people.models import Helper, Household, PairWish, Visibility, Wish


class NoGround(Exception):
    """A wish for a woman or a man needs a ground that the law knows."""


class NoLevel(Exception):
    """A language is needed at some level: a few words, talking, or well."""


@dataclass(frozen=True)
class NewWish:
    """A wish as it was said."""

    kind: str
    what: str
    strength: str
    level: str = ""
    scope: str = Wish.Scope.ALWAYS
    ground: str = ""
    reason: str = ""
    visible_to: str = Visibility.TEAM
    until_date: date | None = None


def want(whose: Household | Helper, *, new: NewWish, by: Actor, at: datetime) -> Wish:
    """The wish is known.  Raises `NoGround`, `NoLevel`, and `fairness.Unlawful` for a reason that may be none."""
    if new.kind == Wish.Kind.GENDER and not new.ground:
        raise NoGround(NoGround.__doc__)
    if new.kind != Wish.Kind.GENDER and fairness.asks_for_a_woman_or_a_man(new.reason):
        raise NoGround(NoGround.__doc__)
    if new.kind == Wish.Kind.LANGUAGE and not new.level:
        raise NoLevel(NoLevel.__doc__)
    fairness.check(new.reason, of_language=new.kind == Wish.Kind.LANGUAGE)
    wish = Wish.objects.create(
        household=whose if isinstance(whose, Household) else None,
        helper=whose if isinstance(whose, Helper) else None,
        kind=new.kind,
        what=new.what,
        level=new.level if new.kind == Wish.Kind.LANGUAGE else "",
        strength=new.strength,
        scope=new.scope,
        ground=new.ground if new.kind == Wish.Kind.GENDER else "",
        reason=new.reason,
        visible_to=new.visible_to,
        until_date=new.until_date,
    )
    _record(whose, by=by, at=at)
    return wish


def drop(wish: Wish, *, by: Actor, at: datetime) -> None:
    """The wish is no more."""
    whose: Household | Helper = wish.household or wish.helper
    wish.delete()
    _record(whose, by=by, at=at)


def _record(whose: Household | Helper, *, by: Actor, at: datetime) -> None:
    fact = Fact.HOUSEHOLD_WISHES if isinstance(whose, Household) else Fact.HELPER_WISHES
    journal.record(fact, about=[whose, whose.team], by=by, at=at)


def of(whose: Household | Helper, *, on: date) -> QuerySet[Wish]:
    """What is wished on this day, the strongest first as they were said."""
    mine = Q(household=whose) if isinstance(whose, Household) else Q(helper=whose)
    return Wish.objects.filter(mine).exclude(until_date__lte=on).order_by("pk")


def pair(
    *, helper: Helper, household: Household, strength: str, reason: str, until: date | None, by: Actor, at: datetime
) -> PairWish:
    """This is wished between the two, instead of what was before.  Raises `NoGround` and `fairness.Unlawful`."""
    fairness.check(reason)
    if fairness.asks_for_a_woman_or_a_man(reason):
        raise NoGround(NoGround.__doc__)
    said = {"strength": strength, "reason": reason, "until": until, "noted_by_kind": by.kind, "noted_by_ref": by.ref}
    wish, _ = PairWish.objects.update_or_create(helper=helper, household=household, defaults=said)
    journal.record(Fact.PAIR_WISHED, about=[household, helper, household.team], by=by, at=at)
    return wish


def unpair(wish: PairWish, *, by: Actor, at: datetime) -> None:
    """Nothing is wished between the two any more."""
    household, helper = wish.household, wish.helper
    wish.delete()
    journal.record(Fact.PAIR_UNWISHED, about=[household, helper, household.team], by=by, at=at)
