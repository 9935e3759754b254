"""Weeks by the clock: who falls ill, who is asked and answers, what a colleague does about it, and what is sent.

Every happening has its moment; the database's clock is set to it, and the product's own verbs do the rest.
"""

import contextlib
import heapq
import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db.models import QuerySet

from samen.base import clock, tenancy
from samen.base.tenancy import SYSTEM, Actor, ActorKind
from samen.demo.living import Life, Spell
from samen.desk import reporting
from samen.people import lookup
from samen.people.models import Helper
from samen.simulation import behaving, figures, ground, seasons, working
from samen.simulation.coordinating import Coordinator
from samen.simulation.ground import chance_of, identity
from samen.simulation.policies import Policy
from samen.teams.models import Colleague, Team
from samen.visits import (
    absences,
    altered,
    arrangements,
    cancellations,
    lasting,
    leaving,
    objections,
    periods,
    replacements,
    results,
    settling,
)
from samen.visits.models import Absence, Arrangement, Assignment, Offer, Replacement, Round, Visit, VisitResult

ROLLED_AT, LASTING_AT = time(2, 23), time(5, 11)
FIRST_LEAVE = time(8, 30)
Outcome = VisitResult.Outcome


Happening = tuple[datetime, int, Callable[[], None]]  # when, in which order, and what


@dataclass(frozen=True)
class Stage:
    """Where it is played: an organisation, whose teams live these lives, and the hand that sets the clock."""

    org: int
    slug: str
    lives: Sequence[Life]
    set_clock: Callable[[datetime], None]


