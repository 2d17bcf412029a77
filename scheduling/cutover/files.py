"""The one writer of CutOverFile: taken and checked first, then brought when an admin has seen what it does.

Both run on the worker, as jobs; what was killed goes on with the next minute.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance import jobs, lone
from compliance.audit import events
from compliance.crypto import columns
from compliance.crypto.pieces import seal, unseal
from compliance.models import Practice, User
from compliance.tenancy import SYSTEM, acting_in
from scheduling.cutover import bringing, mapping, reading
from scheduling.cutover.matching import Ours
from scheduling.cutover.rows import Unusable
from scheduling.cutover.telling import Report
from scheduling.models import CutOverFile

CONTENT, MAPPING = "cut_over_file.content", "cut_over_file.mapping"
KEPT = timedelta(days=7)  # a file that nobody brings
TRIAL, TRIAL_TITLE = "try_visits", "Checking a file of visits"
STOPPED = "It was stopped by an error. Bring it again: it goes on where it was."
State = CutOverFile.State
BRINGABLE = (State.CHECKED, State.STOPPED)
DROPPABLE = (State.CHECKED, State.STOPPED, State.WAITING)

columns.register(
    columns.SealedTable("scheduling_cutoverfile", (("content", CONTENT), ("mapping", MAPPING)), bound_to=("t.id", "0", "1"))
)


class TooLate(Exception):
    """Somebody else decided meanwhile."""


def take(content: bytes, words: bytes, *, by: User, now: datetime) -> CutOverFile:
    """Keep a file and have it checked. Raises Unusable: `BadMapping` for what stands in the mapping."""
    try:
        said = mapping.read(words)
        Ours(said)
    except Unusable as unusable:
        raise BadMapping(str(unusable)) from unusable
    reading.look(content, said)
    with transaction.atomic():
        job = jobs.queue(kind=TRIAL, title=TRIAL_TITLE, by=by)
        row = CutOverFile(system=said.system, job=job, taken_by=by, taken_at=now)
        row.content, row.mapping = _sealed(row, CONTENT, content), _sealed(row, MAPPING, words)
        row.save(force_insert=True)
        events.record("cutover.file_taken", row, action=events.CREATE, by=by, body={"bytes": len(content)})
    return row


class BadMapping(Unusable):
    """The mapping cannot be taken."""


def mapping_of(row: CutOverFile) -> str:
    """The mapping as it was written."""
    return _opened(row, MAPPING, row.mapping).decode("utf-8-sig")


def agree(row: CutOverFile, *, by: User) -> CutOverFile:
    """Have it brought. Raises TooLate."""
    with transaction.atomic():
        mark = lone.mark_of(_opened(row, CONTENT, row.content), _opened(row, MAPPING, row.mapping)) if row.content else ""
        _step(row, BRINGABLE, state=State.AGREED, sentence="")
        job = lone.queued(mark, kind=bringing.KIND, title=bringing.TITLE, by=by)
        CutOverFile.objects.filter(pk=row.pk).update(job=job)
        events.record("cutover.file_agreed", row, action=events.UPDATE, by=by)
    row.refresh_from_db()
    return row


def drop(row: CutOverFile, *, by: User | None) -> None:
    """Put it away unbrought, with what it holds. Raises TooLate."""
    with transaction.atomic():
        _step(row, DROPPABLE, state=State.DROPPED, content=None)
        events.record("cutover.file_dropped", row, action=events.DELETE, by=by)


def under_way() -> list[UUID]:
    """What the worker has to do, oldest first."""
    rows = CutOverFile.objects.filter(state__in=[State.WAITING, State.AGREED])
    return list(rows.order_by("taken_at", "pk").values_list("pk", flat=True))


def forget_old(*, now: datetime) -> None:
    """Put away what nobody brought in its days."""
    for row in CutOverFile.objects.filter(state__in=BRINGABLE, taken_at__lt=now - KEPT):
        drop(row, by=None)


def work(practice_id: UUID, pk: UUID) -> None:
    """Check the file, or bring it, as it stands. One that another process has in hand is left to it."""
    practice = Practice.objects.get(pk=practice_id)
    with acting_in(practice_id, SYSTEM):
        row = CutOverFile.objects.select_related("job").get(pk=pk)
        if row.state not in (State.WAITING, State.AGREED) or not row.content:
            return
        content, words = _opened(row, CONTENT, row.content), _opened(row, MAPPING, row.mapping)
        is_trial = row.state == State.WAITING
        if is_trial and not _started(row):
            return
    try:
        progress = partial(_beat, row) if is_trial else None
        report = bringing.bring(practice, content, words, is_trial=is_trial, progress=progress)
    except lone.Running:
        return
    except Unusable as refused:
        _over(row, State.REFUSED, str(refused), content=None)
    except Exception:  # whatever stops it is raised; before, the file says so, and can be brought again
        _over(row, State.STOPPED, STOPPED)
        raise
    else:
        _done(row, report)


def _started(row: CutOverFile) -> bool:
    try:
        jobs.start(row.job, now=timezone.now())
    except jobs.JobTaken:
        return False
    return True


def _beat(row: CutOverFile, done: int, total: int) -> None:
    with acting_in(row.practice_id, SYSTEM):
        row.job.total = total
        jobs.advance(row.job, step=done, now=timezone.now())


def _done(row: CutOverFile, report: Report) -> None:
    values = {"lines": sorted(report.lines), "read": report.read, "gone": report.gone, "sentence": report.sentence()}
    with acting_in(row.practice_id, SYSTEM):
        if row.state == State.WAITING:
            jobs.finish(row.job, now=timezone.now(), sentence=f"Nothing was written. It would be: {report.sentence()}")
            _step(row, (State.WAITING,), state=State.CHECKED, **values)
        else:
            _step(row, (State.AGREED,), state=State.BROUGHT, content=None, **values)


def _over(row: CutOverFile, state: CutOverFile.State, sentence: str, **values: Any) -> None:
    """It was not brought. A file that cannot be taken goes, one that an error stopped is kept."""
    with acting_in(row.practice_id, SYSTEM):
        if row.state == State.WAITING:
            jobs.fail(row.job, now=timezone.now(), sentence=sentence)
        _step(row, (State(row.state),), state=state, sentence=sentence[:400], **values)


def _step(row: CutOverFile, from_: tuple[State, ...], **values: Any) -> None:
    if not CutOverFile.objects.filter(pk=row.pk, state__in=from_).update(updated_at=timezone.now(), **values):
        raise TooLate


def _sealed(row: CutOverFile, label: str, content: bytes) -> bytes:
    return seal(label, row.practice_id, row.pk, 0, content, is_last=True)


def _opened(row: CutOverFile, label: str, value: Any) -> bytes:
    return unseal(label, row.practice_id, row.pk, 0, bytes(value), is_last=True)
