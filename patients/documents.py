"""Files of patients: looked into before they are stored, sealed in chunks (the one writer of Document)."""

import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from django.db import transaction

from compliance.audit import events, reads
from compliance.crypto import columns, data_keys
from compliance.crypto.sealed import FORMAT, HEAD, Tampered
from compliance.models import User
from compliance.tenancy import current_practice_id
from patients.file_types import TYPES, UploadRefused, looked_into
from patients.models import Document, DocumentChunk, Patient

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

    `content_type` and `name`, where given, must agree with what the content is.
    """
    found, clean = looked_into(content, name=name, content_type=content_type)
    document = Document(
        patient=patient, kind=kind, title=title, content_type=found.content_type, size=len(clean), stored_by=by
    )
    pieces = [clean[start : start + CHUNK] for start in range(0, len(clean), CHUNK)]
    rows = [DocumentChunk(document=document, number=number) for number in range(len(pieces))]
    for row, piece in zip(rows, pieces, strict=True):
        row.content = _sealed(row, piece, is_last=row.number == len(pieces) - 1)
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
        yield _opened(row, is_last=row is rows[-1])


def file_name(document: Document) -> str:
    """A name that says nothing about the patient: insurance-card-0a1b2c3d.pdf."""
    ending = next(found.endings[0] for found in TYPES if found.content_type == document.content_type)
    return f"{document.kind}-{document.pk.hex[-8:]}.{ending}"


def _bound(row: DocumentChunk, *, is_last: bool) -> bytes:
    return f"{LABEL}|{row.practice_id}|{row.document_id}|{row.number}|{int(is_last)}".encode()


def _sealed(row: DocumentChunk, piece: bytes, *, is_last: bool) -> bytes:
    practice = current_practice_id()
    number = data_keys.newest(practice)
    nonce = os.urandom(12)
    closed = data_keys.cipher(practice, number, LABEL).encrypt(nonce, piece, _bound(row, is_last=is_last))
    return FORMAT + number.to_bytes(2, "big") + nonce + closed


def _opened(row: DocumentChunk, *, is_last: bool) -> bytes:
    value = bytes(row.content)
    if value[:1] != FORMAT or len(value) < HEAD:
        raise Tampered(f"A value of {LABEL} is not in a known format.")
    cipher = data_keys.cipher(current_practice_id(), int.from_bytes(value[1:3], "big"), LABEL)
    try:
        return cipher.decrypt(value[3:HEAD], value[HEAD:], _bound(row, is_last=is_last))
    except InvalidTag as error:
        raise Tampered(f"A value of {LABEL} does not belong to its row.") from error
