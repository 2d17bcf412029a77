"""ClamAV where it is configured: it sees a file before anything else does, and without its word nothing is kept."""

import io
import socket

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from compliance import scanner
from compliance.models import AuditEvent, Case
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from patients import screening
from patients.models import Document
from tests.correspondence.sink import free_port
from tests.factories import insurance, patients
from tests.scanning import clamd


@pytest.fixture
def clam(settings):
    with clamd.listening() as (where, seen):
        settings.CLAMD = where
        yield seen


@pytest.fixture
def patient(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return patients.patient()


def upload(client, practice, patient, content):
    url = practice_url(practice, "patients:upload", patient.pk)
    return client.post(url, {"title": "Referral", "file": SimpleUploadedFile("a.txt", content)})


def kept(practice):
    """(documents, refused events, cases of the privacy officer)."""
    with acting_in(practice.pk, SYSTEM):
        events = [event.kind for event in AuditEvent.objects.filter(kind__startswith="file.").order_by("at")]
        cases = [(case.kind, case.team) for case in Case.objects.all()]
        return Document.objects.count(), events, cases


@pytest.mark.parametrize("size", [0, 1, scanner.PIECE, scanner.PIECE + 1, 3_000_000])
def test_the_whole_file_is_streamed(clam, size):
    scanner.look_into(io.BytesIO(b"x" * size))

    assert clam == [b"x" * size]


def test_a_unix_socket_serves_as_well(settings, tmp_path):
    with clamd.listening(tmp_path / "clamd.sock") as (settings.CLAMD, seen), pytest.raises(scanner.Infected) as told:
        scanner.look_into(io.BytesIO(clamd.eicar()))

    assert (told.value.signature, seen) == ("Eicar-Signature", [clamd.eicar()])


def test_a_clean_file_is_put_on_file(clam, practice, patient, as_secretary):
    answer = upload(as_secretary, practice, patient, b"words")

    assert (answer.status_code, clam, kept(practice)) == (302, [b"words"], (1, [], []))


def test_an_infected_file_is_refused_recorded_and_told_once(clam, practice, patient, as_secretary):
    answers = [upload(as_secretary, practice, patient, clamd.eicar()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert screening.INFECTED in answers[0].content.decode()
    assert kept(practice) == (0, ["file.infected"] * 2, [("infected-file", "privacy_officer")])


def test_nothing_else_reads_a_file_before_the_scanner(clam, practice, patient, as_secretary):
    answer = upload(as_secretary, practice, patient, b"MZ" + clamd.eicar())  # of no type that is taken

    assert (screening.INFECTED in answer.content.decode(), len(clam)) == (True, 1)


def test_an_infected_picture_of_a_card_is_refused(clam, practice, patient, secretary, as_secretary):
    with acting_in(practice.pk, secretary.pk):
        row = insurance.coverage(patient, by=secretary)
    url = practice_url(practice, "insurance:card", row.pk)

    answer = as_secretary.post(url, {"card": SimpleUploadedFile("card.png", clamd.eicar())})

    assert (answer.status_code, screening.INFECTED in answer.content.decode()) == (422, True)
    assert kept(practice) == (0, ["file.infected"], [("infected-file", "privacy_officer")])


@pytest.mark.parametrize(
    "says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"PONG\0", b"\xff\0", b"stream: \xc3 FOUND\0"]
)
def test_any_other_word_than_clean_keeps_the_file_out(settings, practice, patient, as_secretary, says):
    with clamd.listening(says=says) as (settings.CLAMD, _):
        answer = upload(as_secretary, practice, patient, b"words")

    assert (answer.status_code, screening.AWAY in answer.content.decode()) == (422, True)
    assert kept(practice) == (0, ["file.not_scanned"], [])


@pytest.mark.parametrize("where", ["127.0.0.1:{free}", "/no/such/clamd.sock", "nonsense", "127.0.0.1:99999"])
def test_a_scanner_that_is_away_keeps_every_file_out(settings, practice, patient, as_secretary, where):
    settings.CLAMD = where.format(free=free_port())

    answer = upload(as_secretary, practice, patient, b"words")

    assert (screening.AWAY in answer.content.decode(), kept(practice)) == (True, (0, ["file.not_scanned"], []))


def test_a_scanner_that_never_answers_is_not_waited_for_for_ever(settings, monkeypatch):
    monkeypatch.setattr(scanner, "WAITS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.CLAMD = f"127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(scanner.NoAnswer) as told:
            scanner.look_into(io.BytesIO(b"words"))

    assert isinstance(told.value.__cause__, TimeoutError)


def test_where_none_is_configured_none_is_asked(settings, practice, patient, as_secretary):
    settings.CLAMD = ""

    assert (upload(as_secretary, practice, patient, b"words").status_code, kept(practice)[0]) == (302, 1)


def test_an_infected_file_is_not_imported(clam, practice, tmp_path):
    (file := tmp_path / "patients.ndjson").write_bytes(clamd.eicar())

    with pytest.raises(CommandError) as told:
        call_command("import_fhir", practice.slug, str(file))

    assert str(told.value) == screening.INFECTED
    assert kept(practice)[1:] == (["file.infected"], [("infected-file", "privacy_officer")])
