"""All open absences of a colleague's teams on one page: what is urgent today, this week, later, and whom to ask.

A row is what one household is asked about together: its visits of today, or all those after today.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from samen.base import clock
from samen.base.models import OutboxMessage
from samen.desk import cockpit, searching
from samen.desk import planning as law
from samen.desk.cockpit import Pick
from samen.desk.sitting import Desk
from samen.people import places, reaching, travel
from samen.people.models import Channel, Helper, StandingWish
from samen.teams import access
from samen.teams.models import Team
from samen.visits import planning, replacements, willing, words
from samen.visits.models import Absence, Assignment, Offer, Replacement, Round, Visit
from samen.visits.planning import Proposal
from samen.visits.replacements import Ask

AT_ONCE = 3  # so many are asked at once for a visit of today: the first yes has it.  Later ones are asked in order.
WEEK = timedelta(days=7)
GROUPS = {"today": gettext_lazy("Today"), "week": gettext_lazy("The coming week"), "later": gettext_lazy("After that")}
BY = {
    Channel.EMAIL: gettext_lazy("one mail"),
    Channel.SMS: gettext_lazy("one text message"),
    Channel.PHONE: gettext_lazy("to be rung"),
}
Key = tuple[int, int, bool]  # the numbers of a round and a household, and whether it is about today


@dataclass(frozen=True)
class Face:
    """Somebody who is proposed for some visits of a block, with what makes her fit for the first of them."""

    candidate: Any
    rows: tuple[Replacement, ...]


@dataclass(frozen=True)
class Block:
    """The visits of one household that are asked about together, soonest first."""

    key: Key
    turn: Round
    absence: Absence
    rows: tuple[Replacement, ...]
    faces: tuple[Face, ...]
    offers: tuple[Offer, ...]
    state: str

    @property
    def starts_at(self) -> datetime:
        """When harm is done."""
        begins: datetime = self.rows[0].visit.starts_at
        return begins


@dataclass(frozen=True)
class Wave:
    """Everything that waits in these teams, read once."""

    desk: Desk
    teams: list[Team]
    turns: list[Round]
    covered: int
    blocks: list[Block]
    wants: Mapping[int, str]
    letters: Mapping[int, OutboxMessage]  # by question (its number)

    @cached_property
    def asking(self) -> list[tuple[Block, Face]]:
        """Whom to ask for what, unless somebody decides otherwise."""
        return [(block, face) for block in self.blocks if self.asks(block) for face in block.faces]

    def asks(self, block: Block) -> bool:
        """Whether the proposal for this block is ticked beforehand."""
        want = self.wants.get(block.rows[0].visit.household_id)
        return block.state in ("proposal", "open") and want not in planning.FIRST_A_CALL

    @property
    def last_sent(self) -> datetime | None:
        """Until when what was sent last can be called back."""
        return max((turn.send_after for turn in self.turns if turn.send_after), default=None)

    @property
    def can_undo(self) -> bool:
        """Whether nothing of what was sent last has left."""
        return self.last_sent is not None and self.last_sent > self.desk.at


# --- What there is --------------------------------------------------------------------------------


def read(desk: Desk) -> Wave:
    """Everything that waits, with a plan for it made anew, so that it is never stale."""
    teams = access.teams_of(desk.me, desk.at)
    turns = open_turns(teams, desk.at)
    rows = _rows(turns)
    waiting = [row for row in rows if row.closed_at is None and row.visit.ends_at > desk.at]
    offers = _offers(turns)
    proposals = _proposals(turns, desk.at)
    asked = {offer for of_visit in offers.values() for offer in of_visit}
    kept = willing.kept(asked, {row.visit_id: row.visit for row in waiting})
    of = {turn.pk: (turn, turn.absence) for turn in turns if turn.absence is not None}
    found = _in_blocks(waiting, desk.at)
    blocks = [
        _block((key, *of[key[0]]), block, offers, proposals, kept=kept, at=desk.at) for key, block in found.items()
    ]
    return Wave(
        desk=desk,
        teams=teams,
        turns=turns,
        covered=sum(row.outcome == Replacement.Outcome.COVERED for row in rows),
        blocks=sorted(blocks, key=lambda block: (block.starts_at, block.key)),
        wants={number: want for one in proposals.values() for number, want in one.wants.items()},
        letters=replacements.letters(asked),
    )


def open_turns(teams: Collection[Team], at: datetime) -> list[Round]:
    """The searches of these teams in which a visit that is not over has nobody."""
    found = Round.objects.filter(team__in=teams, undone_at=None, absence__isnull=False)
    waiting = found.filter(replacements__closed_at=None, replacements__visit__ends_at__gt=at)
    return list(waiting.select_related("absence__helper__person", "team").distinct().order_by("pk"))


def _rows(turns: Collection[Round]) -> list[Replacement]:
    shown = ("visit__household", "visit__arrangement", "round__absence")
    rows = Replacement.objects.filter(round__in=turns).select_related(*shown)
    standing = Prefetch("visit__assignments", Assignment.objects.standing())
    return list(rows.prefetch_related(standing).order_by("visit__starts_at", "pk"))


def _offers(turns: Collection[Round]) -> dict[tuple[int, int], list[Offer]]:
    """The questions that stand, by round and visit (their numbers)."""
    found: dict[tuple[int, int], list[Offer]] = defaultdict(list)
    rows = Offer.objects.filter(round__in=turns, withdrawn_at=None).select_related("helper__person", "round")
    for offer in rows.prefetch_related("visits").order_by("pk"):
        for inside in offer.visits.all():
            found[offer.round_id, inside.visit_id].append(offer)
    return found


def _proposals(turns: Collection[Round], at: datetime) -> dict[int, Proposal]:
    """By team (its number) the plan for all that waits there."""
    of_team: dict[int, list[Round]] = defaultdict(list)
    for turn in turns:
        of_team[turn.team_id].append(turn)
    return {team: planning.propose_together(its, at=at) for team, its in of_team.items()}


def _in_blocks(rows: Iterable[Replacement], at: datetime) -> dict[Key, list[Replacement]]:
    today = _day(at)
    found: dict[Key, list[Replacement]] = defaultdict(list)
    for row in rows:
        found[row.round_id, row.visit.household_id, row.visit.local_date <= today].append(row)
    return found


def _day(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _block(
    whose: tuple[Key, Round, Absence],
    rows: list[Replacement],
    offers: Mapping[tuple[int, int], list[Offer]],
    proposals: Mapping[int, Proposal],
    *,
    kept: Collection[tuple[int, int]],
    at: datetime,
) -> Block:
    key, turn, absence = whose
    proposal = proposals[turn.team_id]
    asked = {offer.pk: offer for row in rows for offer in offers.get((row.round_id, row.visit_id), ())}
    faces = _faces(rows, proposal, offers, AT_ONCE if key[2] else 1)
    states = {cockpit.state_of(row, offers.get((row.round_id, row.visit_id), []), kept, at) for row in rows}
    state = next((one for one in ("choosing", "asked", "open", "proposal") if one in states), "begun")
    if proposal.wants.get(key[1]) in planning.NOBODY_ELSE:
        state = "unasked"
    elif state == "proposal" and not faces:
        able = any(ranking.candidates for row in rows if (ranking := proposal.rankings.get(row.visit_id)))
        state = "elsewhere" if able else "nobody"
    return Block(key, turn, absence, tuple(rows), tuple(faces), tuple(asked.values()), state)


def _faces(
    rows: list[Replacement], proposal: Proposal, offers: Mapping[tuple[int, int], list[Offer]], most: int
) -> list[Face]:
    """Who is proposed, with her visits: whom the plan asks first, of those who were not asked before.

    Never anybody else: who can go and is not in the plan is asked for another visit at that hour.
    """
    found: dict[int, list[tuple[Any, Replacement]]] = defaultdict(list)
    for row in rows:
        ranking = proposal.rankings.get(row.visit_id)
        before = {offer.helper_id for offer in offers.get((row.round_id, row.visit_id), ())}
        asked = set(ranking.asked) - before if ranking else set()
        for candidate in [one for one in ranking.candidates if one.helper in asked][:most] if ranking else []:
            found[candidate.helper].append((candidate, row))
    return [Face(pairs[0][0], tuple(row for _, row in pairs)) for pairs in found.values()]


def asks(wave: Wave, ticked: set[tuple[str, str]]) -> dict[Round, list[Ask]]:
    """What was ticked, as questions of its rounds: only who is still proposed for it by the plan of this moment."""
    public = _public({face.candidate.helper for block in wave.blocks for face in block.faces})
    found: dict[Round, list[Ask]] = defaultdict(list)
    for block in wave.blocks:
        for face in block.faces:
            refs = {str(row.public_id) for row in block.rows}
            helper = str(public[face.candidate.helper].public_id)
            if block.state in ("proposal", "open") and any((ref, helper) in ticked for ref in refs):
                found[block.turn] += [planning.question(row, face.candidate) for row in face.rows]
    return found


def _public(numbers: Collection[int]) -> dict[int, Helper]:
    return Helper.objects.select_related("person").in_bulk(numbers)


# --- What the page shows --------------------------------------------------------------------------


@dataclass
class Row:
    """One block as the page shows it."""

    replacement_id: str
    household_id: str
    household_name: str
    household_url: str
    place_name: str
    first: Visit
    more: int
    instead_of: str
    url: str
    state: str
    picks: list[Pick] = field(default_factory=list)
    wish: str = ""
    asked: str = ""
    reply_by: datetime | None = None
    unsent: bool = False  # somebody is asked, and no question has left yet
    stuck: bool = False  # and it should have
    goes: str = ""  # when a question that waits for her hours leaves


def page(wave: Wave) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of queries."""
    helpers = _public({face.candidate.helper for block in wave.blocks for face in block.faces})
    towns = places.of_households({block.key[1] for block in wave.blocks}, _day(wave.desk.at))
    rows = {block.key: _row(wave, block, helpers, places.roughly(towns.get(block.key[1]))) for block in wave.blocks}
    groups: dict[str, list[Row]] = defaultdict(list)
    for block in wave.blocks:
        groups[_group(wave, block)].append(rows[block.key])
    letters = _letters(wave, helpers)
    slug = wave.desk.visitor.slug
    left = int((wave.last_sent - wave.desk.at).total_seconds()) if wave.last_sent and wave.can_undo else 0
    return {
        "teams": wave.teams,
        "absent": len(wave.turns),
        "visits": sum(len(block.rows) for block in wave.blocks),
        "covered": wave.covered,
        "tally": _tally(wave),
        "cautions": law.of_other_form(row.visit for block in wave.blocks if wave.asks(block) for row in block.rows),
        "leaving": [_leaving(wave, turn) for turn in wave.turns if cockpit.seconds_left(turn, wave.desk.at)],
        "stuck": searching.stuck(wave.letters.values(), wave.desk.at),
        "groups": [{"key": key, "title": title, "rows": groups[key]} for key, title in GROUPS.items() if groups[key]],
        "letters": letters,
        "can_send": bool(letters),
        "send_label": ngettext(
            "Send everything: {count} message", "Send everything: {count} messages", len(letters)
        ).format(count=len(letters)),
        "questions": sum(len(one["questions"]) for one in letters),
        "can_undo": wave.can_undo,
        "undo_seconds": left,
        "send_url": reverse("together", args=[slug]),
        "undo_url": reverse("undo_together", args=[slug]),
    }


