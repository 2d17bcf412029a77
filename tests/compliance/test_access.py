"""Proof on the page: the access matrix, and who has access."""

from compliance.access import MATRIX
from compliance.models import AuditEvent, Certificate
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.counting import queries
from tests.factories import people


def test_everybody_may_read_what_each_role_may_do(as_secretary, practice):
    page = as_secretary.get(practice_url(practice, "compliance:matrix")).content.decode()

    assert page.count('<tr><th scope="row">') == len(MATRIX)


def test_an_admin_sees_who_has_access_and_what_is_missing(as_admin, practice, secretary):
    with acting_in(practice.pk, SYSTEM):
        Certificate.objects.filter(user=secretary).delete()

    page = as_admin.get(practice_url(practice, "compliance:access")).content.decode()

    assert secretary.email in page
    assert "Training current" in page


def test_who_never_signed_in_is_shown_as_such(as_admin, practice, secretary):
    assert "Never" in as_admin.get(practice_url(practice, "compliance:access")).content.decode()


def test_a_secretary_does_not_see_who_has_access(as_secretary, practice):
    assert as_secretary.get(practice_url(practice, "compliance:access")).status_code == 403


def test_the_page_costs_the_same_for_any_number_of_people(as_admin, practice):
    def cost_with(more):
        for _ in range(more):
            people.member(practice, Role.SECRETARY)
        return queries(lambda: as_admin.get(practice_url(practice, "compliance:access")))

    assert cost_with(1) == cost_with(2)


def test_a_refusal_is_recorded(as_secretary, practice, secretary):
    as_secretary.get(practice_url(practice, "compliance:access"))

    with acting_in(practice.pk, SYSTEM):
        event = AuditEvent.objects.get(kind="access.refused")
    assert (event.actor, event.body, event.outcome) == (secretary.pk, {"permission": "compliance.view_access"}, "4")


def test_has_perm_answers_about_the_practice_acted_in_only(practice, secretary):
    other = people.practice()
    with acting_in(practice.pk, secretary.pk):
        assert secretary.has_perm("compliance.view_case", practice)
        assert not secretary.has_perm("compliance.view_case", other)
        assert not secretary.has_perm("compliance.view_audit", practice)
        assert not secretary.has_perm("compliance.view_case")


def test_who_is_led_to_admission_is_recorded_as_refused(practice, secretary, as_secretary):
    with acting_in(practice.pk, SYSTEM):
        Certificate.objects.all().delete()

    as_secretary.get(practice_url(practice, "scheduling:board"))

    with acting_in(practice.pk, secretary.pk):
        (event,) = AuditEvent.objects.filter(kind="access.refused")
    assert (event.outcome, event.body["permission"], event.actor) == ("4", "scheduling.view_schedule", secretary.pk)
