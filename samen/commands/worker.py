"""Do the work for later: send what is due, retry what was lost, fan out what returns."""

import argparse
import os

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """How much at once."""
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at the same time (4)")


def run(options: argparse.Namespace) -> int:
    """Work until told to stop; what was begun is finished first."""
    os.environ["SAMEN_ROLE"] = "worker"
    import django

    django.setup()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(
            concurrency=options.concurrency,
            shutdown_graceful_timeout=10,
            delete_jobs="successful",
            update_heartbeat_interval=5,
            stalled_worker_timeout=20,
        )
    return 0
