"""Exports of much at once: asked for with a reason, agreed to by a second person above 500 patients, fetched once.

The one writer of Export. The order is asked → (waits) → approved → ready → fetched; each step names the one before.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from compliance import jobs
from compliance.audit import events
from compliance.audit.requests import facts
from compliance.crypto import columns
from compliance.crypto.pieces import unseal
from compliance.crypto.sealed import Tampered
from compliance.exports import SOURCES, Source, Span
from compliance.models import Export, ExportPiece, User
from compliance.models.bulk import ALONE

WHOLE = Span()
LABEL = "export_piece.content"
KEPT = timedelta(hours=24)

columns.register(
    columns.SealedTable(
        "compliance_exportpiece",
        (("content", LABEL),),
        bound_to=(
            "t.export_id",
            "t.number",
            "(t.number = (SELECT max(o.number) FROM compliance_exportpiece o WHERE o.export_id = t.export_id))::int",
        ),
    )
)
Status = Export.Status


class OwnExport(Exception):
    """Whoever asked cannot agree to it herself."""


class Decided(Exception):
    """Somebody decided meanwhile."""


class NotToFetch(Exception):
    """It is another's, was fetched, its day is over, or the right to it is."""


def ask(what: str, *, reason: str, by: User, now: datetime, span: Span = WHOLE) -> Export:
    """Ask for one. Up to 500 patients, all that was asked for alone in 24 hours taken together, it is made at once."""
    source = SOURCES[what]
    patients = len(source.whom(span, by))
    known = facts()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once must not each see the other as absent
        is_alone = patients + _asked_alone(by, now=now) <= ALONE
        export = Export.objects.create(
            what=what,
            reason=reason,
            patients=patients,
            first_on=span.first,
            last_on=span.last,
            asked_by=by,
            asked_at=now,
            request=known.id if known else "",
        )
        body = {"what": what, "patients": patients}
        events.record("export.asked", export, action=events.CREATE, by=by, body=body)
        if is_alone:
            _approve(export, source, {})
    return export


def decide(export: Export, *, agrees: bool, now: datetime, by: User | None = None, as_whom: str = "") -> None:
    """A second person agrees or refuses: an admin, the privacy officer, or `as_whom` the operator of the portal.

    Of two at once one decides. Raises OwnExport, Decided.
    """
    if by is not None and by.pk == export.asked_by_id:
        events.record("export.refused", export, by=by, body={"why": "own export"}, refused=True)
        raise OwnExport
    values = {"decided_by": by, "decided_as": "" if by else as_whom, "decided_at": now, "updated_at": now}
    with transaction.atomic():
        if agrees:
            _approve(export, SOURCES[export.what], values)
        elif not Export.objects.filter(pk=export.pk, status=Status.WAITING).update(status=Status.REFUSED, **values):
            raise Decided
        body = {"agrees": agrees, "as": as_whom}
        events.record("export.decided", export, action=events.UPDATE, by=by, body=body)


def fetch(export: Export, *, by: User, now: datetime) -> bytes:
    """The file, once, for whoever asked, within 24 hours; the sealed copy is gone then.

    Raises NotToFetch, also for one who lost the right to it meanwhile, and Tampered.
    """
    if not by.may(SOURCES[export.what].permission):
        events.record("export.refused", export, by=by, body={"why": "no right any more"}, refused=True)
        raise NotToFetch
    mine = Export.objects.filter(pk=export.pk, asked_by=by, status=Status.READY, expires_at__gt=now)
    with transaction.atomic():
        if not mine.update(status=Status.FETCHED, fetched_at=now, updated_at=now):
            raise NotToFetch
        content = b"".join(_pieces(export))
        ExportPiece.objects.filter(export=export).delete()
        body = {"what": export.what, "patients": export.patients, "bytes": len(content)}
        events.record("export.fetched", export, action=events.READ, by=by, body=body)
    return content


def forget_old(*, now: datetime) -> int:
    """Delete the files whose day is over, in the practice acted in. Answers how many exports."""
    old = Export.objects.filter(status=Status.READY, expires_at__lte=now)
    ExportPiece.objects.filter(export__in=old).delete()
    return old.update(status=Status.FAILED, updated_at=now)


def file_name(export: Export) -> str:
    """A name that says nothing about anybody."""
    return f"{export.what}-{export.pk.hex[-8:]}.{SOURCES[export.what].ending}"


def _asked_alone(by: User, *, now: datetime) -> int:
    alone = Export.objects.filter(asked_by=by, asked_at__gt=now - timedelta(hours=24), decided_at__isnull=True)
    return alone.exclude(status=Status.WAITING).aggregate(sum=Sum("patients"))["sum"] or 0


def _approve(export: Export, source: Source, values: dict[str, Any]) -> None:
    job = jobs.queue(kind="export", title=f"Export: {source.title}", by=export.asked_by, total=max(export.patients, 1))
    waiting = Export.objects.filter(pk=export.pk, status=Status.WAITING)
    if not waiting.update(status=Status.APPROVED, job=job, **values):
        raise Decided
    export.refresh_from_db()


def _pieces(export: Export) -> list[bytes]:
    rows = list(ExportPiece.objects.filter(export=export).order_by("number"))
    if not rows or [row.number for row in rows] != list(range(len(rows))):
        raise Tampered(f"A piece of export {export.pk} is missing.")
    last = rows[-1].number
    return [
        unseal(LABEL, row.practice_id, row.export_id, row.number, bytes(row.content), is_last=row.number == last)
        for row in rows
    ]


def to_make() -> list[UUID]:
    """The approved exports of the practice acted in whose files are not there yet."""
    return list(Export.objects.filter(status=Status.APPROVED).order_by("asked_at", "pk").values_list("pk", flat=True))


def by_id(pk: UUID) -> Export:
    """One export of the practice acted in."""
    return Export.objects.select_related("practice", "asked_by", "job").get(pk=pk)