def _leaving(wave: Wave, turn: Round) -> dict[str, Any]:
    """A search of which the proposal for today leaves by itself, unless somebody stops it."""
    absence = turn.absence
    return {
        "name": absence.helper.person.first_name if absence else "",
        "at": turn.leaves_at,
        "seconds": cockpit.seconds_left(turn, wave.desk.at),
        "stop_url": reverse("stop_leaving", args=[wave.desk.visitor.slug, absence.public_id]) if absence else "",
    }


def _group(wave: Wave, block: Block) -> str:
    if block.key[2]:
        return "today"
    return "week" if block.starts_at < wave.desk.at + WEEK else "later"


def _tally(wave: Wave) -> list[str]:
    """A state for each visit, those that are settled first."""
    return ["covered"] * wave.covered + [block.state for block in wave.blocks for _ in block.rows]


def _row(wave: Wave, block: Block, helpers: Mapping[int, Helper], town: str) -> Row:
    slug, first = wave.desk.visitor.slug, block.rows[0]
    absence = block.absence
    want = wave.wants.get(block.key[1], "")
    waiting = [offer for offer in block.offers if not offer.answer and offer.reply_by > wave.desk.at]
    letters = [wave.letters[offer.pk] for offer in waiting if offer.pk in wave.letters]
    return Row(
        replacement_id=str(first.public_id),
        household_id=str(first.visit.household.public_id),
        household_name=first.visit.household.name,
        household_url=reverse("household", args=[slug, first.visit.household.public_id]),
        place_name=town,
        first=first.visit,
        more=len(block.rows) - 1,
        instead_of=absence.helper.person.first_name,
        url=reverse("cockpit", args=[slug, absence.public_id]),
        state=block.state,
        picks=[_pick(block, face, helpers[face.candidate.helper], ticked=wave.asks(block)) for face in block.faces],
        wish=str(StandingWish.Want(want).label) if want else "",
        asked=_asked(block),
        reply_by=max((offer.reply_by for offer in waiting), default=None),
        unsent=bool(letters) and all(one.state != OutboxMessage.State.SENT for one in letters),
        stuck=any(searching.is_late(one, wave.desk.at) for one in letters),
        goes=min((searching.goes(one, wave.desk.at) for one in letters), default=""),
    )


