"""A standing agreement: when somebody comes, for years, and every change to it.

The terms say how a slot recurs, the visit's own fields say what was agreed for one day only.  `settle` makes the
visits ahead equal to both; every verb changes terms or own fields, writes down how it stood, and settles.  So moving,
splitting and undoing in any order lose no visit and double none.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max

from samen.base import clock, jobs, journal, tenancy
from samen.base.tenancy import Actor
from samen.people.models import Helper, Household
from samen.visits import locks, planning, settling
from samen.visits.facts import Fact
from samen.visits.models import Arrangement, Assignment, Change, Offer, Term, Visit
from samen.visits.settling import Settled

ROLLED_TOGETHER = 20  # households: one by one it is the questions that take the time, all at once it is the locks


class StandsAlone(Exception):
    """This visit stands alone, outside any agreement, so there is none of which it can be left out."""


class NothingToUndo(Exception):
    """Nothing was changed since the agreement began, or all of it was undone."""


@dataclass(frozen=True)
class Slot:
    """How one visit of the week recurs: the fields of a term without its period."""

    weekday: int
    local_start: time
    minutes: int
    anchor_date: date
    helper: Helper | None = None
    freq: str = Term.Freq.WEEKLY
    every_n: int = 1
    nth: int | None = None
    zone: str = "Europe/Amsterdam"


def agree(
    *,
    household: Household,
    work_form: str,
    slots: Iterable[Slot],
    since: date,
    by: Actor,
    at: datetime,
    until: date | None = None,
) -> Arrangement:
    """The household has a standing agreement from `since` on, and its visits ahead are made."""
    arrangement = Arrangement.objects.create(household=household, uid=uuid.uuid4(), work_form=work_form)
    for number, slot in enumerate(slots, start=1):
        _open(arrangement, number, DateRange(since, until), slot)
    journal.record(Fact.ARRANGEMENT_AGREED, about=[arrangement, household, household.team], by=by, at=at)
    settle(arrangement, at=at)
    return arrangement


def change_following(
    arrangement: Arrangement, *, slot_no: int, since: date, by: Actor, at: datetime, **changes: Any
) -> Settled:
    """From `since` on the slot recurs with these changes (fields of `Slot`); what was agreed for one day stays."""
    _remember(arrangement, "change_following", by=by, at=at)
    rewrite(_terms(arrangement, slot_no), since=max(since, _today(at)), **changes)
    return _settled(arrangement, by=by, at=at)


def change_from(visit: Visit, *, since: date, own: dict[str, Any], by: Actor, at: datetime, **changes: Any) -> Settled:
    """This visit and those after it change, as one change: its slot like `changes`, from `since` on.

    `own` is what was agreed for this visit alone and would stay: it changes too, as in `change_one`.
    """
    arrangement = _of(visit)
    _remember(arrangement, "change_from", by=by, at=at)
    clash = bool(own) and _apart(visit, own, at=at)
    rewrite(_terms(arrangement, visit.slot_no), since=max(since, _today(at)), **changes)
    return _clashing(_settled(arrangement, by=by, at=at), visit if clash else None)


def rewrite(terms: Iterable[Term], *, since: date, **changes: Any) -> None:
    """These terms of one slot say this from `since` on: the one that runs then closes, and another opens."""
    for term in terms:
        if term.period.upper is not None and term.period.upper <= since:
            continue
        changed = replace(_slot(term), **changes)
        if term.period.lower < since:
            period = DateRange(since, term.period.upper)
            _open(term.arrangement, term.slot_no, period, changed, closing=term)
        else:
            _rewrite(term, changed)


def change_all(arrangement: Arrangement, *, slot_no: int, by: Actor, at: datetime, **changes: Any) -> Settled:
    """Every visit of the slot from today on changes; the past stays as it was."""
    return change_following(arrangement, slot_no=slot_no, since=_today(at), by=by, at=at, **changes)


def end(arrangement: Arrangement, *, since: date, by: Actor, at: datetime) -> Settled:
    """From `since` on nobody comes under this agreement any more."""
    _remember(arrangement, "end", by=by, at=at)
    close(arrangement.terms.all(), since=since)
    return _settled(arrangement, by=by, at=at)


def add_slot(arrangement: Arrangement, slot: Slot, *, since: date, by: Actor, at: datetime) -> Settled:
    """From `since` on somebody comes once more: another visit in the week or the month, under the same agreement."""
    _remember(arrangement, "add_slot", by=by, at=at)
    last = arrangement.terms.aggregate(last=Max("slot_no"))["last"] or 0
    seen = arrangement.visits.aggregate(last=Max("slot_no"))["last"] or 0  # an ended slot's number is not used again
    _open(arrangement, max(last, seen) + 1, DateRange(max(since, _today(at)), None), slot)
    return _settled(arrangement, by=by, at=at)


def end_slot(arrangement: Arrangement, *, slot_no: int, since: date, by: Actor, at: datetime) -> Settled:
    """From `since` on this one visit of the week does not come back; the other visits stay."""
    _remember(arrangement, "end_slot", by=by, at=at)
    close(arrangement.terms.filter(slot_no=slot_no), since=since)
    return _settled(arrangement, by=by, at=at)


def close(terms: Iterable[Term], *, since: date) -> None:
    """These terms hold until `since`, and those that would begin later do not begin."""
    for term in terms:
        if term.period.lower >= since:
            term.delete()
        elif term.period.upper is None or term.period.upper > since:
            term.period = DateRange(term.period.lower, since)
            term.save(update_fields=["period"])


def change_one(visit: Visit, *, by: Actor, at: datetime, **changes: Any) -> Settled:
    """Only this visit is on another day, hour, length or with another helper: `local_date`, `local_start`, …"""
    arrangement = _of(visit)
    _remember(arrangement, "change_one", by=by, at=at)
    clash = _apart(visit, changes, at=at)
    return _clashing(_settled(arrangement, by=by, at=at), visit if clash else None)


def _apart(visit: Visit, changes: dict[str, Any], *, at: datetime) -> bool:
    """This visit differs from its slot so; True when whoever would go cannot."""
    own = {"local_date": "own_date", "local_start": "own_start", "minutes": "own_minutes", "helper": "own_helper"}
    locks.visits([visit.pk])
    visit.refresh_from_db()
    for name, value in changes.items():
        setattr(visit, own[name], True)
        if name != "helper":
            setattr(visit, name, value)
    Visit.objects.filter(pk=visit.pk).update(
        **{flag: getattr(visit, flag) for flag in own.values()},
        **{name: value for name, value in changes.items() if name not in ("helper", *settling.TIMES)},
    )
    going = _going(visit)
    if "helper" in changes and going is not None and going.helper != changes["helper"]:
        _give(visit, None, at=at)  # who goes no longer is not in the way of the other time
    clash = _at_its_time(visit)
    return not _give(visit, changes["helper"], at=at) or clash if "helper" in changes else clash


def _clashing(done: Settled, visit: Visit | None) -> Settled:
    if visit is not None and visit not in done.clashes:
        done.clashes.append(visit)
    return done


def skip_one(visit: Visit, *, by: Actor, at: datetime) -> Settled:
    """Nobody comes this time.  Raises `StandsAlone` for a visit outside any agreement."""
    arrangement = _of(visit)
    _remember(arrangement, "skip_one", by=by, at=at)
    locks.visits([visit.pk])
    settling.cancel([visit], settling.SKIPPED, at=at)
    return _settled(arrangement, by=by, at=at)


def undo(arrangement: Arrangement, *, by: Actor, at: datetime) -> Settled:
    """The last change that stands is as if it never was.  Raises `NothingToUndo`."""
    change = arrangement.changes.filter(undone_at=None).order_by("-pk").first()
    if change is None:
        raise NothingToUndo(NothingToUndo.__doc__)
    change.undone_at = at
    change.save(update_fields=["undone_at"])
    restore(arrangement, change.before, at=at)
    return _settled(arrangement, by=by, at=at)


def settle(arrangement: Arrangement, *, at: datetime) -> Settled:
    """The visits of this agreement are what was agreed; run twice, it does nothing."""
    return settling.settle([arrangement], at=at)


@jobs.job(of={}, stepwise=True)
def roll(org: int, actor: Actor) -> None:
    """Every agreement has its visits as far ahead as the horizon; safe to run by any number of workers at once.

    A few households are a transaction, so that nobody waits long for a visit that is being looked at.
    """
    with tenancy.enter(org, actor):
        households = sorted(set(Arrangement.objects.values_list("household_id", flat=True)))
    for first in range(0, len(households), ROLLED_TOGETHER):
        with tenancy.enter(org, actor) as context:
            some = Arrangement.objects.filter(household__among=households[first : first + ROLLED_TOGETHER])
            agreed = some.select_related("household__team").order_by("pk")
            settling.settle(list(agreed), at=context.at)


jobs.every("23 2 * * *", roll)


def _today(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _terms(arrangement: Arrangement, slot_no: int) -> list[Term]:
    return sorted(arrangement.terms.filter(slot_no=slot_no), key=lambda term: term.period.lower)


def _slot(term: Term) -> Slot:
    return Slot(**{part.name: getattr(term, part.name) for part in fields(Slot)})


def _open(
    arrangement: Arrangement, slot_no: int, period: DateRange, slot: Slot, *, closing: Term | None = None
) -> Term:
    if closing is not None:
        closing.period = DateRange(closing.period.lower, period.lower)
        closing.save(update_fields=["period"])
    values = {part.name: getattr(slot, part.name) for part in fields(Slot)}
    return Term.objects.create(arrangement=arrangement, slot_no=slot_no, period=period, **values)


def _rewrite(term: Term, slot: Slot) -> None:
    for part in fields(Slot):
        setattr(term, part.name, getattr(slot, part.name))
    term.save()


def _of(visit: Visit) -> Arrangement:
    if visit.arrangement is None:
        raise StandsAlone(StandsAlone.__doc__)
    arrangement: Arrangement = visit.arrangement
    return arrangement


def _settled(arrangement: Arrangement, *, by: Actor, at: datetime) -> Settled:
    about = [arrangement, arrangement.household, arrangement.household.team]
    journal.record(Fact.ARRANGEMENT_CHANGED, about=about, by=by, at=at)
    return settle(arrangement, at=at)


def _going(visit: Visit) -> Assignment | None:
    return visit.assignments.filter(ended_at=None).first()


def _give(visit: Visit, helper: Helper | None, *, at: datetime, offer: Offer | None = None) -> bool:
    """This helper goes to this visit, and nobody else; False when they cannot: then nobody goes yet."""
    going = _going(visit)
    if going is not None:
        if helper is not None and going.helper_id == helper.pk:
            return True
        going.ended_at, going.ended_by_kind = at, "changed"
        going.save(update_fields=["ended_at", "ended_by_kind"])
    if helper is None:
        return True
    visit.refresh_from_db()
    if planning.is_absent(helper, visit.starts_at, visit.ends_at):
        return False
    try:
        with transaction.atomic():
            times = {"starts_at": visit.starts_at, "ends_at": visit.ends_at}
            Assignment.objects.create(visit=visit, helper=helper, from_offer=offer, **times)
    except IntegrityError:
        return False
    return True


def _at_its_time(visit: Visit) -> bool:
    """The visit moves with whoever goes; True when they cannot, and then nobody goes yet."""
    values = {name: getattr(visit, name) for name in settling.TIMES}
    try:
        with transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**values)
    except IntegrityError:
        visit.assignments.filter(ended_at=None).update(ended_at=clock.now(), ended_by_kind="moved")
        Visit.objects.filter(pk=visit.pk).update(**values)
        return True
    return False


# --- How it stood ---------------------------------------------------------------------------------


def _remember(arrangement: Arrangement, verb: str, *, by: Actor, at: datetime) -> None:
    Change.objects.create(
        arrangement=arrangement,
        verb=verb,
        before=terms_as_words(arrangement) | {"visits": _visits_as_words(arrangement, at=at)},
        changed_by_kind=by.kind,
        changed_by_ref=by.ref,
        changed_at=at,
    )


def terms_as_words(arrangement: Arrangement) -> dict[str, Any]:
    """The terms as plain words: only numbers, days and hours, no name."""
    terms = sorted(arrangement.terms.all(), key=lambda term: term.pk)
    return {"terms": [_term_as_words(term) for term in terms], "visits": []}


def _visits_as_words(arrangement: Arrangement, *, at: datetime) -> list[dict[str, Any]]:
    ahead = list(arrangement.visits.filter(occurrence_date__gte=_today(at)).order_by("pk"))
    going = dict(Assignment.objects.standing().filter(visit__in=ahead).values_list("visit_id", "helper_id"))
    return [_visit_as_words(visit, going.get(visit.pk)) for visit in ahead]


def _term_as_words(term: Term) -> dict[str, Any]:
    words = {part.name: getattr(term, part.name) for part in fields(Slot) if part.name != "helper"}
    return words | {
        "slot_no": term.slot_no,
        "since": term.period.lower.isoformat(),
        "until": term.period.upper.isoformat() if term.period.upper else None,
        "anchor_date": term.anchor_date.isoformat(),
        "local_start": term.local_start.isoformat(),
        "helper": term.helper_id,
    }


_OWN = ("own_date", "own_start", "own_minutes", "own_helper")


def _visit_as_words(visit: Visit, helper: int | None) -> dict[str, Any]:
    return {flag: getattr(visit, flag) for flag in _OWN} | {
        "id": visit.pk,
        "slot_no": visit.slot_no,
        "occurrence_date": visit.occurrence_date.isoformat() if visit.occurrence_date else None,
        "local_date": visit.local_date.isoformat(),
        "local_start": visit.local_start.isoformat(),
        "minutes": visit.minutes,
        "cancelled_why": visit.cancelled_why,
        "helper": helper,
    }


def restore(arrangement: Arrangement, before: dict[str, Any], *, at: datetime) -> None:
    """The terms, and what was agreed for one day only, are as these words say; the visits follow when it is settled."""
    arrangement.terms.all().delete()
    helpers = Helper.objects.in_bulk({words["helper"] for words in before["terms"] + before["visits"]} - {None})
    for words in before["terms"]:
        slot = Slot(
            **{part.name: words[part.name] for part in fields(Slot)}
            | {
                "anchor_date": date.fromisoformat(words["anchor_date"]),
                "local_start": time.fromisoformat(words["local_start"]),
                "helper": helpers.get(words["helper"]),
            }
        )
        until = date.fromisoformat(words["until"]) if words["until"] else None
        _open(arrangement, words["slot_no"], DateRange(date.fromisoformat(words["since"]), until), slot)
    visits = {visit.pk: visit for visit in locks.visits(words["id"] for words in before["visits"])}
    for words in before["visits"]:
        if words["id"] in visits:
            _restore_visit(visits[words["id"]], words, helpers, at=at)


def _restore_visit(visit: Visit, words: dict[str, Any], helpers: dict[int, Helper], *, at: datetime) -> None:
    for flag in _OWN:
        setattr(visit, flag, words[flag])
    why = words["cancelled_why"]
    cancelled_at = (visit.cancelled_at or at) if why else None
    Visit.objects.filter(pk=visit.pk).update(
        **{flag: words[flag] for flag in _OWN}, cancelled_at=cancelled_at, cancelled_why=why
    )
    visit.local_date = date.fromisoformat(words["local_date"])
    visit.local_start = time.fromisoformat(words["local_start"])
    visit.minutes = words["minutes"]
    _at_its_time(visit)
    visit.refresh_from_db()
    going = _going(visit)
    stands_in = going is not None and going.from_offer_id is not None
    if not why and not stands_in:
        _give_back(visit, helpers.get(words["helper"]), at=at)


def _give_back(visit: Visit, helper: Helper | None, *, at: datetime) -> None:
    """This helper goes again, by the yes by which she went if there was one; not by one that was called off since."""
    before = visit.assignments.filter(helper=helper).select_related("from_offer").order_by("-pk").first()
    offer = before.from_offer if before else None
    if offer is None or offer.withdrawn_at is None:
        _give(visit, helper, at=at, offer=offer)
