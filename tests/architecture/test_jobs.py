"""Every job can be found by the worker, and says what its ids are of."""

import importlib
import inspect
import pkgutil

import pytest
from django.conf import settings

import samen
from samen.base import jobs
from samen.base.schema import Owned

OUTSIDE = ("samen.commands", "samen.asgi", "samen.__main__")  # programs, not parts
CONTEXT = {"org", "actor"}  # what a stepwise job is given besides its ids


@pytest.fixture(scope="module")
def known() -> dict[str, jobs.Job]:
    """All jobs there are, wherever they hide: every module of ours is imported first."""
    for module in pkgutil.walk_packages(samen.__path__, "samen."):
        if not module.name.startswith(OUTSIDE) and ".migrations" not in module.name:
            importlib.import_module(module.name)
    return jobs.JOBS


def test_the_worker_is_told_where_every_job_is(known: dict[str, jobs.Job]) -> None:
    told = set(settings.PROCRASTINATE_IMPORT_PATHS)

    assert {job.function.__module__ for job in known.values()} - told == set(), "add it to PROCRASTINATE_IMPORT_PATHS"


def test_a_job_names_the_model_behind_each_of_its_ids(known: dict[str, jobs.Job]) -> None:
    for job in known.values():
        ids = set(inspect.signature(job.function).parameters) - (CONTEXT if job.stepwise else set())

        assert ids == set(job.of), job.name
        assert all(issubclass(model, Owned) for model in job.of.values()), job.name


def test_a_job_gets_numbers_only(known: dict[str, jobs.Job]) -> None:
    for job in known.values():
        for name, parameter in inspect.signature(job.function).parameters.items():
            if name not in CONTEXT:
                assert parameter.annotation in (int, "int"), f"{job.name}: {name}"
