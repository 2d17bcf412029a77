"""What is opened is recorded, exactly (security.md sections 2 and 3)."""

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from compliance import cases
from compliance.audit import reads
from compliance.ids import uuid7
from compliance.models import AuditEvent, AuditPatient, Case
from compliance.tenancy import acting_in


def case_about(practice, secretary, patient):
    with acting_in(practice.pk, secretary.pk):
        return cases.open_case(
            kind="message", summary="Call back", by=secretary, now=timezone.now(), owner=secretary, patient=patient
        )


def reads_of(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return list(AuditEvent.objects.filter(kind="patient.read").order_by("at"))


def test_opening_a_sealed_value_writes_one_event_with_its_patient(practice, secretary):
    patient = uuid7()
    case = case_about(practice, secretary, patient)

    with acting_in(practice.pk, secretary.pk):
        assert Case.objects.get(pk=case.pk).summary == "Call back"

    (event,) = reads_of(practice, secretary)
    assert (event.listed, event.opened, event.actor, event.categories) == ([patient], [], secretary.pk, ["cases"])


def test_a_chart_that_was_opened_stands_apart_from_rows_of_a_list(practice, secretary):
    mine, hers = uuid7(), uuid7()
    for patient in (mine, hers):
        case_about(practice, secretary, patient)

    with acting_in(practice.pk, secretary.pk):
        reads.opens_chart_of(mine)
        [case.summary for case in Case.objects.all()]

    (event,) = reads_of(practice, secretary)
    assert (event.opened, event.listed) == ([mine], [hers])


def test_what_is_not_opened_is_not_recorded(practice, secretary):
    case_about(practice, secretary, uuid7())

    with acting_in(practice.pk, secretary.pk):
        str(Case.objects.get())

    assert reads_of(practice, secretary) == []


def test_events_are_found_by_patient(practice, secretary):
    patient = uuid7()
    case = case_about(practice, secretary, patient)
    with acting_in(practice.pk, secretary.pk):
        Case.objects.get(pk=case.pk).summary  # noqa: B018

    with acting_in(practice.pk, secretary.pk):
        depths = set(AuditPatient.objects.filter(patient=patient).values_list("depth", flat=True))

    assert depths == {"opened", "listed"}


@pytest.mark.parametrize("change", ["UPDATE compliance_auditevent SET kind = 'x'", "DELETE FROM compliance_auditevent"])
def test_the_app_cannot_change_the_trail(practice, secretary, change):
    case_about(practice, secretary, uuid7())

    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, acting_in(practice.pk, secretary.pk), connection.cursor() as cursor:
        cursor.execute(change)