@dataclass
class Play:
    """Weeks of one policy.  It can be stopped at any moment: what was played so far stands in the database."""

    stage: Stage
    policy: Policy
    seed: int
    begins: date
    weeks: int
    tell: Callable[["Play"], None] = lambda _play: None
    now: datetime = field(init=False)
    met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.begun_at = self.now = datetime.combine(self.begins, time(0), tzinfo=clock.HOME)
        self.until = datetime.combine(self.begins + timedelta(weeks=self.weeks), time(0), tzinfo=clock.HOME)
        self.coming: list[Happening] = []
        self.serial = itertools.count()
        self.looks: dict[int, datetime] = {}
        self.posting = self.done = False
        self.called_off: set[tuple[int, date | None]] = set()
        self.coordinators: dict[int, Coordinator] = {}
        self.rolled = set[date]()

    @property
    def week(self) -> int:
        """In which week it is, the first being 1."""
        return min((self.now - self.begun_at).days // 7 + 1, self.weeks)

    @property
    def reached(self) -> datetime:
        """Until when it was played: the last day, or the moment at which it was stopped."""
        return self.until if self.done else self.now

    def run(self) -> None:
        """Everything that happens until the last day is over."""
        self._enter(self._begin)
        with followed(self.policy):
            while self.coming and self.coming[0][0] < self.until:
                moment, _serial, happening = heapq.heappop(self.coming)
                self.now = max(self.now, moment)
                self.stage.set_clock(self.now)
                happening()
                self._send()
        self.done = True

    def _enter(self, do: Callable[[], None]) -> None:
        with tenancy.enter(self.stage.org, SYSTEM):
            do()

    def at(self, moment: datetime, do: Callable[[], None]) -> None:
        """This happens at that moment, in a transaction of its own; what happens at one moment keeps its order."""
        self._push(moment, partial(self._enter, do))

    def _push(self, moment: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self.coming, (moment, next(self.serial), do))

    def _begin(self) -> None:
        for life in self.stage.lives:
            team = Team.objects.get(name=life.crew.region.team)
            me = Colleague.objects.filter(memberships__team=team).order_by("pk")[0]
            self.coordinators[team.pk] = Coordinator(
                team, me, self.stage.org, self.stage.slug, self.policy, self.seed, self.met
            )
            if self.policy.by_itself:
                leaving.switch_on(team, by=self.coordinators[team.pk].by, at=self.now)
            helpers = {one.public_id: one for one in Helper.objects.filter(team=team)}
            for number, spells in life.spells.items():
                helper = helpers[life.crew.helpers[number].key]
                for spell in spells:
                    self._plan(helper.pk, spell)
            self._year_of(team).plan(life)
        for day in range(7 * self.weeks):
            self._plan_day(self.begins + timedelta(days=day), day)

    def _year_of(self, team: Team) -> seasons.Year:
        by, last = self.coordinators[team.pk].by, self.until.date()
        line = self.at, lambda: self.now, self._look, self.rolled.add
        return seasons.Year(team, by, self.seed, self.begins, last, *line, self.met)

    # --- What comes of itself ----------------------------------------------------------------------------

    def _plan(self, helper: int, spell: Spell) -> None:
        last = self.until.date()
        if spell.until <= self.begins or spell.since >= last:
            return
        first = max(spell.since, self.begins)
        if spell.kind == "LEAVE":
            told = max(spell.since - timedelta(weeks=figures.LEAVE_TOLD), self.begins)
            self.at(datetime.combine(told, FIRST_LEAVE, tzinfo=clock.HOME), partial(self._asks_leave, helper, spell))
        else:
            self.at(self._first_morning(helper, first), partial(self._falls_ill, helper, spell))
            if spell.until < last:
                better = datetime.combine(spell.until, time(figures.BETTER_AT // 60), tzinfo=clock.HOME)
                self.at(better, partial(self._is_better, helper))

    def _first_morning(self, helper: int, day: date) -> datetime:
        minute = chance_of(self.seed, "morning", helper, day).randint(*figures.REPORTS)
        return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=clock.HOME)

    def _plan_day(self, day: date, number: int) -> None:
        if number and (number % ground.ROLLED_EVERY.days == 0 or day in self.rolled):
            self.at(datetime.combine(day, ROLLED_AT, tzinfo=clock.HOME), self._roll)
        self.at(datetime.combine(day, LASTING_AT, tzinfo=clock.HOME), self._morning)

    def _roll(self) -> None:
        """What every night does, done now and then and as much further ahead."""
        agreed = Arrangement.objects.select_related("household__team").order_by("pk")
        until = behaving.day_of(self.now) + ground.MADE_AHEAD
        settling.settle(list(agreed), at=self.now, until=until)

    def _morning(self) -> None:
        """The searches of who is absent reach another day; and somebody calls a visit of next week off."""
        self._last()
        self._look_at_new()
        today = behaving.day_of(self.now)
        self._call_off(today + timedelta(days=figures.CALLS_OFF_DAYS[1]))
        self._at_the_door(today)
        self.tell(self)

    def _last(self) -> None:
        for absence in lasting.without_end(at=self.now):
            turn = lasting.last(absence, by=SYSTEM, at=self.now)
            if turn is not None:
                self._look(turn, self.now)

    def _look_at_new(self) -> None:
        """What came to a search since yesterday: visits that were made of who told long ago that she is away."""
        fresh = Replacement.objects.filter(closed_at=None, created_at__gte=self.now - timedelta(days=1))
        for turn in Round.objects.filter(replacements__in=fresh, undone_at=None).distinct().order_by("pk"):
            self._look(turn, self.now)
        self._look_at_changed()

    def _look_at_changed(self) -> None:
        """Where it is otherwise since yesterday than somebody said yes to, somebody may have to be rung."""
        changed = Offer.objects.filter(visits__changed_at__gte=self.now - timedelta(days=1))
        for turn in Round.objects.filter(offers__in=changed, undone_at=None).distinct().order_by("pk"):
            self._look(turn, self.now)

    def _call_off(self, day: date) -> None:
        """Households that will call off their visit of this day, each at a moment of its own."""
        for visit in Visit.objects.standing().filter(local_date=day).select_related("household").order_by("pk"):
            chance = chance_of(self.seed, "calls off", visit.household.public_id, visit.occurrence_date)
            if chance.random() < figures.CALLS_OFF:
                days = chance.randint(*figures.CALLS_OFF_DAYS)
                at = datetime.combine(day - timedelta(days=days), time(9), tzinfo=clock.HOME)
                self.at(at + timedelta(minutes=chance.randint(0, 480)), partial(self._calls_off, visit.pk))

    def _at_the_door(self, day: date) -> None:
        """Who will find nobody home on this day, and who will not go; it is said a quarter of an hour after."""
        going = Assignment.objects.standing().filter(visit__local_date=day, visit__cancelled_at=None).order_by("pk")
        rows = going.values_list("pk", "starts_at", "visit__household__public_id", "visit__occurrence_date")
        for number, begins, household, occurrence in rows:
            drawn = chance_of(self.seed, "at the door", household, occurrence).random()
            if drawn < figures.NOBODY_HOME + figures.NO_SHOW:
                outcome = Outcome.NOBODY_HOME if drawn < figures.NOBODY_HOME else Outcome.NOT_DONE
                after = timedelta(minutes=figures.AFTER_IT_BEGAN)
                self.at(begins + after, partial(self._says_how_it_went, number, outcome))

    # --- Helpers and households ----------------------------------------------------------------------------

    def _asks_leave(self, number: int, spell: Spell) -> None:
        helper = _helper(number)
        if _is_gone(helper, spell.since):
            return
        start, until = (datetime.combine(day, time(0), tzinfo=clock.HOME) for day in (spell.since, spell.until))
        by = self.coordinators[helper.team_id].by
        absence = absences.report(helper=helper, kind=Absence.Kind.LEAVE, start=start, until=until, by=by, at=self.now)
        self._search(absence)

    def _falls_ill(self, number: int, spell: Spell) -> None:
        helper = _helper(number)
        today = behaving.day_of(self.now)
        if _is_gone(helper, today):
            return
        chance = chance_of(self.seed, "ill", identity(helper), today)
        answers = {"start": "today", "until": behaving.says_until(chance, (spell.until - today).days)}
        if chance.random() < figures.BY_PHONE_PAGE:
            start, until = periods.from_words(answers["start"], answers["until"], at=self.now)
            by = Actor(ActorKind.PERSON, helper.person.public_id)
            kind = Absence.Kind.ILLNESS
            absence = absences.report(helper=helper, kind=kind, start=start, until=until, by=by, at=self.now)
        else:
            by = self.coordinators[helper.team_id].by
            absence = reporting.report(helper, answers, by=by, at=self.now)
        self._search(absence)
        if absence.expected_until is not None and absence.expected_until.astimezone(clock.HOME).date() < spell.until:
            again = self._first_morning(number, absence.expected_until.astimezone(clock.HOME).date())
            self.at(again, partial(self._falls_ill, number, spell))

    def _search(self, absence: Absence) -> None:
        turn = Round.objects.filter(absence=absence, undone_at=None).order_by("-pk").first()
        if turn is None:
            return
        soon = self.now + timedelta(minutes=figures.SEES_IT)
        if turn.leaves_at is None:
            self._look(turn, soon)
        elif chance_of(self.seed, "veto", identity(absence.helper), self.now.date()).random() < figures.VETOED:
            self.at(self.now + timedelta(minutes=figures.VETOED_AFTER), partial(self._stops, turn.pk))
        else:
            self._look(turn, max(soon, turn.leaves_at + timedelta(minutes=1)))

    def _stops(self, number: int) -> None:
        """A colleague rather sends this proposal herself."""
        turn = Round.objects.select_related("absence__helper", "team").get(pk=number)
        if leaving.stop(turn, by=self.coordinators[turn.team_id].by, at=self.now):
            self.met["stopped before it left by itself"] += 1
        self._look(turn, self.now + timedelta(minutes=figures.SEES_IT))

    def _is_better(self, number: int) -> None:
        ill = Absence.objects.filter(helper=number, kind=Absence.Kind.ILLNESS, ended_at=None, withdrawn_at=None)
        for absence in ill.exclude(expected_until__lte=self.now).select_related("helper__person", "helper__team"):
            if _is_gone(absence.helper, behaving.day_of(self.now)):
                continue
            by = Actor(ActorKind.PERSON, absence.helper.person.public_id)
            absences.end(absence, by=by, at=self.now)
            self._search(absence)

    def _calls_off(self, number: int) -> None:
        visit = Visit.objects.standing().filter(pk=number, starts_at__gt=self.now).select_related("household").first()
        person = lookup.told(visit.household) if visit else None
        if visit is not None and person is not None:
            arrangements.skip_one(visit, by=Actor(ActorKind.PERSON, person.public_id), at=self.now)
            self.at(self.now + 2 * altered.WAIT, self._look_at_changed)

    def _answers(self, number: int, said: str) -> None:
        """The helper opens the link: while the question still stands on its page, she presses a button."""
        offer = Offer.objects.select_related("helper__person", "round").get(pk=number)
        visits = [one.visit for one in offer.visits.select_related("visit").order_by("visit__starts_at")]
        stands = offer.withdrawn_at is None and offer.round.undone_at is None and not offer.answer
        leaves = any(_is_gone(offer.helper, visit.local_date) for visit in visits)
        if not stands or visits[0].starts_at <= self.now:
            return
        by = Actor(ActorKind.PERSON, offer.helper.person.public_id)
        if said == Offer.Answer.NO or leaves:
            replacements.decline(offer, by=by, at=self.now)
        else:
            self._says_yes(offer, by)
        self._look(offer.round, self.now + timedelta(minutes=figures.SEES_IT))

    def _says_yes(self, offer: Offer, by: Actor) -> None:
        """Told that one visit is taken, she says yes to the others; told that she goes elsewhere then, she does not."""
        taken = Assignment.objects.standing().filter(visit__offers__offer=offer)
        try:
            try:
                replacements.accept(offer, by=by, at=self.now)
            except replacements.PartlyTaken:
                self.met["yes: PartlyTaken"] += 1
                left_out = set(taken.values_list("visit__public_id", flat=True))
                replacements.accept(offer, by=by, at=self.now, left_out=left_out)
        except replacements.AlreadyTaken:
            self.met["yes: AlreadyTaken"] += 1
        except replacements.NotFree:
            self.met["yes: NotFree"] += 1
            replacements.decline(offer, by=by, at=self.now)

    def _says_how_it_went(self, number: int, outcome: str) -> None:
        """She found nobody home and says so on her page, or the household rings a colleague because nobody came."""
        going = Assignment.objects.standing().filter(pk=number, visit__cancelled_at=None)
        row = going.select_related("visit", "helper__person").first()
        if row is not None:
            herself = Actor(ActorKind.PERSON, row.helper.person.public_id)
            by = herself if outcome == Outcome.NOBODY_HOME else self.coordinators[row.visit.team_id].by
            results.report(row.visit, helper=row.helper, outcome=outcome, by=by, at=self.now)
            self.met[f"at the door: {outcome}"] += 1

    # --- The team, and the post ----------------------------------------------------------------------------

    def _look(self, turn: Round, moment: datetime) -> None:
        """A colleague looks at this search then, or when the desk is manned again; the soonest look counts."""
        self._look_at(turn.pk, turn.team_id, moment)

    def _look_at(self, turn: int, team: int, moment: datetime) -> None:
        moment = behaving.awake(moment, figures.AT_THE_DESK)
        if turn not in self.looks or moment < self.looks[turn]:
            self.looks[turn] = moment
            self._push(moment, partial(self._looks, turn, team, moment))

    def _looks(self, turn: int, team: int, moment: datetime) -> None:
        if self.looks.get(turn) != moment:
            return
        del self.looks[turn]
        with tenancy.enter(self.stage.org, SYSTEM):
            again = self.coordinators[team].look(turn, at=self.now)
        if again is not None:
            self._look_at(turn, team, max(again, self.now + timedelta(minutes=1)))

    def _send(self) -> None:
        """What was put in the outbox leaves; what waits for its undo delay leaves a moment later."""
        if working.work() and not self.posting:
            self.posting = True
            late = self.now + replacements.UNDO + timedelta(seconds=1)
            self._push(late, self._post)
        self._reach()

    def _post(self) -> None:
        self.posting = False
        working.work(alarms=True)

    def _reach(self) -> None:
        """Who was asked answers after a while, or never; and some of it turns out otherwise."""
        if not working.is_told():
            return
        with tenancy.enter(self.stage.org, SYSTEM):
            told = working.collect()
            for offer in _offers(one.public_id for one in replacements.asked_in(told)):
                self._is_asked(offer)
                self._is_called_off(offer, "question")
            for offer in _offers(about.ref for about in told if about.kind == "covered"):
                self._is_promised(offer)
                self._is_called_off(offer, "promise")

    def _is_asked(self, offer: Offer) -> None:
        first = _first_of(offer)
        who = identity(offer.helper), offer.household.public_id
        chance = chance_of(self.seed, "answer", *who, first.occurrence_date)
        answer = behaving.answer(chance, offer, first, at=self.now)
        if answer.said:
            self.at(behaving.awake(self.now + answer.after), partial(self._answers, offer.pk, answer.said))

    def _is_promised(self, offer: Offer) -> None:
        day = _first_of(offer).occurrence_date
        chance = chance_of(self.seed, "objects", identity(offer.helper), offer.household.public_id, day)
        if chance.random() < figures.OBJECTS:
            after = timedelta(minutes=chance.randint(*figures.OBJECTS_AFTER))
            self.at(behaving.awake(self.now + after), partial(self._objects, offer.pk))

    def _objects(self, number: int) -> None:
        """The household says on its page that it would rather have somebody else."""
        offer = _offers_with_all().get(pk=number)
        person = lookup.told(offer.household)
        if person is None or offer.withdrawn_at is not None:
            return
        by = Actor(ActorKind.PERSON, person.public_id)
        with contextlib.suppress(objections.NothingPromised):  # the page says who comes now
            objections.say(offer, reason="", by=by, at=self.now)
            self.met["rather not her: said"] += 1
            self._look(offer.round, self.now + timedelta(minutes=figures.SEES_IT))

    def _is_called_off(self, offer: Offer, what: str) -> None:
        day = _first_of(offer).occurrence_date
        chance = chance_of(self.seed, what, "off", identity(offer.helper), offer.household.public_id, day)
        if chance.random() < figures.CALLED_OFF and (offer.household_id, day) not in self.called_off:
            self.called_off.add((offer.household_id, day))  # whoever is found next is left in peace
            after = timedelta(minutes=chance.randint(*figures.CALLED_OFF_AFTER))
            moment = behaving.awake(self.now + after, figures.AT_THE_DESK)
            self.at(moment, partial(self._takes_back, offer.pk, what))

    def _takes_back(self, number: int, what: str) -> None:
        """A colleague calls off what was asked or promised, as long as it is what she looked at and still ahead."""
        offer = _offers_with_all().get(pk=number)
        is_so = offer.goes if what == "promise" else not offer.answer
        if not is_so or offer.withdrawn_at is not None or _first_of(offer).starts_at <= self.now:
            return
        by = self.coordinators[offer.round.team_id].by
        standing = cancellations.Standing(offer, offer.stage)
        cancellations.call_off(offer.round, [standing], by=by, at=self.now)
        self.met[f"called off: {what}"] += 1
        self._look(offer.round, self.now + timedelta(minutes=figures.SEES_IT))


def _offers(refs: Iterable[uuid.UUID]) -> list[Offer]:
    found = list(refs)
    rows = Offer.objects.filter(public_id__in=found).select_related("helper", "household")
    return list(rows.prefetch_related("visits__visit").order_by("pk")) if found else []


def _offers_with_all() -> QuerySet[Offer]:
    return Offer.objects.select_related("helper__person", "household__team", "round__team", "round__absence")


def _first_of(offer: Offer) -> Visit:
    first: Visit = min((one.visit for one in offer.visits.all()), key=lambda visit: visit.starts_at)
    return first


def _helper(number: int) -> Helper:
    return Helper.objects.select_related("person", "team").get(pk=number)


def _is_gone(helper: Helper, day: date) -> bool:
    """Whether she left before this day, or on it."""
    return helper.until_date is not None and helper.until_date <= day


@contextmanager
def followed(policy: Policy) -> Iterator[None]:
    """As long as this lasts, a question waits for an answer as long as this policy says.

    How long is no setting of a team yet: it stands in the verb's own module, and is put back afterwards.
    """
    before = replacements.REPLY_TODAY, replacements.REPLY_LATER
    replacements.REPLY_TODAY = timedelta(minutes=policy.minutes_today)
    replacements.REPLY_LATER = timedelta(minutes=policy.minutes_later)
    try:
        yield
    finally:
        replacements.REPLY_TODAY, replacements.REPLY_LATER = before
