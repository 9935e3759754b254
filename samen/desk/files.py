"""The files of a helper and a household: in one glance, what comes, what is agreed and wished, and what happened."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from samen.base import clock, gathering, journal
from samen.base.journal import Subject
from samen.desk import terms, wishing
from samen.desk.season import going_away
from samen.desk.sitting import Desk
from samen.people import availability, lookup, places, standing
from samen.people import formats as written
from samen.people import wishes as wished
from samen.people.facts import Fact
from samen.people.models import (
    AskRight,
    AskWindow,
    Availability,
    Channel,
    ContactPoint,
    Document,
    Helper,
    Household,
    HouseholdMember,
    Mandate,
    Note,
    PairWish,
    Person,
    StandingWish,
    Story,
    WayIn,
)
from samen.visits import objections, words
from samen.visits.facts import Fact as Visits
from samen.visits.models import Absence, Assignment, Objection, Visit

MOST_VISITS = 8
MOST_LINES = 20
LOOKED_BACK = 60
MOST_WISHES = 4
MINUTES = 60
WEEK = timedelta(days=7)
MORE = {"documents": ("blob__size",)}
PAIRED = ("helper__person__first_name", "helper__person__prefix", "helper__person__last_name")
RATHER_NOT = ("offer__helper__person__first_name", "offer__round__absence__public_id")
PARTS = [
    ("", gettext_lazy("All")),
    ("contact", gettext_lazy("Contact")),
    ("bezoek", gettext_lazy("Visits")),
    ("wijziging", gettext_lazy("Changes")),
    ("notitie", gettext_lazy("Notes")),
]
CHANGES = {*Fact.values, Visits.ARRANGEMENT_AGREED, Visits.ARRANGEMENT_CHANGED} - {Fact.STANDING_WISH_ASKED}
CONTACT = {Fact.STANDING_WISH_ASKED, Visits.OFFERS_SENT, Visits.OFFERS_UNDONE, Visits.REPLACEMENT_SEEN}
MARKS = {"contact": "mail", "bezoek": "calendar-check", "wijziging": "pencil", "notitie": "sticky-note"}


@dataclass(frozen=True)
class Glance:
    """One line of what a colleague must know in twenty seconds."""

    icon: str
    label: str
    text: str
    url: str = ""
    urgent: bool = False


def of_helper(desk: Desk, helper: Helper, part: str = "") -> dict[str, Any]:
    """What a colleague must know of a helper."""
    today = desk.at.astimezone(clock.HOME).date()
    known = gathering.gather(
        desk.visitor.org,
        _lists("helper", helper, today)
        | {
            "points": ContactPoint.objects.standing().filter(person=helper.person_id),
            "rights": AskRight.objects.filter(helper=helper),
            "windows": AskWindow.objects.filter(helper=helper).order_by("weekday", "local_start"),
            "hours": availability.rows_of(helper, max(today, helper.since_date or today)),
            "absences": Absence.objects.filter(helper=helper, withdrawn_at=None).exclude(ended_at__lte=desk.at),
        },
        more=MORE | {"pairs": ("household__name", "household__team_id")},
    )
    visits = Visit.objects.standing().filter(
        assignments__helper=helper, assignments__ended_at=None, ends_at__gt=desk.at
    )
    absence = min(known["absences"], key=lambda one: (one.is_over(desk.at), one.starts_at), default=None)
    coming = _visits(desk, visits)
    said = [wishing.told(wish) for wish in known["wishes"]]
    return (
        {
            "name": helper.person.name,
            "leave_url": reverse("leave", args=[desk.visitor.slug, helper.public_id]),
            "person_url": reverse("helper_person", args=[desk.visitor.slug, helper.public_id]),
            "hand_over_url": reverse("hand_over", args=[desk.visitor.slug, helper.public_id]),
            "work_url": reverse("helper_work", args=[desk.visitor.slug, helper.public_id]),
            "first_name": helper.person.first_name,
            "public_id": helper.public_id,
            "team": helper.team,
            "place": places.fully(places.of_helpers([helper.pk], today).get(helper.pk)),
            "place_url": reverse("helper_place", args=[desk.visitor.slug, helper.public_id]),
            "calendar_url": reverse("helper_calendar", args=[desk.visitor.slug, helper.public_id]),
            "phone": _point(known["points"], ContactPoint.Kind.PHONE),
            "email": _point(known["points"], ContactPoint.Kind.EMAIL),
            "mode": helper.mode.lower(),
            "reach": helper.reach_minutes,
            "absence": absence,
            "better_url": reverse("better", args=[desk.visitor.slug, absence.public_id]) if absence else "",
            "absence_url": reverse("cockpit", args=[desk.visitor.slug, absence.public_id]) if absence else "",
            "glance": _glance_of_helper(desk, helper, coming, said, _asked(known["rights"], known["windows"], desk.at)),
            "week": _week(known["hours"]),
            "pairs": [
                {
                    "words": wishing.told_pair(row, row.household__name),
                    "url": f"{reverse('drop_pair', args=[desk.visitor.slug, row.public_id])}?van=hulp"
                    if row.household__team_id == helper.team_id
                    else "",
                }
                for row in known["pairs"]
            ],
            "visits": coming[:MOST_VISITS],
        }
        | _told(known, said)
        | _timeline(Subject.of(helper), known["notes"], part)
    )


def of_household(desk: Desk, household: Household, part: str = "") -> dict[str, Any]:
    """What a colleague must know of a household."""
    today = desk.at.astimezone(clock.HOME).date()
    belonging = HouseholdMember.objects.filter(household=household)
    people = belonging.values("person")
    known = gathering.gather(
        desk.visitor.org,
        _lists("household", household, today)
        | {
            "points": ContactPoint.objects.standing().filter(person__in=people),
            "members": belonging.order_by("pk"),
            "people": Person.objects.filter(pk__in=people),
            "wants": StandingWish.objects.filter(household=household, ended_at=None).order_by("pk"),
            "keys": WayIn.objects.filter(household=household),
            "rather_not": objections.of_household(household, since=desk.at - timedelta(days=LOOKED_BACK)),
        },
        more=MORE | {"pairs": PAIRED, "rather_not": RATHER_NOT},
    )
    everybody = lookup.joined(known["members"], known["people"])
    members = [member for member in everybody if member.until_date is None]
    told = lookup.first_told(members)
    points = _of_person(known["points"], told)
    coming = _visits(desk, Visit.objects.standing().filter(household=household, ends_at__gt=desk.at))
    said = [wishing.told(wish) for wish in known["wishes"]]
    key = next(iter(known["keys"]), None)
    contact = _contact(told, members, _point(points, ContactPoint.Kind.PHONE))
    return (
        {
            "name": household.name,
            "rate_url": reverse("household_rate", args=[desk.visitor.slug, household.public_id]),
            "team": household.team,
            "place": places.fully(places.of_households([household.pk], today).get(household.pk)),
            "place_url": reverse("household_place", args=[desk.visitor.slug, household.public_id]),
            "calendar_url": reverse("household_calendar", args=[desk.visitor.slug, household.public_id]),
            "public_id": household.public_id,
            "agreements": terms.of_household(desk, household),
            "away": going_away.of_household(desk, household),
            "told": told.name if told else "",
            "phone": _point(points, ContactPoint.Kind.PHONE),
            "email": _point(points, ContactPoint.Kind.EMAIL),
            "glance": [
                *_glance_of_household(coming, said, known["wants"], contact, key, at=desk.at),
                *(_rather_not(desk, one) for one in known["rather_not"]),
            ],
            "members": [_member(desk, member, _of_person(known["points"], member.person)) for member in members],
            "left": [_member(desk, member, []) for member in everybody if member.until_date is not None],
            "pairs": [
                {
                    "words": wishing.told_pair(row, _name(row)),
                    "url": reverse("drop_pair", args=[desk.visitor.slug, row.public_id]),
                }
                for row in known["pairs"]
            ],
            "key": key,
            "key_words": WayIn.Kind(key.kind).label if key else "",
            "visits": coming[:MOST_VISITS],
        }
        | _told(known, said)
        | _timeline(Subject.of(household), known["notes"], part)
    )


def _lists(owner: str, row: Household | Helper, today: date) -> dict[str, QuerySet[Any]]:
    """What is kept of households and helpers alike."""
    mine = {owner: row}
    return {
        "wishes": wished.of(row, on=today),
        "pairs": PairWish.objects.filter(**mine).order_by("pk"),
        "stories": Story.objects.filter(**mine),
        "documents": Document.objects.filter(**mine).order_by("-pk"),
        "notes": Note.objects.filter(**mine).order_by("-pk")[:MOST_LINES],
    }


def _told(known: dict[str, list[Any]], said: list[dict[str, Any]]) -> dict[str, Any]:
    return {"wishes": said, "story": next(iter(known["stories"]), None), "documents": known["documents"]}


def _name(row: Any) -> str:
    """The name of the helper of a pair."""
    return " ".join(part for part in (getattr(row, column) for column in PAIRED) if part)


def _of_person(points: list[ContactPoint], person: Person | None) -> list[ContactPoint]:
    return [point for point in points if person is not None and point.person_id == person.pk]


# In one glance


def _glance_of_household(
    coming: list[dict[str, Any]],
    said: list[dict[str, Any]],
    wants: list[StandingWish],
    contact: str,
    key: WayIn | None,
    *,
    at: datetime,
) -> list[Glance]:
    return [
        _next(coming),
        Glance("heart-handshake", _("Wishes"), _most(said) or _("nothing noted yet")),
        _wants(wants, at=at),
        Glance("phone", _("Contact"), contact or _("nobody yet")),
        Glance("key-round", _("Way in"), str(WayIn.Kind(key.kind).label) if key else _("not noted yet")),
    ]


def _rather_not(desk: Desk, said: Any) -> Glance:
    """What the household said of somebody who stood in, and what became of it."""
    name, absence, *_more = (getattr(said, column) for column in RATHER_NOT)
    told = ": ".join(part for part in (name, f"“{said.reason}”" if said.reason else "") if part)
    url = reverse("cockpit", args=[desk.visitor.slug, absence]) if absence else ""
    what = str(DECIDED[said.decision])
    return Glance("message-square-warning", _("Rather not"), f"{told} · {what}", url, urgent=not said.decision)


DECIDED = {
    "": gettext_lazy("somebody of the team decides"),
    Objection.Decision.KEEP: gettext_lazy("came after all"),
    Objection.Decision.LOOK: gettext_lazy("somebody else is sought"),
    Objection.Decision.SKIP: gettext_lazy("nobody comes this time"),
}


def _next(coming: list[dict[str, Any]]) -> Glance:
    """The next visit, and who comes; an open absence of the helper in words."""
    if not coming:
        return Glance("calendar", _("Next visit"), _("no visit planned"))
    visit = coming[0]
    moment = _moment(visit["time"])
    if not visit["helper_name"]:
        who = _("{name} cannot come, nobody yet").format(name=visit["instead_of"]) if visit["instead_of"] else ""
        return Glance("calendar", _("Next visit"), f"{moment}: {who or _('nobody yet')}", urgent=True)
    if visit["instead_of"]:
        who = _("{newcomer} instead of {name}").format(newcomer=visit["helper_name"], name=visit["instead_of"])
        return Glance("calendar", _("Next visit"), f"{moment}: {who}")
    return Glance("calendar", _("Next visit"), f"{moment}: {visit['helper_name']}")


def _most(said: list[dict[str, Any]]) -> str:
    """The wishes that weigh most, in one line."""
    strongest = sorted(said, key=lambda wish: not wish["strong"])[:MOST_WISHES]
    return ", ".join(f"{wish['what']}: {wish['strength']}" for wish in strongest)


def _wants(wants: list[StandingWish], *, at: datetime) -> Glance:
    label = _("If the helper cannot come")
    if not wants:
        return Glance("umbrella", label, _("not asked yet"), urgent=True)
    told = ", ".join(f"{StandingWish.For(row.for_kind).label}: {StandingWish.Want(row.want).label}" for row in wants)
    if min(row.confirmed_at for row in wants) <= at - standing.HOLDS:
        return Glance("umbrella", label, _("{wishes} (ask again: longer than a year ago)").format(wishes=told))
    return Glance("umbrella", label, told)


def _contact(told: Person | None, members: list[HouseholdMember], phone: dict[str, str] | None) -> str:
    if told is None:
        return ""
    role = next(HouseholdMember.Role(row.role).label for row in members if row.person_id == told.pk)
    return " · ".join(str(part) for part in (told.name, role, phone["shown"] if phone else "") if part)


def _glance_of_helper(
    desk: Desk, helper: Helper, coming: list[dict[str, Any]], said: list[dict[str, Any]], asked: str
) -> list[Glance]:
    ahead = [visit for visit in coming if visit["time"] < desk.at + WEEK]
    hours = sum(visit["minutes"] for visit in ahead) / MINUTES
    agreed = helper.contract_minutes / MINUTES
    filled = _("{hours} of {agreed} hours planned in 7 days") if agreed else _("{hours} hours planned in 7 days")
    homes = len({visit["household_name"] for visit in coming})
    many = ngettext("{count} household", "{count} households", homes).format(count=homes)
    first = coming[0] if coming else None
    after = f"{_moment(first['time'])}: {first['household_name']}" if first else _("no visit planned")
    return [
        Glance("calendar", _("Next visit"), after),
        Glance("clock", _("Hours"), f"{filled.format(hours=f'{hours:g}', agreed=f'{agreed:g}')} · {many}"),
        Glance("heart-handshake", _("Can and wishes"), _most(said) or _("nothing noted yet")),
        Glance("message-circle-question-mark", _("To be asked"), asked),
    ]


def _asked(rights: list[AskRight], windows: list[AskWindow], at: datetime) -> str:
    """When and how often she may be asked, in one line."""
    right = next(iter(rights), AskRight())
    parts = []
    if right.pause_until and right.pause_until > at.astimezone(clock.HOME).date():
        parts.append(_("not before {day}").format(day=_day(right.pause_until)))
    if windows:
        days = [f"{_weekday(number)} {hours}" for number, hours in _by_day(windows).items()]
        parts.append(", ".join(days))
    if right.per_week is not None:
        often = ngettext("at most {count} time a week", "at most {count} times a week", right.per_week)
        parts.append(often.format(count=right.per_week))
    return " · ".join(parts or [_("always")]) + f" · {Channel(right.channel).label}"


def _by_day(rows: list[Any]) -> dict[int, str]:
    """The stretches of each weekday, as people write them."""
    found: dict[int, list[availability.Stretch]] = {}
    for row in rows:
        found.setdefault(row.weekday, []).append((row.local_start, row.local_end))
    return {weekday: availability.in_words(hours) for weekday, hours in sorted(found.items())}


def _week(rows: list[Availability]) -> list[dict[str, str]]:
    hours = _by_day(rows)
    return [{"day": _weekday(n), "hours": hours.get(n, "")} for n in range(7)]


def _moment(at: datetime) -> str:
    return f"{words.day(at)} {words.hour(at)}"


def _day(day: date | None) -> str:
    return formats.date_format(day, "j F Y") if day else ""


def _weekday(number: int) -> str:
    return formats.date_format(date(2024, 1, 1 + number), "D")


# Who and what


def _member(desk: Desk, member: HouseholdMember, points: list[ContactPoint]) -> dict[str, Any]:
    mandate = member.get_mandate_display()
    if member.mandate not in ("", Mandate.UNKNOWN):
        mandate = f"{mandate}, {_day(member.mandate_date)}"
    return {
        "name": member.person.name,
        "salutation": member.person.salutation,
        "until": member.until_date,
        "url": reverse("person", args=[desk.visitor.slug, member.public_id]),
        "role": HouseholdMember.Role(member.role).label,
        "mandate": mandate,
        "phone": _point(points, ContactPoint.Kind.PHONE),
        "email": _point(points, ContactPoint.Kind.EMAIL),
    }


def _point(points: list[ContactPoint], kind: str) -> dict[str, str] | None:
    kept = next((point for point in points if point.kind == kind), None)
    if kept is None:
        return None
    shown = written.phone_shown(kept.normalised) if kind == ContactPoint.Kind.PHONE else kept.normalised
    return {"number": kept.normalised, "shown": shown}


def _visits(desk: Desk, visits: QuerySet[Visit]) -> list[dict[str, Any]]:
    everybody = Assignment.objects.select_related("helper__person").order_by("pk")
    rows = (
        visits.select_related("household")
        .prefetch_related(Prefetch("assignments", everybody))
        .order_by("starts_at")[: 3 * MOST_VISITS]
    )
    found = []
    for visit in rows:
        going = [row for row in visit.assignments.all() if row.ended_at is None]
        before = [row for row in visit.assignments.all() if row.ended_at is not None and row.ended_by_kind == "absence"]
        comes = going[0].helper.person.first_name if going else None
        away = before[-1].helper.person.first_name if before else None
        found.append(
            {
                "date": visit.local_date,
                "time": visit.starts_at,
                "ends_at": visit.ends_at,
                "minutes": visit.minutes,
                "url": reverse("visit", args=[desk.visitor.slug, visit.public_id]),
                "household_name": visit.household.name,
                "household_url": reverse("household", args=[desk.visitor.slug, visit.household.public_id]),
                "helper_name": comes,
                "instead_of": away if away != comes else None,
                "replacing": bool(going and going[0].from_offer_id),
            }
        )
    return found


# What happened


def _timeline(subject: Subject, noted: list[Any], part: str) -> dict[str, Any]:
    """Journal and notes in one stream, newest first; the chosen part of it."""
    chosen = part if part in dict(PARTS) else ""
    lines = journal.about(subject, most=LOOKED_BACK) if chosen != "notitie" else []
    wanted = [line for line in lines if chosen in ("", _part_of(line.fact))][:MOST_LINES]
    shown = noted[:MOST_LINES] if chosen in ("", "notitie") else []
    authors = {Subject("colleague", note.written_by_ref) for note in shown if note.written_by_ref}
    names = lookup.names(journal.refs(wanted) | authors)
    entries: list[dict[str, Any]] = [
        {"at": line.at, "text": journal.sentence(line, names), "icon": _icon(line.fact)} for line in wanted
    ]
    entries += [
        {
            "at": note.written_at,
            "text": note.text,
            "by": names.get(Subject("colleague", note.written_by_ref), ""),
            "icon": MARKS["notitie"],
            "note": True,
        }
        for note in shown
    ]
    entries.sort(key=lambda entry: entry["at"], reverse=True)
    parts = [{"key": key, "name": name, "chosen": key == chosen} for key, name in PARTS]
    return {"timeline": entries[:MOST_LINES], "parts": parts}


def _part_of(fact: str) -> str:
    if fact in CONTACT:
        return "contact"
    return "wijziging" if fact in CHANGES else "bezoek"


def _icon(fact: str) -> str:
    return MARKS[_part_of(fact)]
