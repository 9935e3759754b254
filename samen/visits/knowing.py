"""Whose name and address a helper reads in full, and from when: an initial and a town are enough to plan a week."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db.models import Count, Q

from samen.base import clock
from samen.people.models import Helper
from samen.visits.models import Assignment, Visit

EVENING = time(18)
AFTER = timedelta(hours=2)


def in_full(helper: Helper, visits: Collection[Visit], *, at: datetime) -> set[int]:
    """Of these visits of hers those (by number) of which she reads the name and the address of the household now.

    Where she goes of her own she always does, and so does who was there another time: nobody forgets a door.  Who
    stands in somewhere new does from the evening before until two hours after.
    """
    there = Assignment.objects.standing().filter(
        helper=helper, visit__household__in={one.household_id for one in visits}
    )
    counted = there.values_list("visit__household").annotate(
        own=Count("pk", filter=Q(from_offer=None)), been=Count("pk", filter=Q(ends_at__lte=at))
    )
    times = {home: (own, been) for home, own, been in counted}
    return {visit.pk for visit in visits if _is_known(visit, *times.get(visit.household_id, (0, 0)), at=at)}


def _is_known(visit: Visit, own: int, been: int, *, at: datetime) -> bool:
    other_times = been - (visit.ends_at <= at)
    return own > 0 or other_times > 0 or from_when(visit) <= at < visit.ends_at + AFTER


def from_when(visit: Visit) -> datetime:
    """The moment from which whoever goes reads where she goes."""
    return datetime.combine(visit.local_date - timedelta(days=1), EVENING, tzinfo=clock.HOME)
