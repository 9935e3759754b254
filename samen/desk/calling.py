"""The call list of a search: who must be rung, what one says, and what becomes of what was said."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from samen.base import clock
from samen.base.journal import Subject
from samen.desk import searching
from samen.desk.searching import Search, asks
from samen.desk.sitting import Desk
from samen.people import asking, formats, lookup, reaching
from samen.people.models import Channel, Helper, Household, Person, StandingWish
from samen.people.reaching import Way
from samen.teams.models import Colleague
from samen.visits import altered, arrangements, calls, cancellations, planning, replacements, turned, waiting, words
from samen.visits.calls import News
from samen.visits.models import TO_HELPER, About, Offer, PhoneCall, Replacement, Round, Visit

PLACES = ("now", "may", "later")
RUNG_AT_ONCE = 3  # of those who are proposed: how many can be rung for a visit
WHY = {
    About.FIRST: gettext_lazy("wants to be rung first"),
    About.CHOSEN: gettext_lazy("said yes, and goes"),
    About.SEARCHING: gettext_lazy("has nobody yet"),
    About.NOBODY: gettext_lazy("has nobody yet"),
    About.KEPT: gettext_lazy("asked for somebody else"),
    About.LOOKING_ON: gettext_lazy("who was promised does not come"),
    About.SKIPPED: gettext_lazy("nobody comes this time"),
    About.CALLED_OFF: gettext_lazy("need not go any more"),
    About.OWN_BACK: gettext_lazy("the own helper comes after all"),
    About.CHANGED: gettext_lazy("said yes, and it changed"),
    About.ALTERED: gettext_lazy("it is otherwise than was promised"),
}
OF_AN_OFFER = (About.COVERED, *TO_HELPER, About.KEPT, About.LOOKING_ON, About.SKIPPED, About.ALTERED)
SAY_TO_HELPER = {About.CHOSEN: words.say_chosen, About.CALLED_OFF: turned.say_called_off}
RATHER_NOT = "RATHER_NOT"  # told who comes, and would rather have another
TELLING = (PhoneCall.Outcome.TOLD, PhoneCall.Outcome.NO_ANSWER)
ENDS = {About.FIRST: (PhoneCall.Outcome.YES, PhoneCall.Outcome.NO, PhoneCall.Outcome.NO_ANSWER)}
FIRST = {
    PhoneCall.Outcome.YES: gettext_lazy("Noted: somebody else may come. You can ask them now."),
    PhoneCall.Outcome.NO: gettext_lazy("Noted: rather nobody. These visits are skipped, and the household knows it."),
    PhoneCall.Outcome.NO_ANSWER: gettext_lazy("Noted: nobody picked up."),
}
Blocks = Mapping[int, list[Replacement]]


class Refused(Exception):
    """What was said could not be done; the message says why."""


@dataclass
class Call:
    """Somebody to ring: why, on which number, with which words, and who tried before."""

    about: str
    starts_at: datetime
    name: str
    why: Any
    visits: list[Visit]
    say: Callable[[], str]
    language: str
    number: str
    to_helper: bool
    must: bool
    tries: list[tuple[datetime, str]] = field(default_factory=list)
    not_before: datetime | None = None  # when she does not want to be asked now: from when on she may
    from_when: str = ""  # the same in words

    @cached_property
    def script(self) -> str:
        """The words to say, written when somebody reads them."""
        return self.say()

    @property
    def what(self) -> str:
        """Which household it is about, and when."""
        return f"{self.visits[0].household.name}, {words.spoken(self.visits)}"

    @property
    def place(self) -> str:
        """Where it stands: rung now, rung instead of waited for, or not rung yet."""
        if self.not_before is not None:
            return "later"
        return "now" if self.must else "may"

    @property
    def is_first(self) -> bool:
        """Whether a household is asked if anybody may come."""
        return self.about.startswith("first:")

    @property
    def is_covered(self) -> bool:
        """Whether a household hears who comes."""
        return self.about.startswith("covered:")

    @property
    def shown_number(self) -> str:
        """The number as one reads it aloud."""
        return formats.phone_shown(self.number) if self.number else ""

    @property
    def direction(self) -> str:
        """Which way the words are written."""
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"


# --- The list ------------------------------------------------------------------------------------------


def call_list(search: Search) -> list[Call]:
    """Who must be rung comes first, then who can be rung instead of waited for, last who may not be asked yet."""
    blocks = _blocks(search.rows)
    asked = _waiting(search)
    ways, later = _ways(search, {offer.helper for offer in asked})
    offers = (_about_offer(search, offer, blocks, ways[offer.helper_id], later) for offer in asked)
    return _listed(search, [*_turned(search, blocks), *_households(search, blocks), *offers])


def could_ring(search: Search) -> list[Call]:
    """Who is proposed and was not asked yet, as calls that ask them; last who may not be asked yet."""
    proposed = _proposed(search)
    ways, later = _ways(search, {helper for helper, _rows in proposed})
    return _listed(search, [_to_helper(search, rows, helper, ways[helper.pk], later) for helper, rows in proposed])


def count_could_ring(search: Search) -> int:
    """How many calls `could_ring` would list."""
    return len(_proposed(search))


def _ways(search: Search, helpers: Collection[Helper]) -> tuple[Mapping[int, Way], Mapping[int, datetime]]:
    """How each of these (by number) is reached, and from when on who may not be asked now may be."""
    if not helpers:
        return {}, {}
    return reaching.of_helpers(list(helpers)), asking.not_before([one.pk for one in helpers], at=search.desk.at)


def _listed(search: Search, calls: list[Call]) -> list[Call]:
    _fill_tries(search, calls)
    return sorted(calls, key=lambda call: (PLACES.index(call.place), call.starts_at))


def _blocks(rows: Iterable[Replacement]) -> dict[int, list[Replacement]]:
    """The visits of each household (by number), the first one first."""
    found: dict[int, list[Replacement]] = defaultdict(list)
    for row in rows:
        found[row.visit.household_id].append(row)
    return found


def _waiting(search: Search) -> list[Offer]:
    """The questions without an answer, of visits that still have nobody."""
    still = {row.visit_id for row in search.rows if _can_be_asked(row, search.desk.at)}
    return [
        offer
        for offer in search.all_offers
        if not offer.answer and offer.withdrawn_at is None and still & {one.visit_id for one in offer.visits.all()}
    ]


def _can_be_asked(row: Replacement, at: datetime) -> bool:
    """Whether somebody can still be booked for this visit: it waits, and has not begun."""
    return row.closed_at is None and row.visit.starts_at > at


def _proposed(search: Search) -> list[tuple[Helper, list[Replacement]]]:
    """The first who could go to each visit and were not asked, with the visits of one household they could go to."""
    asked = {(offer.household_id, offer.helper_id) for offer in _waiting(search)}
    found: dict[tuple[int, int], list[Replacement]] = defaultdict(list)
    for row in search.rows:
        ranking = search.rankings.get(row.visit_id)
        if ranking is None or not _can_be_asked(row, search.desk.at):
            continue
        for candidate in _first(ranking):
            if (row.visit.household_id, candidate.helper) not in asked:
                found[row.visit.household_id, candidate.helper].append(row)
    return [(search.helpers[helper], rows) for (_household, helper), rows in found.items()]


def _first(ranking: Any) -> list[Any]:
    """Those whom the plan would ask, else the first few."""
    return [one for one in ranking.candidates if one.helper in ranking.asked] or ranking.candidates[:RUNG_AT_ONCE]


def _about_offer(search: Search, offer: Offer, blocks: Blocks, way: Way, later: Mapping[int, datetime]) -> Call:
    inside = {one.visit_id for one in offer.visits.all()}
    rows = [row for row in blocks[offer.household_id] if row.visit_id in inside and _can_be_asked(row, search.desk.at)]
    call = _to_helper(search, rows, offer.helper, way, later)
    message = search.messages.get(Subject.of(offer))
    call.must = message is None or search.is_late(message) or offer.reply_by <= search.desk.at
    call.why = _("asked, no answer yet")
    if message is None:
        call.why = _("wants to be rung") if way.number else _("no address and no number")
    elif search.is_late(message):
        call.why = _("the message did not arrive")
    elif leaves := searching.goes(message, search.desk.at):
        call.why = _("not asked yet: {leaves}").format(leaves=leaves)
    return call


def _to_helper(
    search: Search, rows: list[Replacement], helper: Helper, way: Way, later: Mapping[int, datetime]
) -> Call:
    visits, opens = [row.visit for row in rows], later.get(helper.pk)
    return Call(
        starts_at=visits[0].starts_at,
        about=f"ask:{rows[0].public_id}:{helper.public_id}",
        name=helper.person.name,
        why=_("proposed, not asked yet"),
        visits=visits,
        say=partial(words.say_offer, visits[0].household, visits, helper.person, caller=search.desk.me.name),
        language=helper.person.language,
        number=way.number,
        to_helper=True,
        must=False,
        not_before=opens,
        from_when=_from_when(opens, search.desk.at) if opens else "",
    )


def _from_when(opens: datetime, at: datetime) -> str:
    """From when on she may be asked: the hour, and the day unless that is today."""
    today = opens.astimezone(clock.HOME).date() == at.astimezone(clock.HOME).date()
    return words.hour(opens) if today else words.moment(opens)


def _fill_tries(search: Search, found: list[Call]) -> None:
    """When somebody rang before and nobody picked up, and who that was."""
    if not found:
        return
    tries = search.turn.calls.filter(outcome=PhoneCall.Outcome.NO_ANSWER).select_related("household", "helper", "offer")
    rung = list(tries.order_by("pk"))
    callers = Colleague.objects.filter(public_id__in={call.made_by_ref for call in rung})
    names = dict(callers.values_list("public_id", "name"))
    households = {str(row.public_id): row.visit.household_id for row in search.rows}
    by_whom = defaultdict(list)
    for call in rung:
        by_whom[_rung(call)].append((call.made_at, names.get(call.made_by_ref or call.public_id, "")))
    for one in found:
        kind, *refs = one.about.split(":")
        one.tries = by_whom[(f"ask:{households[refs[0]]}:{refs[1]}" if kind == "ask" else one.about)]


def _rung(call: PhoneCall) -> str:
    if call.helper is not None and call.about == About.ASKED:
        return f"ask:{call.household_id}:{call.helper.public_id}"
    return f"{call.about.lower()}:{(call.offer or call.household).public_id}"


# --- Households ----------------------------------------------------------------------------------------


def _households(search: Search, blocks: Blocks) -> list[Call]:
    """The households whose news cannot be sent, or did not arrive."""
    news = [*_first_of_all(search, blocks), *_covered(search, blocks), *_without(search, blocks)]
    told, ways = _of_homes(news)
    found = []
    for about, offer, visits in news:
        person = told.get(visits[0].household_id)
        way = ways[person.pk] if person else Way(Channel.PHONE)
        found.append(_to_household(search, about, offer, visits, person or _nameless(visits[0].household)))
        found[-1].number = way.number
        if person is None:
            found[-1].why = _("nobody is noted who hears about visits")
        elif about == About.COVERED and not way.is_call:
            found[-1].why = _("the message did not arrive")
    return found


def _of_homes(news: Collection[tuple[About, Any, list[Visit]]]) -> tuple[dict[int, Person], dict[int, Way]]:
    """Who of each household (by number) of this news is told, and how each of them (by number) hears."""
    if not news:
        return {}, {}
    told = lookup.told_of({visits[0].household_id for _about, _offer, visits in news})
    return told, reaching.of_people(list(told.values()))


def _first_of_all(search: Search, blocks: Blocks) -> Iterable[tuple[About, Offer | None, list[Visit]]]:
    """Who wants to be rung before anybody is asked, with the visits that nobody was asked for yet."""
    for household, rows in blocks.items():
        ahead = [row.visit for row in rows if _can_be_asked(row, search.desk.at)]
        if ahead and search.rings_first(household):
            yield About.FIRST, None, ahead


def _nameless(household: Household) -> Person:
    return Person(last_name=household.name)


def _covered(search: Search, blocks: Blocks) -> Iterable[tuple[About, Offer | None, list[Visit]]]:
    """Who hears by telephone who comes: nothing was sent, or it did not arrive, and nobody rang yet."""
    for offer in search.all_offers:
        going = {row.visit_id for row in offer.assignments.all() if row.ended_at is None}
        visits = [row.visit for row in blocks[offer.household_id] if row.visit_id in going]
        message = search.messages.get(Subject("covered", offer.public_id))
        sent = message is not None and not search.is_late(message)
        if visits and visits[-1].ends_at > search.desk.at and not sent and (About.COVERED, offer.pk) not in search.told:
            yield About.COVERED, offer, visits


def _without(search: Search, blocks: Blocks) -> Iterable[tuple[About, Offer | None, list[Visit]]]:
    """Who hears by telephone that nobody comes, or that nobody who could go is left to ask.

    Also who was to hear more before a moment that is past, whoever is still asked.
    """
    overdue = waiting.overdue(search.rows, at=search.desk.at)
    awaited = {inside.visit_id for offer in _waiting(search) for inside in offer.visits.all()}
    for household, rows in blocks.items():
        ahead = [row for row in rows if row.closed_at is None and row.visit.ends_at > search.desk.at]
        unasked = bool(ahead) and search.is_unasked(ahead[0])
        about = About.NOBODY if unasked else About.SEARCHING
        lost = [row for row in ahead if unasked or _is_lost(search, row, awaited)]
        late = [row.visit for row in ahead if row.visit_id in overdue and not unasked]
        if late:
            yield About.SEARCHING, None, late
            continue
        written = [search.messages[waiting.cause(row)] for row in rows if waiting.cause(row) in search.messages]
        written += search.looked_on(household)
        if search.rung_on(household) is not None or search.rings_first(household):
            continue
        knows = any(not search.is_late(message) for message in written) and not unasked
        if lost and not knows and (about, household) not in search.told:
            yield about, None, [row.visit for row in lost]


def _is_lost(search: Search, row: Replacement, awaited: set[int]) -> bool:
    """Whether no answer is awaited, and nobody is left who could be asked."""
    asked = {offer.helper_id for offer in search.offers[row.visit_id] if offer.withdrawn_at is None}
    ranking = search.rankings.get(row.visit_id)
    left = ranking is not None and any(one.helper not in asked for one in ranking.candidates)
    return row.visit_id not in awaited and not left


def _to_household(search: Search, about: About, offer: Offer | None, visits: list[Visit], person: Person) -> Call:
    return Call(
        starts_at=visits[0].starts_at,
        about=f"{about.lower()}:{offer.public_id if offer else visits[0].household.public_id}",
        name=person.name,
        why=WHY.get(about) or _("wants to be rung"),
        visits=visits,
        say=partial(_script, search, about, offer, visits, person),
        language=person.language,
        number="",
        to_helper=False,
        must=True,
    )


def _script(search: Search, about: About, offer: Offer | None, visits: list[Visit], person: Person) -> str:
    """The words for this news, in the language of who is rung."""
    caller, turn = search.desk.me.name, search.turn
    before = waiting.hears_before(visits[0].starts_at, at=search.desk.at)
    if about == About.FIRST:
        move = search.wants[visits[0].household_id] == StandingWish.Want.MOVE
        return words.say_first(turn, visits, person, caller=caller, move=move)
    if about == About.NOBODY:
        return words.say_nobody_comes(turn, visits, person, caller=caller)
    if about == About.OWN_BACK:
        return turned.say_own_back(turn, visits, person, caller=caller)
    if offer is None:
        return words.say_nobody_yet(turn, visits, person, caller=caller, before=before)
    if about == About.LOOKING_ON:
        return turned.say_looking_on(offer, visits, person, caller=caller, before=before)
    if about == About.ALTERED:
        return turned.say_altered(offer, visits, person, caller=caller, going=altered.who_comes(visits))
    say = {About.KEPT: turned.say_kept, About.SKIPPED: turned.say_skipped}.get(about, words.say_covered)
    return say(offer, visits, person, caller=caller)


# --- What turned out otherwise -------------------------------------------------------------------------


def _turned(search: Search, blocks: Blocks) -> Iterable[Call]:
    """Who hears what became of it, and cannot be written to: the helper, the household."""
    news = [*_of_helpers(search, blocks), *_of_promises(search, blocks), *_of_changes(search), *_of_own(search)]
    told, ways = _of_homes(news)
    hear = [offer.helper for about, offer, _visits in news if about in TO_HELPER]
    helpers = reaching.of_helpers(hear) if hear else {}
    for about, offer, visits in news:
        if about in TO_HELPER:
            yield _to_tell_helper(search, about, offer, visits, helpers[offer.helper_id])
        else:
            person = told.get(visits[0].household_id)
            call = _to_household(search, about, offer, visits, person or _nameless(visits[0].household))
            call.number = ways[person.pk].number if person else ""
            call.why = _("nobody is noted who hears about visits") if person is None else call.why
            yield call


def _of_helpers(search: Search, blocks: Blocks) -> Iterable[tuple[About, Offer, list[Visit]]]:
    """Who had it and need not go, who said yes for a period and was chosen, and who said so and was not."""
    for offer in search.all_offers:
        mine, chosen_for = offer.assignments.all(), offer.rule == Offer.Rule.CHOOSE and offer.answer == Offer.Answer.YES
        ended = {row.visit_id for row in mine if row.ended_by_kind == "called_off"}
        if offer.is_called_off and not search.knows(About.CALLED_OFF, offer):
            yield from _ahead(search, About.CALLED_OFF, offer, blocks, ended)
        elif chosen_for and offer.withdrawn_at is None and offer.goes and not search.knows(About.CHOSEN, offer):
            yield from _ahead(search, About.CHOSEN, offer, blocks, {one.visit_id for one in mine if not one.ended_at})
        elif chosen_for and offer.withdrawn_at is not None and not offer.goes and not search.is_thanked(offer):
            said = {one.visit_id for one in offer.visits.all() if not one.left_out}
            yield from _ahead(search, About.CALLED_OFF, offer, blocks, said)


def _of_promises(search: Search, blocks: Blocks) -> Iterable[tuple[About, Offer, list[Visit]]]:
    """What the household does not know yet: that she comes after all, that we look on, that nobody comes."""
    for offer in search.all_offers:
        said, mine = search.objections.get(offer.pk), offer.assignments.all()
        ended = {row.visit_id for row in mine if row.ended_by_kind == "called_off"}
        if said is not None and said.decision == "KEEP" and not search.knows(About.KEPT, offer):
            yield from _ahead(search, About.KEPT, offer, blocks, {one.visit_id for one in mine if not one.ended_at})
        elif said is not None and said.decision == "SKIP" and not search.knows(About.SKIPPED, offer):
            yield from _ahead(search, About.SKIPPED, offer, blocks, ended)
        elif offer.is_called_off and not search.knows(About.LOOKING_ON, offer) and search.heard_of(offer):
            left = {row.visit_id for row in blocks[offer.household_id] if row.closed_at is None}
            yield from _ahead(search, About.LOOKING_ON, offer, blocks, ended & left)


def _of_changes(search: Search) -> Iterable[tuple[About, Offer, list[Visit]]]:
    """Who does not know yet how it is now: the helper who said yes, and the household if she goes there."""
    of_rows = {row.visit_id: row.visit for row in search.rows}
    for offer in search.all_offers:
        pairs = [pair for pair in offer.visits.all() if pair.changed_at and pair.visit_id in of_rows]
        visits = [visit for visit in (of_rows[pair.visit_id] for pair in pairs) if visit.ends_at > search.desk.at]
        if visits and offer.withdrawn_at is None and offer.answer == Offer.Answer.YES:
            abouts = (About.CHANGED, About.ALTERED) if offer.goes and search.heard_of(offer) else (About.CHANGED,)
            yield from ((about, offer, visits) for about in abouts if not search.knows_change(about, offer))


def _ahead(
    search: Search, about: About, offer: Offer, blocks: Blocks, numbers: set[int]
) -> Iterable[tuple[About, Offer, list[Visit]]]:
    """This news of those visits of the offer that are still to come, if any is."""
    rows = [row.visit for row in blocks[offer.household_id] if row.visit_id in numbers]
    ahead = [visit for visit in rows if visit.ends_at > search.desk.at]
    if ahead:
        yield about, offer, ahead


def _of_own(search: Search) -> Iterable[tuple[About, Any, list[Visit]]]:
    """The households that heard otherwise and do not know yet that their own helper comes."""
    if not any(row.outcome == Replacement.Outcome.WITHDRAWN for row in search.rows):
        return
    for block in cancellations.own_back(search.turn, at=search.desk.at):
        message = search.messages.get(cancellations.own_back_cause(block[0]))
        written = message is not None and not search.is_late(message)
        call = search.told.get((About.OWN_BACK, block[0].visit.household_id))
        if not written and not cancellations.is_told(block, call):
            yield About.OWN_BACK, None, [row.visit for row in block]


def _to_tell_helper(search: Search, about: About, offer: Offer, visits: list[Visit], way: Way) -> Call:
    if about == About.CHANGED:
        off = {pair.visit_id for pair in offer.visits.all() if pair.known_start is None}
        say = partial(turned.say_changed, offer, visits, caller=search.desk.me.name, off=off)
    else:
        say = partial(SAY_TO_HELPER[about], offer, visits, caller=search.desk.me.name)
    return Call(
        starts_at=visits[0].starts_at,
        about=f"{about.lower()}:{offer.public_id}",
        name=offer.helper.person.name,
        why=WHY[about],
        visits=visits,
        say=say,
        language=offer.helper.person.language,
        number=way.number,
        to_helper=False,
        must=True,
    )


# --- What was said -------------------------------------------------------------------------------------


def note(here: Desk, turn: Round, *, about: str, outcome: str, rang_us: bool = False, reason: str = "") -> str:
    """Do what was said; returns what to tell the colleague.  Raises `Refused` with the reason in words."""
    kind, *refs = about.split(":")
    try:
        if kind == "ask" and rang_us:
            return _note_heard(here, turn, uuid.UUID(refs[0]), uuid.UUID(refs[1]), outcome)
        if kind == "ask":
            return _note_helper(here, turn, uuid.UUID(refs[0]), uuid.UUID(refs[1]), outcome)
        if outcome == RATHER_NOT:
            return _note_rather_not(here, turn, uuid.UUID(refs[0]), reason)
        return _note_household(here, turn, kind, uuid.UUID(refs[0]), outcome)
    except calls.NotNow as news:
        raise Refused(_not_now(_from_when(news.opens, here.at))) from None
    except replacements.AlreadyTaken:
        raise Refused(_("Somebody else said yes first. Thank her kindly: she need not go.")) from None
    except replacements.PartlyTaken:
        raise Refused(
            _("Somebody else goes to one of these visits by now. Ask whether she can go to the others.")
        ) from None
    except replacements.Begun:
        raise Refused(
            _(
                "This visit has begun, so this yes was not booked and nobody counts on her. Can she still come? Ring"
                " the household, move the visit to a later hour, and ask her then."
            )
        ) from None
    except replacements.NotFree:
        raise Refused(_("She has another visit then, or cannot come herself, so this yes was not booked.")) from None
    except arrangements.StandsAlone:
        raise Refused(
            _("This visit is outside any agreement, so it was not skipped. Change it on its own page.")
        ) from None
    except calls.OldNews:
        raise Refused(_("This has changed meanwhile. Look at the call list before you ring.")) from None


def _not_now(when: str) -> str:
    return _(
        "She does not want to be asked before {when}, so nothing was written down. Did she ring you herself? Then tick"
        " that with her answer."
    ).format(when=when)


def _note_helper(here: Desk, turn: Round, replacement: uuid.UUID, helper: uuid.UUID, outcome: str) -> str:
    """A colleague rang her, about a question that stands or with a new one."""
    row, whom = _rung_about(turn, replacement, helper, outcome)
    by, at, offer = here.visitor.actor, here.at, _question(turn, row, whom)
    if offer is not None:
        calls.answer(offer, outcome=outcome, by=by, at=at)
        return _noted(outcome)
    wanted = asks(turn, _about_block(turn, row, helper), at=at)
    if not wanted:
        calls.check_hours(whom.pk, at=at)
        raise replacements.AlreadyTaken
    calls.ask(turn, wanted, outcome=outcome, by=by, at=at)
    return _noted(outcome)


def _note_heard(here: Desk, turn: Round, replacement: uuid.UUID, helper: uuid.UUID, outcome: str) -> str:
    """She rang herself: about a question that stands, or before anybody asked her."""
    row, whom = _rung_about(turn, replacement, helper, outcome)
    by, at, offer = here.visitor.actor, here.at, _question(turn, row, whom)
    if outcome == PhoneCall.Outcome.NO_ANSWER:
        raise Refused(_("Who rings us says yes or no. Note which of the two."))
    if offer is not None:
        calls.heard(offer, outcome=outcome, by=by, at=at)
        return _noted(outcome)
    able = asks(turn, _about_block(turn, row, helper), at=at, but=planning.SPEAKS)
    if not able:
        raise Refused(_("By the plan she cannot go there, so nothing was booked. Look why she cannot."))
    calls.offered(turn, able, outcome=outcome, by=by, at=at)
    return _noted(outcome)


def _about_block(turn: Round, row: Replacement, helper: uuid.UUID) -> set[tuple[str, str]]:
    """This helper with every visit of the household of this one."""
    rows = turn.replacements.filter(visit__household=row.visit.household_id).values_list("public_id", flat=True)
    return {(str(one), str(helper)) for one in rows}


def _noted(outcome: str) -> str:
    return {
        PhoneCall.Outcome.YES: _("Noted: yes."),
        PhoneCall.Outcome.NO: _("Noted: no."),
        PhoneCall.Outcome.NO_ANSWER: _("Noted: nobody picked up."),
    }[PhoneCall.Outcome(outcome)]


def _rung_about(turn: Round, replacement: uuid.UUID, helper: uuid.UUID, outcome: str) -> tuple[Replacement, Helper]:
    """About which visit it was, and who was on the telephone."""
    row = turn.replacements.filter(public_id=replacement).select_related("visit").first()
    whom = Helper.objects.filter(public_id=helper).first()
    if row is None or whom is None or outcome not in calls.HEARD:
        raise Refused(_("Choose whom you rang from the call list."))
    return row, whom


def _question(turn: Round, row: Replacement, helper: Helper) -> Offer | None:
    """The question that this helper has about this visit, if she was asked."""
    asked = turn.offers.filter(helper=helper, withdrawn_at=None, visits__visit=row.visit_id)
    return asked.select_related("round__team", "helper__person", "household").order_by("-pk").first()


def _note_rather_not(here: Desk, turn: Round, ref: uuid.UUID, reason: str) -> str:
    """A household knows who comes, and would rather have another."""
    offer = turn.offers.filter(public_id=ref).select_related("household__team", "helper__person", "round__team").first()
    if offer is None:
        raise Refused(_("Choose whom you rang from the call list."))
    calls.rather_not(turn, offer, reason=reason, by=here.visitor.actor, at=here.at)
    return _("Noted: rather not {name}. You decide what happens.").format(name=offer.helper.person.first_name)


def _note_household(here: Desk, turn: Round, kind: str, ref: uuid.UUID, outcome: str) -> str:
    about = About(kind.upper())
    offer = None
    if about in OF_AN_OFFER:
        offer = turn.offers.filter(public_id=ref).select_related("household", "helper").first()
        household = offer.household if offer else None
    else:
        household = Household.objects.filter(public_id=ref, visits__replacements__round=turn).first()
    if household is None or outcome not in ENDS.get(about, TELLING):
        raise Refused(_("Choose whom you rang from the call list."))
    if about == About.FIRST:
        calls.first(turn, household, outcome=outcome, by=here.visitor.actor, at=here.at)
        return str(FIRST[PhoneCall.Outcome(outcome)])
    calls.tell(turn, News(household, about, offer), outcome=outcome, by=here.visitor.actor, at=here.at)
    return _("Noted: told.") if outcome == PhoneCall.Outcome.TOLD else _("Noted: nobody picked up.")
