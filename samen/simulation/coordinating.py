"""The colleague of the simulation: looks at a search as the screen shows it, and does what a hurried colleague does.

Everything goes through what the desk itself calls: the search and its proposal, the questions, the choice, the call
list.  Nothing is decided here that the pages would not show.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.db.models import Q

from samen.base import clock
from samen.base.entrances import Role, Visitor
from samen.base.tenancy import Actor, ActorKind
from samen.demo import drawing
from samen.desk import calling, searching
from samen.desk.calling import Call
from samen.desk.searching import Search
from samen.desk.sitting import Desk
from samen.people.models import Channel
from samen.simulation import behaving, figures, glancing
from samen.simulation.ground import chance_of, identity
from samen.simulation.policies import AS_PROPOSED, Policy
from samen.teams.models import Colleague, Team
from samen.visits import arrangements, objections, planning, replacements, waiting
from samen.visits.models import Objection, Offer, PhoneCall, Replacement, Round

GIVES_UP = 17 * 60  # minute of the day before a visit: until then somebody is looked for
LAST_MOMENT = timedelta(minutes=30)  # before a visit that was sought on its own day
Outcome = PhoneCall.Outcome


@dataclass
class Coordinator:
    """Somebody of one team who follows a policy."""

    team: Team
    me: Colleague
    org: int
    slug: str
    policy: Policy
    seed: int
    met: Counter[str] = field(default_factory=Counter)  # what went otherwise than one hopes, by what it was
    passed: set[int] = field(default_factory=set)  # willing offers that could not be chosen any more
    asked_first: dict[int, bool] = field(default_factory=dict)  # households rung first: whether anybody may come
    tried: dict[int, datetime] = field(default_factory=dict)  # rows for which nobody is left: when that is tried again
    rung_first: set[tuple[int, int]] = field(default_factory=set)  # the searches and households in which that was noted

    @property
    def by(self) -> Actor:
        """The colleague, as the one who acts."""
        return Actor(ActorKind.COLLEAGUE, self.me.public_id)

    def desk(self, at: datetime) -> Desk:
        """The colleague at her desk at this moment."""
        return Desk(Visitor(self.org, self.slug, self.by, Role.COLLEAGUE, "simulate", at), self.me, self.team, at, 0)

    def look(self, turn: int, *, at: datetime) -> datetime | None:
        """Do what can be done about this search (by number); returns when to look again, None when nothing is left."""
        offers, seen = _offers(turn), glancing.at_search(turn, at=at)
        if self._choose(offers, at=at) or (seen.is_undecided and self._decide(turn, at=at)):
            offers, seen = _offers(turn), glancing.at_search(turn, at=at)
        sought = seen.sought
        asked = [
            one for one in offers if _is_unanswered(one) and any(part.visit_id in sought for part in one.visits.all())
        ]
        waits = {part.visit_id for offer in asked if offer.reply_by > at for part in offer.visits.all()}
        waits |= {part.visit_id for one in self._willing(offers) for part in one.visits.all() if not part.left_out}
        need = [row for visit, row in sought.items() if visit not in waits]
        again = [offer.reply_by + timedelta(minutes=1) for offer in asked if offer.reply_by > at]
        again += [self.tried[row] for row in need if self._waits(row, at)]
        need = [row for row in need if not self._waits(row, at)]
        if need or _is_to_be_rung(asked) or glancing.has_news(turn, at=at):
            again += self._act(turn, set(need), at=at)
        return min(again, default=None)

    def _waits(self, row: int, at: datetime) -> bool:
        """Whether nobody could be asked for this row (by number) just before, and it is looked at once more later."""
        return self.tried.get(row, at) > at

    # --- Choosing ----------------------------------------------------------------------------------------

    def _willing(self, offers: Iterable[Offer]) -> list[Offer]:
        return [one for one in offers if one.is_willing and one.pk not in self.passed]

    def _choose(self, offers: Iterable[Offer], *, at: datetime) -> bool:
        """Of those who said yes whoever fits best goes, once everybody asked has answered or had the time to.

        Returns whether anybody was chosen.
        """
        willing: dict[int, list[Offer]] = defaultdict(list)
        for offer in self._willing(offers):
            willing[offer.household_id].append(offer)
        awaited = {one.household_id for one in offers if _is_unanswered(one) and one.reply_by > at}
        ready = sorted(willing.keys() - awaited)
        for household in ready:
            for offer in sorted(willing[household], key=lambda one: (_cost(one), one.pk)):
                try:
                    replacements.choose(offer, by=self.by, at=at)
                except (replacements.AlreadyTaken, replacements.Begun, replacements.NotFree) as news:
                    self.met[f"choosing: {type(news).__name__}"] += 1
                    self.passed.add(offer.pk)
        return bool(ready)

    def _decide(self, turn: int, *, at: datetime) -> bool:
        """What a household said of who was promised: she comes after all, we look further, or nobody comes."""
        undecided = Objection.objects.filter(offer__round=turn, decision="")
        said = undecided.select_related("offer__helper__person", "offer__household", "offer__round__team")
        for one in said.order_by("pk"):
            chance = chance_of(self.seed, "decides", one.offer.household.public_id, identity(one.offer.helper))
            decision = drawing.pick(chance, figures.DECIDES)
            try:
                objections.DECISIONS[Objection.Decision(decision)](one, by=self.by, at=at)
                self.met[f"rather not her: {decision}"] += 1
            except objections.NothingPromised:
                self.met["rather not her: too late"] += 1
        return True

    # --- Asking ------------------------------------------------------------------------------------------

    def _act(self, number: int, rows: set[int], *, at: datetime) -> list[datetime]:
        """Ask for these rows (by number), ring and give up; returns when each of it wants a look again."""
        here, answered = self.desk(at), self._heard()
        turn = Round.objects.select_related("absence__helper__person", "team").get(pk=number)
        found = searching.search(here, turn)
        need = sorted((row for row in found.rows if row.pk in rows), key=lambda row: row.pk)
        unwanted = [row for row in need if found.is_unasked(row) or not self._anybody_may_come(found, row)]
        for row in unwanted:
            self._give_up(here, turn, row)
        sought = [row for row in need if row not in unwanted]
        ticked = self._ticks(found, sought)
        asks = searching.questions(turn, ticked, found.rankings, at=at)
        again = self._ring(here, found, ticked)
        if self._heard() > answered:
            again.append(at + timedelta(minutes=figures.SEES_IT))  # a household may be rung that hears who comes
            if asks:  # who said yes just now is not free any more, who said no is not asked
                asks = searching.asks(turn, ticked, at=at)
        if ticked:
            offers = replacements.send(turn, asks, by=self.by, at=at) if asks else []
            sent = [offer for offer in offers if offer.sent_at == at]
            again += [at + timedelta(minutes=figures.SEES_IT) for offer in sent if offer.channel == "PHONE"][:1]
            again += [offer.reply_by + timedelta(minutes=1) for offer in sent if offer.reply_by > at]
        asked = {replacement for replacement, _helper in ticked}
        left = [row for row in sought if str(row.public_id) not in asked]
        if any(row.visit.local_date <= behaving.day_of(at) for row in sought) or left:
            waiting.tell(turn, by=self.by, at=at)
        for row in left:
            again += self._leave(here, turn, row)
        return again

    def _heard(self) -> int:
        """How many helpers said yes or no by telephone so far."""
        return self.met["rung: helper YES"] + self.met["rung: helper NO"]

    def _anybody_may_come(self, found: Search, row: Replacement) -> bool:
        """Who wants to be rung first, or rather moves the visit, was rung: anybody may come, or nobody need to."""
        household = row.visit.household
        if found.wants.get(household.pk) not in planning.FIRST_A_CALL:
            return True
        if household.pk not in self.asked_first:
            chance = chance_of(self.seed, "first a call", household.public_id)
            self.asked_first[household.pk] = chance.random() < figures.TAKES_ANYONE
        if (found.turn.pk, household.pk) not in self.rung_first:
            self.rung_first.add((found.turn.pk, household.pk))
            said = Outcome.YES if self.asked_first[household.pk] else Outcome.NO
            calling.note(found.desk, found.turn, about=f"first:{household.public_id}", outcome=said)
        return self.asked_first[household.pk]

    def _ticks(self, found: Search, need: Iterable[Replacement]) -> set[tuple[str, str]]:
        """Whom she ticks for each visit: by the policy, of those who can come and were not asked yet."""
        ticked = set()
        for row in need:
            ranking = found.rankings.get(row.visit_id)
            offers = found.offers[row.visit_id]
            asked = {offer.helper_id for offer in offers if offer.withdrawn_at is None or offer.is_called_off}
            left = [one.helper for one in ranking.candidates if one.helper not in asked] if ranking else []
            planned = [one for one in left if one in ranking.asked] if ranking else []
            wave = (planned or left) if self.policy.at_once == AS_PROPOSED else left
            for helper in wave[: self.policy.at_once]:
                ticked.add((str(row.public_id), str(found.helpers[helper].public_id)))
        return ticked

    # --- The call list -----------------------------------------------------------------------------------

    def _ring(self, here: Desk, found: Search, ticked: set[tuple[str, str]]) -> list[datetime]:
        """Ring whom the call list says: those who can only be rung, and who is silent when nobody else is left."""
        again: list[datetime] = []
        asked = {replacement for replacement, _helper in ticked}
        for call in calling.call_list(found):
            if call.must and call.not_before is not None:
                again.append(call.not_before)
            kind, ref, *_more = call.about.split(":")
            if call.place != "now" or call.is_first:
                continue
            if kind == "ask" and (len(call.tries) >= figures.RUNG_AT_MOST or ref in asked):
                continue
            outcome = self._said(call, here.at)
            self.met[f"rung: {'helper' if call.to_helper else 'household'} {outcome}"] += 1
            try:
                calling.note(here, found.turn, about=call.about, outcome=outcome)
            except calling.Refused:
                self.met["rung: too late"] += 1
            if outcome == Outcome.NO_ANSWER:
                again.append(here.at + timedelta(minutes=figures.RINGS_AGAIN))
        return again

    def _said(self, call: Call, at: datetime) -> str:
        """What somebody says who is rung."""
        chance = chance_of(self.seed, "rung", call.name, call.starts_at.date(), len(call.tries))
        if chance.random() >= (figures.PICKS_UP if call.to_helper else figures.PICKS_UP_HOME):
            return Outcome.NO_ANSWER
        if not call.about.startswith("ask:"):
            return Outcome.TOLD
        return _yes_or_no(chance, today=behaving.day_of(call.starts_at) <= behaving.day_of(at))

    # --- When nobody is left -----------------------------------------------------------------------------

    def _leave(self, here: Desk, turn: Round, row: Replacement) -> list[datetime]:
        """Nobody can be asked now: look again later, and in the end the household hears that nobody comes."""
        last = _deadline(row, turn)
        if last <= here.at:
            self._give_up(here, turn, row)
            return []
        near = row.visit.starts_at - here.at < timedelta(days=figures.SOON + 1)
        morning = behaving.on(here.at, figures.LOOKS_AGAIN)
        days = 1 if near else 7 - morning.weekday()
        later = behaving.on(morning + timedelta(days=days), figures.LOOKS_AGAIN)
        self.tried[row.pk] = min(last, morning if near and morning > here.at else later)
        return [self.tried[row.pk]]

    def _give_up(self, here: Desk, turn: Round, row: Replacement) -> None:
        """The household is rung until somebody picks up, and the visit is skipped."""
        household = row.visit.household
        if row.visit.arrangement is None or not turn.replacements.filter(pk=row.pk, closed_at=None).exists():
            return
        chance = chance_of(self.seed, "skipped", household.public_id, row.visit.local_date)
        while chance.random() >= figures.PICKS_UP_HOME:
            calling.note(here, turn, about=f"nobody:{household.public_id}", outcome=Outcome.NO_ANSWER)
            self.met["rung: household NO_ANSWER"] += 1
        calling.note(here, turn, about=f"nobody:{household.public_id}", outcome=Outcome.TOLD)
        self.met["rung: household TOLD"] += 1
        arrangements.skip_one(row.visit, by=self.by, at=here.at)


def _offers(turn: int) -> list[Offer]:
    """The questions of a search (by number) that wait: for an answer, or for a choice among the yeses."""
    waits = Q(answer="") | Q(answer=Offer.Answer.YES, rule=Offer.Rule.CHOOSE, chosen_at=None)
    found = Offer.objects.filter(waits, round=turn, withdrawn_at=None)
    return list(found.prefetch_related("visits").order_by("pk"))


def _is_to_be_rung(asked: Iterable[Offer]) -> bool:
    """Whether one of these questions can only be put by telephone, and nobody rang yet."""
    spoken = {offer.pk for offer in asked if offer.channel == Channel.PHONE}
    return bool(spoken) and spoken > set(PhoneCall.objects.filter(offer__in=spoken).values_list("offer_id", flat=True))


def _is_unanswered(offer: Offer) -> bool:
    return not offer.answer and offer.withdrawn_at is None


def _cost(offer: Offer) -> int:
    cost: int = sum(part["cost"] for part in offer.reasons["parts"])
    return cost


def _yes_or_no(chance: Random, *, today: bool) -> str:
    """Somebody who picks up answers: of those who would, by mail, the same parts say yes and no."""
    yes, no = (figures.YES_TODAY, figures.NO_TODAY) if today else (figures.YES_LATER, figures.NO_LATER)
    return Outcome.YES if chance.random() < yes / (yes + no) else Outcome.NO


def _deadline(row: Replacement, turn: Round) -> datetime:
    """Until when somebody is looked for: the afternoon before, or shortly before a visit that was sought after that."""
    eve = behaving.on(row.visit.starts_at.astimezone(clock.HOME) - timedelta(days=1), GIVES_UP)
    return eve if turn.opened_at < eve else row.visit.starts_at - LAST_MOMENT
