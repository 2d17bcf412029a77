"""Files of patients: looked into before they are stored, sealed in chunks (the one writer of Document)."""

import io
from collections.abc import Iterator

from django.db import transaction

from compliance.audit import events, reads
from compliance.crypto import columns
from compliance.crypto.pieces import seal, unseal
from compliance.crypto.sealed import Tampered
from compliance.models import User
from patients.file_types import TYPES, UploadRefused, looked_into
from patients.models import Document, DocumentChunk, Patient
from patients.screening import screen

LABEL = "document_chunk.content"
CHUNK = 64 * 1024  # bytes

columns.register(
    columns.SealedTable(
        "patients_documentchunk",
        (("content", LABEL),),
        bound_to=(
            "t.document_id",
            "t.number",
            "(t.number = (SELECT max(o.number) FROM patients_documentchunk o WHERE o.document_id = t.document_id))::int",
        ),
    )
)

__all__ = ["TYPES", "UploadRefused", "chunks", "file_name", "store"]


def store(
    patient: Patient, *, kind: str, title: str, content: bytes, by: User | None, content_type: str = "", name: str = ""
) -> Document:
    """Keep one file. Pictures are written anew, so that nothing hides in them. Raises UploadRefused with a sentence.

    `content_type` and `name`, where given, must agree with what the content is. Where a virus scanner is configured it
    sees the file first; what it refuses is recorded, so no caller undoes its transaction for an UploadRefused.
    """
    screen(io.BytesIO(content), patient=patient, by=by)
    found, clean = looked_into(content, name=name, content_type=content_type)
    document = Document(
        patient=patient, kind=kind, title=title, content_type=found.content_type, size=len(clean), stored_by=by
    )
    pieces = [clean[start : start + CHUNK] for start in range(0, len(clean), CHUNK)]
    rows = [DocumentChunk(document=document, number=number) for number in range(len(pieces))]
    for row, piece in zip(rows, pieces, strict=True):
        is_last = row.number == len(pieces) - 1
        row.content = seal(LABEL, row.practice_id, document.pk, row.number, piece, is_last=is_last)
    with transaction.atomic():
        document.save(force_insert=True)
        DocumentChunk.objects.bulk_create(rows)
        events.record(
            "document.stored", document, action=events.CREATE, by=by, body={"kind": kind, "type": found.content_type}
        )
    return document


def chunks(document: Document) -> Iterator[bytes]:
    """The file, piece by piece. Raises Tampered when a piece was changed, moved, swapped, or the end is missing.

    The opening is recorded as one of her documents.
    """
    reads.note(document.patient_id, Document.READ_AS)
    reads.opens_chart_of(document.patient_id)
    rows = list(DocumentChunk.objects.filter(document=document).order_by("number"))
    if [row.number for row in rows] != list(range(len(rows))) or not rows:
        raise Tampered(f"A piece of document {document.pk} is missing.")
    for row in rows:
        content, is_last = bytes(row.content), row is rows[-1]
        yield unseal(LABEL, row.practice_id, row.document_id, row.number, content, is_last=is_last)


def file_name(document: Document) -> str:
    """A name that says nothing about the patient: insurance-card-0a1b2c3d.pdf."""
    ending = next(found.endings[0] for found in TYPES if found.content_type == document.content_type)
    return f"{document.kind}-{document.pk.hex[-8:]}.{ending}"
