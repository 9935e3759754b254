"""The visits ahead become what the terms say, what was chosen for days off, and what was agreed for one day only.

Everything is looked up once and written together, for one agreement or for all of a team: three thousand visits are a
matter of seconds.  A visit that has begun is history and stays as it is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from samen.base import clock, jobs, many
from samen.people import places
from samen.people.models import Helper
from samen.visits import altered, days_off, locks, planning, replacements
from samen.visits.models import Absence, Arrangement, Assignment, OfferVisit, Replacement, Term, Visit, VisitResult

AHEAD = timedelta(weeks=9)  # how far visits are made: the leave and the bridging of two months fit in it
TERM_ENDED = "TERM_ENDED"
SKIPPED = "SKIPPED"
PASSING = (TERM_ENDED, days_off.AWAY, days_off.HOLIDAY)  # cancelled for a reason that may pass again
TIMES = ("local_date", "local_start", "minutes")
Key = tuple[int, int, date]


@dataclass
class Settled:
    """What settling did: numbers, and the visits whose helper has another visit or cannot come then."""

    made: int = 0
    moved: int = 0
    removed: int = 0
    paused: int = 0
    resumed: int = 0
    clashes: list[Visit] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many visits it touched."""
        return self.made + self.moved + self.removed + self.paused + self.resumed


def settle(
    arrangements: Collection[Arrangement], *, at: datetime, since: date | None = None, until: date | None = None
) -> Settled:
    """The visits from today until the horizon, and all that were made further ahead, are what was agreed.

    Run twice, it does nothing.  `since` and `until` are another window, for who looks further ahead.
    """
    done = Settled()
    agreed = {one.pk: one for one in arrangements}
    today = _today(at)
    window = max(since or today, today), until or _horizon(agreed, today)
    wanted = _wanted(agreed, *window)
    ahead = _locked(agreed, wanted, *window)
    coming = [visit for visit in ahead if visit.starts_at > at]
    begun = {_key(visit) for visit in ahead if visit.starts_at <= at}
    standing = _match(coming, wanted, begun, done, at=at)
    made = _make(agreed, sorted(wanted.keys() - standing.keys() - begun), wanted, at=at)
    done.made = len(made)
    _follow({**standing, **made}, wanted, agreed, done, at=at)
    altered.look(arrangements, at=at)
    return done


@jobs.job(of={"helper": Helper})
def settle_hers(*, helper: int) -> None:
    """Who can come herself again has the visits that were made while she could not; safe to run any number of times."""
    hers = Helper.objects.get(pk=helper)
    agreed = Arrangement.objects.filter(terms__helper=hers).distinct().select_related("household__team")
    settle(list(agreed.order_by("pk")), at=clock.now())


