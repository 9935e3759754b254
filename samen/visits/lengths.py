"""Whether a visit is shorter this time than was agreed."""

from samen.visits.models import Term, Visit


def is_shorter(visit: Visit) -> bool:
    """Whether this one visit was made shorter than its agreement says; asked of the database only if it was changed."""
    if not visit.own_minutes or visit.arrangement_id is None or visit.occurrence_date is None:
        return False
    agreed = Term.objects.filter(arrangement=visit.arrangement_id, slot_no=visit.slot_no)
    return agreed.filter(period__contains=visit.occurrence_date, minutes__gt=visit.minutes).exists()
