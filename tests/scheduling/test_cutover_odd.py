"""Odd files: each is read as it was meant, or says what is wrong; what may be read in two ways is not guessed."""

import json
from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.tenancy import SYSTEM, acting_in
from scheduling.cutover import bringing
from scheduling.cutover.rows import Unusable
from scheduling.models import Appointment, Brought, Occupation
from tests.factories import people
from tests.scheduling.test_cutover import HEADER, MAPPING, MONDAY, TEN, outcomes, row, starts, there
from tests.scheduling.test_cutover_kept import calendar, event

__all__ = ["there"]

CONTENT = f"{HEADER}\n{row()}\n"
FHIR = {
    "resourceType": "Appointment",
    "id": "a",
    "status": "booked",
    "start": "2027-03-01T10:00:00-06:00",
    "appointmentType": {"text": "FU"},
}


def appointment(whom: str, **more) -> str:
    doctor = {"actor": {"reference": "Practitioner/1", "display": "OKAFOR, N"}}
    return json.dumps(FHIR | {"participant": [{"actor": {"reference": whom}}, doctor]} | more)


@pytest.mark.parametrize(
    "content",
    [
        CONTENT.encode("utf-8-sig"),
        CONTENT.encode("utf-16"),
        CONTENT.replace("\n", "\r\n").encode(),
        CONTENT.replace('"OKAFOR, N"', "Dr. Okafor").replace(",", ";").encode(),
        CONTENT.replace('"OKAFOR, N"', "Dr. Okafor").replace(",", "\t").encode("utf-16"),
    ],
)
def test_a_spreadsheet_is_read_however_it_was_saved(practice, there, content):
    report = bringing.bring(practice, content, MAPPING.encode())

    assert (outcomes(report), starts(practice)) == ({"booked": 1}, [TEN])


def test_a_file_of_windows_says_how_it_is_saved_anew(practice, there):
    with pytest.raises(Unusable, match="CSV UTF-8"):
        bringing.bring(practice, CONTENT.replace("FU", "Größe").encode("cp1252"), MAPPING.encode())

    assert starts(practice) == []


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (MONDAY, "is a whole day"),
        ("20270301", "is a whole day"),
        ("03/01/2027", "is a whole day"),
        (f"{MONDAY} 130", "has a time that cannot be read"),
        ("2027111 10:00", "has a date that cannot be read"),
        ("30/11/2027 10:00", "has a date that cannot be read"),
    ],
)
def test_a_start_that_says_no_time_or_two_is_listed(practice, there, start, why):
    report = there(row(start=start))

    assert (report.listed, starts(practice)) == ([(2, why)], [])


@pytest.mark.parametrize("whom", ["Patient/p4711", "https://old.example/fhir/Patient/p4711", "Patient/p4711/_history/p4712"])
def test_a_reference_names_its_patient_and_not_its_version(practice, there, whom):
    there(appointment(whom), name="v.json")

    with acting_in(practice.pk, SYSTEM):
        assert Brought.objects.get().patient.identifiers.filter(system="urn:old:patient").count() == 1
        assert Appointment.objects.get().patient_id == Brought.objects.get().patient_id


@pytest.mark.parametrize("whom", ["urn:uuid:5b4f", "#p1", "Patient/nobody", "RelatedPerson/p4711", ""])
def test_a_reference_to_nobody_is_listed(practice, there, whom):
    report = there(appointment(whom), name="v.json")

    assert (outcomes(report), starts(practice)) == ({"not booked": 1}, [])


def test_what_is_cancelled_there_needs_no_patient(practice, there):
    there(appointment("Patient/p4711"), name="v.json")

    report = there(json.dumps(FHIR | {"status": "cancelled"}), name="later.json")

    assert (outcomes(report), starts(practice)) == ({"cancelled": 1}, [])


def test_an_event_that_is_cancelled_there_needs_no_patient_either(practice, there):
    there(calendar(event(":20270301T160000Z")), name="v.ics")

    report = there(calendar(event(":20270301T160000Z", who="Cancelled", more="STATUS:CANCELLED")), name="later.ics")

    assert (outcomes(report), starts(practice)) == ({"cancelled": 1}, [])


def test_a_file_of_another_practice_finds_nobody_here(practice, there):
    other = people.practice(name="Hilltop")

    with pytest.raises(Unusable, match="not one of the practice"):
        bringing.bring(other, CONTENT.encode(), MAPPING.encode())
    with acting_in(other.pk, SYSTEM):
        assert Appointment.objects.count() == 0


class _Undo(Exception):
    pass


LINES = st.lists(
    st.builds(
        row,
        st.sampled_from("123"),
        st.sampled_from(["4711", "4712", "9999", ""]),
        st.sampled_from(
            [f"{MONDAY} {hour}" for hour in ("9:00", "9:30", "10:00", "late")] + ["2027-03-02 9:00", "2020-01-06 9:00"]
        ),
        st.sampled_from(["", "X"]),
        st.sampled_from(["FU", "FU", "Nothing"]),
    ),
    min_size=1,
    max_size=5,
)


def state(practice) -> list:
    with acting_in(practice.pk, SYSTEM):
        visits = list(Appointment.objects.order_by("pk").values_list("pk", "version", "status", "starts_at", "updated_at"))
        brought = list(Brought.objects.order_by("key").values_list("key", "said", "visit", "why", "starts_at"))
        return [visits, brought, Occupation.objects.count()]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, LINES)
def test_bringing_any_file_twice_changes_nothing(practice, there, first, second):
    with suppress(_Undo), transaction.atomic():
        there(*first)
        once = there(*second, name="later.csv")
        before = state(practice)

        again = there(*second, name="later.csv")

        assert (state(practice), again.listed) == (before, once.listed)
        raise _Undo
