"""What stands on the pages of helpers and households: first names, and no more than they need."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import links
from samen.base.models import Link
from samen.people import places, travel
from samen.people.models import Helper, Household, Person
from samen.portal import access, telling
from samen.portal.forms import ObjectForm
from samen.visits import knowing, objections, replacements, tasks, waiting, words
from samen.visits.models import Absence, Assignment, Objection, Offer, Replacement, Visit

AHEAD = timedelta(days=14)


def of_helper(helper: Helper, token: str, *, at: datetime) -> dict[str, Any]:
    """A helper's own page: the visits ahead, the questions that wait for her, and the way to report ill."""
    mine = list(
        Visit.objects.standing()
        .filter(assignments__helper=helper, assignments__ended_at=None)
        .overlapping(at, at + AHEAD)
        .select_related("household")
        .order_by("starts_at")
    )
    homes = places.of_households({visit.household_id for visit in mine}, at.date())
    full = knowing.in_full(helper, mine, at=at)
    return {
        "helper": helper.person,
        "team": helper.team,
        "visits": [
            {
                "starts_at": visit.starts_at,
                "ends_at": visit.ends_at,
                "minutes": visit.minutes,
                "household_name": telling.name_of(visit.household, full=visit.pk in full),
                "place_name": telling.place_of(homes.get(visit.household_id), full=visit.pk in full),
                "full_from": None if visit.pk in full else knowing.from_when(visit),
                "url": reverse("told", args=[token, visit.public_id]),
            }
            for visit in mine
        ],
        "offers": _questions(helper, helper.offers.all(), at=at),
        "absence": Absence.objects.filter(helper=helper, kind=Absence.Kind.ILLNESS, withdrawn_at=None)
        .exclude(ended_at__lte=at)
        .exclude(ended_at=None, expected_until__lte=at)
        .first(),
        "sick_url": reverse("sick", args=[token]),
        "asking_url": reverse("my_asking", args=[token]),
        "hours_url": reverse("my_hours", args=[token]),
        "tell": telling.waiting(helper, token, at=at),
        "told": telling.just_told(helper, token, at=at),
    }


def _questions(helper: Helper, offers: QuerySet[Offer], *, at: datetime) -> list[dict[str, Any]]:
    """Of these offers to her those that she may still answer."""
    asked = offers.filter(answer="", withdrawn_at=None).select_related("household", "round")
    addresses = _offer_links(helper)
    return [
        {
            "url": addresses[offer.public_id],
            "household_name": words.initial(offer.household.name),
            "starts_at": min(inside.visit.starts_at for inside in offer.visits.all()),
        }
        for offer in asked.prefetch_related("visits__visit").order_by("reply_by", "pk")
        if offer.public_id in addresses and is_open(offer, at) and _has_left(offer, at)
    ]


def _has_left(offer: Offer, at: datetime) -> bool:
    """Whether the undo delay is over: a question that may still be called back is not shown."""
    return offer.sent_at is not None and offer.sent_at + replacements.UNDO <= at


def _offer_links(helper: Helper) -> dict[Any, str]:
    rows = Link.objects.filter(purpose=Link.Purpose.OFFER, person_ref=helper.person.public_id, revoked_at=None)
    return {row.object_ref: links.url(row.public_id) for row in rows}


def is_open(offer: Offer, at: datetime) -> bool:
    """Whether a yes can still be meant: it stands, and one of its visits is still to come."""
    return _stands(offer) and not has_begun(offer, at)


def has_begun(offer: Offer, at: datetime) -> bool:
    """Whether it stands, and none of its visits is still to come."""
    return _stands(offer) and max(inside.visit.starts_at for inside in offer.visits.select_related("visit")) <= at


def _stands(offer: Offer) -> bool:
    return offer.withdrawn_at is None and offer.round.undone_at is None


def of_offer(offer: Offer, *, at: datetime) -> dict[str, Any]:
    """One question: where roughly, when, how far, why you."""
    visits = _visits_of(offer, at)
    place = places.of_households([offer.household_id], visits[0].local_date).get(offer.household_id)
    with_it = offer.helper.offers.filter(sent_at=offer.sent_at)
    full = knowing.in_full(offer.helper, visits, at=at) if offer.goes else set[int]()
    ahead = [visit for visit in visits if visit.starts_at > at]
    return {
        "offer": {
            "household_name": telling.name_of(offer.household, full=bool(full)),
            "place_name": telling.place_of(place, full=bool(full)),
            "full_from": knowing.from_when(ahead[0]) if ahead and not full else None,
            "visits": [
                {
                    "id": str(visit.public_id),
                    "starts_at": visit.starts_at,
                    "ends_at": visit.ends_at,
                    "minutes": visit.minutes,
                }
                for visit in visits
            ],
            "chosen_for": offer.rule == Offer.Rule.CHOOSE,
            "travel_minutes": travel.about(offer.reasons.get("travel_minutes")),
            "mode": offer.helper.mode.lower(),
            "reasons": _reasons(offer),
            "reply_by": offer.reply_by,
            "state": offer.answer.lower(),
            "times": replacements.times_of(offer),
        },
        "tasks": tasks.of_visit(visits[0]),
        "more": _questions(offer.helper, with_it.exclude(pk=offer.pk), at=at),
        "helper": offer.helper.person,
        "helper_url": access.home(offer.helper, at=at),
        "team": offer.round.team,
    }


