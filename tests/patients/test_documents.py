"""Files: looked into, drawn anew, sealed in pieces, handed out as attachments."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from compliance.crypto.sealed import Tampered
from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from patients import documents, file_types
from patients.enums import DocumentKind
from patients.models import Document, DocumentChunk
from tests.factories import patients, people

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def picture(kind="PNG", *, size=(8, 8), **options):
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, kind, **options)
    return drawn.getvalue()


def store(patient, content, by, **options):
    return documents.store(patient, kind=DocumentKind.UPLOAD, title="Referral", content=content, by=by, **options)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "a.pdf", "application/pdf"),
        (picture(), "a.PNG", "image/png"),
        (picture("JPEG"), "a.jpeg", "image/jpeg"),
        (picture("TIFF"), "a.tif", "image/tiff"),
        ("Überweisung\r\n".encode(), "a.txt", "text/plain"),
    ],
)
def test_what_is_taken_is_known_by_its_content(inside, secretary, content, name, kind):
    assert store(patients.patient(), content, secretary, name=name).content_type == kind


REFUSED = {
    "empty": (b"", "a.pdf", file_types.EMPTY),
    "too large": (b"x" * (file_types.LARGEST + 1), "a.txt", file_types.TOO_LARGE),
    "a program": (b"MZ\x90\x00\x03" + b"\x00" * 60, "a.exe", file_types.NOT_TAKEN),
    "an archive": (b"PK\x03\x04" + b"\x00" * 60, "a.zip", file_types.NOT_TAKEN),
    "a web page": (b"<!DOCTYPE html><script>alert(1)</script>", "a.html", file_types.NOT_TAKEN),
    "a web page named as text": (b"<html><script>alert(1)</script>", "a.txt", file_types.TWO_IN_ONE),
    "a drawing with code": (b"<svg onload='x'></svg>", "a.txt", file_types.NOT_TAKEN),
    "a picture named as PDF": (picture(), "a.pdf", file_types.NOT_AS_NAMED),
    "a PDF named as picture": (PDF, "a.png", file_types.NOT_AS_NAMED),
    "a PDF cut off": (PDF[:-20], "a.pdf", file_types.BROKEN),
    "a PDF with an archive behind": (PDF + b"PK\x05\x06" + b"\x00" * 18, "a.pdf", file_types.TWO_IN_ONE),
    "a PDF with more behind": (PDF + b"MZ\x90program", "a.pdf", file_types.TWO_IN_ONE),
    "a PDF that is a web page": (b"%PDF-1.7<html>" + PDF, "a.pdf", file_types.TWO_IN_ONE),
    "a picture cut off": (picture(size=(64, 64))[:60], "a.png", file_types.BROKEN),
    "a picture with a PDF behind": (picture() + PDF, "a.png", file_types.TWO_IN_ONE),
    "a picture with code": (picture("JPEG", comment=b"<script>x</script>"), "a.jpg", file_types.TWO_IN_ONE),
    "a text with a bell": (b"ding\x07", "a.txt", "The text holds hidden characters. Save it anew as plain text (UTF-8)."),
    "not UTF-8": (b"\xe9\xe8\xff plain", "a.txt", file_types.NOT_TAKEN),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_taken_is_refused_with_a_sentence(case):
    content, name, sentence = REFUSED[case]

    with pytest.raises(documents.UploadRefused) as refused:
        file_types.looked_into(content, name=name)

    assert refused.value.sentence == sentence


def test_a_picture_loses_everything_that_is_no_picture():
    exif = Image.Exif()
    exif[0x010E] = "taken at 1 Main Street"

    _, clean = file_types.looked_into(picture("JPEG", exif=exif))

    assert b"Main Street" not in clean
    assert not Image.open(io.BytesIO(clean)).getexif()


def test_every_page_of_a_fax_is_kept():
    pages = [Image.new("1", (8, 8)) for _ in range(3)]
    drawn = io.BytesIO()
    pages[0].save(drawn, "TIFF", save_all=True, append_images=pages[1:])

    _, clean = file_types.looked_into(drawn.getvalue())

    assert Image.open(io.BytesIO(clean)).n_frames == 3


@pytest.fixture
def long_text(inside, secretary):
    return store(patients.patient(), b"line\n" * 40_000, secretary)


def test_a_file_comes_back_whole(long_text):
    assert b"".join(documents.chunks(long_text)) == b"line\n" * 40_000
    assert DocumentChunk.objects.count() == 4


def test_what_lies_in_the_database_is_sealed(long_text):
    assert b"line" not in bytes(DocumentChunk.objects.first().content)


def test_a_file_without_its_end_is_not_shown(long_text):
    DocumentChunk.objects.filter(number=3).delete()

    with pytest.raises(Tampered):
        list(documents.chunks(long_text))


def test_pieces_that_were_swapped_are_not_shown(long_text):
    first, second = DocumentChunk.objects.order_by("number")[:2]
    DocumentChunk.objects.filter(pk=first.pk).update(content=second.content)

    with pytest.raises(Tampered):
        list(documents.chunks(long_text))


@pytest.fixture
def patient(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return patients.patient()


def upload(client, practice, patient, content=PDF, name="a.pdf", title="Referral"):
    url = practice_url(practice, "patients:upload", patient.pk)
    return client.post(url, {"title": title, "file": SimpleUploadedFile(name, content)})


def test_a_file_is_put_on_file_and_handed_out_as_an_attachment(practice, patient, secretary, as_secretary):
    upload(as_secretary, practice, patient)
    with acting_in(practice.pk, secretary.pk):
        row = Document.objects.get()

    response = as_secretary.get(practice_url(practice, "patients:document", row.pk))

    assert response.content == PDF
    assert response["Content-Disposition"] == f'attachment; filename="upload-{row.pk.hex[-8:]}.pdf"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_opening_a_file_is_recorded_as_opening_her_chart(practice, patient, secretary, as_secretary):
    upload(as_secretary, practice, patient)
    with acting_in(practice.pk, secretary.pk):
        row = Document.objects.get()
    as_secretary.get(practice_url(practice, "patients:document", row.pk))

    with acting_in(practice.pk, secretary.pk):
        events = AuditEvent.objects.filter(page="patients:document")
        assert {(event.kind, *event.opened) for event in events} == {
            ("document.opened", patient.pk),
            ("patient.read", patient.pk),
        }


@pytest.mark.parametrize(
    ("content", "name", "title", "sentence"),
    [
        (b"", "a.pdf", "Referral", "The file is empty"),
        (b"MZ\x90\x00", "a.exe", "Referral", "Choose a PDF, PNG"),
        (PDF, "a.pdf", "", "Say what it is."),
        (PDF, "a.pdf", "Refer\u202eral", "hidden character"),
    ],
)
def test_an_upload_that_is_refused_says_why_and_stores_nothing(
    practice, patient, secretary, as_secretary, content, name, title, sentence
):
    response = upload(as_secretary, practice, patient, content, name, title)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    with acting_in(practice.pk, secretary.pk):
        assert not Document.objects.exists()


def test_who_may_not_see_documents_is_refused(practice, patient, secretary, as_secretary, signed_in):
    upload(as_secretary, practice, patient)
    with acting_in(practice.pk, secretary.pk):
        row = Document.objects.get()
    scheduler = signed_in(people.member(practice, Role.SCHEDULING_SECRETARY))

    assert scheduler.get(practice_url(practice, "patients:document", row.pk)).status_code == 403
    assert upload(scheduler, practice, patient).status_code == 403
