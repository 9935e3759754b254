"""Agreements that came in with a file are taken back, as long as nothing happened in them."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from samen.visits.models import Arrangement, Assignment, Change, Term, Visit

OURS = (Assignment, Visit, Term)


@transaction.atomic
def take_back(agreed: Sequence[uuid.UUID], *, at: datetime) -> set[uuid.UUID]:
    """These agreements never were; returns those that stay, because somebody changed them or went there already."""
    found = {row.pk: row for row in Arrangement.objects.filter(public_id__in=agreed).select_for_update()}
    used = _used(found, at)
    free = [pk for pk in found if pk not in used]
    Assignment.objects.filter(visit__arrangement__in=free).delete()
    Visit.objects.filter(arrangement__in=free).delete()
    Term.objects.filter(arrangement__in=free).delete()
    Arrangement.objects.filter(pk__in=free).delete()
    gone = set(agreed) - {row.public_id for row in found.values()}
    return gone | {found[pk].public_id for pk in used}


def _used(arrangements: Iterable[int], at: datetime) -> set[int]:
    """Those with a change, with a visit that began or is not as its term says, or to which anything else points."""
    numbers = list(arrangements)
    visits = Visit.objects.filter(arrangement__in=numbers)
    own = Q(own_date=True) | Q(own_start=True) | Q(own_minutes=True) | Q(own_helper=True)
    touched = visits.filter(own | Q(starts_at__lte=at) | ~Q(cancelled_at=None) | Q(assignments__ended_at__isnull=False))
    used = set(Change.objects.filter(arrangement__in=numbers).values_list("arrangement_id", flat=True))
    used |= set(touched.values_list("arrangement_id", flat=True))
    of = dict(visits.values_list("pk", "arrangement_id"))
    used |= {of[pk] for pk in _pointed_at(Visit, list(of))}
    return used | _pointed_at(Arrangement, numbers)


def _pointed_at(table: type[models.Model], numbers: list[int]) -> set[int]:
    """Those of these rows to which a row of any other table points."""
    found: set[int] = set()
    for relation in table._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model in OURS:
            continue
        column = f"{relation.field.name}_id"
        pointing = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": numbers})
        found |= set(pointing.values_list(column, flat=True))
    return found
