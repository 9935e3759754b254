"""The board of today: what cannot wait on top, then the visits of the day and the week around it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import clock
from samen.base.models import OutboxMessage
from samen.desk import cockpit, ringing, searching, terms
from samen.desk.sitting import Desk
from samen.people import places
from samen.teams.models import AccessRequest, Team, TeamMember
from samen.visits import replacements, waiting, willing, words
from samen.visits.models import Absence, Assignment, Objection, Offer, Replacement, Round, Visit

GLANCE = 16  # visits that one takes in at a glance; more are folded, and what is odd stands above the fold
SOON = timedelta(days=3)  # what does harm later than this can wait behind the fold
FIRST = 6  # of what must be settled: how many stand above the fold, those with the least time left
COMING = 6  # of a full day: how many that come next stand above the fold
TOGETHER = 2  # so many searches are worth a page on which all of them stand
RUNG = 3  # of those who are to be rung: how many are named
ODD = ("open", "asked", "replacing")


@dataclass(frozen=True)
class Row:
    """A visit as the board shows it."""

    time: datetime
    helper_name: str | None
    household_name: str
    state: str
    url: str


@dataclass
class Day:
    """A day of the week.  A day of a whole region is told in numbers; its visits stand on the board of the week."""

    date: date
    is_today: bool
    url: str
    visits: list[Row] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many visits."""
        return len(self.visits)

    @property
    def open(self) -> int:
        """How many of them have nobody."""
        return sum(row.state in ("open", "asked") for row in self.visits)

    @property
    def is_full(self) -> bool:
        """Whether there are more than one takes in at a glance."""
        return self.total > GLANCE

    @property
    def odd(self) -> list[Row]:
        """Those that do not go as planned."""
        return [row for row in self.visits if row.state in ODD]


@dataclass(frozen=True)
class Item:
    """Something that cannot wait, and the one thing to do about it."""

    kind: str
    mark: str
    title: str
    detail: str
    url: str
    action: str
    due: datetime
    primary: bool = False
    post: bool = False
    stop_url: str = ""
    seconds: int = 0
    offer: str = ""


