"""The pages of restricted charts and of exports."""

import pytest
from django.utils import timezone

from compliance import bulk, charts, making_exports
from compliance.models import BrokenGlass, ChartRestriction, Export
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from patients.models import Patient
from tests.counting import queries
from tests.factories import patients, people, scheduling

WHY = {"reason": "ETREAT", "words": "She is on the line."}


@pytest.fixture
def maria(practice, admin, secretary):
    with acting_in(practice.pk, secretary.pk):
        made = patients.patient()
        charts.restrict(made.pk, by=admin)
    return made


def glass(practice, maria) -> str:
    return practice_url(practice, "patients:glass", maria.pk)


def test_the_page_of_a_restricted_chart_leads_to_the_glass(practice, maria, as_secretary):
    page = as_secretary.get(practice_url(practice, "patients:patient", maria.pk))

    assert page["Location"] == glass(practice, maria)


def test_the_glass_asks_for_the_second_factor_again(practice, maria, secretary):
    answer = people.browser(secretary, ago=20).post(glass(practice, maria), WHY)

    assert answer["Location"].startswith("/accounts/factor/code/again/?next=")


def test_breaking_the_glass_opens_the_page_with_its_banner(practice, maria, as_secretary):
    page = people.proven(as_secretary).post(glass(practice, maria), WHY, follow=True).content.decode()

    assert ("Lopez" in page, "Closed chart, open to you until" in page) == (True, True)


def test_the_glass_is_not_broken_without_a_reason(practice, maria, as_secretary):
    answer = people.proven(as_secretary).post(glass(practice, maria), WHY | {"words": ""})

    with acting_in(practice.pk, SYSTEM):
        assert (answer.status_code, BrokenGlass.objects.count()) == (422, 0)


def test_a_billing_coordinator_breaks_no_glass_in_another_practice(practice, maria, signed_in):
    stranger = people.member(people.practice(), Role.BILLING)

    assert people.proven(signed_in(stranger)).post(glass(practice, maria), WHY).status_code == 404


def test_a_barred_person_finds_no_glass(practice, maria, admin, secretary, as_secretary):
    with acting_in(practice.pk, admin.pk):
        charts.bar(secretary, maria.pk, relation="family", by=admin)

    assert people.proven(as_secretary).get(glass(practice, maria)).status_code == 404


def test_the_search_page_shows_no_name_of_a_restricted_chart(practice, maria, as_secretary):
    page = as_secretary.post(practice_url(practice, "patients:find"), {"text": "lopez"}).content.decode()

    assert ("Restricted" in page, "Maria" in page) == (True, False)


def test_the_board_shows_a_restricted_visit_without_a_name(practice, admin, as_secretary):
    with acting_in(practice.pk, admin.pk):
        visit = scheduling.visit(by=admin, whose=patients.patient())
        charts.restrict(visit.patient_id, by=admin)

    page = as_secretary.get(practice_url(practice, "scheduling:board", scheduling.MONDAY)).content.decode()

    assert (">Restricted<" in page, "Lopez" in page, "1 booked" in page) == (True, False, True)


def test_an_admin_restricts_a_chart(practice, as_admin, secretary):
    with acting_in(practice.pk, secretary.pk):
        made = patients.patient()

    as_admin.post(practice_url(practice, "patients:restrict", made.pk))

    with acting_in(practice.pk, SYSTEM):
        assert ChartRestriction.objects.filter(patient=made.pk).exists()


def test_a_secretary_restricts_nothing(practice, maria, as_secretary):
    assert as_secretary.post(practice_url(practice, "patients:restrict", maria.pk)).status_code == 403


def test_an_admin_who_names_herself_is_told_why_not(practice, maria, admin, as_admin):
    url = practice_url(practice, "patients:name_for_chart", maria.pk)

    page = as_admin.post(url, {"person": str(admin.pk)}, follow=True).content.decode()

    assert "You cannot widen what you yourself may open." in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_restricted_charts_need_the_same_queries_for_any_number(practice, admin, as_admin, count):
    with acting_in(practice.pk, admin.pk):
        for _ in range(count):
            charts.restrict(Patient.objects.create().pk, by=admin)

    assert queries(lambda: as_admin.get(practice_url(practice, "patients:restricted"))) <= 20


def test_an_export_asks_for_the_second_factor_again(practice, admin):
    answer = people.browser(admin, ago=20).get(practice_url(practice, "compliance:ask_export"))

    assert answer["Location"].startswith("/accounts/factor/code/again/?next=")


def test_an_export_without_a_reason_is_refused(practice, as_admin):
    said = {"what": "patients-csv", "reason": ""}

    assert people.proven(as_admin).post(practice_url(practice, "compliance:ask_export"), said).status_code == 422


def test_a_secretary_asks_for_no_export(practice, as_secretary):
    assert people.proven(as_secretary).get(practice_url(practice, "compliance:ask_export")).status_code == 403


def test_an_export_is_fetched_as_a_file_that_is_not_kept(practice, admin, as_admin):
    with acting_in(practice.pk, admin.pk):
        patients.patient()
        export = bulk.ask("patients-csv", reason="Moving.", by=admin, now=timezone.now())
        making_exports.make(practice.pk, export.pk)

    answer = people.proven(as_admin).post(practice_url(practice, "compliance:fetch_export", export.pk))

    assert (b"Lopez" in answer.content, answer["Cache-Control"], answer["Content-Disposition"][:10]) == (
        True, "no-store", "attachment",
    )  # fmt: skip


def test_an_export_is_not_fetched_without_proving_who_fetches(practice, admin):
    with acting_in(practice.pk, admin.pk):
        export = bulk.ask("patients-csv", reason="Moving.", by=admin, now=timezone.now())
        making_exports.make(practice.pk, export.pk)

    answer = people.browser(admin, ago=60).post(practice_url(practice, "compliance:fetch_export", export.pk))

    with acting_in(practice.pk, admin.pk):
        assert (answer.status_code, Export.objects.get().status) == (302, Export.Status.READY)


def test_a_second_admin_agrees_on_the_page(practice, admin, signed_in):
    with acting_in(practice.pk, admin.pk):
        said = {"reason": "Moving.", "asked_by": admin, "asked_at": timezone.now()}
        export = Export.objects.create(what="patients-csv", patients=501, **said)
    other = people.proven(signed_in(people.member(practice, Role.PRACTICE_ADMIN)))

    other.post(practice_url(practice, "compliance:decide_export", export.pk), {"agrees": "yes"})

    with acting_in(practice.pk, SYSTEM):
        assert Export.objects.get(pk=export.pk).status == Export.Status.APPROVED
