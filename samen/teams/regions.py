"""Regions: which postcodes an organisation serves, and where."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange

from samen.base import journal
from samen.base.tenancy import Actor
from samen.teams.facts import Fact
from samen.teams.models import PostcodeSpan, Region
from samen.teams.promises import unless

Spans = Sequence[tuple[int, int]]  # first and last postcode of each stretch, both in it


class NameTaken(Exception):
    """There is another region of this name."""


class PostcodesTaken(Exception):
    """Some of these postcodes lie in another region: which, and how that one is called."""

    def __init__(self, first: int, last: int, region: str) -> None:
        super().__init__(self.__doc__)
        self.first, self.last, self.region = first, last, region


@transaction.atomic
def make(*, name: str, spans: Spans, by: Actor, at: datetime) -> Region:
    """The organisation serves these postcodes as one region."""
    with unless("one_region_per_name", NameTaken()):
        region = Region.objects.create(name=name)
    _cover(region, spans)
    journal.record(Fact.REGION_MADE, about=[region], by=by, at=at)
    return region


@transaction.atomic
def change(region: Region, *, name: str, spans: Spans, by: Actor, at: datetime) -> None:
    """From now on the region has this name and these postcodes."""
    region.name = name
    with unless("one_region_per_name", NameTaken()):
        region.save(update_fields=["name"])
    region.spans.all().delete()
    _cover(region, spans)
    journal.record(Fact.REGION_CHANGED, about=[region], by=by, at=at)


@transaction.atomic
def give(*, spans: Spans, source: Region, target: Region, by: Actor, at: datetime) -> None:
    """These postcodes lie in `target` from now on, and no longer in `source`; what lay in neither lies there too.

    Raises `PostcodesTaken` for one that lies in a third region.
    """
    asked = _numbers(spans)
    left, kept = _numbers(spans_of(source)) - asked, _numbers(spans_of(target)) | asked
    PostcodeSpan.objects.filter(region__in=[source, target]).delete()
    _cover(source, _stretches(left))
    _cover(target, _stretches(kept))
    journal.record(Fact.REGION_SPLIT, about=[source, target], by=by, at=at)


def hold(region: Region) -> None:
    """Whoever else would divide this region waits until the transaction ends."""
    Region.objects.select_for_update().get(pk=region.pk)


def within(postcode: str, spans: Spans) -> bool:
    """Whether this postcode, letters or no, lies in these stretches."""
    digits = postcode.strip()[:4]
    return digits.isdecimal() and any(first <= int(digits) <= last for first, last in spans)


def shared(one: Spans, other: Spans) -> Spans:
    """The postcodes that lie in both."""
    return _stretches(_numbers(one) & _numbers(other))


def without(one: Spans, other: Spans) -> Spans:
    """The postcodes that lie in the first and not in the other."""
    return _stretches(_numbers(one) - _numbers(other))


def _numbers(spans: Spans) -> set[int]:
    return {number for first, last in spans for number in range(first, last + 1)}


def _stretches(numbers: set[int]) -> Spans:
    """The numbers as stretches: a new one begins where the number before is missing."""
    firsts = sorted(number for number in numbers if number - 1 not in numbers)
    lasts = sorted(number for number in numbers if number + 1 not in numbers)
    return list(zip(firsts, lasts, strict=True))


def spans_of(region: Region) -> list[tuple[int, int]]:
    """The first and last postcode of each stretch, in order."""
    return sorted((row.span.lower, row.span.upper - 1) for row in region.spans.all())


def _cover(region: Region, spans: Spans) -> None:
    for first, last in spans:
        span = NumericRange(first, last + 1)
        other = PostcodeSpan.objects.filter(span__overlap=span).exclude(region=region).select_related("region").first()
        if other is not None:
            shared_first, shared_last = max(first, other.span.lower), min(last, other.span.upper - 1)
            raise PostcodesTaken(shared_first, shared_last, other.region.name)
        # Two at once: the promise decides, and whoever comes second reads it in the same words.
        with unless("one_region_per_postcode", PostcodesTaken(first, last, "")):
            PostcodeSpan.objects.create(region=region, span=span)
