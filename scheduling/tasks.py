"""Doors for the clock."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from compliance.everywhere import for_each_practice, in_every_practice
from compliance.tenancy import SYSTEM, acting_in, current
from compliance.tenancy.tasks import TenantTask
from scheduling import outside, recalls, series_filling, taking
from scheduling.cutover import files
from scheduling.models import CutOverFile
from scheduling.waitlist import ticking


@shared_task(name="scheduling.release_holds")
def release_holds() -> None:
    """Delete holds that ran out. Takers do so themselves; this keeps the table small."""
    now = timezone.now()
    for_each_practice(
        lambda _: taking.release_run_out(now=now), name="holds", title="Releasing times held too long", now=now
    )


@shared_task(name="scheduling.read_outside_calendars")
def read_outside_calendars() -> None:
    """Have every calendar elsewhere read again that is due."""
    now = timezone.now()
    for_each_practice(
        lambda _: [read_outside_calendar.delay(str(one)) for one in outside.due(now=now)],
        name="calendars",
        title="Reading calendars elsewhere",
        now=now,
    )


@shared_task(bind=True, base=TenantTask, name="scheduling.read_outside_calendar")
def read_outside_calendar(self: TenantTask, calendar: str) -> None:
    """Read one calendar elsewhere."""
    practice, by = self.whose()
    outside.read_again(practice, UUID(calendar), now=timezone.now(), by=by)


@shared_task(name="scheduling.fill_series")
def fill_series() -> None:
    """Book what came within the horizon of open-ended series, in every practice. Twice or late does no harm."""
    now = timezone.now()
    in_every_practice(
        lambda practice: series_filling.fill_all(practice, now=now),
        name="series",
        title="Filling open-ended series",
        now=now,
    )


@shared_task(name="scheduling.tick_wait_list")
def tick_wait_list() -> None:
    """End what ran out: offers, wishes, freed times."""
    now = timezone.now()
    for_each_practice(lambda _: ticking.tick(now=now), name="wait-list", title="Ending offers that ran out", now=now)


@shared_task(name="scheduling.recalls_come_due")
def recalls_come_due() -> None:
    """Make the recalls of the day work."""
    now = timezone.now()
    for_each_practice(lambda _: recalls.come_due(now=now), name="recalls", title="Making recalls of the day work", now=now)


@shared_task(bind=True, base=TenantTask, name="scheduling.work_on_file")
def work_on_file(self: TenantTask, file: str) -> None:
    """Check or bring one file of visits now rather than with the next minute."""
    practice, _ = self.whose()
    files.work(practice, UUID(file))


@shared_task(name="scheduling.work_on_files")
def work_on_files() -> None:
    """Go on with files of visits that lie there, and put away what nobody brought in its days."""
    now = timezone.now()
    in_every_practice(_work_on_all, name="cut-over", title="Bringing visits over", now=now)


def _work_on_all(practice: UUID) -> None:
    with acting_in(practice, SYSTEM):
        files.forget_old(now=timezone.now())
        waiting = files.under_way()
    for file in waiting:
        files.work(practice, file)


def soon(file: CutOverFile) -> None:
    """Work on the file when the transaction has committed. Where the queue is away the clock does it all the same."""
    context = current()
    transaction.on_commit(
        lambda: work_on_file.apply_async([str(file.pk)], context=context, retry=False),
        robust=True,
    )
