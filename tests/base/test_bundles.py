"""A page asks for few files, which a browser keeps; together they stay small."""

import gzip
import re

import pytest
from django.test import override_settings

from samen.base import bundles

CSS_KB, JS_KB, HTML_KB = 20, 60, 60  # compressed, whatever is added


def test_the_style_is_one_file_with_every_sheet_in_its_layer():
    style = bundles.bundles()[bundles.STYLE].content.decode()
    sheets = sorted(file.name for file in (bundles.STATIC / "base/css").glob("*.css"))

    imported = re.findall(r'url\("([\w.-]+)"\)', (bundles.STATIC / bundles.STYLE).read_text())
    assert "@import" not in style
    assert style.count("@layer components {") > 20
    assert sorted([*imported, "samen.css"]) == sheets


def test_every_script_is_on_every_page_or_stands_alone_for_a_reason():
    files = {file.stem for file in (bundles.STATIC / "base/js").glob("*.js")}

    assert files == {*bundles.MODULES, *bundles.ALONE}
    for name in bundles.MODULES:
        text = (bundles.STATIC / f"base/js/{name}.js").read_text()
        assert not re.search(r"^(import|export)\b", text, re.MULTILINE), name


def test_style_and_scripts_stay_small():
    sizes = {name: len(gzip.compress(bundle.content)) / 1000 for name, bundle in bundles.bundles().items()}

    assert sizes[bundles.STYLE] <= CSS_KB
    assert sizes[bundles.SCRIPT] + sizes[bundles.HTMX] <= JS_KB


@pytest.mark.parametrize("address", ["/o/zorgzaam/", "/o/zorgzaam/week/?week=2026-W48", "/o/zorgzaam/ziek/"])
def test_a_page_asks_for_one_style_sheet_and_two_scripts_and_stays_small(anja, address):
    page = anja.get(address).content

    assert len(re.findall(rb'rel="stylesheet"', page)) == 1
    assert len(re.findall(rb"<script\b", page)) == 2
    assert len(gzip.compress(page)) / 1000 <= HTML_KB


def test_a_bundle_comes_compressed_and_may_be_kept_for_ever(client):
    for bundle in bundles.bundles().values():
        answer = client.get(f"/static/{bundle.address}", headers={"Accept-Encoding": "gzip"})

        assert answer.status_code == 200
        assert answer["Content-Encoding"] == "gzip"
        assert "immutable" in answer["Cache-Control"]
        assert gzip.decompress(b"".join(answer.streaming_content)) == bundle.content


def test_another_content_has_another_address():
    assert bundles.Bundle("a/b.css", b"x").address != bundles.Bundle("a/b.css", b"y").address


def test_who_writes_samen_is_served_the_single_files():
    with override_settings(DEBUG=True):
        assert len(list(bundles.addresses(bundles.SCRIPT))) == len(bundles.MODULES)
        assert list(bundles.addresses(bundles.STYLE)) == ["/static/base/css/samen.css"]
