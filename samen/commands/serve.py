"""Serve the pages and the live stream on one port."""

import argparse
import os
import sys

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
    import psycopg
    from django.conf import settings

    from samen.base import postgres

    database = settings.DATABASES["default"]
    try:
        with psycopg.connect(
            dbname=database["NAME"],
            user=database["USER"],
            password=database["PASSWORD"] or None,
            host=database["HOST"] or None,
            port=database["PORT"] or None,
        ) as connection:
            return postgres.check_server(connection, durable=not settings.TESTING)
    except psycopg.OperationalError as error:
        return [f"the database does not answer ({str(error).strip().splitlines()[0]})"]
