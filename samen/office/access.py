"""The gate of what comes in and goes out: managers only, and whoever looks is written down."""

import uuid

from django.http import Http404

from samen.base import audit
from samen.base.entrances import Visitor
from samen.office.models import Export, Import, Split


def import_for(visitor: Visitor, public_id: uuid.UUID) -> Import:
    """The import, written down as seen; else 404."""
    found = Import.objects.filter(public_id=public_id).select_related("team").first()
    if found is None:
        raise Http404
    audit.read(found, role=visitor.role, entrance=visitor.entrance)
    return found


def export_for(visitor: Visitor, public_id: uuid.UUID) -> Export:
    """The export that can be fetched, written down as taken out of the house; else 404."""
    ready = Export.objects.filter(public_id=public_id, state=Export.State.READY)
    found = ready.select_related("blob").first()
    if found is None:
        raise Http404
    audit.write(found, "EXPORT", role=visitor.role, entrance=visitor.entrance)
    return found


def split_for(visitor: Visitor, public_id: uuid.UUID) -> Split:
    """The splitting of a region that can be undone, written down as seen; else 404."""
    standing = Split.objects.filter(public_id=public_id, undone_at=None)
    found = standing.select_related("source", "target", "team").first()
    if found is None:
        raise Http404
    audit.read(found, role=visitor.role, entrance=visitor.entrance)
    return found
