"""Kernels are compiled by one of the processes that run these tests, and not by each."""

import pytest


@pytest.fixture(scope="session")
def kernels() -> None:
    """They are compiled."""
    from samen.planner.search import ready

    ready.warm()
