"""A helper leaves and her agreements go to others; another begins, and comes to who waited."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock
from samen.base.tenancy import Actor
from samen.demo import cast, drawing
from samen.people import helpers, places
from samen.people.helpers import NewHelper
from samen.people.models import Helper
from samen.people.persons import NewPerson
from samen.people.places import Address, Point
from samen.simulation import figures
from samen.teams.models import Team
from samen.visits import arrangements, cancellations, handovers, planning
from samen.visits.cancellations import Standing
from samen.visits.handovers import Decision, Fate
from samen.visits.models import Arrangement, Offer, Round, Term


def leave(helper: Helper, since: date, *, by: Actor, at: datetime) -> list[Round]:
    """From `since` on she is not there: each agreement goes to whom the page proposes, or waits for somebody.

    Where she stands in on a later day somebody else is looked for; returns the searches that go on by that.
    """
    helpers.change(helper, terms={"until_date": since}, by=by, at=at)
    decisions = _decisions(helper, since, at=at)
    if decisions:
        handovers.hand_over(helper, decisions, since=since, by=by, at=at)
    later = Offer.objects.filter(
        helper=helper,
        withdrawn_at=None,
        assignments__ended_at=None,
        assignments__starts_at__gte=datetime.combine(since, time(0), tzinfo=clock.HOME),
    )
    rows = later.select_related("round__team", "round__absence", "helper__person", "household").distinct()
    promised = list(rows.order_by("pk"))
    for offer in promised:
        cancellations.call_off(offer.round, [Standing(offer, offer.stage)], by=by, at=at)
    return [offer.round for offer in promised]


def _decisions(helper: Helper, since: date, *, at: datetime) -> dict[Arrangement, Decision]:
    """Whoever can go every time and fits best takes an agreement over; nobody takes two of hers."""
    hers = handovers.terms_of(helper, since)
    ranked = planning.successors([term for terms in hers.values() for term in terms], since=since, at=at)
    known = Helper.objects.in_bulk({row.helper for rows in ranked.values() for row in rows})
    found, taken = dict[Arrangement, Decision](), {helper.pk}
    for agreement in handovers.concerning(helper, since):
        able = (row.helper for row in ranked.get(agreement.pk, ()) if row.able == row.of and row.helper not in taken)
        taker = next(able, None)
        found[agreement] = Decision(Fate.NOBODY) if taker is None else Decision(Fate.GIVE, known[taker])
        if taker is not None:
            taken.add(taker)
    return found


def begin(newcomer: drawing.Helper, team: Team, *, since: date, by: Actor, at: datetime) -> int:
    """She is known and can be planned from `since` on; returns to how many households that waited she comes."""
    name, home = newcomer.name, newcomer.home
    person = NewPerson(
        first_name=name.first,
        prefix=name.prefix,
        last_name=name.last,
        language=newcomer.language,
        emails=(f"{cast.key(name.first)}.{newcomer.key.hex[:8]}@example.nl",),
    )
    new = NewHelper(
        person=person,
        team=team,
        home=Address(home.street, home.number, home.area.postcode, home.area.town),
        since=since,
        mode=newcomer.mode,
        reach_minutes=newcomer.reach,
        contract_minutes=newcomer.minutes,
        week={day: [(_hour(begins), _hour(ends))] for day, (begins, ends) in newcomer.days.items()},
    )
    helper = helpers.register(new=new, by=by, at=at)
    place = places.of_helpers([helper.pk], since)[helper.pk]
    places.pin(place, Point(home.point.lat, home.point.lon), who=helper, by=by, at=at)
    return _comes_to_who_waited(helper, since + timedelta(days=figures.FIRST_VISITS), by=by, at=at)


def _hour(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _comes_to_who_waited(helper: Helper, since: date, *, by: Actor, at: datetime) -> int:
    """Agreements that wait for somebody are hers where she can go every time, one household for each weekday."""
    waiting: dict[int, list[Term]] = defaultdict(list)
    theirs = Term.objects.filter(arrangement__household__team=helper.team, helper=None)
    rows = theirs.filter(period__overlap=DateRange(since, None)).select_related("arrangement__household__team")
    for term in rows.order_by("arrangement", "slot_no"):
        waiting[term.arrangement_id].append(term)
    ranked = planning.successors([term for terms in waiting.values() for term in terms], since=since, at=at)
    days, count = set[int](), 0
    for number, terms in waiting.items():
        able = any(row.helper == helper.pk and row.able == row.of for row in ranked.get(number, ()))
        weekdays = {term.weekday for term in terms}
        if able and not days & weekdays:
            for term in terms:
                arrangements.change_following(
                    term.arrangement, slot_no=term.slot_no, since=since, by=by, at=at, helper=helper
                )
            days |= weekdays
            count += 1
    return count
