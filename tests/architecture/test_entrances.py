"""Every way in is registered: an address, a stream or a command that nobody declared fails the build."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django import forms
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from samen import commands, urls
from samen.base.entrances import PAGES, Entrance, Role, Scope
from samen.base.forms import ButtonForm
from samen.base.schema import Owned
from samen.desk.live import STREAMS
from samen.teams.models import Team

EXAMPLE = {"slug": "zorgzaam", "uuid": "00000000-0000-4000-8000-000000000000", "str": "A" * 43}


@dataclass(frozen=True)
class Address:
    """One URL pattern with everything that stands before it."""

    name: str
    own_route: str
    route: str
    parameters: dict[str, str]


def addresses(resolver: URLResolver, before: str = "", given: dict[str, str] | None = None) -> Iterator[Address]:
    """Every pattern below this resolver, however deep."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        kinds = {name: _kind(route, name) for name in entry.pattern.converters}
        parameters = (given or {}) | kinds
        if isinstance(entry, URLPattern):
            yield Address(str(entry.name), str(entry.pattern), route, parameters)
        else:
            yield from addresses(entry, route, parameters)


def _kind(route: str, name: str) -> str:
    return next((kind for kind in ("slug", "uuid", "str", "int", "path") if f"<{kind}:{name}>" in route), "?")


ADDRESSES = list(addresses(get_resolver()))


def by_name(address: Address) -> str:
    return address.name


@pytest.fixture(params=ADDRESSES, ids=by_name)
def address(request) -> Address:
    return request.param


@pytest.fixture(params=PAGES.values(), ids=lambda entrance: entrance.name)
def entrance(request) -> Entrance:
    return request.param


def test_every_address_is_a_registered_page(address):
    assert address.name in PAGES, f"{address.route} is not declared with entrances.page"
    assert PAGES[address.name].route == address.own_route


def test_every_registered_page_has_one_address(entrance):
    assert Counter(address.name for address in ADDRESSES)[entrance.name] == 1


def test_every_registered_page_can_be_reached(entrance):
    address = next(one for one in ADDRESSES if one.name == entrance.name)

    assert reverse(entrance.name, kwargs={name: EXAMPLE[kind] for name, kind in address.parameters.items()})


def test_every_id_in_an_address_has_its_model(address):
    named = {name for name, kind in address.parameters.items() if kind != "slug"}

    assert set(PAGES[address.name].of) == named
    assert all(issubclass(model, Owned) for model in PAGES[address.name].of.values())


def test_an_address_holds_only_ids_that_cannot_be_guessed(address):
    assert set(address.parameters.values()) <= set(EXAMPLE), "numbers and free paths are not for addresses"


def test_the_scope_is_that_of_the_path(address):
    expected = {"slug": Scope.STAFF, "token": Scope.LINK}
    found = {scope for name, scope in expected.items() if name in address.parameters}

    assert found or PAGES[address.name].scope in (Scope.OPEN, Scope.DEMO)
    assert found <= {PAGES[address.name].scope}


def test_every_page_says_who_may_come(entrance):
    allowed = {
        Scope.OPEN: {Role.ANYONE},
        Scope.DEMO: {Role.ANYONE},
        Scope.STAFF: {Role.COLLEAGUE, Role.MANAGER},
        Scope.LINK: {Role.HELPER, Role.HOUSEHOLD},
    }

    assert entrance.roles
    assert entrance.roles <= allowed[entrance.scope]


def test_every_page_that_takes_something_names_its_form(entrance):
    takes = set(entrance.methods) - {"GET", "HEAD"}

    assert takes <= {"POST"}
    assert not takes or (entrance.form is not None and issubclass(entrance.form, forms.BaseForm))


def test_a_button_has_no_fields():
    assert ButtonForm.base_fields == {}
    assert ButtonForm({}).is_valid()


def test_the_stream_is_registered_too():
    assert STREAMS.keys() == {"live"}
    assert STREAMS["live"].scope is Scope.STAFF
    assert STREAMS["live"].roles == {Role.COLLEAGUE}
    assert STREAMS["live"].of == {"team": Team}
    assert STREAMS.keys().isdisjoint(PAGES)


@pytest.mark.parametrize("verb", [module.name for module in pkgutil.iter_modules(commands.__path__)])
def test_every_command_says_who_may_give_it_and_what_it_is_about(verb):
    module = importlib.import_module(f"samen.commands.{verb}")

    assert set(module.ENTRANCE) == {"roles", "of"}
    assert module.ENTRANCE["roles"]
    assert set(module.ENTRANCE["roles"]) <= set(Role)
    assert all(issubclass(model, Owned) for model in module.ENTRANCE["of"])


def test_what_went_wrong_has_our_own_pages():
    for number in (400, 403, 404, 500):
        assert hasattr(urls, f"handler{number}")
