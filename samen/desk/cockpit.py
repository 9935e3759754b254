"""The cockpit of one absence: who could go, who was asked, who said yes, who was told."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from samen.base import outbox
from samen.base.journal import Subject
from samen.base.models import OutboxMessage
from samen.desk import planning as law
from samen.desk import searching
from samen.desk.searching import Search
from samen.desk.sitting import Desk
from samen.people import lookup, places, travel
from samen.people.models import Helper, StandingWish
from samen.visits import objections, planning, waiting, willing, words
from samen.visits.models import About, Absence, Offer, PhoneCall, Replacement, Round
from samen.visits.planning import Step

ASKED_AT_ONCE = 3  # how many are ticked beforehand for a visit (the planner says who)


@dataclass
class Pick:
    """Somebody who could go, or who was asked."""

    helper_id: str
    name: str
    travel_minutes: int | None
    mode: str
    reasons: list[tuple[str, str]]
    chosen: bool = False
    offer_state: str | None = None
    offer_id: str = ""
    twice: bool = False
    travel_source: str = ""
    kept: str = ""  # why she who said yes can no longer go
    goes: str = ""  # when a question that waits for her hours leaves


@dataclass(frozen=True)
class Rung:
    """A step of the ladder in words; who is of another team can be asked at once."""

    words: str
    name: str = ""
    helper_id: str = ""


@dataclass
class Row:
    """One visit that needs other hands."""

    replacement_id: str
    date: Any
    starts_at: datetime
    ends_at: datetime
    minutes: int
    household_name: str
    household_url: str
    household_id: str
    place_name: str
    state: str
    picks: list[Pick] = field(default_factory=list)
    others: int = 0
    why_not_url: str = ""
    steps: list[Rung] = field(default_factory=list)
    visit_url: str = ""
    told: str | None = None
    told_at: datetime | None = None
    covered_by: str = ""
    twice: bool = False
    wish: str = ""
    unasked: bool = False
    ring_first: bool = False
    may_object: bool = False
    objection: dict[str, Any] | None = None
    offer_id: str = ""

    @property
    def lost_yes(self) -> bool:
        """Whether somebody said yes who can no longer go."""
        return any(pick.kept for pick in self.picks)

    @property
    def unsent(self) -> bool:
        """Whether somebody is asked, and no question has left yet."""
        states = {pick.offer_state for pick in self.picks} - {None, "withdrawn", "too_late"}
        return bool(states) and states <= {"ready", "stuck", "failed"}

    @property
    def too_late(self) -> bool:
        """Whether nobody was asked, because a question could not leave in time."""
        asked = {pick.offer_state for pick in self.picks} - {None, "withdrawn"}
        return asked <= {"too_late"} and self.state == "open"

    @property
    def has_next(self) -> bool:
        """Whether somebody is left who could be asked."""
        return any(not pick.offer_state for pick in self.picks)


def cockpit(found: Search, absence: Absence, *, possible: bool, whole: bool = False) -> dict[str, Any]:
    """Everything the page shows of one search; `possible` is with what would bring somebody where nobody can go.

    That takes longer than all the rest, so the page is there first, and asks for it: as the `whole` if it was that.
    """
    desk, turn = found.desk, found.turn
    sent = found.waves > 0
    towns = places.of_households({row.visit.household_id for row in found.rows}, desk.at.date())
    ladders, named = searching.ladders(found) if possible else ({}, {})
    page, whys = (reverse(name, args=[desk.visitor.slug, absence.public_id]) for name in ("cockpit", "why_not"))
    rows = []
    for row in found.rows:
        want = found.wants.get(row.visit.household_id, "")
        shown = Row(
            replacement_id=str(row.public_id),
            date=row.visit.local_date,
            starts_at=row.visit.starts_at,
            ends_at=row.visit.ends_at,
            minutes=row.visit.minutes,
            household_name=row.visit.household.name,
            household_url=reverse("household", args=[desk.visitor.slug, row.visit.household.public_id]),
            household_id=str(row.visit.household.public_id),
            place_name=places.roughly(towns.get(row.visit.household_id)),
            state=state_of(row, found.offers[row.visit_id], found.kept, desk.at),
            wish=_wish(found, row, want),
            unasked=found.is_unasked(row),
        )
        shown.ring_first = found.rings_first(row.visit.household_id) and shown.state == "proposal"
        _fill_asked(shown, found, row)
        if row.closed_at is None:
            _fill_searching(shown, found, row)
        shown.visit_url = reverse("visit", args=[desk.visitor.slug, row.visit.public_id])
        ranking = found.rankings.get(row.visit_id)
        if ranking is not None and row.closed_at is None and shown.state != "begun":
            rung = (About.FIRST, row.visit.household_id) in found.told
            fresh = turn.sent_at is None or row.created_at > turn.sent_at  # she is ill for longer than was known
            again = shown.state == "open" or bool(found.offers[row.visit_id])  # of whoever was asked nobody goes
            tick = want not in planning.FIRST_A_CALL and (not sent or again or rung or fresh)
            _fill_proposal(shown, ranking, found.helpers, found.offers[row.visit_id], tick=tick)
            if shown.state in ("nobody", "open"):
                shown.steps = [_step(step, named) for step in ladders.get(row.visit_id, ())]
            shown.why_not_url = f"{whys}?bezoek={row.public_id}"
        rows.append(shown)
    _fill_may_object(rows, found)
    return {
        "absence": {
            "helper_name": absence.helper.person.name,
            "helper_url": reverse("helper", args=[desk.visitor.slug, absence.helper.public_id]),
            "since": absence.starts_at,
            "until": absence.expected_until,
            "by_name": _reporter(absence),
            "ill": absence.kind == Absence.Kind.ILLNESS,
            "taken_back": absence.withdrawn_at is not None,
        },
        "rows": rows,
        "can_send": any(not pick.offer_state for row in rows for pick in row.picks),
        "wave": found.waves + 1,
        "over": found.over,
        "whole_url": f"{page}?eerder=1",
        "ring_url": f"{page}?eerder=1&bellen=1" if whole else f"{page}?bellen=1",
        "call_off_url": reverse("call_off", args=[desk.visitor.slug, absence.public_id])
        if any(offer.withdrawn_at is None and offer.stage != Offer.Stage.NO for offer in found.all_offers)
        else "",
        "decide_url": reverse("decide", args=[desk.visitor.slug, absence.public_id]),
        "choose_url": reverse("choose", args=[desk.visitor.slug, absence.public_id]),
        "send_label": _send_label(rows),
        "can_undo": sent and turn.send_after is not None and turn.send_after > desk.at,
        "undo_seconds": int((turn.send_after - desk.at).total_seconds()) if turn.send_after else 0,
        "leaves_at": turn.leaves_at if turn.sent_at is None else None,
        "leaves_seconds": seconds_left(turn, desk.at),
        "stop_url": reverse("stop_leaving", args=[desk.visitor.slug, absence.public_id]),
        "undo_url": reverse("undo", args=[desk.visitor.slug, absence.public_id]),
        "send_url": page,
        "possible_url": page + ("?eerder=1&mogelijk=1" if whole else "?mogelijk=1")
        if found.proposal.nowhere and not possible
        else "",
        "call_url": reverse("call", args=[desk.visitor.slug, absence.public_id]),
        "withdraw_url": reverse("withdraw", args=[desk.visitor.slug, absence.public_id])
        if not sent and absence.withdrawn_at is None and not any(row.state == "covered" for row in rows)
        else "",
        "withdrawn": absence.withdrawn_at is not None and turn.undone_at is not None,  # else something is left to seek
        "household_words": _household_words(found.rows, turn),
        "cautions": law.of_other_form(row.visit for row in found.rows),
        "stuck": searching.stuck(found.messages.values(), found.desk.at),
        "untold": _untold(found) if sent else 0,
        "waiting_url": reverse("tell_waiting", args=[desk.visitor.slug, absence.public_id]),
    }


def _wish(found: Search, row: Replacement, want: str) -> str:
    """What the household wants at such an absence, or said when it was rung first."""
    if (About.FIRST, row.visit.household_id) in found.told:
        return _("rung: somebody else may come")
    return str(StandingWish.Want(want).label) if want else ""


def seconds_left(turn: Round, at: datetime) -> int:
    """How long the proposal of this round can be stopped before it leaves by itself."""
    return max(int((turn.leaves_at - at).total_seconds()), 0) if turn.leaves_at and turn.sent_at is None else 0


def _untold(found: Search) -> int:
    """How many households have nobody for a visit ahead, and do not know that we are looking."""
    ahead = [row for row in found.rows if row.closed_at is None and row.visit.starts_at > found.desk.at]
    households = {row.visit.household_id for row in ahead if not found.is_unasked(row)}
    households -= {one for one in households if found.rings_first(one)}
    written = {row.visit.household_id for row in ahead if waiting.cause(row) in found.messages}
    written |= {one for one in households if found.looked_on(one) or found.rung_on(one)}
    return len({one for one in households - written if (About.SEARCHING, one) not in found.told})


def state_of(row: Replacement, offers: list[Offer], kept: Collection[tuple[int, int]], at: datetime) -> str:
    """How far the search for this visit came: proposal, asked, choosing, open again, covered, lost, undone, begun.

    Open again is also what was asked too late to leave, unless somebody else is asked by now.
    """
    if row.outcome == Replacement.Outcome.COVERED:
        return "covered" if row.visit.assignments.all() or row.visit.cancelled_at else "lost"
    if row.outcome == Replacement.Outcome.PASSED and row.visit.cancelled_at is not None:
        return "skipped"
    if row.closed_at is not None:
        return "undone"
    if row.visit.starts_at <= at:
        return "begun"
    asked = [offer for offer in offers if offer.withdrawn_at is None]
    can_go = [offer for offer in asked if offer.is_willing and (offer.pk, row.visit_id) not in kept]
    if any(not _is_left_out(offer, row) for offer in can_go):
        return "choosing"
    if any(not offer.answer and offer.reply_by > at for offer in asked):
        return "asked"
    return "open" if asked or any(offer.is_unasked for offer in offers) else "proposal"


KEPT = {
    willing.Kept.LEFT: gettext_lazy("said yes, but is no longer in this team"),
    willing.Kept.ABSENT: gettext_lazy("said yes, but cannot come herself any more"),
    willing.Kept.ELSEWHERE: gettext_lazy("said yes, but goes elsewhere at that time by now"),
}


def _kept(found: Search, offer: Offer, row: Replacement) -> str:
    """Why she who said yes can no longer go, in words; empty when she can, or did not say yes."""
    keeps = found.kept.get((offer.pk, row.visit_id))
    return str(KEPT[keeps]) if keeps is not None else ""


def chosen(offer: Offer) -> str:
    """What a coordinator hears who chose this yes."""
    name = offer.helper.person.first_name
    if offer.visits.filter(left_out=True).exists():
        text = _("{name} goes, but not every time: what she cannot do still looks for somebody. Everybody is told.")
        return text.format(name=name)
    return _("{name} goes. She and the household are told.").format(name=name)


def _is_left_out(offer: Offer, row: Replacement) -> bool:
    return any(inside.left_out for inside in offer.visits.all() if inside.visit_id == row.visit_id)


def _fill_asked(row: Row, found: Search, sought: Replacement) -> None:
    """Show who was asked, how far the question came, and whether the household knows."""
    latest = {offer.helper_id: offer for offer in found.offers[sought.visit_id]}
    for offer in latest.values():
        message = found.messages.get(Subject.of(offer))
        if offer.is_unasked and _can_go(offer, found, sought):
            continue  # it did not leave, and she can be asked again: the proposal shows her
        if offer.withdrawn_at is not None and row.state == "proposal":
            continue  # called back before it left: the proposal shows this helper again
        row.picks.append(
            Pick(
                helper_id=str(offer.helper.public_id),
                name=offer.helper.person.first_name,
                travel_minutes=travel.about(offer.reasons.get("travel_minutes")),
                mode=offer.helper.mode.lower(),
                reasons=reasons((part["part"], part["cost"], part["count"]) for part in offer.reasons["parts"]),
                offer_state="no" if _is_left_out(offer, sought) else _offer_state(offer, message, found),
                kept=_kept(found, offer, sought),
                offer_id=str(offer.public_id),
                twice=message is not None and outbox.possibly_twice(message),
                goes=searching.goes(message, found.desk.at) if message is not None else "",
            )
        )
        if offer.goes and not _is_left_out(offer, sought):
            row.covered_by = offer.helper.person.first_name
            message = found.messages.get(Subject("covered", offer.public_id))
            _fill_told(row, found, message, found.told.get((About.COVERED, offer.pk)))
            if row.state == "covered" and offer.withdrawn_at is None:
                row.offer_id = str(offer.public_id)
                _fill_objection(row, found, offer, sought)


def _fill_objection(row: Row, found: Search, offer: Offer, sought: Replacement) -> None:
    """What the household said of who comes: the row is open again until somebody decides."""
    said = found.objection(offer)
    if said is None or sought.visit.starts_at <= found.desk.at:
        return
    row.state = "objected"
    row.objection = {
        "id": str(said.public_id),
        "reason": said.reason,
        "said_at": said.said_at,
        "name": offer.helper.person.first_name,
        "first": sought.visit_id == min(one.visit_id for one in offer.assignments.all() if one.ended_at is None),
        "others": [one.person.first_name for one in planning.others_for(sought.visit, offer.helper, at=found.desk.at)],
    }


def _fill_may_object(rows: list[Row], found: Search) -> None:
    """Once for each promise: where a colleague notes that the household would rather have another."""
    said = {str(offer.public_id) for offer in found.all_offers if offer.pk in found.objections}
    for row in rows:
        if row.state == "covered" and row.offer_id and row.offer_id not in said and row.starts_at > found.desk.at:
            row.may_object = True
            said.add(row.offer_id)


def _fill_searching(shown: Row, found: Search, row: Replacement) -> None:
    """Whether a household without anybody knows that we are looking."""
    block = [one for one in found.rows if one.visit.household_id == row.visit.household_id]
    written = [found.messages[waiting.cause(one)] for one in block if waiting.cause(one) in found.messages]
    household = row.visit.household_id
    written = [*found.looked_on(household), *written]
    call = found.rung_on(household) or found.told.get((About.SEARCHING, household))
    if call is not None or written:
        _fill_told(shown, found, written[0] if written else None, call)


def _fill_told(row: Row, found: Search, message: OutboxMessage | None, call: PhoneCall | None) -> None:
    """Told is delivered or spoken; what waits for the gateway is neither."""
    if call is not None:
        row.told, row.told_at = "spoken", call.made_at
    elif message is None or found.is_late(message):
        row.told = "call"
    elif message.state == OutboxMessage.State.SENT:
        row.told = "sent"
        row.told_at = max((one.finished_at for one in message.deliveries.all() if one.finished_at), default=None)
    else:
        row.told = "queued"
    row.twice = message is not None and outbox.possibly_twice(message)


def _can_go(offer: Offer, found: Search, sought: Replacement) -> bool:
    """Whether the helper of this offer is proposed for this visit."""
    ranking = found.rankings.get(sought.visit_id)
    return ranking is not None and any(one.helper == offer.helper_id for one in ranking.candidates)


def _offer_state(offer: Offer, message: OutboxMessage | None, found: Search) -> str:
    if offer.is_unasked:
        return "too_late"
    if offer.withdrawn_at is not None:
        return "withdrawn"
    if offer.answer:
        return "willing" if offer.is_willing else offer.answer.lower()
    if message is None:
        return "call"
    if message.state == OutboxMessage.State.FAILED:
        return "failed"
    if message.state == OutboxMessage.State.CANCELLED:
        return "too_late"
    if message.state == OutboxMessage.State.QUEUED:
        return "stuck" if found.is_late(message) else "ready"
    return "late" if offer.reply_by < found.desk.at else "sent"


def _fill_proposal(row: Row, ranking: Any, helpers: Mapping[int, Helper], offers: list[Offer], *, tick: bool) -> None:
    asked = {offer.helper_id for offer in offers if offer.withdrawn_at is None}
    left = [candidate for candidate in ranking.candidates if candidate.helper not in asked]
    shown = left[: searching.SHOWN] if row.state in ("proposal", "open") else []
    wanted = set(ranking.asked) - asked or {one.helper for one in left[:ASKED_AT_ONCE]}
    for candidate in shown:
        helper = helpers[candidate.helper]
        row.picks.append(
            Pick(
                helper_id=str(helper.public_id),
                name=helper.person.first_name,
                travel_minutes=travel.about(candidate.travel),
                travel_source=candidate.source,
                mode=helper.mode.lower(),
                reasons=reasons((part.part, part.cost, part.count) for part in candidate.reasons),
                chosen=tick and candidate.helper in wanted,
            )
        )
    row.others = ranking.others
    if not row.picks:
        row.state = "nobody"


def _step(step: Step, helpers: Mapping[int, Helper]) -> Rung:
    """One step of the ladder, in a sentence: another team and who would take something over by their names."""
    goes, takes = helpers.get(step.helper or 0), helpers.get(step.taker or 0)
    others = takes.person.first_name if takes else goes.team.name if goes and step.team else ""
    name = goes.person.first_name if goes else ""
    when = (step.starts_at, step.ends_at) if step.starts_at and step.ends_at else None
    said = words.step(step.change, name=name, by=step.by, when=when, others=others)
    return Rung(said, name, str(goes.public_id)) if goes and step.team else Rung(said)


def reasons(parts: Iterable[tuple[str, int, int]]) -> list[tuple[str, str]]:
    """The parts of the cost with their sign: plus speaks for the helper.  The way stands beside them, in minutes."""
    return [("+" if cost < 0 else "-", _reason(part, count)) for part, cost, count in parts if part != "TRAVEL"]


REASONS: dict[str, Any] = {
    "TRAVEL_UNKNOWN": gettext_lazy("way unknown"),
    "FAMILIAR": ngettext_lazy("came {count} time before", "came {count} times before", "count"),
    "NEW_FACE": gettext_lazy("a new face"),
    "RATHER": gettext_lazy("they like each other"),
    "RATHER_NOT": gettext_lazy("rather not this pair"),
    "NEIGHBOUR": gettext_lazy("is of another team"),
    "STEADY": ngettext_lazy("can come {count} time", "can come {count} times", "count"),
    "OTHER_FACE": gettext_lazy("one more face for this household"),
    "MORE_HOURS": gettext_lazy("{minutes} minutes above the contract"),
    "ROOM": gettext_lazy("has hours to spare"),
    "ASKED": ngettext_lazy("was asked {count} time this week", "was asked {count} times this week", "count"),
    "ELSEWHERE": gettext_lazy("is needed elsewhere at that time"),
    "NOBODY": gettext_lazy("nobody can go"),
}


def _reason(part: str, count: int) -> str:
    return str(REASONS[part].format(count=count, minutes=count))


def others(row: Replacement, absence: Absence, desk: Desk) -> dict[str, Any]:
    """Why everybody else of the team cannot go to this visit, but for who was asked for it."""
    offers = list(row.round.offers.filter(visits__visit=row.visit_id, withdrawn_at=None))
    asked = {offer.helper_id for offer in offers if offer.answer != Offer.Answer.NO and not offer.is_called_off}
    refused = [one for one in searching.why_not(row, at=desk.at) if one[0].pk not in asked]
    unwanted, rather = objections.unwanted(row), _("the household would rather have somebody else")
    slug = desk.visitor.slug
    waits = row.closed_at is None and row.visit.starts_at > desk.at
    may_ask = waits and not any(not offer.answer and offer.reply_by > desk.at for offer in offers)
    enough = planning.ENOUGH
    return {
        "visit": row.visit,
        "row_id": str(row.public_id),
        "asked_enough": may_ask and any(refusal.rule == enough for _helper, refusal in refused),
        "household_name": row.visit.household.name,
        "others": [
            {
                "name": helper.person.first_name,
                "reason": rather if helper.person.first_name in unwanted else why_not(refusal.rule, refusal.by),
                "pair": f"{row.public_id}:{helper.public_id}",
                "may_be_asked": may_ask and refusal.rule == enough,
                "may_speak": waits and refusal.rule in planning.SPEAKS,
            }
            for helper, refusal in refused
        ],
        "back_url": reverse("cockpit", args=[slug, absence.public_id]),
        "call_url": reverse("call", args=[slug, absence.public_id]),
    }


WHY_NOT: dict[str, Any] = {
    "HERSELF_ABSENT": gettext_lazy("cannot come either"),
    "NEVER": gettext_lazy("never at this household"),
    "ONLY_OTHERS": gettext_lazy("the household wants somebody else, whom it knows"),
    "SAID_NO": gettext_lazy("said no to this question"),
    "TOO_EXPENSIVE": gettext_lazy("asks {euros} an hour more than this household pays"),
    "NOT_AVAILABLE": gettext_lazy("does not work at this time"),
    "BUSY": gettext_lazy("has another visit ({minutes} minutes overlap with the way)"),
    "REST": gettext_lazy("has {minutes} minutes too little rest between two days"),
    "ASK_PAUSE": gettext_lazy("does not want to be asked now"),
    "ASKED_OFTEN": gettext_lazy("was asked as often as she wants this week"),
    "ASKED_ENOUGH": ngettext_lazy(
        "was asked {count} time already this week", "was asked {count} times already this week", "count"
    ),
    "ASK_HOURS": gettext_lazy("does not want to be asked at this hour"),
    "TOO_FAR": gettext_lazy("too far, about {minutes} minutes more than agreed"),
}


def why_not(rule: str, by: int) -> str:
    """Why somebody cannot go, in words."""
    return str(WHY_NOT[rule].format(minutes=by, count=by, euros=euros(by) if rule == "TOO_EXPENSIVE" else ""))


def euros(cents: int) -> str:
    """An amount as it is written: € 1,50 in Dutch."""
    return f"€ {formats.number_format(cents / 100, decimal_pos=2)}"


def _reporter(absence: Absence) -> str:
    if absence.reported_by_ref is None:
        return ""
    subject = Subject("person", absence.reported_by_ref)
    return lookup.names([subject]).get(subject, "")


def _send_label(rows: list[Row]) -> str:
    blocks = {
        (row.household_name, pick.helper_id)
        for row in rows
        for pick in row.picks
        if pick.chosen and not pick.offer_state
    }
    if not blocks:
        return _("Ask whom you tick")
    return ngettext("Ask {count} question", "Ask {count} questions", len(blocks)).format(count=len(blocks))


def _household_words(replacements: list[Replacement], turn: Round) -> list[str]:
    """What each household will read of the absence, by its work form."""
    found = []
    for row in replacements:
        text = " ".join(words.why(turn.absence, row.visit)) if turn.absence else ""
        line = _("{household}: {text} … comes instead.").format(household=row.visit.household.name, text=text)
        if line not in found:
            found.append(line)
    return found
