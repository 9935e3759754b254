"""Work for later, in the same database and the same transaction: ids in, safe to run twice.

A job is deferred together with what caused it, or not at all.  It carries the organisation and the actor along and
enters the context again; without them it does not run.  Periodic jobs only fan out, one job per organisation.
"""

import functools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import procrastinate
from django.db import connection, models
from procrastinate import manager, tasks
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from samen.base import tenancy
from samen.base.tenancy import Actor

RETRY = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2)  # 2, 4, 8 … seconds: half an hour
STALLED_AFTER_SECONDS = 45.0  # a worker's heartbeat comes every 5
FAILED_KEPT_HOURS = 72

# In the worker the library has a connection of its own: what is deferred through that one would exist, and be begun,
# before its cause is committed, and even when it never is.  Django's connection is the one the cause is written on.
_queue = manager.JobManager(DjangoConnector())


@dataclass(frozen=True)
class Job:
    """A function of ids that runs later, inside the organisation that deferred it."""

    name: str
    function: Callable[..., None]
    of: Mapping[str, type[models.Model]]
    stepwise: bool
    task: Any = field(repr=False, compare=False)

    def later(self, *, wait: timedelta = timedelta(0), **ids: int) -> None:
        """Queue it with the transaction that is open; `wait` is only the alarm, the job itself knows what is due."""
        self.later_each([ids], wait=wait)

    def later_each(self, several: Collection[Mapping[str, int]], *, wait: timedelta = timedelta(0)) -> None:
        """The same once for each of these ids, in one statement."""
        if not several:
            return
        context = tenancy.current()
        options = {"schedule_in": {"seconds": wait.total_seconds()}} if wait else {}
        deferred = tasks.configure_task(name=self.name, job_manager=_queue, **options)
        deferred.batch_defer(*({"org": context.org, "actor": str(context.actor), **ids} for ids in several))

    def is_waiting(self) -> bool:
        """Whether it is queued or at work for the organisation of this context."""
        mine = {"task_name": self.name, "args__org": tenancy.current().org, "status__in": ["todo", "doing"]}
        return bool(ProcrastinateJob.objects.filter(**mine).exists())

    def run(self, *, org: int, actor: str, **ids: int) -> None:
        """Do it now, in the context it was deferred in; a stepwise job enters by itself, step by step."""
        if self.stepwise:
            self.function(org, Actor.parse(actor), **ids)
            return
        with tenancy.enter(org, Actor.parse(actor)):
            self.function(**ids)


JOBS: dict[str, Job] = {}


def job(
    *, of: Mapping[str, type[models.Model]], stepwise: bool = False, retry: bool = True
) -> Callable[[Callable[..., None]], Job]:
    """Make a function a job.  `of` names the model behind each id: the entrance registry asks for it.

    A stepwise job gets `(org, actor, **ids)` and opens its own short transactions: it may talk to the world between.
    One that fails is tried again, unless something else, which knows better when, finds what it left undone.
    """

    def make(function: Callable[..., None]) -> Job:
        name = f"{function.__module__.removeprefix('samen.')}.{function.__name__}"

        @functools.wraps(function)
        def run(**arguments: Any) -> None:
            JOBS[name].run(**arguments)

        task = app.task(name=name, retry=RETRY if retry else False, pass_context=False)(run)
        JOBS[name] = Job(name, function, of, stepwise, task)
        return JOBS[name]

    return make


def every(cron: str, job: Job) -> None:
    """Defer this job for every organisation when the cron expression says so."""

    def fan_out(timestamp: int) -> None:
        for org in tenancy.organisations():
            try:
                job.task.configure(queueing_lock=f"{job.name}:{org}").defer(org=org, actor=str(tenancy.SYSTEM))
            except procrastinate.exceptions.AlreadyEnqueued:
                continue

    app.periodic(cron=cron, periodic_id=job.name)(app.task(name=f"{job.name}.fan_out")(fan_out))


async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
    """Jobs whose worker died go back into the queue: the library finds them, but never does so by itself."""
    stalled = await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    for lost in stalled:
        try:
            await context.app.job_manager.retry_job(lost)
        except procrastinate.exceptions.UniqueViolation:  # its twin waits already, and does the same
            await context.app.job_manager.finish_job(lost, procrastinate.jobs.Status.ABORTED, delete_job=True)


app.periodic(cron="* * * * * */15", periodic_id="retry_stalled")(
    app.task(name="base.jobs.retry_stalled", pass_context=True)(retry_stalled)
)


async def forget_failed(context: procrastinate.JobContext, timestamp: int) -> None:
    """Jobs that failed stay some days for whoever looks into it, and then go."""
    await context.app.job_manager.delete_old_jobs(nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_aborted=True)


app.periodic(cron="29 3 * * *", periodic_id="forget_failed")(
    app.task(name="base.jobs.forget_failed", pass_context=True)(forget_failed)
)


def waiting() -> int:
    """How many jobs wait or run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
        count: int = cursor.fetchone()[0]
    return count
