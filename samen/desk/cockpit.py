"""The cockpit of one absence: who could go, who was asked, who said yes, who was told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import outbox
from samen.base.journal import Subject
from samen.base.models import OutboxMessage
from samen.desk import planning as law
from samen.desk.sitting import Desk
from samen.people import lookup, places, standing, travel
from samen.people.models import Helper, StandingWish
from samen.visits import planning, words
from samen.visits.models import Absence, Offer, Replacement, Round
from samen.visits.replacements import Ask

NOBODY_ELSE = (StandingWish.Want.NOBODY, StandingWish.Want.SKIP)
FIRST_A_CALL = (StandingWish.Want.MOVE, StandingWish.Want.CALL)
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
    twice: bool = False
    travel_source: str = ""


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
    refused: list[dict[str, str]] = field(default_factory=list)
    told: str | None = None
    told_at: datetime | None = None
    covered_by: str = ""
    twice: bool = False
    wish: str = ""
    unasked: bool = False


def cockpit(desk: Desk, absence: Absence, turn: Round) -> dict[str, Any]:
    """Everything the page shows.  Proposals are made anew while nothing is sent, so they are never stale."""
    replacements = list(
        turn.replacements.select_related("visit__household", "visit__arrangement").order_by("visit__starts_at", "pk")
    )
    offers = _offers(turn)
    rankings = planning.proposals(turn, at=desk.at) if turn.undone_at is None else {}
    sent = any(offer.withdrawn_at is None for of_visit in offers.values() for offer in of_visit)
    helpers = Helper.objects.select_related("person").in_bulk(
        {candidate.helper for ranking in rankings.values() for candidate in ranking.candidates}
        | {refusal.helper for ranking in rankings.values() for refusal in ranking.refused}
    )
    towns = places.of_households({row.visit.household_id for row in replacements}, desk.at.date())
    messages = outbox.states(
        [
            *(Subject.of(offer) for of_visit in offers.values() for offer in of_visit),
            *(Subject("covered", offer.public_id) for of_visit in offers.values() for offer in of_visit),
        ]
    )
    wants = _wants(turn, replacements)
    rows = []
    for row in replacements:
        want = wants.get(row.visit.household_id, "")
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
            state=_state(row, offers[row.visit_id]),
            wish=str(StandingWish.Want(want).label) if want else "",
            unasked=want in NOBODY_ELSE,
        )
        _fill_asked(shown, offers[row.visit_id], messages, desk.at)
        ranking = rankings.get(row.visit_id)
        if ranking is not None and row.closed_at is None:
            _fill_proposal(
                shown, _wished(ranking, want), helpers, offers[row.visit_id], tick=not sent and want not in FIRST_A_CALL
            )
        rows.append(shown)
    return {
        "absence": {
            "helper_name": absence.helper.person.name,
            "helper_url": reverse("helper", args=[desk.visitor.slug, absence.helper.public_id]),
            "since": absence.starts_at,
            "until": absence.expected_until,
            "by_name": _reporter(absence),
            "ill": absence.kind == Absence.Kind.ILLNESS,
        },
        "rows": rows,
        "can_send": not sent and any(row.picks for row in rows if row.state in ("proposal", "open")),
        "send_label": _send_label(rows),
        "can_undo": sent and turn.send_after is not None and turn.send_after > desk.at,
        "undo_seconds": int((turn.send_after - desk.at).total_seconds()) if turn.send_after else 0,
        "undo_url": reverse("undo", args=[desk.visitor.slug, absence.public_id]),
        "send_url": reverse("cockpit", args=[desk.visitor.slug, absence.public_id]),
        "withdraw_url": reverse("withdraw", args=[desk.visitor.slug, absence.public_id])
        if not sent and absence.withdrawn_at is None and not any(row.state == "covered" for row in rows)
        else "",
        "withdrawn": absence.withdrawn_at is not None,
        "household_words": _household_words(replacements, turn),
        "cautions": law.of_other_form(row.visit for row in replacements),
    }


def asks(turn: Round, ticked: set[tuple[str, str]], *, at: datetime) -> list[Ask]:
    """What was ticked, as questions the verb takes: only those who can go by the plan of this moment."""
    rankings = planning.proposals(turn, at=at)
    rows = {row.visit_id: row for row in turn.replacements.filter(closed_at=None).select_related("visit")}
    wants = _wants(turn, rows.values())
    able = {candidate.helper for ranking in rankings.values() for candidate in ranking.candidates}
    public = {helper.pk: str(helper.public_id) for helper in Helper.objects.filter(pk__in=able)}
    return [
        Ask(
            replacement=rows[visit].pk,
            helper=candidate.helper,
            travel_minutes=candidate.travel,
            reasons=tuple(
                {"part": reason.part.value, "cost": reason.cost, "count": reason.count} for reason in candidate.reasons
            ),
        )
        for visit, ranking in rankings.items()
        for candidate in _wished(ranking, wants.get(rows[visit].visit.household_id, "")).candidates
        if (str(rows[visit].public_id), public[candidate.helper]) in ticked
    ]


def _wants(turn: Round, rows: Iterable[Replacement]) -> dict[int, str]:
    """What each household (by number) said that it wants at an absence of this kind."""
    kind = StandingWish.For.ILLNESS
    if turn.absence is not None and turn.absence.kind != Absence.Kind.ILLNESS:
        kind = StandingWish.For.LEAVE
    said = standing.of({row.visit.household_id for row in rows})
    return {household: wants[kind] for household, wants in said.items() if kind in wants}


def _wished(ranking: Any, want: str) -> Any:
    """Who can come as far as the household wants somebody: nobody, or only whom it knows."""
    if want in NOBODY_ELSE:
        return replace(ranking, candidates=())
    if want == StandingWish.Want.KNOWN:
        known = [one for one in ranking.candidates if any(part.part == "FAMILIAR" for part in one.reasons)]
        return replace(ranking, candidates=tuple(known))
    return ranking


def _offers(turn: Round) -> dict[int, list[Offer]]:
    found: dict[int, list[Offer]] = defaultdict(list)
    for offer in turn.offers.select_related("helper__person").prefetch_related("visits").order_by("pk"):
        for inside in offer.visits.all():
            found[inside.visit_id].append(offer)
    return found


def _state(row: Replacement, offers: list[Offer]) -> str:
    if row.outcome == Replacement.Outcome.COVERED:
        return "covered"
    if row.closed_at is not None:
        return "undone"
    asked = [offer for offer in offers if offer.withdrawn_at is None]
    if any(not offer.answer for offer in asked):
        return "asked"
    return "open" if asked else "proposal"


def _fill_asked(row: Row, offers: list[Offer], messages: dict[Subject, OutboxMessage], at: datetime) -> None:
    """Show who was asked, how far the question came, and whether the household knows."""
    latest = {offer.helper_id: offer for offer in offers}
    for offer in latest.values():
        message = messages.get(Subject.of(offer))
        if offer.withdrawn_at is not None and row.state == "proposal":
            continue  # called back before it left: the proposal shows this helper again
        row.picks.append(
            Pick(
                helper_id=str(offer.helper.public_id),
                name=offer.helper.person.first_name,
                travel_minutes=travel.about(offer.reasons.get("travel_minutes")),
                mode=offer.helper.mode.lower(),
                reasons=reasons((part["part"], part["cost"], part["count"]) for part in offer.reasons["parts"]),
                offer_state=_offer_state(offer, message, at),
                twice=message is not None and outbox.possibly_twice(message),
            )
        )
        if offer.answer == Offer.Answer.YES:
            row.covered_by = offer.helper.person.first_name
            told = messages.get(Subject("covered", offer.public_id))
            if told is not None:
                row.told = "sent" if told.state == OutboxMessage.State.SENT else "queued"
                row.told_at = max((d.finished_at for d in told.deliveries.all() if d.finished_at), default=None)
                row.twice = outbox.possibly_twice(told)


def _offer_state(offer: Offer, message: OutboxMessage | None, at: datetime) -> str:
    if offer.answer:
        return offer.answer.lower()
    if offer.withdrawn_at is not None:
        return "withdrawn"
    if message is None:
        return "call"
    if message.state == OutboxMessage.State.FAILED:
        return "failed"
    if message.state in (OutboxMessage.State.QUEUED, OutboxMessage.State.CANCELLED):
        return "ready"
    return "late" if offer.reply_by < at else "sent"


def _fill_proposal(row: Row, ranking: Any, helpers: dict[int, Helper], offers: list[Offer], *, tick: bool) -> None:
    asked = {offer.helper_id for offer in offers if offer.withdrawn_at is None}
    shown = [candidate for candidate in ranking.candidates if candidate.helper not in asked]
    for candidate in shown[: 2 * ASKED_AT_ONCE] if not asked else []:
        helper = helpers[candidate.helper]
        row.picks.append(
            Pick(
                helper_id=str(helper.public_id),
                name=helper.person.first_name,
                travel_minutes=travel.about(candidate.travel),
                travel_source=candidate.source,
                mode=helper.mode.lower(),
                reasons=reasons((part.part, part.cost, part.count) for part in candidate.reasons),
                chosen=tick and candidate.helper in ranking.asked,
            )
        )
    row.refused = [
        {"name": helpers[refusal.helper].person.first_name, "reason": why_not(refusal.rule, refusal.by)}
        for refusal in ranking.refused
    ]
    if not row.picks:
        row.state = "nobody"


def reasons(parts: Iterable[tuple[str, int, int]]) -> list[tuple[str, str]]:
    """The parts of the cost with their sign: plus speaks for the helper.  The way stands beside them, in minutes."""
    return [("+" if cost < 0 else "-", _reason(part, count)) for part, cost, count in parts if part != "TRAVEL"]


def _reason(part: str, count: int) -> str:
    texts = {
        "TRAVEL_UNKNOWN": _("way unknown"),
        "FAMILIAR": ngettext("came {count} time before", "came {count} times before", count).format(count=count),
        "NEW_FACE": _("a new face"),
        "RATHER": _("they like each other"),
        "RATHER_NOT": _("rather not this pair"),
        "NEIGHBOUR": _("is of another team"),
        "STEADY": ngettext("can come {count} time", "can come {count} times", count).format(count=count),
        "OTHER_FACE": _("one more face for this household"),
        "MORE_HOURS": _("{minutes} minutes above the contract").format(minutes=count),
        "ROOM": _("has hours to spare"),
        "ASKED": ngettext("was asked {count} time this week", "was asked {count} times this week", count).format(
            count=count
        ),
        "ELSEWHERE": _("is needed elsewhere at that time"),
        "NOBODY": _("nobody can go"),
    }
    return texts[part]


def why_not(rule: str, by: int) -> str:
    """Why somebody cannot go, in words."""
    texts = {
        "HERSELF_ABSENT": _("cannot come either"),
        "NEVER": _("never at this household"),
        "ONLY_OTHERS": _("the household wants somebody else, whom it knows"),
        "SAID_NO": _("said no to this question"),
        "TOO_EXPENSIVE": _("asks {euros} an hour more than this household pays").format(euros=euros(by)),
        "NOT_AVAILABLE": _("does not work at this time"),
        "BUSY": _("has another visit ({minutes} minutes overlap with the way)").format(minutes=by),
        "REST": _("has {minutes} minutes too little rest between two days").format(minutes=by),
        "ASK_PAUSE": _("does not want to be asked now"),
        "ASKED_OFTEN": _("was asked as often as she wants this week"),
        "ASK_HOURS": _("does not want to be asked at this hour"),
        "TOO_FAR": _("too far, about {minutes} minutes more than agreed").format(minutes=by),
    }
    return texts[rule]


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
