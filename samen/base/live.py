"""Screens that follow: events without holes per topic, one LISTEN per process, ids only.

A topic is a team's public id.  Publishing takes the topic's lock last in the transaction, so numbers are handed out in
the order of commit and a reader that saw n has seen all before n.  Everything works with the stream dead: the events
are rows, and a page that was away asks again.
"""

import asyncio
import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
from django.db import connection, models

from samen.base import clock, jobs, tenancy
from samen.base.models import LiveEvent
from samen.base.tenancy import Actor

CHANNEL = "samen_live"
KEPT = timedelta(days=2)
ROOM_PER_READER = 100  # events a slow reader may lag behind before it is told to read the page anew

# A statement of its own, after the lock: only then it sees what whoever had the lock before has written.
APPEND = """
WITH last AS (SELECT coalesce(max(seq), 0) AS seq FROM base_liveevent WHERE org_id = %s AND topic = %s),
     made AS (INSERT INTO base_liveevent (org_id, public_id, topic, seq)
              SELECT %s, %s, %s, seq + 1 FROM last RETURNING 1)
SELECT pg_notify(%s, %s) FROM made
"""

log = logging.getLogger(__name__)


def publish(topic: uuid.UUID) -> None:
    """What this topic's screens show has changed; they hear it when the transaction commits."""
    tenancy.current().last_words[f"live:{topic}"] = lambda: _append(topic)


def _append(topic: uuid.UUID) -> None:
    org = tenancy.current_org()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"live:{org}:{topic}"])
        cursor.execute(APPEND, [org, topic, org, uuid.uuid4(), topic, CHANNEL, f"{org}:{topic}"])


def position(topic: uuid.UUID) -> int:
    """The number of the last event: a page carries it, and its stream starts there."""
    return LiveEvent.objects.filter(topic=topic).aggregate(last=models.Max("seq"))["last"] or 0


def since(org: int, actor: Actor, topics: Iterable[uuid.UUID], seen: dict[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    """Where each topic stands that moved past what was seen; opens its own transaction."""
    with tenancy.enter(org, actor):
        return {topic: last for topic in topics if (last := position(topic)) > seen.get(topic, 0)}


@jobs.job(of={})
def forget_old() -> None:
    """Events nobody can still be waiting for are gone; the last of each topic stays, so that numbers never repeat."""
    newest = LiveEvent.objects.values("topic").annotate(last=models.Max("seq")).values("topic", "last")
    for topic in newest:
        LiveEvent.objects.filter(
            topic=topic["topic"], seq__lt=topic["last"], created_at__lt=clock.now() - KEPT
        ).delete()


jobs.every("41 3 * * *", forget_old)


class Hub:
    """One LISTEN for the whole process; each open stream has a small queue of topics that moved."""

    def __init__(self) -> None:
        self._readers: dict[tuple[int, uuid.UUID], set[asyncio.Queue[uuid.UUID | None]]] = {}
        self._listening: asyncio.Task[None] | None = None

    @contextmanager
    def reader(self, org: int, topics: Iterable[uuid.UUID]) -> Iterator["asyncio.Queue[uuid.UUID | None]"]:
        """A queue that gets each topic when it moves, and None when something may have been missed."""
        if self._listening is None or self._listening.done():
            self._listening = asyncio.get_running_loop().create_task(self._listen())
        queue: asyncio.Queue[uuid.UUID | None] = asyncio.Queue(ROOM_PER_READER)
        keys = [(org, topic) for topic in topics]
        for key in keys:
            self._readers.setdefault(key, set()).add(queue)
        try:
            yield queue
        finally:
            for key in keys:
                self._readers[key].discard(queue)
                if not self._readers[key]:
                    del self._readers[key]

    async def close(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.cancel()

    async def _listen(self) -> None:
        pause = 0.5
        while True:
            try:
                params: dict[str, Any] = connection.get_connection_params()
                for name in ("cursor_factory", "context"):
                    params.pop(name, None)
                async with await psycopg.AsyncConnection.connect(**params, autocommit=True) as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    self._tell_all_to_look_again()
                    pause = 0.5
                    async for notification in listening.notifies():
                        self._hand_out(notification.payload)
            except psycopg.Error as error:
                log.warning("live: the database is away (%s), trying again", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10)

    def _hand_out(self, payload: str) -> None:
        org, _, topic = payload.partition(":")
        for queue in self._readers.get((int(org), uuid.UUID(topic)), ()):
            if queue.full():
                continue  # the reader is told to look again by what already waits
            queue.put_nowait(uuid.UUID(topic))

    def _tell_all_to_look_again(self) -> None:
        for queues in self._readers.values():
            for queue in queues:
                if not queue.full():
                    queue.put_nowait(None)
