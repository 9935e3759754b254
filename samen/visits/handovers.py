"""A helper stops on a day: each of her agreements goes to somebody else, waits for somebody, or ends."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from samen.base import clock, journal
from samen.base.tenancy import Actor
from samen.people.models import Helper
from samen.visits import arrangements, settling
from samen.visits.facts import Fact
from samen.visits.models import Arrangement, Bundle, Change, Term
from samen.visits.rehearsals import Window
from samen.visits.settling import Settled

LOOK_AHEAD = timedelta(weeks=5)  # a preview shows as many weeks after the day, so that a clash of every rhythm is seen


class ChangedSince(Exception):
    """Some of these agreements were changed again after this, so it can no longer be undone as a whole."""


class Fate(StrEnum):
    """What becomes of an agreement."""

    GIVE = "GIVE"
    NOBODY = "NOBODY"
    END = "END"


@dataclass(frozen=True)
class Decision:
    """What becomes of one agreement, and who takes it over if somebody does."""

    fate: Fate
    helper: Helper | None = None


def concerning(helper: Helper, since: date) -> list[Arrangement]:
    """The agreements under which this helper would come on or after this day, by the name of the household."""
    hers = _meeting(since).filter(helper=helper).values("arrangement")
    found = Arrangement.objects.filter(pk__in=hers).select_related("household__team")
    return list(found.prefetch_related("terms__helper__person").order_by("household__name", "pk"))


def terms_of(helper: Helper, since: date) -> dict[int, list[Term]]:
    """By number of the agreement: the terms under which this helper would come on or after this day."""
    found: dict[int, list[Term]] = defaultdict(list)
    rows = _meeting(since).filter(helper=helper).select_related("arrangement__household__team", "helper__person")
    for term in rows.order_by("slot_no", "period"):
        found[term.arrangement_id].append(term)
    return found


def _meeting(since: date) -> QuerySet[Term]:
    return Term.objects.filter(period__overlap=DateRange(since, None))


def window(since: date, at: datetime) -> Window:
    """What a preview looks at: from that day to the horizon, and some weeks at least."""
    return since, max(_today(at) + settling.AHEAD, since + LOOK_AHEAD)


def hand_over(
    helper: Helper, decisions: Mapping[Arrangement, Decision], *, since: date, by: Actor, at: datetime
) -> tuple[Bundle, Settled]:
    """From `since` on the helper comes under none of these agreements; each goes as was decided, all at once."""
    since = max(since, _today(at))
    bundle = Bundle.objects.create(
        team=helper.team,
        helper=helper,
        verb="hand_over",
        since=since,
        made_by_kind=by.kind,
        made_by_ref=by.ref,
        made_at=at,
    )
    Change.objects.bulk_create(
        Change(
            arrangement=arrangement,
            verb="hand_over",
            before=arrangements.terms_as_words(arrangement),
            changed_by_kind=by.kind,
            changed_by_ref=by.ref,
            changed_at=at,
            bundle=bundle,
        )
        for arrangement in decisions
    )
    for arrangement, decision in decisions.items():
        hers = _meeting(since).filter(arrangement=arrangement, helper=helper).order_by("period")
        if decision.fate is Fate.END:
            arrangements.close(hers, since=since)
        else:
            arrangements.rewrite(hers, since=since, helper=decision.helper)
        _tell(arrangement, by=by, at=at)
    journal.record(Fact.ARRANGEMENTS_HANDED_OVER, about=[bundle, helper, helper.team], by=by, at=at)
    return bundle, settling.settle(list(decisions), at=at)


def undo(bundle: Bundle, *, by: Actor, at: datetime) -> Settled:
    """All of these agreements are as they were.  Raises `ChangedSince` when one of them was changed again."""
    changes = list(bundle.changes.filter(undone_at=None).select_related("arrangement__household__team"))
    later = Q()
    for change in changes:
        later |= Q(arrangement=change.arrangement, pk__gt=change.pk)
    if not changes or Change.objects.filter(later, undone_at=None).exists():
        raise ChangedSince(ChangedSince.__doc__)
    for change in changes:
        arrangements.restore(change.arrangement, change.before, at=at)
        _tell(change.arrangement, by=by, at=at)
    Change.objects.filter(pk__in=[change.pk for change in changes]).update(undone_at=at)
    Bundle.objects.filter(pk=bundle.pk).update(undone_at=at)
    about = [bundle, bundle.team, *([bundle.helper] if bundle.helper else [])]
    journal.record(Fact.ARRANGEMENTS_GIVEN_BACK, about=about, by=by, at=at)
    return settling.settle([change.arrangement for change in changes], at=at)


def _today(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _tell(arrangement: Arrangement, *, by: Actor, at: datetime) -> None:
    about = [arrangement, arrangement.household, arrangement.household.team]
    journal.record(Fact.ARRANGEMENT_CHANGED, about=about, by=by, at=at)
