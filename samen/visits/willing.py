"""Those who said yes for a period and wait for a choice: what keeps some of them meanwhile, by visit."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from enum import StrEnum

from samen.visits.models import Absence, Assignment, Offer, Visit


class Kept(StrEnum):
    """What keeps somebody who said yes from a visit of her yes."""

    LEFT = "LEFT"
    ABSENT = "ABSENT"
    ELSEWHERE = "ELSEWHERE"


Pair = tuple[Offer, Visit]


def kept(offers: Collection[Offer], visits: Mapping[int, Visit]) -> dict[tuple[int, int], Kept]:
    """By offer and visit (by number) what keeps the helper, of those who said yes and were not chosen yet.

    It is found out anew each time, so that who is there again can be chosen again.
    """
    asked = [
        (offer, visits[inside.visit_id])
        for offer in offers
        if offer.is_willing
        for inside in offer.visits.all()
        if inside.visit_id in visits and not inside.left_out
    ]
    absences, elsewhere = (_absences(asked), _elsewhere(asked)) if asked else ({}, {})
    found: dict[tuple[int, int], Kept] = {}
    for offer, visit in asked:
        helper = offer.helper
        left = helper.team_id != (offer.lent_by_id or offer.round.team_id)
        if left or not _still_with_us(offer, visit):
            found[offer.pk, visit.pk] = Kept.LEFT
        elif any(row.meets(visit) for row in absences.get(helper.pk, ())):
            found[offer.pk, visit.pk] = Kept.ABSENT
        elif any(row.meets(visit) for row in elsewhere.get(helper.pk, ())):
            found[offer.pk, visit.pk] = Kept.ELSEWHERE
    return found


def _still_with_us(offer: Offer, visit: Visit) -> bool:
    leaves = offer.helper.until_date
    return leaves is None or visit.local_date < leaves


def _absences(asked: Collection[Pair]) -> dict[int, list[Absence]]:
    first, last = min(visit.starts_at for _, visit in asked), max(visit.ends_at for _, visit in asked)
    found: dict[int, list[Absence]] = defaultdict(list)
    for row in Absence.objects.filter(helper__in={offer.helper_id for offer, _ in asked}).meeting(first, last):
        found[row.helper_id].append(row)
    return found


def _elsewhere(asked: Collection[Pair]) -> dict[int, list[Assignment]]:
    first, last = min(visit.starts_at for _, visit in asked), max(visit.ends_at for _, visit in asked)
    going = Assignment.objects.standing().filter(starts_at__lt=last, ends_at__gt=first)
    found: dict[int, list[Assignment]] = defaultdict(list)
    for row in going.filter(helper__in={offer.helper_id for offer, _ in asked}):
        found[row.helper_id].append(row)
    return found