def _visits_of(offer: Offer, at: datetime) -> list[Visit]:
    """The visits of a question: once she said yes those of her yes, before that those ahead that nobody has yet."""
    inside = offer.visits.select_related("visit__household", "visit__arrangement").order_by("visit__starts_at")
    rows = inside.prefetch_related(Prefetch("visit__assignments", Assignment.objects.standing()))
    if offer.answer == Offer.Answer.YES:
        return [one.visit for one in rows if not one.left_out]
    everything = [one.visit for one in rows]
    free = [visit for visit in everything if not visit.assignments.all()]
    return [visit for visit in free if visit.starts_at > at] or free or everything


def leaves_nothing(offer: Offer, left_out: set[uuid.UUID], *, at: datetime) -> bool:
    """Whether a yes without these visits would be a yes to none."""
    return {visit.public_id for visit in _visits_of(offer, at)} <= left_out


def _reasons(offer: Offer) -> list[str]:
    """What a helper may read of why she was asked: only what speaks for her."""
    return [
        ngettext("you were there {count} time before", "you were there {count} times before", part["count"]).format(
            count=part["count"]
        )
        for part in offer.reasons["parts"]
        if part["part"] == "FAMILIAR"
    ]


def of_household(household: Household, person: Person, token: str, *, at: datetime) -> dict[str, Any]:
    """A household's own page: who comes next, and after that."""
    visits = list(
        Visit.objects.standing()
        .filter(household=household)
        .overlapping(at, at + AHEAD)
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.select_related("helper__person", "from_offer").order_by("pk")),
            Prefetch("replacements", Replacement.objects.order_by("pk")),
        )
        .order_by("starts_at")
    )
    shown = [_visit(visit) for visit in visits]
    news = [row for visit in visits for row in visit.replacements.all() if row.outcome == Replacement.Outcome.COVERED]
    seen = [row.seen_at for row in news if row.seen_at]
    return {
        "household": {"name": household.name, "person": person.name},
        "next": shown[0] if shown else None,
        "visits": shown[1:],
        "team": household.team,
        "wishes_url": reverse("my_wishes", args=[token]),
        "seen_url": reverse("seen", args=[token]) if len(seen) < len(news) else "",
        "hours_url": reverse("my_hours", args=[token]),
        "seen_at": max(seen) if news and len(seen) == len(news) else None,
        "promises": _promises(visits, at),
        "nobody": _skipped(household, at),
        "rather_not_url": reverse("rather_not", args=[token]),
    }


def _promises(visits: list[Visit], at: datetime) -> list[dict[str, Any]]:
    """Who stands in ahead, each once: what the household may say of it, or what becomes of what it said."""
    ahead: dict[int, list[Visit]] = {}
    going = {}
    for visit in visits:
        for row in visit.assignments.all():
            if row.ended_at is None and row.from_offer_id and visit.starts_at > at:
                ahead.setdefault(row.from_offer_id, []).append(visit)
                going[row.from_offer_id] = row
    said = objections.of_offers(ahead)
    return [_promise(going[number], coming, said.get(number), at) for number, coming in ahead.items()]


def _promise(going: Assignment, coming: list[Visit], said: Objection | None, at: datetime) -> dict[str, Any]:
    state = "" if said is None else "kept" if said.decision else "waiting"
    return {
        "name": going.helper.person.first_name,
        "offer": str(going.from_offer.public_id) if going.from_offer else "",
        "days": [visit.starts_at for visit in coming],
        "state": state,
        "form": ObjectForm(auto_id=f"id_{going.pk}_%s"),
        "before": words.moment(waiting.hears_before(coming[0].starts_at, at=at)),
    }


def _skipped(household: Household, at: datetime) -> list[datetime]:
    """When nobody comes, because the team decided so after the household would rather have somebody else."""
    rows = Visit.objects.filter(
        household=household, starts_at__gt=at, offers__offer__objections__decision=Objection.Decision.SKIP
    ).exclude(cancelled_at=None)
    return list(
        rows.filter(starts_at__lt=at + AHEAD).distinct().order_by("starts_at").values_list("starts_at", flat=True)
    )


def _visit(visit: Visit) -> dict[str, Any]:
    everybody = list(visit.assignments.all())
    going = [row for row in everybody if row.ended_at is None]
    before = [row for row in everybody if row.ended_at is not None and row.ended_by_kind == "absence"]
    comes = going[0].helper.person.first_name if going else None
    instead_of = before[-1].helper.person.first_name if before else None
    return {
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "helper_name": comes or _("nobody yet"),
        "instead_of": instead_of if instead_of != comes else None,
        "replaced": bool(going and going[0].from_offer_id),
        "open": not going,
    }
