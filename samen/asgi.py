"""One origin, one port: `/live` is asynchronous, everything else is Django in a bounded pool of threads.

Django as WSGI behind an asynchronous dispatcher: a page costs one thread and one database connection that live on,
however many browsers hold a stream open.  See docs/decisions/0003.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samen.settings")

from django.core.wsgi import get_wsgi_application

THREADS = int(os.environ.get("SAMEN_THREADS", "12"))
pages: Any = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]  # its own WSGI types

from samen.base.settled import settle  # noqa: E402
from samen.desk.live import Stream  # noqa: E402

stream = Stream()
Message = dict[str, Any]


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Send the stream to the stream and the pages to Django; the stream stops listening when the server stops."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/live/"):
        await stream(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _lifespan(receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            settle()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stream.hub.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
