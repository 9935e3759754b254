"""Do the work for later: send what is due, retry what was lost, fan out what returns."""

import argparse
import asyncio
import logging
import os
import signal

import procrastinate
import psycopg

from samen.commands.planner import compiling_beside

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
PAUSE_SECONDS = 1

log = logging.getLogger("samen.worker")


def arguments(parser: argparse.ArgumentParser) -> None:
    """How much at once."""
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at the same time (4)")


def run(options: argparse.Namespace) -> int:
    """Work until told to stop; what was begun is finished first.  A database that goes away is waited for."""
    os.environ["SAMEN_ROLE"] = "worker"
    import django

    django.setup()
    from samen.base.settled import settle

    settle()
    with compiling_beside():
        asyncio.run(_until_stopped(options.concurrency))
    return 0


async def _until_stopped(concurrency: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    told = asyncio.create_task(stop.wait())
    while not stop.is_set():
        working = asyncio.create_task(_work(concurrency))
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            return
        except (OSError, RuntimeError, psycopg.Error, procrastinate.exceptions.ProcrastinateException) as error:
            log.warning("the worker lost the database (%s)", type(error).__name__)
        if not stop.is_set():
            await asyncio.wait({told}, timeout=PAUSE_SECONDS)


async def _work(concurrency: int) -> None:
    """Work as long as the line to the database holds."""
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        async with worker.open_async():
            await worker.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
                update_heartbeat_interval=5,
                stalled_worker_timeout=20,
            )