def _today(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _horizon(agreed: Collection[int], today: date) -> date:
    """Until when visits are made; those that were made further ahead, where somebody needed them, belong to it."""
    made = Visit.objects.filter(arrangement__in=agreed).aggregate(last=Max("occurrence_date"))["last"]
    return max(today + AHEAD, made + timedelta(days=1)) if made else today + AHEAD


def _wanted(agreed: dict[int, Arrangement], since: date, until: date) -> dict[Key, Term]:
    terms = Term.objects.filter(arrangement__in=agreed).select_related("helper").order_by("pk")
    return {
        (term.arrangement_id, term.slot_no, day): term for term in terms for day in planning.days_of(term, since, until)
    }


def _locked(agreed: dict[int, Arrangement], wanted: dict[Key, Term], since: date, until: date) -> list[Visit]:
    """The visits ahead, locked, and then the time of everybody who is to go: what is read now stays true."""
    rows = Visit.objects.filter(arrangement__in=agreed, occurrence_date__gte=since, occurrence_date__lt=until)
    locks.visits(rows.values_list("pk", flat=True))
    going = Assignment.objects.standing().filter(visit__in=rows).values_list("helper_id", flat=True)
    locks.helpers({term.helper_id for term in wanted.values() if term.helper_id} | set(going))
    return list(rows.order_by("pk"))


def _key(visit: Visit) -> Key:
    return _agreement(visit), visit.slot_no, _day(visit)


def _agreement(visit: Visit) -> int:
    if visit.arrangement_id is None:
        raise LookupError("this visit stands alone, outside any agreement")
    number: int = visit.arrangement_id
    return number


def _day(visit: Visit) -> date:
    """The day the visit stands for, which it keeps when it is moved for once."""
    if visit.occurrence_date is None:
        raise LookupError("this visit stands alone, outside any agreement")
    return visit.occurrence_date


# --- Which visit is which ----------------------------------------------------------------------------


def _match(
    coming: list[Visit], wanted: dict[Key, Term], begun: set[Key], done: Settled, *, at: datetime
) -> dict[Key, Visit]:
    """Each visit at its day; one whose day moved within its week or month keeps its identity, the rest ends."""
    standing = {_key(visit): visit for visit in coming if _key(visit) in wanted}
    free = defaultdict(list)
    for key in sorted(wanted.keys() - standing.keys() - begun):
        free[key[0], key[1], _stretch(key[2], wanted[key])].append(key)
    moved, left = [], []
    for visit in coming:
        if _key(visit) in wanted:
            continue
        keys = next((free[stretch] for stretch in _stretches(visit) if free.get(stretch)), None)
        if keys:
            key = keys.pop(0)
            visit.occurrence_date = key[2]
            standing[key] = visit
            moved.append(visit)
        else:
            left.append(visit)
    Visit.objects.bulk_update(moved, ["occurrence_date"], batch_size=500)
    done.moved += len(moved)
    done.removed += _end([visit for visit in left if visit.cancelled_why not in (SKIPPED, TERM_ENDED)], at=at)
    return standing


Part = tuple[str, int, int]


def _stretch(day: date, term: Term) -> Part:
    """The week, or for a monthly term the month, in which a day may move and still be the same visit."""
    if term.freq == Term.Freq.WEEKLY:
        week = day.isocalendar()
        return "week", week.year, week.week
    return "month", day.year, day.month


def _stretches(visit: Visit) -> list[tuple[int, int, Part]]:
    day, slot = _day(visit), (_agreement(visit), visit.slot_no)
    week = day.isocalendar()
    return [(*slot, ("week", week.year, week.week)), (*slot, ("month", day.year, day.month))]


def _end(left: list[Visit], *, at: datetime) -> int:
    """Visits no term speaks of any more: gone if nothing happened to them, else cancelled and kept."""
    happened = {
        *Assignment.objects.filter(visit__in=left).exclude(ended_at=None).values_list("visit_id", flat=True),
        *Replacement.objects.filter(visit__in=left).values_list("visit_id", flat=True),
        *OfferVisit.objects.filter(visit__in=left).values_list("visit_id", flat=True),
        *VisitResult.objects.filter(visit__in=left).values_list("visit_id", flat=True),
    }
    kept = [visit for visit in left if visit.pk in happened or has_own(visit)]
    gone = [visit.pk for visit in left if visit.pk not in happened and not has_own(visit)]
    cancel(kept, TERM_ENDED, at=at)
    Assignment.objects.filter(visit__in=gone).delete()
    Visit.objects.filter(pk__in=gone).delete()
    return len(left)


def has_own(visit: Visit) -> bool:
    """Whether something was agreed for this visit alone."""
    return visit.own_date or visit.own_start or visit.own_minutes or visit.own_helper


def cancel(visits: Collection[Visit], why: str, *, at: datetime) -> None:
    """Nobody comes to these visits: whoever went is free, and nobody is asked any more."""
    numbers = [visit.pk for visit in visits]
    Visit.objects.filter(pk__in=numbers).update(cancelled_at=at, cancelled_why=why)
    standing = Assignment.objects.standing().filter(visit__in=numbers)
    standing.update(ended_at=at, ended_by_kind="cancelled")
    replacements.drop(visits, at=at)


def _make(
    agreed: dict[int, Arrangement], missing: list[Key], wanted: dict[Key, Term], *, at: datetime
) -> dict[Key, Visit]:
    """INSERT … ON CONFLICT DO NOTHING: two who settle at once make one visit."""
    if not missing:
        return {}
    households = {key[0]: agreed[key[0]].household for key in missing}
    where = places.of_households({one.pk for one in households.values()}, _today(at))
    many.keep_missing(
        Visit(
            created_at=at,
            arrangement=agreed[agreement],
            slot_no=slot_no,
            occurrence_date=day,
            household=households[agreement],
            team=households[agreement].team,
            place=where.get(households[agreement].pk),
            local_date=day,
            local_start=wanted[agreement, slot_no, day].local_start,
            minutes=wanted[agreement, slot_no, day].minutes,
            zone=wanted[agreement, slot_no, day].zone,
        )
        for agreement, slot_no, day in missing
    )
    days = {day for _, _, day in missing}
    found = Visit.objects.filter(arrangement__in=households, occurrence_date__in=days)
    keys = set(missing)
    return {_key(visit): visit for visit in found if _key(visit) in keys}


# --- What each visit is --------------------------------------------------------------------------------


def _follow(
    visits: dict[Key, Visit], wanted: dict[Key, Term], agreed: dict[int, Arrangement], done: Settled, *, at: datetime
) -> None:
    """Fields nobody set for one day follow the term and the days off; so does the helper, unless one stands in."""
    rows = sorted(visits.items(), key=lambda pair: pair[1].pk)
    off = days_off.touching([one.household for one in agreed.values()], _today(at))
    moving, pausing, resuming = [], defaultdict(list), []
    for key, visit in rows:
        verdict = off.judge(visit, agreed[key[0]].household.team_id)
        if verdict.why and visit.cancelled_why not in (SKIPPED, verdict.why):
            pausing[verdict.why].append(visit)
        elif not verdict.why and visit.cancelled_why in PASSING:
            resuming.append(visit)
        if _take_over(visit, wanted[key], verdict.day or key[2]):
            moving.append(visit)
    for why, paused in pausing.items():
        cancel(paused, why, at=at)
        _now(paused, at, why)
        done.paused += len(paused)
    Visit.objects.filter(pk__in=[visit.pk for visit in resuming]).update(cancelled_at=None, cancelled_why="")
    _now(resuming, None, "")
    done.resumed += len(resuming)
    going = _move(moving, _who_goes(visits.values()), done, at=at)
    _send([(visit, wanted[key]) for key, visit in rows], going, {visit.pk for visit in resuming}, done, at=at)


def _now(visits: Iterable[Visit], cancelled_at: datetime | None, why: str) -> None:
    for visit in visits:
        visit.cancelled_at, visit.cancelled_why = cancelled_at, why


def _take_over(visit: Visit, term: Term, day: date) -> bool:
    """The visit's fields are the term's, but for those agreed for one day; says whether any changed."""
    wanted = {
        "local_date": visit.local_date if visit.own_date else day,
        "local_start": visit.local_start if visit.own_start else term.local_start,
        "minutes": visit.minutes if visit.own_minutes else term.minutes,
    }
    if all(getattr(visit, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(visit, name, value)
    return True


def _who_goes(visits: Iterable[Visit]) -> dict[int, Assignment]:
    rows = Assignment.objects.standing().filter(visit__in=[visit.pk for visit in visits])
    return {row.visit_id: row for row in rows}


def _move(moving: list[Visit], going: dict[int, Assignment], done: Settled, *, at: datetime) -> dict[int, Assignment]:
    """These visits are at their new time, with whoever can go to it there; returns who goes to which visit.

    First everybody who moves lets go, so that a whole week can shift by an hour without touching itself.
    """
    if not moving:
        return going
    held = {visit.pk: going.pop(visit.pk) for visit in moving if visit.pk in going}
    Assignment.objects.filter(pk__in=[row.pk for row in held.values()]).update(ended_at=at)
    Visit.objects.bulk_update(moving, TIMES, batch_size=500)
    _read_times(moving)
    for visit in moving:
        row = held.get(visit.pk)
        if row is not None and _take_up_again(visit, row):
            going[visit.pk] = row
        elif row is not None:
            done.clashes.append(visit)
    return going


def _read_times(visits: Collection[Visit]) -> None:
    """The moments are the database's to work out, so they are read again."""
    found = Visit.objects.filter(pk__in=[visit.pk for visit in visits]).values_list("pk", "starts_at", "ends_at")
    moments = {number: (start, until) for number, start, until in found}
    for visit in visits:
        visit.starts_at, visit.ends_at = moments[visit.pk]


def _take_up_again(visit: Visit, row: Assignment) -> bool:
    """Whoever went to a visit that moved goes to it at its new time; False when they cannot."""
    try:
        with transaction.atomic():
            Assignment.objects.filter(pk=row.pk).update(ended_at=None)
    except IntegrityError:
        Assignment.objects.filter(pk=row.pk).update(ended_by_kind="moved")
        return False
    return True


# --- Who goes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sending:
    """A visit and who is to go: a number of a helper, and the offer by which they said yes if there was one."""

    visit: Visit
    helper: int
    offer: int | None = None


def _send(
    rows: list[tuple[Visit, Term]], going: dict[int, Assignment], resumed: set[int], done: Settled, *, at: datetime
) -> None:
    """The helper of the term goes, unless another was agreed for one day, stands in, or is looked for."""
    sought = _sought([visit for visit, _ in rows])
    before = _who_went(resumed)
    sending, ending = [], []
    for visit, term in rows:
        now, last = going.get(visit.pk), before.get(visit.pk)
        if visit.cancelled_at is not None or visit.pk in sought:
            continue
        if last is not None and now is None and (visit.own_helper or last.from_offer_id):
            sending.append(Sending(visit, last.helper_id, last.from_offer_id))
            continue
        if visit.own_helper or (now is not None and (now.from_offer_id or now.helper_id == term.helper_id)):
            continue
        if now is not None:
            ending.append(now.pk)
        if term.helper_id is not None:
            sending.append(Sending(visit, term.helper_id))
    Assignment.objects.filter(pk__in=ending).update(ended_at=at, ended_by_kind="changed")
    _assign(sending, done)


def _sought(visits: list[Visit]) -> set[int]:
    rows = Replacement.objects.filter(visit__in=[visit.pk for visit in visits], closed_at=None)
    return set(rows.values_list("visit_id", flat=True))


def _who_went(visits: Collection[int]) -> dict[int, Assignment]:
    """Who went to each of these visits until it was cancelled."""
    rows = Assignment.objects.filter(visit__in=list(visits), ended_by_kind="cancelled").order_by("ended_at", "pk")
    return {row.visit_id: row for row in rows}


def _assign(sending: list[Sending], done: Settled) -> None:
    """Everybody goes who can; who has another visit then or is absent is a clash, and nobody goes yet."""
    if not sending:
        return
    _read_times(visits := [one.visit for one in sending])
    start, until = min(visit.starts_at for visit in visits), max(visit.ends_at for visit in visits)
    helpers = {one.helper for one in sending}
    absent = planning.absences_of(helpers, start, until)
    busy = planning.times_of(helpers, start, until)
    able = []
    for one in sending:
        absence = next((row for row in absent[one.helper] if meets(row, one.visit)), None)
        if absence is not None:
            replacements.join(absence, one.visit)
        taken = any(begin < one.visit.ends_at and one.visit.starts_at < end for begin, end in busy[one.helper])
        if absence is None and not taken:
            able.append(one)
            busy[one.helper].append((one.visit.starts_at, one.visit.ends_at))
        elif one.visit not in done.clashes:
            done.clashes.append(one.visit)
    done.clashes += [visit for visit in _book(able) if visit not in done.clashes]


def meets(absence: Absence, visit: Visit) -> bool:
    """Whether this absence, as far as anybody knows, meets the visit."""
    over = absence.ended_at or absence.expected_until
    return absence.starts_at < visit.ends_at and (over is None or over > visit.starts_at)


def _book(sending: list[Sending]) -> list[Visit]:
    """All at once, and one by one when somebody was quicker; returns the visits that did not fit after all."""
    try:
        with transaction.atomic():
            many.keep(_assignment(one) for one in sending)
    except IntegrityError:
        return [one.visit for one in sending if not _goes(one)]
    return []


def _goes(one: Sending) -> bool:
    try:
        with transaction.atomic():
            _assignment(one).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _assignment(one: Sending) -> Assignment:
    return Assignment(
        visit=one.visit,
        helper_id=one.helper,
        starts_at=one.visit.starts_at,
        ends_at=one.visit.ends_at,
        from_offer_id=one.offer,
    )
