"""The audit page: who saw and did what, patients by MRN, names only by an act that is recorded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance import charts
from compliance import trail as audit_trail
from compliance.audit import events
from compliance.ids import uuid7
from compliance.models import AuditEvent, Relation
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from patients.enums import IdentifierKind
from patients.models import HumanName, Identifier, Patient
from secretary_portal.desk import page_names, trail
from tests.architecture.addresses import addresses
from tests.counting import queries
from tests.factories import people


@pytest.fixture
def patient(practice):
    with acting_in(practice.pk, SYSTEM):
        made = Patient.objects.create()
        HumanName.objects.create(patient=made, family="Wolff", given="Greta")
        Identifier.objects.create(patient=made, kind=IdentifierKind.MRN, value="MRN-4711")
    return made


def happened(practice, kind="visit.moved", *, by=None, patients=(), listed=(), count=1):
    with acting_in(practice.pk, SYSTEM):
        for _ in range(count):
            events.record(kind, by=by, opened=patients, listed=listed)


def shown(browser, practice, name="desk:audit", **query):
    return browser.get(practice_url(practice, name), query).content.decode()


def test_the_admin_sees_who_did_what_about_whom(as_admin, practice, secretary, patient):
    happened(practice, by=secretary, patients=[patient.pk])

    page = shown(as_admin, practice)

    assert "Visit moved" in page
    assert "MRN-4711" in page
    assert secretary.name in page


def test_no_name_stands_there(as_admin, practice, secretary, patient):
    happened(practice, by=secretary, patients=[patient.pk])

    assert "Wolff" not in shown(as_admin, practice)


def test_a_name_is_revealed_by_an_act_that_is_recorded(as_admin, practice, patient, admin):
    response = as_admin.post(practice_url(practice, "desk:reveal", patient.pk))

    with acting_in(practice.pk, SYSTEM):
        event = AuditEvent.objects.get(kind="patient.name_revealed")
    assert "Wolff, Greta" in response.content.decode()
    assert (event.actor, event.opened) == (admin.pk, [patient.pk])


def test_a_patient_of_another_practice_has_no_name_here(as_admin, practice):
    assert as_admin.post(practice_url(practice, "desk:reveal", uuid7())).status_code == 404


def test_the_privacy_officer_sees_the_mrn_too(signed_in, practice, secretary, patient):
    officer = people.member(practice, Role.PRIVACY_OFFICER)
    happened(practice, by=secretary, patients=[patient.pk])

    assert "MRN-4711" in shown(signed_in(officer), practice)


def test_a_secretary_does_not_see_the_practices_trail(as_secretary, practice):
    assert as_secretary.get(practice_url(practice, "desk:audit")).status_code == 403


def test_everybody_sees_her_own_events_and_nobody_elses(as_secretary, practice, secretary, admin):
    happened(practice, "mine.done", by=secretary)
    happened(practice, "theirs.done", by=admin)

    page = shown(as_secretary, practice, "desk:own_events")

    assert "Mine done" in page
    assert "Theirs done" not in page


def test_where_it_happened_is_said_in_words(as_admin, practice):
    shown(as_admin, practice)

    page = shown(as_admin, practice)

    assert "Audit page" in page
    assert "desk:audit" not in page


def test_every_page_of_ours_has_words():
    names = {str(address) for address in addresses() if ":" in address.name}

    assert names == set(page_names.PAGES)


def test_reading_the_trail_is_an_event(as_admin, practice, admin):
    shown(as_admin, practice, kind="case.moved")

    with acting_in(practice.pk, SYSTEM):
        event = AuditEvent.objects.get(kind="audit.read")
    assert (event.actor, event.body) == (admin.pk, {"filters": ["kind"]})


def test_what_open_pages_asked_by_themselves_is_left_out_until_asked_for(as_admin, practice):
    happened(practice, "patient.refresh")

    def lines(**query):  # the words also stand among the filters
        return shown(as_admin, practice, **query).count("An open page refreshed itself") - 1

    assert (lines(), lines(refreshes="on")) == (0, 1)


def test_the_trail_is_filtered_by_patient_person_kind_and_day(as_admin, practice, secretary, patient):
    happened(practice, "visit.moved", by=secretary, patients=[patient.pk])
    happened(practice, "visit.booked_late", by=secretary)
    tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()

    assert "Visit booked late" not in shown(as_admin, practice, patient=patient.pk)
    assert "Visit moved" in shown(as_admin, practice, person=secretary.pk)
    assert "Visit booked late" not in shown(as_admin, practice, kind="visit.moved")
    assert "Visit moved" not in shown(as_admin, practice, first=tomorrow)


@pytest.mark.parametrize(
    "query",
    [{"patient": "x"}, {"person": "'; --"}, {"kind": "a\x00b"}, {"first": "soon"}, {"last": "9999-12-31"}],
)
def test_a_filter_that_is_not_understood_is_said(as_admin, practice, query):
    assert as_admin.get(practice_url(practice, "desk:audit"), query).status_code == 422


@pytest.mark.parametrize("after", ["x", "2026-01-01_x", "2026-01-01T00:00:00_x", "_", "\x00"])
def test_a_mark_that_is_not_understood_is_the_first_page(as_admin, practice, after):
    assert as_admin.get(practice_url(practice, "desk:audit"), {"after": after}).status_code == 200


def test_pages_follow_each_other_without_a_gap(practice, admin):
    happened(practice, count=trail.SHOWN + 10)

    with acting_in(practice.pk, admin.pk):
        rows = AuditEvent.objects.filter(kind="visit.moved")
        first = trail.page(rows, by=admin)
        second = trail.page(rows, by=admin, after=first.after)

    ids = [line.event.pk for line in (*first.lines, *second.lines)]
    assert (len(ids), len(set(ids)), second.after) == (trail.SHOWN + 10, trail.SHOWN + 10, None)


def test_the_page_costs_the_same_for_any_number_of_events(as_admin, practice, secretary, patient):
    url = practice_url(practice, "desk:audit")
    happened(practice, by=secretary, patients=[patient.pk])
    few = queries(lambda: as_admin.get(url))
    happened(practice, by=secretary, patients=[patient.pk], count=3)

    assert queries(lambda: as_admin.get(url)) == few


def test_the_report_for_a_patient_tells_openings_from_rows_in_lists(as_admin, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        mine = Patient.objects.create().pk
        events.record("patient.read", action=events.READ, listed=[mine])
        events.record("patient.read", action=events.READ, opened=[mine])

    page = as_admin.get(practice_url(practice, "desk:audit_of_patient", mine))

    (line,) = [one for one in page.context["lines"] if one.who == secretary.name]
    assert (line.is_opened, "Saw patients" in line.what, line.listed >= 1) == (True, True, True)


def test_the_report_for_a_patient_is_recorded_and_costs_the_same_for_any_number(as_admin, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        mine = Patient.objects.create().pk
        url = practice_url(practice, "desk:audit_of_patient", mine)
    as_admin.get(url)
    few = queries(lambda: as_admin.get(url))
    with acting_in(practice.pk, secretary.pk):
        for _ in range(5):
            events.record("patient.read", action=events.READ, opened=[mine])

    assert queries(lambda: as_admin.get(url)) == few
    with acting_in(practice.pk, SYSTEM):
        assert AuditEvent.objects.filter(kind="audit.reported", listed=[mine]).exists()


def test_the_audit_page_says_up_to_when_it_is_signed(committed, signed_in):
    at = people.practice()
    admin = people.member(at, Role.PRACTICE_ADMIN)
    audit_trail.seal_now(at.pk, now=timezone.now())

    assert "Signed</span> up to" in signed_in(admin).get(practice_url(at, "desk:audit")).content.decode()


@pytest.fixture
def barred(practice, patient, admin, secretary):
    """A patient whose chart is closed to the admin, with an event of the secretary's about her."""
    with acting_in(practice.pk, SYSTEM):
        charts.bar(admin, patient.pk, relation=Relation.FAMILY, by=secretary)
    happened(practice, "visit.moved", by=secretary, patients=[patient.pk])
    return patient


