"""What an organisation holds to in its work, looked up once in a transaction: a plan asks after it again and again."""

from samen.base import tenancy
from samen.visits.models import WorkPolicy

KNOWN = "policy"


def of_house() -> WorkPolicy:
    """What this organisation said, or the gentlest answer to everything."""
    known = tenancy.current().known
    if KNOWN not in known:
        known[KNOWN] = WorkPolicy.objects.first() or WorkPolicy()
    found: WorkPolicy = known[KNOWN]
    return found


def forget() -> None:
    """It was changed: whoever asks after it reads it again."""
    tenancy.current().known.pop(KNOWN, None)
