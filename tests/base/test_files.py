"""Files in the database."""

import io

import pytest

from samen.base import files, tenancy
from samen.base.models import Blob


def test_what_is_stored_comes_back(stage, inside):
    content = bytes(range(256)) * 5000
    with inside():
        blob = files.store(io.BytesIO(content), mime="application/octet-stream")
        assert files.read(blob) == content
        assert blob.size == len(content)


def test_the_same_content_is_kept_once_per_organisation(stage, inside):
    with inside():
        first = files.store(io.BytesIO(b"letter"), mime="text/plain")
        assert files.store(io.BytesIO(b"letter"), mime="text/plain").pk == first.pk
    with inside(stage.betuwe):
        assert files.store(io.BytesIO(b"letter"), mime="text/plain").pk != first.pk


def test_a_stream_enters_by_itself_and_sees_only_its_own(stage, inside):
    content = b"x" * (files.CHUNK_BYTES * 2 + 1)
    with inside():
        blob = files.store(io.BytesIO(content), mime="text/plain")

    assert b"".join(files.stream(stage.gooi.pk, tenancy.SYSTEM, blob.pk)) == content
    assert b"".join(files.stream(stage.betuwe.pk, tenancy.SYSTEM, blob.pk)) == b""


def test_a_file_too_large_is_refused_and_nothing_stays(stage, inside):
    with inside():
        with pytest.raises(files.TooLarge):
            files.store(io.BytesIO(b"x" * 101), mime="text/plain", most=100)
        assert not Blob.objects.exists()
