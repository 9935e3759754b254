"""The screens of a team follow: which news touches which team, and the stream that tells the browsers."""

import asyncio
import contextlib
import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, close_old_connections

from samen.base import entrances, live, tenancy
from samen.base.entrances import STREAMS, Entrance, Role, Scope
from samen.base.journal import Subject
from samen.base.models import Login
from samen.base.sessions import SessionStore
from samen.base.tenancy import Actor, ActorKind
from samen.teams import access
from samen.teams.models import Colleague, Team
from samen.visits.models import Offer

HEARTBEAT_SECONDS = 15
RECHECK_SECONDS = 60  # how long somebody whose access ended may still hear that something changed

log = logging.getLogger(__name__)
STREAMS["live"] = Entrance("live", Scope.STAFF, frozenset({Role.COLLEAGUE}), {"team": Team})
Message = dict[str, Any]


def refresh_team(subjects: tuple[Subject, ...]) -> None:
    """The screens of the teams among the subjects look again."""
    for subject in subjects:
        if subject.kind == "team":
            live.publish(subject.ref)


def refresh_team_of_message(subjects: tuple[Subject, ...]) -> None:
    """The screens of the team whose offer this message was about look again."""
    offers = Offer.objects.filter(public_id__in=[subject.ref for subject in subjects])
    for team in offers.values_list("round__team__public_id", flat=True):
        live.publish(team)


@dataclass(frozen=True)
class Listener:
    """Who listens, and to which topics."""

    org: int
    actor: Actor
    topics: tuple[uuid.UUID, ...]


class Stream:
    """The one asynchronous corner: `/live/o/<slug>/`, an event stream of ids only, with no page logic in it."""

    def __init__(self) -> None:
        self.hub = live.Hub()

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one stream: 404 unless the session belongs to a colleague of this organisation."""
        headers = {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}
        slug = scope["path"].removeprefix("/live/o/").strip("/")
        listener = await sync_to_async(_listener, thread_sensitive=False)(headers.get("cookie", ""), slug)
        if listener is None:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"text/event-stream"),
                    (b"cache-control", b"no-store"),
                    (b"x-accel-buffering", b"no"),
                    (b"x-content-type-options", b"nosniff"),
                ],
            }
        )
        seen = _seen(headers, scope["query_string"].decode("latin1"), listener.topics)
        gone = asyncio.ensure_future(_gone(receive))
        told = asyncio.ensure_future(self._tell(listener, seen, headers.get("cookie", ""), slug, send))
        try:
            await asyncio.wait({gone, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gone, told):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError, DatabaseError):
                    await task

    async def _tell(
        self,
        listener: Listener,
        seen: dict[uuid.UUID, int],
        cookies: str,
        slug: str,
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        loop = asyncio.get_running_loop()
        checked = loop.time()
        with self.hub.reader(listener.org, listener.topics) as queue:
            await _write(send, "retry: 3000\n\n")
            while True:
                for topic, seq in (await sync_to_async(_since, thread_sensitive=False)(listener, seen)).items():
                    seen[topic] = seq
                    await _write(
                        send,
                        f"id: {seq}\nevent: changed\ndata: {json.dumps({'topic': str(topic), 'seq': seq})}\n\n",
                    )
                try:
                    await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await _write(send, ": still here\n\n")
                while not queue.empty():
                    queue.get_nowait()
                if loop.time() - checked > RECHECK_SECONDS:
                    checked = loop.time()
                    if await sync_to_async(_listener, thread_sensitive=False)(cookies, slug) != listener:
                        await _write(send, "event: revoked\ndata: {}\n\n")
                        await send({"type": "http.response.body", "body": b"", "more_body": False})
                        return


async def _write(send: Callable[[Message], Awaitable[None]], text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Callable[[], Awaitable[Message]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _seen(headers: dict[str, str], query: str, topics: tuple[uuid.UUID, ...]) -> dict[uuid.UUID, int]:
    """The number of the last event this page has seen: the browser's own, else the one it was rendered at."""
    text = headers.get("last-event-id") or (parse_qs(query).get("after") or ["0"])[0]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    return dict.fromkeys(topics, number)


def _listener(cookies: str, slug: str) -> Listener | None:
    """Who holds this session, if they belong to the organisation; asked outside any request, in a thread."""
    try:
        jar = SimpleCookie(cookies)
    except CookieError:
        return None
    held = jar.get(settings.SESSION_COOKIE_NAME)
    try:
        login = _login(held.value) if held else None
        if login is None:
            return None
        for membership in entrances.memberships(login):
            if membership.slug == slug:
                actor = Actor(ActorKind.COLLEAGUE, membership.colleague)
                with tenancy.enter(membership.org, actor) as context:
                    me = Colleague.objects.get(public_id=membership.colleague)
                    topics = tuple(team.public_id for team in access.teams_of(me, context.at)[:1])
                return Listener(membership.org, actor, topics)
        return None
    finally:
        close_old_connections()


def _login(session_key: str) -> int | None:
    number = SessionStore(session_key).get(SESSION_KEY)
    active = Login.objects.filter(pk=number, is_active=True) if number else Login.objects.none()
    return active.values_list("pk", flat=True).first()


def _since(listener: Listener, seen: dict[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    try:
        return live.since(listener.org, listener.actor, listener.topics, seen)
    finally:
        close_old_connections()
