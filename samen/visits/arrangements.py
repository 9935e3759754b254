"""A standing agreement: when somebody comes, for years, and every change to it.

The terms say how a slot recurs, the visit's own fields say what was agreed for one day only.  `settle` makes the
visits ahead equal to both; every verb changes terms or own fields, writes down how it stood, and settles.  So moving,
splitting and undoing in any order lose no visit and double none.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock, jobs, journal
from samen.base.tenancy import Actor
from samen.people import places
from samen.people.models import Helper, Household
from samen.visits import locks, planning
from samen.visits.facts import Fact
from samen.visits.models import Arrangement, Assignment, Change, OfferVisit, Replacement, Term, Visit

AHEAD = timedelta(weeks=9)  # how far visits are made: the leave and the bridging of two months fit in it
TERM_ENDED = "TERM_ENDED"
SKIPPED = "SKIPPED"


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


@dataclass
class Settled:
    """What settling did: numbers, and the visits whose helper has another visit or cannot come then."""

    made: int = 0
    moved: int = 0
    removed: int = 0
    clashes: list[Visit] = field(default_factory=list)


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
    since = max(since, _today(at))
    for term in _terms(arrangement, slot_no):
        if term.period.upper is not None and term.period.upper <= since:
            continue
        changed = replace(_slot(term), **changes)
        if term.period.lower < since:
            _open(arrangement, slot_no, DateRange(since, term.period.upper), changed, closing=term)
        else:
            _rewrite(term, changed)
    return _settled(arrangement, by=by, at=at)


def change_all(arrangement: Arrangement, *, slot_no: int, by: Actor, at: datetime, **changes: Any) -> Settled:
    """Every visit of the slot from today on changes; the past stays as it was."""
    return change_following(arrangement, slot_no=slot_no, since=_today(at), by=by, at=at, **changes)


def end(arrangement: Arrangement, *, since: date, by: Actor, at: datetime) -> Settled:
    """From `since` on nobody comes under this agreement any more."""
    _remember(arrangement, "end", by=by, at=at)
    for term in arrangement.terms.all():
        if term.period.lower >= since:
            term.delete()
        elif term.period.upper is None or term.period.upper > since:
            term.period = DateRange(term.period.lower, since)
            term.save(update_fields=["period"])
    return _settled(arrangement, by=by, at=at)


def change_one(visit: Visit, *, by: Actor, at: datetime, **changes: Any) -> Settled:
    """Only this visit is on another day, hour, length or with another helper: `local_date`, `local_start`, …"""
    arrangement = _of(visit)
    _remember(arrangement, "change_one", by=by, at=at)
    own = {"local_date": "own_date", "local_start": "own_start", "minutes": "own_minutes", "helper": "own_helper"}
    locks.visits([visit.pk])
    visit.refresh_from_db()
    for name, value in changes.items():
        setattr(visit, own[name], True)
        if name != "helper":
            setattr(visit, name, value)
    Visit.objects.filter(pk=visit.pk).update(
        **{flag: getattr(visit, flag) for flag in own.values()},
        **{name: value for name, value in changes.items() if name not in ("helper", *_TIMES)},
    )
    clash = _at_its_time(visit)
    if "helper" in changes:
        clash = not _give(visit, changes["helper"], at=at) or clash
    done = _settled(arrangement, by=by, at=at)
    if clash and visit not in done.clashes:
        done.clashes.append(visit)
    return done


def skip_one(visit: Visit, *, by: Actor, at: datetime) -> Settled:
    """Nobody comes this time."""
    arrangement = _of(visit)
    _remember(arrangement, "skip_one", by=by, at=at)
    locks.visits([visit.pk])
    Visit.objects.filter(pk=visit.pk).update(cancelled_at=at, cancelled_why=SKIPPED)
    _free(visit, at=at)
    return _settled(arrangement, by=by, at=at)


def undo(arrangement: Arrangement, *, by: Actor, at: datetime) -> Settled:
    """The last change that stands is as if it never was.  Raises `NothingToUndo`."""
    change = arrangement.changes.filter(undone_at=None).order_by("-pk").first()
    if change is None:
        raise NothingToUndo(NothingToUndo.__doc__)
    change.undone_at = at
    change.save(update_fields=["undone_at"])
    _restore(arrangement, change.before, at=at)
    return _settled(arrangement, by=by, at=at)


def settle(arrangement: Arrangement, *, at: datetime) -> Settled:
    """The visits from today until the horizon are what the terms and the own fields say; run twice, it does nothing."""
    done = Settled()
    today = _today(at)
    terms = {(term.slot_no, day): term for term in arrangement.terms.all() for day in _days(term, today)}
    ahead = list(arrangement.visits.filter(occurrence_date__gte=today).order_by("pk"))
    locks.visits(visit.pk for visit in ahead)
    ahead = list(arrangement.visits.filter(occurrence_date__gte=today).order_by("pk"))
    standing = _match(ahead, terms, done, at=at)
    missing = sorted(terms.keys() - standing.keys())
    made = _make(arrangement, missing, terms, today)
    done.made = len(made)
    _follow({**standing, **made}, terms, done, at=at)
    return done


@jobs.job(of={})
def roll() -> None:
    """Every agreement has its visits as far ahead as the horizon; safe to run any number of times."""
    at = clock.now()
    for arrangement in Arrangement.objects.order_by("pk"):
        settle(arrangement, at=at)


jobs.every("23 2 * * *", roll)

_TIMES = ("local_date", "local_start", "minutes")


def _today(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _days(term: Term, today: date) -> list[date]:
    return planning.days_of(term, today, today + AHEAD)


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
        raise LookupError("this visit stands alone, outside any agreement")
    arrangement: Arrangement = visit.arrangement
    return arrangement


def _settled(arrangement: Arrangement, *, by: Actor, at: datetime) -> Settled:
    about = [arrangement, arrangement.household, arrangement.household.team]
    journal.record(Fact.ARRANGEMENT_CHANGED, about=about, by=by, at=at)
    return settle(arrangement, at=at)


# --- Making the visits equal to the terms ---------------------------------------------------------


def _match(
    ahead: list[Visit], terms: dict[tuple[int, date], Term], done: Settled, *, at: datetime
) -> dict[tuple[int, date], Visit]:
    """Each visit at its day; one whose day moved within its week or month keeps its identity, the rest ends."""
    standing = {_key(visit): visit for visit in ahead if _key(visit) in terms}
    free = defaultdict(list)
    for slot_no, day in sorted(terms.keys() - standing.keys()):
        free[slot_no, _stretch(day, terms[slot_no, day])].append(day)
    for visit in ahead:
        if _key(visit) in terms:
            continue
        days = next((free[key] for key in _stretches(visit) if free.get(key)), None)
        if days:
            day = days.pop(0)
            Visit.objects.filter(pk=visit.pk).update(occurrence_date=day)
            visit.occurrence_date = day
            standing[visit.slot_no, day] = visit
            done.moved += 1
        else:
            done.removed += _end_visit(visit, at=at)
    return standing


def _key(visit: Visit) -> tuple[int, date]:
    return visit.slot_no, _day(visit)


def _day(visit: Visit) -> date:
    """The day the visit stands for, which it keeps when it is moved for once."""
    if visit.occurrence_date is None:
        raise LookupError("this visit stands alone, outside any agreement")
    return visit.occurrence_date


def _stretch(day: date, term: Term) -> tuple[str, int, int]:
    """The week, or for a monthly term the month, in which a day may move and still be the same visit."""
    if term.freq == Term.Freq.WEEKLY:
        week = day.isocalendar()
        return "week", week.year, week.week
    return "month", day.year, day.month


def _stretches(visit: Visit) -> list[tuple[int, tuple[str, int, int]]]:
    day = _day(visit)
    week = day.isocalendar()
    return [(visit.slot_no, ("week", week.year, week.week)), (visit.slot_no, ("month", day.year, day.month))]


def _end_visit(visit: Visit, *, at: datetime) -> int:
    """A visit no term speaks of any more: gone if nothing happened to it, else cancelled and kept."""
    if visit.cancelled_at is not None:
        return 0
    touched = visit.own_date or visit.own_start or visit.own_minutes or visit.own_helper
    history = (
        visit.assignments.exclude(ended_at=None).exists()
        or Replacement.objects.filter(visit=visit).exists()
        or OfferVisit.objects.filter(visit=visit).exists()
        or visit.results.exists()
    )
    if touched or history:
        _free(visit, at=at)
        Visit.objects.filter(pk=visit.pk).update(cancelled_at=at, cancelled_why=TERM_ENDED)
    else:
        visit.assignments.all().delete()
        visit.delete()
    return 1


def _make(
    arrangement: Arrangement,
    missing: list[tuple[int, date]],
    terms: dict[tuple[int, date], Term],
    today: date,
) -> dict[tuple[int, date], Visit]:
    """INSERT … ON CONFLICT DO NOTHING: two who settle at once make one visit."""
    household = arrangement.household
    place = places.of_households([household.pk], today).get(household.pk)
    Visit.objects.bulk_create(
        [
            Visit(
                arrangement=arrangement,
                slot_no=slot_no,
                occurrence_date=day,
                household=household,
                team=household.team,
                place=place,
                local_date=day,
                local_start=terms[slot_no, day].local_start,
                minutes=terms[slot_no, day].minutes,
                zone=terms[slot_no, day].zone,
            )
            for slot_no, day in missing
        ],
        ignore_conflicts=True,
    )
    days = [day for _, day in missing]
    found = arrangement.visits.filter(occurrence_date__in=days)
    return {_key(visit): visit for visit in found if _key(visit) in set(missing)}


def _follow(
    visits: dict[tuple[int, date], Visit], terms: dict[tuple[int, date], Term], done: Settled, *, at: datetime
) -> None:
    """Fields nobody set for one day follow the term; so does the helper, unless somebody stands in."""
    going = _who_goes(visits.values())
    moving = []
    for key, visit in sorted(visits.items(), key=lambda pair: pair[1].pk):
        if visit.cancelled_why == TERM_ENDED:
            Visit.objects.filter(pk=visit.pk).update(cancelled_at=None, cancelled_why="")
            visit.cancelled_at, visit.cancelled_why = None, ""
        if _take_over(visit, terms[key]):
            moving.append(visit)
    # First everybody who moves lets go, so that a whole week can shift by an hour without touching itself.
    Assignment.objects.standing().filter(visit__in=moving).update(ended_at=at)
    for visit in moving:
        Visit.objects.filter(pk=visit.pk).update(**{name: getattr(visit, name) for name in _TIMES})
    for visit in moving:
        if visit.pk in going:
            going[visit.pk] = _take_up_again(visit, going[visit.pk], done)
    sought = set(
        Replacement.objects.filter(visit__in=visits.values(), closed_at=None).values_list("visit_id", flat=True)
    )
    for key, visit in sorted(visits.items(), key=lambda pair: pair[1].pk):
        if visit.pk not in sought:
            _assign_helper(visit, terms[key], going.get(visit.pk), done, at=at)


def _take_over(visit: Visit, term: Term) -> bool:
    """The visit's fields are the term's, but for those agreed for one day; says whether any changed."""
    wanted = {
        "local_date": visit.local_date if visit.own_date else _day(visit),
        "local_start": visit.local_start if visit.own_start else term.local_start,
        "minutes": visit.minutes if visit.own_minutes else term.minutes,
    }
    if all(getattr(visit, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(visit, name, value)
    return True


def _who_goes(visits: Iterable[Visit]) -> dict[int, Assignment | None]:
    return {row.visit_id: row for row in Assignment.objects.standing().filter(visit__in=list(visits))}


def _going(visit: Visit) -> Assignment | None:
    return visit.assignments.filter(ended_at=None).first()


def _take_up_again(visit: Visit, before: Assignment | None, done: Settled) -> Assignment | None:
    """Whoever went to a visit that moved goes to it at its new time, if they can."""
    if before is None:
        return None
    before.refresh_from_db()  # its time followed the visit's
    before.ended_at = None
    try:
        with transaction.atomic():
            before.save(update_fields=["ended_at"])
    except IntegrityError:
        Assignment.objects.filter(pk=before.pk).update(ended_by_kind="moved")
        done.clashes.append(visit)
        return None
    return before


def _assign_helper(visit: Visit, term: Term, going: Assignment | None, done: Settled, *, at: datetime) -> None:
    if visit.own_helper or visit.cancelled_at is not None:
        return
    if going is not None and (going.from_offer_id is not None or going.helper_id == term.helper_id):
        return
    if going is None and term.helper is None:
        return
    if not _give(visit, term.helper, at=at) and visit not in done.clashes:
        done.clashes.append(visit)


def _give(visit: Visit, helper: Helper | None, *, at: datetime) -> bool:
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
            Assignment.objects.create(visit=visit, helper=helper, starts_at=visit.starts_at, ends_at=visit.ends_at)
    except IntegrityError:
        return False
    return True


def _free(visit: Visit, *, at: datetime) -> None:
    visit.assignments.filter(ended_at=None).update(ended_at=at, ended_by_kind="cancelled")


def _at_its_time(visit: Visit) -> bool:
    """The visit moves with whoever goes; True when they cannot, and then nobody goes yet."""
    values = {name: getattr(visit, name) for name in _TIMES}
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
        before=_snapshot(arrangement, at=at),
        changed_by_kind=by.kind,
        changed_by_ref=by.ref,
        changed_at=at,
    )


def _snapshot(arrangement: Arrangement, *, at: datetime) -> dict[str, Any]:
    """Terms and own fields as plain words: only numbers, days and hours, no name."""
    ahead = arrangement.visits.filter(occurrence_date__gte=_today(at)).order_by("pk")
    return {
        "terms": [_term_as_words(term) for term in arrangement.terms.order_by("pk")],
        "visits": [_visit_as_words(visit) for visit in ahead],
    }


def _term_as_words(term: Term) -> dict[str, Any]:
    slot = _slot(term)
    words = {part.name: getattr(slot, part.name) for part in fields(Slot)}
    return words | {
        "slot_no": term.slot_no,
        "since": term.period.lower.isoformat(),
        "until": term.period.upper.isoformat() if term.period.upper else None,
        "anchor_date": slot.anchor_date.isoformat(),
        "local_start": slot.local_start.isoformat(),
        "helper": slot.helper.pk if slot.helper else None,
    }


_OWN = ("own_date", "own_start", "own_minutes", "own_helper")


def _visit_as_words(visit: Visit) -> dict[str, Any]:
    going = _going(visit)
    return {flag: getattr(visit, flag) for flag in _OWN} | {
        "id": visit.pk,
        "slot_no": visit.slot_no,
        "occurrence_date": _day(visit).isoformat(),
        "local_date": visit.local_date.isoformat(),
        "local_start": visit.local_start.isoformat(),
        "minutes": visit.minutes,
        "cancelled_why": visit.cancelled_why,
        "helper": going.helper_id if going else None,
    }


def _restore(arrangement: Arrangement, before: dict[str, Any], *, at: datetime) -> None:
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
        _give(visit, helpers.get(words["helper"]), at=at)
