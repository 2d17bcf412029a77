"""The one writer of CutOverFile: handed in, told what its columns and words are, checked, then brought when an admin agrees.

Checking and bringing run on the worker, as jobs; what was killed goes on with the next minute.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from compliance import jobs, lone
from compliance.audit import events
from compliance.crypto import columns
from compliance.crypto.pieces import seal, unseal
from compliance.models import Job, Practice, User
from compliance.tenancy import SYSTEM, acting_in
from scheduling.cutover import bringing, mapping, proposing, reading, survey
from scheduling.cutover.calendar_words import events as events_of
from scheduling.cutover.matching import Ours
from scheduling.cutover.rows import Unusable
from scheduling.cutover.telling import Report
from scheduling.models import CutOver, CutOverFile

CONTENT, MAPPING = "cut_over_file.content", "cut_over_file.mapping"
KEPT = timedelta(days=7)  # a file that nobody brings
TRIAL, TRIAL_TITLE = "try_visits", "Checking a file of visits"
STOPPED = "It was stopped by an error. Bring it again: it goes on where it was."
State = CutOverFile.State
BRINGABLE = (State.CHECKED, State.STOPPED)
DROPPABLE = (State.HANDED, State.CHECKED, State.STOPPED, State.WAITING)
LEFT_LYING = (State.HANDED, *BRINGABLE)

columns.register(
    columns.SealedTable("scheduling_cutoverfile", (("content", CONTENT), ("mapping", MAPPING)), bound_to=("t.id", "0", "1"))
)


class TooLate(Exception):
    """Somebody else decided meanwhile."""


def take(content: bytes, words: bytes, *, by: User, now: datetime) -> CutOverFile:
    """Keep a file with its mapping and have it checked. Raises Unusable: `BadMapping` for what stands in the mapping."""
    said = _fits_here(words)
    reading.look(content, said)
    with transaction.atomic():
        job = jobs.queue(kind=TRIAL, title=TRIAL_TITLE, by=by)
        return _keep(CutOverFile(system=said.system, job=job, taken_by=by, taken_at=now), content, words)


def hand_in(content: bytes, system: str, *, zone: ZoneInfo, by: User, now: datetime) -> CutOverFile:
    """Keep a file that is yet to be told what its columns are, with what is likely. Raises Unusable.

    `zone` is that of times without one, unless the last file of the system said another.
    """
    file = survey.look(content)
    known = next((name for name in systems() if name.casefold() == system.casefold()), system)
    words = last_words(known) or mapping.Words(known, zone)
    words = replace(words, columns=proposing.columns(file.columns, words.columns))
    if file.sort == "calendar":
        words = replace(words, calendar=proposing.calendar(events_of(content), words.calendar))
    row = CutOverFile(system=known, state=State.HANDED, taken_by=by, taken_at=now)
    with transaction.atomic():
        return _keep(row, content, mapping.write(words))


def _fits_here(words: bytes) -> mapping.Words:
    """Raises BadMapping."""
    try:
        said = mapping.read(words)
        Ours(said)
    except Unusable as unusable:
        raise BadMapping(str(unusable)) from unusable
    return said


def _keep(row: CutOverFile, content: bytes, words: bytes) -> CutOverFile:
    row.content, row.mapping = _sealed(row, CONTENT, content), _sealed(row, MAPPING, words)
    row.save(force_insert=True)
    events.record("cutover.file_taken", row, action=events.CREATE, by=row.taken_by, body={"bytes": len(content)})
    return row


def systems() -> list[str]:
    """The names of the systems that files came from, the last first."""
    handed = CutOverFile.objects.values("system").annotate(last=Max("taken_at")).order_by("-last")
    brought = CutOver.objects.order_by("system").values_list("system", flat=True)
    return list(dict.fromkeys([*(one["system"] for one in handed), *brought]))


def last_words(system: str) -> mapping.Words | None:
    """What was chosen for the last file of a system that was checked."""
    last = CutOverFile.objects.filter(system=system, job__isnull=False).order_by("-taken_at", "-pk").first()
    return words_of(last) if last else None


class BadMapping(Unusable):
    """The mapping cannot be taken."""


def mapping_of(row: CutOverFile) -> str:
    """The mapping as it was written."""
    return _opened(row, MAPPING, row.mapping).decode("utf-8-sig")


def words_of(row: CutOverFile) -> mapping.Words:
    """What was chosen so far."""
    return mapping.read(mapping_of(row).encode())


def content_of(row: CutOverFile) -> bytes:
    """The file as it was handed in. Raises TooLate for one that is gone."""
    if not row.content:
        raise TooLate
    return _opened(row, CONTENT, row.content)


def choose(row: CutOverFile, words: mapping.Words) -> None:
    """Keep what was chosen so far. Raises TooLate."""
    _step(row, (State.HANDED,), mapping=_sealed(row, MAPPING, mapping.write(words)))


def check(row: CutOverFile, words: mapping.Words, *, by: User) -> CutOverFile:
    """Have it checked by what was chosen. Raises TooLate, and Unusable for what cannot be taken here."""
    text = mapping.write(words)
    reading.look(content_of(row), _fits_here(text))
    with transaction.atomic():
        job = jobs.queue(kind=TRIAL, title=TRIAL_TITLE, by=by)
        _step(row, (State.HANDED,), state=State.WAITING, job=job, mapping=_sealed(row, MAPPING, text))
        events.record("cutover.file_chosen", row, action=events.UPDATE, by=by)
    row.refresh_from_db()
    return row


def choose_again(row: CutOverFile, *, by: User) -> None:
    """Back to choosing, after the check showed what the choices do. Raises TooLate."""
    with transaction.atomic():
        _step(row, (State.CHECKED,), state=State.HANDED, lines=[], read=0, gone=0, sentence="")
        events.record("cutover.file_opened_again", row, action=events.UPDATE, by=by)


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
    for row in CutOverFile.objects.filter(state__in=LEFT_LYING, taken_at__lt=now - KEPT):
        drop(row, by=None)


def work(practice_id: UUID, pk: UUID) -> None:
    """Check the file, or bring it, as it stands. One that another process has in hand is left to it."""
    practice = Practice.objects.get(pk=practice_id)
    with acting_in(practice_id, SYSTEM):
        row = CutOverFile.objects.select_related("job").get(pk=pk)
        job = row.job
        if row.state not in (State.WAITING, State.AGREED) or not row.content or not job:
            return
        content, words = _opened(row, CONTENT, row.content), _opened(row, MAPPING, row.mapping)
        is_trial = row.state == State.WAITING
        if is_trial and not _started(job):
            return
    try:
        progress = partial(_beat, practice_id, job) if is_trial else None
        report = bringing.bring(practice, content, words, is_trial=is_trial, progress=progress)
    except lone.Running:
        return
    except Unusable as refused:
        _over(row, job, State.REFUSED, str(refused), content=None)
    except Exception:  # whatever stops it is raised; before, the file says so, and can be brought again
        _over(row, job, State.STOPPED, STOPPED)
        raise
    else:
        _done(row, job, report)


def _started(job: Job) -> bool:
    try:
        jobs.start(job, now=timezone.now())
    except jobs.JobTaken:
        return False
    return True


def _beat(practice_id: UUID, job: Job, done: int, total: int) -> None:
    with acting_in(practice_id, SYSTEM):
        job.total = total
        jobs.advance(job, step=done, now=timezone.now())


def _done(row: CutOverFile, job: Job, report: Report) -> None:
    values = {"lines": sorted(report.lines), "read": report.read, "gone": report.gone, "sentence": report.sentence()}
    with acting_in(row.practice_id, SYSTEM):
        if row.state == State.WAITING:
            jobs.finish(job, now=timezone.now(), sentence=f"Nothing was written. It would be: {report.sentence()}")
            _step(row, (State.WAITING,), state=State.CHECKED, **values)
        else:
            _step(row, (State.AGREED,), state=State.BROUGHT, content=None, **values)


def _over(row: CutOverFile, job: Job, state: CutOverFile.State, sentence: str, **values: Any) -> None:
    """It was not brought. A file that cannot be taken goes, one that an error stopped is kept."""
    with acting_in(row.practice_id, SYSTEM):
        if row.state == State.WAITING:
            jobs.fail(job, now=timezone.now(), sentence=sentence)
        _step(row, (State(row.state),), state=state, sentence=sentence[:400], **values)


def _step(row: CutOverFile, from_: tuple[State, ...], **values: Any) -> None:
    if not CutOverFile.objects.filter(pk=row.pk, state__in=from_).update(updated_at=timezone.now(), **values):
        raise TooLate


def _sealed(row: CutOverFile, label: str, content: bytes) -> bytes:
    return seal(label, row.practice_id, row.pk, 0, content, is_last=True)


def _opened(row: CutOverFile, label: str, value: Any) -> bytes:
    return unseal(label, row.practice_id, row.pk, 0, bytes(value), is_last=True)