def board(desk: Desk) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of queries."""
    day = desk.at.astimezone(clock.HOME).date()
    days = _week(desk, day)
    urgent = _urgent(desk)
    searches = sum(item.kind in ("absence", "waiting") for item in urgent)
    now = [item for item in urgent if item.due < desk.at + SOON][:FIRST] or urgent[:FIRST]
    here = days[day.weekday()]
    rows = here.visits
    return {
        "day": day,
        "week": day.isocalendar().week,
        "team": desk.team,
        "colleagues": [{"name": name, "note": "", "on": True} for name in _colleagues(desk.team, day)],
        "urgent": now,
        "urgent_later": urgent[len(now) :],
        "searches": searches,
        "together_url": reverse("together", args=[desk.visitor.slug]) if searches >= TOGETHER else "",
        "not_lent_url": reverse("not_lent", args=[desk.visitor.slug]),
        "visits": rows,
        "is_full": here.is_full,
        "odd": here.odd,
        "coming": [row for row in rows if row.time >= desk.at and row.state not in ODD][:COMING],
        "open_count": sum(row.state in ("open", "asked") for row in rows),
        "total": len(rows),
        "days": days,
    }


def _colleagues(team: Team, day: date) -> list[str]:
    members = TeamMember.objects.filter(team=team, period__contains=day)
    return list(members.order_by("colleague__name").values_list("colleague__name", flat=True))


def _week(desk: Desk, day: date) -> list[Day]:
    monday = day - timedelta(days=day.weekday())
    url = terms.week_url(desk.visitor.slug, day)
    days = [Day(monday + timedelta(days=n), monday + timedelta(days=n) == day, url) for n in range(7)]
    visits = (
        Visit.objects.standing()
        .filter(team=desk.team, local_date__range=(monday, monday + timedelta(days=6)))
        .select_related("household")
        .only("local_date", "starts_at", "ends_at", "household__public_id", "household__name")
        .annotate(is_asked=ExpressionWrapper(Q(pk__in=_asked(desk)), BooleanField()))
        .prefetch_related(Prefetch("assignments", _going()))
        .order_by("starts_at", "pk")
    )
    for visit in visits:
        is_asked: bool = visit.is_asked  # type: ignore[attr-defined]  # annotated above
        days[visit.local_date.weekday()].visits.append(_row(desk, visit, is_asked=is_asked))
    return days


def _going() -> QuerySet[Assignment]:
    standing = Assignment.objects.standing().select_related("helper__person")
    return standing.only("visit_id", "from_offer_id", "helper__person__first_name")


def _asked(desk: Desk) -> QuerySet[Any, int]:
    """The numbers of the visits for which a question is out."""
    out = Offer.objects.filter(round__team=desk.team, withdrawn_at=None, answer="")
    return out.filter(visits__visit__ends_at__gt=desk.at).values_list("visits__visit_id", flat=True)


def _row(desk: Desk, visit: Visit, *, is_asked: bool) -> Row:
    going = list(visit.assignments.all())
    if not going:
        state = "asked" if is_asked else "open"
    elif visit.ends_at <= desk.at:
        state = "done"
    else:
        state = "replacing" if going[0].from_offer_id else "planned"
    return Row(
        time=visit.starts_at,
        helper_name=going[0].helper.person.first_name if going else None,
        household_name=visit.household.name,
        state=state,
        url=reverse("household", args=[desk.visitor.slug, visit.household.public_id]),
    )


def _urgent(desk: Desk) -> list[Item]:
    items = [*_searches(desk), *_promises(desk), *_lent(desk), *_access(desk)]
    items.sort(key=lambda item: item.due)
    if items:
        items[0] = replace(items[0], primary=not items[0].post and items[0].kind != "lent")
    return items


def _searches(desk: Desk) -> list[Item]:
    """One item per absence with visits that have nobody: ordered by the time left until harm."""
    rounds = (
        Round.objects.filter(team=desk.team, undone_at=None, absence__isnull=False)
        .filter(replacements__closed_at=None, replacements__visit__ends_at__gt=desk.at)
        .distinct()
        .select_related("absence__helper__person")
        .prefetch_related(
            Prefetch(
                "replacements",
                waiting.heard(Replacement.objects.filter(closed_at=None, visit__ends_at__gt=desk.at)).select_related(
                    "visit__household"
                ),
            ),
            Prefetch(
                "offers",
                Offer.objects.filter(Q(withdrawn_at=None) | Q(sent_at=None))
                .select_related("helper")
                .prefetch_related("visits"),
            ),
        )
    )
    visits = {row.visit_id: row.visit for turn in rounds for row in turn.replacements.all()}
    offers = [offer for turn in rounds for offer in turn.offers.all()]
    silent = [one for one in offers if not one.answer]
    sought = [row for turn in rounds for row in turn.replacements.all()]
    came = Came(
        willing.kept(offers, visits),
        replacements.letters(silent, due_by=desk.at),
        waiting.overdue(sought, at=desk.at),
    )
    return [_search(desk, turn, turn.absence, came) for turn in rounds if turn.absence]


@dataclass(frozen=True)
class Came:
    """How far asking came: what keeps who said yes (by offer and visit), and the message of each question.

    `overdue` are the visits (by number) of which a household was to hear more before a moment that is past.
    """

    kept: Collection[tuple[int, int]]
    letters: Mapping[int, OutboxMessage]
    overdue: Mapping[int, datetime]


def _search(desk: Desk, turn: Round, absence: Absence, came: Came) -> Item:
    open_visits = [row.visit for row in turn.replacements.all()]
    first = min(visit.starts_at for visit in open_visits)
    url = reverse("cockpit", args=[desk.visitor.slug, absence.public_id])
    name = absence.helper.person.name
    offers = [offer for offer in turn.offers.all() if offer.withdrawn_at is None]
    unasked = [offer for offer in turn.offers.all() if offer.is_unasked]
    awaited = [offer for offer in offers if not offer.answer and offer.reply_by > desk.at]
    ahead = {visit.pk for visit in open_visits if visit.starts_at > desk.at}
    can_go = {pair for offer in offers if offer.is_willing for pair in _pairs(offer, ahead) if pair not in came.kept}
    choice = len({offer for offer, _visit in can_go})
    if choice:
        title = _("{name}: choose who goes").format(name=name)
        said = ngettext("{count} yes, {asked} asked", "{count} times yes, {asked} asked", choice)
        detail = said.format(count=choice, asked=len(offers))
        return Item("absence", "urgent", title, detail, url, _("Choose"), first)
    late = min(
        (visit for visit in open_visits if visit.pk in came.overdue), key=lambda one: one.starts_at, default=None
    )
    if late is not None:
        said = _("{name}: {household} would hear from us before {time}")
        title = said.format(name=name, household=late.household.name, time=words.hour(came.overdue[late.pk]))
        return Item("absence", "urgent", title, _soon(late, desk.at), url, _("Call list"), first)
    if offers or unasked:
        refused = sum(offer.answer == Offer.Answer.NO for offer in offers)
        said_no = _("{asked} asked, {refused} no") if refused else _("{asked} asked")
        detail = said_no.format(asked=len(offers), refused=refused)
        settled = can_go | {pair for offer in awaited for pair in _pairs(offer, ahead)}
        found = {visit for _offer, visit in settled}
        if {visit for _offer, visit in came.kept if visit in ahead} - found:
            title = _("{name}: who said yes can no longer go").format(name=name)
            return Item("absence", "urgent", title, detail, url, _("Ask others"), first)
        if {visit for offer in unasked for _offer, visit in _pairs(offer, ahead)} - found:
            title = _("{name}: a question could not leave in time").format(name=name)
            return Item("absence", "urgent", title, detail, url, _("Ask others"), first)
        stuck = searching.stuck([came.letters[one.pk] for one in awaited if one.pk in came.letters], desk.at)
        if stuck:
            title = _("{name}: not everything could be sent").format(name=name)
            numbers = _("{ready} ready, {delivered} delivered.").format(ready=stuck.ready, delivered=stuck.delivered)
            return Item("absence", "urgent", title, numbers, url, _("Call list"), first)
        if awaited:
            title = _("{name}: waiting for a yes").format(name=name)
            return Item("waiting", "wait", title, detail, url, _("Look"), first)
        title = _("{name}: nobody said yes").format(name=name)
        return Item("absence", "urgent", title, detail, url, _("Ask others"), first)
    title = _("{name} reported sick at {time}").format(name=name, time=words.hour(absence.created_at))
    if absence.kind != Absence.Kind.ILLNESS:
        title = _("{name} has leave from {day}").format(name=name, day=words.day(absence.starts_at))
    if absence.withdrawn_at is not None:  # she is here, and goes elsewhere by now
        household = min(open_visits, key=lambda visit: visit.starts_at).household
        title = _("{household}: nobody goes").format(household=household.name)
    count = len(open_visits)
    detail = ngettext("{count} visit, the first {when}", "{count} visits, the first {when}", count).format(
        count=count, when=_soon(min(open_visits, key=lambda visit: visit.starts_at), desk.at)
    )
    seconds = cockpit.seconds_left(turn, desk.at)
    if seconds and turn.leaves_at:
        leaves = _("leaves by itself at {time}").format(time=words.hour(turn.leaves_at))
        stop = reverse("stop_leaving", args=[desk.visitor.slug, absence.public_id])
        detail = f"{detail} · {leaves}"
        return Item("absence", "urgent", title, detail, url, _("Look"), first, stop_url=stop, seconds=seconds)
    return Item("absence", "urgent", title, detail, url, _("Find stand-ins"), first)


def _pairs(offer: Offer, visits: Collection[int]) -> set[tuple[int, int]]:
    """This offer with each of these visits (by number) that it is about."""
    return {(offer.pk, one.visit_id) for one in offer.visits.all() if one.visit_id in visits and not one.left_out}


def _promises(desk: Desk) -> list[Item]:
    """One item per household that would rather have another, and one per search of which somebody is to be rung."""
    offers = ringing.promised(desk.team, at=desk.at)
    said = [one for offer in offers if offer.withdrawn_at is None for one in offer.objections.all() if not one.decision]
    items = [_objection(desk, one, list(one.offer.assignments.all())) for one in said if one.offer.assignments.all()]
    by_round: dict[Round, list[ringing.Owed]] = defaultdict(list)
    for offer, about in ringing.owed(offers, at=desk.at):
        by_round[offer.round].append((offer, about))
    return items + [_to_ring(desk, turn, owed) for turn, owed in by_round.items() if turn.absence is not None]


def _to_ring(desk: Desk, turn: Round, owed: list[ringing.Owed]) -> Item:
    """Those to whom nothing could be sent, and who were not rung yet."""
    names = list(dict.fromkeys(ringing.whom(one) for one in owed))
    visits = [one.visit for offer, _about in owed for one in (*offer.assignments.all(), *offer.visits.all())]
    first = min((visit for visit in visits if visit.ends_at > desk.at), key=lambda visit: visit.starts_at)
    url = reverse("cockpit", args=[desk.visitor.slug, turn.absence.public_id]) + "#bellen" if turn.absence else ""
    title = _("To ring: {names}").format(names=", ".join(names[:RUNG]) + (" …" if len(names) > RUNG else ""))
    detail = _("The visit of {when}: not everybody knows yet how it is.").format(when=_soon(first, desk.at))
    return Item("ring", "urgent", title, detail, url, _("Call list"), first.starts_at)


def _objection(desk: Desk, said: Objection, coming: list[Assignment]) -> Item:
    title = _("{household} would rather not have {name}").format(
        household=said.offer.household.name, name=said.offer.helper.person.first_name
    )
    absence = said.offer.round.absence
    url = reverse("cockpit", args=[desk.visitor.slug, absence.public_id]) if absence else ""
    detail = _("The visit of {when}: you decide.").format(when=_soon(coming[0].visit, desk.at))
    return Item("objection", "urgent", title, detail, url, _("Decide"), coming[0].starts_at)


def _lent(desk: Desk) -> list[Item]:
    """One item per question of another team to a helper of ours, so that we know of it and can say rather not."""
    open_yet = Q(answer="", reply_by__gt=desk.at) | Q(answer=Offer.Answer.YES)
    asked = Offer.objects.filter(open_yet, helper__team=desk.team, withdrawn_at=None).exclude(round__team=desk.team)
    rows = asked.select_related("helper__person", "household", "round__team").prefetch_related("visits__visit")
    towns = places.of_households({offer.household_id for offer in rows}, desk.at.date())
    found = [
        (offer, sorted((one.visit for one in offer.visits.all()), key=lambda visit: visit.starts_at)) for offer in rows
    ]
    return [
        _lending(desk, offer, visits, places.roughly(towns.get(offer.household_id)))
        for offer, visits in found
        if visits[-1].ends_at > desk.at
    ]


def _lending(desk: Desk, offer: Offer, visits: list[Visit], town: str) -> Item:
    name, team = offer.helper.person.first_name, offer.round.team.name
    title = _("{team} asks {name} of your team").format(team=team, name=name)
    if offer.answer:
        title = _("{name} said yes to {team}").format(name=name, team=team)
    detail = f"{words.initial(offer.household.name)}, {town}: {words.spoken(visits)}"
    url = reverse("helper", args=[desk.visitor.slug, offer.helper.public_id])
    ref = "" if offer.answer else str(offer.public_id)
    return Item("lent", "lead", title, detail, url, _("Look"), visits[0].starts_at, offer=ref)


def _soon(visit: Visit, at: datetime) -> str:
    today = visit.local_date == at.astimezone(clock.HOME).date()
    return _("today at {time}").format(time=words.hour(visit.starts_at)) if today else words.when(visit)


def _access(desk: Desk) -> list[Item]:
    asked = AccessRequest.objects.filter(team=desk.team, granted_until=None).select_related("colleague")
    return [
        Item(
            "access",
            "lead",
            _("{name} asks to see a file of your team").format(name=request.colleague.name),
            _("“{reason}” You open it until midnight.").format(reason=request.reason),
            reverse("grant", args=[desk.visitor.slug, request.public_id]),
            _("Open it"),
            request.asked_at + timedelta(days=1),
            post=True,
        )
        for request in asked
    ]
