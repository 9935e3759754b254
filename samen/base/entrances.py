"""Every way in, by name: pages, jobs, streams and commands, each with the objects it shows and who may come.

A page is declared with `page(...)`; an undeclared one fails the build.  The middleware opens the one transaction of a
request: it finds out which organisation and which actor, enters, and rolls back whatever ends in a 5xx.
"""

import enum
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import Resolver404, URLPattern, path, resolve, reverse
from django.views.decorators.csrf import csrf_exempt

from samen.base import errors, links, tenancy
from samen.base.tenancy import Actor, ActorKind

View = Callable[..., HttpResponseBase]


class Scope(enum.StrEnum):
    """What a visitor must bring before anything is looked up."""

    OPEN = "OPEN"  # nothing
    STAFF = "STAFF"  # a login that belongs to the organisation in the path
    LINK = "LINK"  # a signed link in the path
    DEMO = "DEMO"  # nothing, and it only exists in the demo
    SYSTEM = "SYSTEM"  # no visitor: a job, a command


class Role(enum.StrEnum):
    """Who may come in."""

    ANYONE = "ANYONE"
    COLLEAGUE = "COLLEAGUE"
    MANAGER = "MANAGER"  # a colleague who also looks after the organisation itself
    HELPER = "HELPER"
    HOUSEHOLD = "HOUSEHOLD"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True)
class Entrance:
    """One way in.  `of` names the model behind each id in the address, `form` what it accepts."""

    name: str
    scope: Scope
    roles: frozenset[Role]
    of: Mapping[str, type[models.Model]]
    methods: tuple[str, ...] = ()
    form: type[forms.Form] | None = None
    route: str = ""


@dataclass(frozen=True)
class Visitor:
    """Who came in, where, and when: the one reading of the clock in a request."""

    org: int
    slug: str
    actor: Actor
    role: Role
    entrance: str
    at: datetime
    known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # looked up once in a request


PAGES: dict[str, Entrance] = {}
STREAMS: dict[str, Entrance] = {}
COMMANDS: dict[str, Entrance] = {}


def page(
    route: str,
    view: View,
    *,
    name: str,
    scope: Scope,
    roles: Sequence[Role],
    of: Mapping[str, type[models.Model]] | None = None,
    methods: Sequence[str] = ("GET",),
    form: type[forms.Form] | None = None,
) -> URLPattern:
    """A URL pattern that is registered; methods other than these answer 405.

    Behind a link no token against forgery is asked: the link in the path is the whole authority, no cookie adds to
    it, and a browser that tells nobody where it comes from (no-referrer) sends no origin to check.
    """
    allowed = tuple(sorted({*methods, *(("HEAD",) if "GET" in methods else ())}))
    PAGES[name] = Entrance(name, scope, frozenset(roles), dict(of or {}), allowed, form, route)
    return path(route, csrf_exempt(view) if scope is Scope.LINK else view, name=name)


def visitor(request: HttpRequest) -> Visitor:
    """Who came in by this request."""
    found: Visitor = request.visitor  # type: ignore[attr-defined]
    return found


class EntranceMiddleware:
    """One transaction per request, in the context of whoever came; what ends in a 5xx never happened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if (request.encoding or "utf-8").lower() not in ("utf-8", "utf8"):
            return errors.odd_request(request)  # Django stumbles over codecs that are no text, such as rot13
        entrance = PAGES.get(match.url_name or "")
        if entrance is not None and entrance.scope is Scope.DEMO and not settings.DEMO:
            return errors.not_found(request)
        if entrance is not None and request.method not in entrance.methods:
            # Before any row is looked for, so that it tells nothing of what is there.
            return HttpResponseNotAllowed(entrance.methods)
        if entrance is None or entrance.scope in (Scope.OPEN, Scope.DEMO):
            with transaction.atomic():
                return self._answer(request)
        if entrance.scope is Scope.STAFF:
            return self._staff(request, entrance, str(match.kwargs["slug"]))
        return self._link(request, entrance, str(match.kwargs["token"]))

    def _staff(self, request: HttpRequest, entrance: Entrance, slug: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            sign_in = reverse(settings.LOGIN_URL)
            return HttpResponseRedirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")
        everywhere = memberships(request.user.pk)
        found = [mine for mine in everywhere if mine.slug == slug]
        if not found:
            return errors.not_found(request)
        actor = Actor(ActorKind.COLLEAGUE, found[0].colleague)
        known = {"memberships": everywhere}
        return self._inside(request, entrance, found[0].org, slug, actor, found[0].role, known)

    def _link(self, request: HttpRequest, entrance: Entrance, token: str) -> HttpResponseBase:
        found = links.door(token)
        if found is None:
            return errors.not_found(request)
        org, link = found
        actor = Actor(ActorKind.LINK, link)
        return self._inside(request, entrance, org, "", actor, Role.HELPER)

    def _inside(
        self,
        request: HttpRequest,
        entrance: Entrance,
        org: int,
        slug: str,
        actor: Actor,
        role: Role,
        known: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        with tenancy.enter(org, actor) as context:
            came = Visitor(org, slug, actor, role, entrance.name, context.at, known or {})
            request.visitor = came  # type: ignore[attr-defined]
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 500:
            # Django made a page of the exception, so the block around us would commit.
            transaction.set_rollback(True)
        return response


@dataclass(frozen=True)
class Membership:
    """A login's place in one organisation."""

    org: int
    slug: str
    name: str
    colleague: uuid.UUID
    role: Role


def memberships(login: int) -> list[Membership]:
    """The organisations this login belongs to, those to practise in last: a door, asked before any is entered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id, o.slug, o.name, m.colleague, m.manages FROM sec.memberships(%s) AS m"
            " JOIN base_organisation o ON o.id = m.org ORDER BY o.practice_of_id IS NOT NULL, o.name",
            [login],
        )
        return [
            Membership(org, slug, name, colleague, Role.MANAGER if manages else Role.COLLEAGUE)
            for org, slug, name, colleague, manages in cursor.fetchall()
        ]


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may ask: who came in, and whether this is the demo."""
    return {"visitor": getattr(request, "visitor", None), "demo": settings.DEMO, "practising": tenancy.practising()}
