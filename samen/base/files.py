"""Files in the database: one transaction, one backup, the same walls; the same content is kept once."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from samen.base import tenancy
from samen.base.models import Blob, BlobChunk
from samen.base.tenancy import Actor

CHUNK_BYTES = 256 * 1024
LARGEST_BYTES = 25 * 1024 * 1024


class TooLarge(Exception):
    """The file is larger than 25 MB."""


def store(source: BinaryIO, *, mime: str) -> Blob:
    """Keep this content; returns the blob that holds it, an earlier one if the organisation has it already."""
    chunks, digest, size = [], hashlib.sha256(), 0
    while piece := source.read(CHUNK_BYTES):
        size += len(piece)
        if size > LARGEST_BYTES:
            raise TooLarge(TooLarge.__doc__)
        digest.update(piece)
        chunks.append(piece)
    blob, fresh = Blob.objects.get_or_create(sha256=digest.digest(), defaults={"size": size, "mime": mime})
    if fresh:
        BlobChunk.objects.bulk_create(
            BlobChunk(blob=blob, no=number, content=piece) for number, piece in enumerate(chunks)
        )
    return blob


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
