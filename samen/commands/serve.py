"""Serve the pages and the live stream on one port."""

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
THREADS = 12


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reload", action="store_true", help="start again when a file changes (development)")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop; refuses, in words, on a database that does not keep its promises."""
    os.environ["SAMEN_ROLE"] = "app"
    if complaints := _complaints():
        for complaint in complaints:
            print(f"Samen does not serve: {complaint}", file=sys.stderr)
        return 1
    import uvicorn

    uvicorn.run(
        "samen.asgi:application",
        host=options.host,
        port=options.port,
        reload=options.reload,
        reload_dirs=["samen"] if options.reload else None,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        lifespan="on",
    )
    return 0


def _complaints() -> list[str]:
    """Why this database may not be served, in words; empty when it may."""
    import django
    import psycopg

    django.setup()
    from django.conf import settings
    from django.db import connection

    from samen.base import postgres

    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    try:
        with psycopg.connect(**parameters) as door:
            return postgres.check_server(door, durable=not settings.TESTING) or _of_the_shape(door)
    except psycopg.OperationalError as error:
        return [f"the database does not answer ({str(error).strip().splitlines()[0]})"]


def _of_the_shape(door: "psycopg.Connection[Any]") -> list[str]:
    """Whether the tables are there, and whether the database knows this installation's key."""
    import psycopg

    from samen.base import tenancy

    if door.execute("SELECT to_regclass('public.base_outboxmessage')").fetchone() == (None,):
        return ["the database is empty; run bin/samen migrate first"]
    until, pid = str(int(time.time()) + 60), str(door.info.backend_pid)
    proof = f"{until}:{tenancy.sign('|'.join(('0', 'SYSTEM:', pid, until)))}"
    try:
        door.execute(tenancy.CONTEXT, ["0", "SYSTEM:", proof])
        door.execute("SELECT sec.current_org()")
    except psycopg.DatabaseError:
        return ["the database knows another secret than this program; give it the right one, or run bin/samen migrate"]
    return []
