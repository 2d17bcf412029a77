"""The file of an approved export, made by the worker: batch by batch, sealed, each batch an event with its patients."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance import jobs
from compliance.audit import events
from compliance.bulk import KEPT, LABEL, Status, by_id
from compliance.crypto.pieces import seal
from compliance.exports import SOURCES, Batch, Mark, Source, Span
from compliance.models import Export, ExportPiece, User
from compliance.models.bulk import ALONE
from compliance.tenancy import SYSTEM, acting_in
from compliance.zones import zone


class Grown(Exception):
    """More patients than one person may export alone came meanwhile."""


def make(practice: UUID, pk: UUID) -> None:
    """Make the file, as whoever asked and with what she may see now. Begins anew where it was stopped."""
    with acting_in(practice, SYSTEM):
        export = by_id(pk)
        if export.status != Status.APPROVED:
            return
        try:
            jobs.start(export.job, now=timezone.now())  # type: ignore[arg-type]
        except jobs.JobTaken:
            return
        ExportPiece.objects.filter(export=export).delete()
    try:
        with timezone.override(zone(export.practice.time_zone)):  # days and times are those of the practice, as on its pages
            seen = _write(practice, export)
    except Grown:
        _fail(practice, export, "There are more than 500 patients now. Ask again; a second person has to agree.")
    except Exception:
        _fail(practice, export, "The file could not be made. Nothing was handed out. Ask again.")
        raise
    else:
        _ready(practice, export, len(seen))


def _write(practice: UUID, export: Export) -> set[UUID]:
    source, span, by = SOURCES[export.what], Span(export.first_on, export.last_on), export.asked_by
    with acting_in(practice, by.pk):
        mark = _mark(export)
        if not by.may(source.permission):
            raise PermissionError(source.permission)
    seen: set[UUID] = set()
    after, number, text = None, 0, source.head(mark)
    while True:
        with acting_in(practice, by.pk):
            batch = source.batch(span, by, after, mark)
            seen |= batch.patients
            if export.decided_at is None and len(seen) > ALONE:
                raise Grown
            _keep(export, source, number, text, batch, len(seen), by)
        if batch.after is None:
            return seen
        after, number, text = batch.after, number + 1, ""


def _keep(export: Export, source: Source, number: int, text: str, batch: Batch, step: int, by: User) -> None:
    content = (text + "".join(batch.lines)).encode()
    closed = seal(LABEL, export.practice_id, export.pk, number, content, is_last=batch.after is None)
    with transaction.atomic():
        ExportPiece.objects.create(export=export, number=number, content=closed)
        jobs.advance(export.job, step=step, now=timezone.now())  # type: ignore[arg-type]
        said: dict[str, Any] = {"listed": batch.patients, "categories": source.categories, "body": {"piece": number}}
        events.record("export.written", export, action=events.READ, by=by, **said)


def _mark(export: Export) -> Mark:
    return Mark(
        export=export.pk,
        practice=export.practice.name,
        who=f"{export.asked_by.name} ({export.asked_by.email})",
        when=f"{timezone.localtime(export.asked_at):%Y-%m-%d %H:%M %Z}",
        why=export.reason,
        request=export.request or "none",
    )


def _ready(practice: UUID, export: Export, patients: int) -> None:
    now = timezone.now()
    with acting_in(practice, SYSTEM):
        waiting = Export.objects.filter(pk=export.pk, status=Status.APPROVED)
        waiting.update(status=Status.READY, expires_at=now + KEPT, updated_at=now)
        jobs.finish(export.job, now=now, sentence=f"{_number(patients)} Fetch the file within 24 hours, once.")  # type: ignore[arg-type]


def _number(patients: int) -> str:
    return f"{patients} patient{'' if patients == 1 else 's'}." if patients else "It names no patient."


def _fail(practice: UUID, export: Export, sentence: str) -> None:
    now = timezone.now()
    with acting_in(practice, SYSTEM):
        ExportPiece.objects.filter(export=export).delete()
        Export.objects.filter(pk=export.pk, status=Status.APPROVED).update(status=Status.FAILED, updated_at=now)
        jobs.fail(export.job, now=now, sentence=sentence)  # type: ignore[arg-type]