def test_an_admin_reads_no_events_about_a_chart_she_is_barred_from(as_admin, practice, barred):
    assert "MRN-4711" not in shown(as_admin, practice)


def test_an_admin_does_not_see_a_list_in_which_a_chart_closed_to_her_stands(practice, barred, admin):
    with acting_in(practice.pk, admin.pk):
        events.record("visit.found", listed=[barred.pk])

        assert not AuditEvent.objects.visible_to(admin).filter(kind="visit.found").exists()


def test_a_list_is_shown_to_a_barred_admin_without_the_closed_chart(as_admin, practice, barred, admin, secretary):
    with acting_in(practice.pk, SYSTEM):
        other = Patient.objects.create()
        Identifier.objects.create(patient=other, kind=IdentifierKind.MRN, value="MRN-4712")
    happened(practice, "visit.found", by=secretary, listed=[barred.pk, other.pk])
    found = shown(as_admin, practice)

    assert ("MRN-4712" in found, "MRN-4711" in found) == (True, False)


def test_a_barred_secretary_does_not_find_the_chart_among_what_she_did_herself(
    signed_in, practice, patient, secretary, admin
):
    with acting_in(practice.pk, SYSTEM):
        charts.bar(secretary, patient.pk, relation=Relation.FAMILY, by=admin)
    happened(practice, "visit.moved", by=secretary, patients=[patient.pk])
    page = signed_in(secretary).get(practice_url(practice, "desk:own_events")).content.decode()

    assert "MRN-4711" not in page


def test_the_privacy_officer_reads_the_events_that_an_admin_is_barred_from(signed_in, practice, barred):
    officer = signed_in(people.member(practice, Role.PRIVACY_OFFICER))

    assert "MRN-4711" in shown(officer, practice)


@pytest.mark.parametrize(("page", "method"), [("desk:audit_of_patient", "get"), ("desk:reveal", "post")])
def test_neither_report_nor_name_is_given_to_a_barred_admin(as_admin, practice, barred, page, method):
    assert getattr(as_admin, method)(practice_url(practice, page, barred.pk)).status_code == 404
