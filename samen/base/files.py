"""Files in the database: one transaction, one backup, the same walls; the same content is kept once."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from django.db import IntegrityError, transaction

from samen.base import tenancy
from samen.base.models import Blob, BlobChunk
from samen.base.tenancy import Actor

CHUNK_BYTES = 256 * 1024
LARGEST_BYTES = 25 * 1024 * 1024


class TooLarge(Exception):
    """The file is larger than 25 MB."""


def store(source: BinaryIO, *, mime: str, most: int = LARGEST_BYTES) -> Blob:
    """Keep this content; returns the blob that holds it, an earlier one if the organisation has it already.

    The source is read twice, so that a large one is never held as a whole.
    """
    start, digest, size = source.tell(), hashlib.sha256(), 0
    for piece in _pieces(source, start):
        size += len(piece)
        if size > most:
            raise TooLarge(TooLarge.__doc__)
        digest.update(piece)
    blob, fresh = Blob.objects.get_or_create(sha256=digest.digest(), defaults={"size": size, "mime": mime})
    for number, piece in enumerate(_pieces(source, start)) if fresh else ():
        BlobChunk.objects.create(blob=blob, no=number, content=piece)
    return blob


def _pieces(source: BinaryIO, start: int) -> Iterator[bytes]:
    source.seek(start)
    while piece := source.read(CHUNK_BYTES):
        yield piece


def forget(blob: Blob) -> None:
    """The content is gone, unless something else keeps it."""
    try:
        with transaction.atomic():
            blob.chunks.all().delete()
            blob.delete()
    except IntegrityError:  # somebody else brought the same content
        return


def read(blob: Blob) -> bytes:
    """The whole content."""
    return b"".join(bytes(chunk.content) for chunk in blob.chunks.order_by("no"))


def stream(org: int, actor: Actor, blob: int) -> Iterator[bytes]:
    """The content piece by piece, for a response that outlives its request: each piece in its own transaction."""
    number = 0
    while True:
        with tenancy.enter(org, actor):
            chunk = BlobChunk.objects.filter(blob_id=blob, no=number).first()
        if chunk is None:
            return
        yield bytes(chunk.content)
        number += 1