def _pick(block: Block, face: Face, helper: Helper, *, ticked: bool) -> Pick:
    pick = Pick(
        helper_id=str(helper.public_id),
        name=helper.person.first_name,
        travel_minutes=travel.about(face.candidate.travel),
        travel_source=face.candidate.source,
        mode=helper.mode.lower(),
        reasons=cockpit.reasons((part.part, part.cost, part.count) for part in face.candidate.reasons),
        chosen=ticked,
    )
    if len(face.rows) < len(block.rows):
        text = ngettext("for {count} of the visits", "for {count} of the visits", len(face.rows))
        pick.reasons.append(("-", text.format(count=len(face.rows))))
    return pick


def _asked(block: Block) -> str:
    """How far asking came: who was asked, and what they said."""
    if not block.offers:
        return ""
    names = ", ".join(offer.helper.person.first_name for offer in block.offers)
    said = [_("asked: {names}").format(names=names)]
    no = sum(offer.answer == Offer.Answer.NO for offer in block.offers)
    yes = sum(offer.is_willing for offer in block.offers)
    said += [ngettext("{count} no", "{count} no", no).format(count=no)] if no else []
    said += [ngettext("{count} yes", "{count} yes", yes).format(count=yes)] if yes else []
    return " · ".join(said)


def _letters(wave: Wave, helpers: Mapping[int, Helper]) -> list[dict[str, Any]]:
    """Who gets which message, and what it asks: by name, each once."""
    asked: dict[int, dict[tuple[int, int], list[Visit]]] = defaultdict(lambda: defaultdict(list))
    for block, face in wave.asking:
        asked[face.candidate.helper][block.key[:2]] += [row.visit for row in face.rows]
    ways = reaching.of_helpers([helpers[number] for number in asked])
    found = [
        {
            "name": helpers[number].person.name,
            "how": str(BY[Channel(ways[number].channel)]),
            "questions": [f"{one[0].household.name}, {words.spoken(one)}" for one in questions.values()],
        }
        for number, questions in asked.items()
    ]
    return sorted(found, key=lambda one: str(one["name"]))


def undo(desk: Desk) -> None:
    """What was sent last does not leave, in all the searches of the colleague's teams."""
    turns = open_turns(access.teams_of(desk.me, desk.at), desk.at)
    sent = [turn for turn in turns if turn.send_after is not None and turn.send_after > desk.at]
    replacements.undo_together(sent, by=desk.visitor.actor, at=desk.at)
