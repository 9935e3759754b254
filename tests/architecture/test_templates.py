"""Templates look down, like imports; and no page holds a script or a style, because the browser is told to run none."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture import PACKAGE, floors, place

TAG = re.compile(r"{%-?\s*(?:include|extends)\s+(.*?)-?%}", re.DOTALL)
NAME = re.compile(r"""["']([\w./-]+\.(?:html|txt))["']""")
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)
INLINE = {
    "a script without src": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son\w+\s*=", re.IGNORECASE),
    "hx-on, which needs eval": re.compile(r"\shx-on\b", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def templates() -> list[Path]:
    return sorted(file for file in PACKAGE.glob("*/templates/**/*") if file.is_file())


def app_of(template: Path) -> str:
    return template.relative_to(PACKAGE).parts[0]


@cache
def owners() -> dict[str, str]:
    """Template name -> the app it lives in."""
    return {str(file.relative_to(PACKAGE / app_of(file) / "templates")): app_of(file) for file in templates()}


def upward(app: str, text: str) -> Iterator[str]:
    """What this text of this app names and may not."""
    height, homes = floors(), owners()
    for words in TAG.findall(COMMENT.sub("", text)):
        for name in NAME.findall(words):
            home = homes.get(name)
            if home is None:
                yield f"{name}, which no app has"
            elif home != app and height[home] >= height[app]:
                yield f"{name} of {home}, which is not below {app}"


def inline(text: str) -> list[str]:
    """What this text would have the browser run or draw by itself."""
    return [what for what, pattern in INLINE.items() if pattern.search(COMMENT.sub("", text))]


def test_templates_name_only_their_own_app_and_those_below() -> None:
    faults = [
        f"{place(file, 1)} names {name}" for file in templates() for name in upward(app_of(file), file.read_text())
    ]

    assert faults == []


def test_no_template_holds_script_or_style() -> None:
    faults = [f"{place(file, 1)} holds {what}" for file in templates() for what in inline(file.read_text())]

    assert faults == []


def test_no_two_apps_have_a_template_of_the_same_name() -> None:
    assert len(owners()) == len(templates())


@pytest.mark.parametrize(
    ("app", "text"),
    [
        ("base", '{% extends "desk/today.html" %}'),
        ("base", '{% extends wanted|default:"desk/today.html" %}'),
        ("portal", '{% include "desk/_row.html" with row=row %}'),
        ("desk", '{% include "desk/_gone.html" %}'),
    ],
)
def test_looking_up_or_aside_is_seen(app: str, text: str) -> None:
    assert list(upward(app, text))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        '<p class="a"\n style="color: red">',
        '<button type="button" onclick="go()">',
        '<div hx-on:click="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_script_and_style_are_seen(text: str) -> None:
    assert inline(text)


def test_a_script_of_our_own_is_no_fault() -> None:
    assert inline("""<script type="module" src="{% static 'base/js/keys.js' %}"></script>""") == []
