"""A restricted chart is open to named people; a barred person never sees it; glass opens it for half an hour."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance import charts
from compliance.models import AuditEvent, BrokenGlass, Case, GlassReason, Relation
from compliance.roles import Role
from compliance.tenancy import acting_in
from patients import search
from patients.models import ContactPoint, HumanName, Patient
from tests.factories import patients, people


@pytest.fixture
def boss(practice):
    return people.member(practice, Role.PRACTICE_ADMIN, name="Ada Boss")


@pytest.fixture
def other_boss(practice):
    return people.member(practice, Role.PRACTICE_ADMIN, name="Eve Other")


@pytest.fixture
def maria(inside):
    return patients.patient()


def sees(user) -> list[int]:
    models = (Patient, HumanName, ContactPoint)
    return [model.objects.visible_to(user).count() for model in models]


def opened(maria, by, **said):
    said = {"reason": GlassReason.EMERGENCY, "words": "She is on the line.", "now": timezone.now()} | said
    return charts.break_glass(maria.pk, by=by, **said)


def test_a_restricted_chart_and_all_that_hangs_on_it_is_gone(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)

    assert sees(secretary) == [0, 0, 0]


def test_a_restricted_chart_is_open_to_whom_is_named(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)

    charts.name(secretary, maria.pk, by=boss)

    assert sees(secretary) == [1, 1, 1]


def test_a_grant_that_ended_opens_nothing(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)
    grant = charts.name(secretary, maria.pk, by=boss)

    charts.end(grant, by=boss, now=timezone.now())

    assert sees(secretary) == [0, 0, 0]


def test_a_barred_person_does_not_see_the_chart_and_others_do(maria, secretary, boss):
    charts.bar(secretary, maria.pk, relation=Relation.NEIGHBOUR, by=boss)

    assert (sees(secretary), sees(boss)) == ([0, 0, 0], [1, 1, 1])


def test_a_grant_does_not_let_a_barred_person_in(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)
    charts.name(secretary, maria.pk, by=boss)

    charts.bar(secretary, maria.pk, relation=Relation.FAMILY, by=boss)

    assert sees(secretary) == [0, 0, 0]


def test_the_search_shows_a_restricted_chart_without_a_name(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)

    found = search.find("lopez", user=secretary)

    assert (found.patients, found.total, found.restricted) == ([], 0, [maria.pk])


def test_the_search_does_not_tell_a_barred_person_anything(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)
    charts.bar(secretary, maria.pk, relation=Relation.FAMILY, by=boss)

    found = search.find("lopez", user=secretary)

    assert (found.patients, found.total, found.restricted) == ([], 0, [])


def test_a_case_about_a_closed_chart_is_not_shown(maria, secretary, boss):
    from tests.factories import work

    work.case(by=secretary, now=timezone.now(), patient=maria.pk)
    charts.bar(secretary, maria.pk, relation=Relation.FAMILY, by=boss)

    assert not Case.objects.visible_to(secretary).exists()


def test_broken_glass_opens_the_chart(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)

    opened(maria, secretary)

    assert sees(secretary) == [1, 1, 1]


def test_broken_glass_opens_no_other_chart(maria, secretary, boss):
    other = patients.patient(family="Novak", phone="+16085550124")
    for one in (maria, other):
        charts.restrict(one.pk, by=boss)

    opened(maria, secretary)

    assert list(Patient.objects.visible_to(secretary)) == [maria]


def test_broken_glass_opens_the_chart_to_nobody_else(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)

    opened(maria, secretary)

    assert sees(boss) == [0, 0, 0]


def test_the_chart_closes_after_thirty_minutes_by_itself(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)

    opened(maria, secretary, now=timezone.now() - timedelta(minutes=30, seconds=1))

    assert sees(secretary) == [0, 0, 0]


def test_the_privacy_officer_has_the_review_due_in_72_hours(maria, secretary, boss):
    now = timezone.now()
    charts.restrict(maria.pk, by=boss)

    opened(maria, secretary, now=now)

    review = Case.objects.get(kind="broken-glass")
    assert (review.team, review.due_at) == (Role.PRIVACY_OFFICER, now + timedelta(hours=72))


def test_an_officer_sees_the_review(practice, maria, secretary, boss):
    officer = people.member(practice, Role.PRIVACY_OFFICER)
    charts.restrict(maria.pk, by=boss)

    glass = opened(maria, secretary)

    assert Case.objects.visible_to(officer).get() == glass.review


def test_breaking_glass_is_an_event_with_the_patient(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)

    opened(maria, secretary)

    event = AuditEvent.objects.get(kind="chart.glass_broken")
    assert (event.actor, event.opened) == (secretary.pk, [maria.pk])


def test_a_chart_that_is_open_has_no_glass(maria, secretary):
    with pytest.raises(charts.NotRestricted):
        opened(maria, secretary)


def test_glass_is_not_seen_from_another_practice(maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)
    opened(maria, secretary)
    elsewhere = people.practice()
    people.member(elsewhere, Role.SECRETARY, who=secretary)

    with acting_in(elsewhere.pk, secretary.pk):
        assert not BrokenGlass.objects.exists()
        assert not Patient.objects.visible_to(secretary).exists()


def test_an_admin_cannot_name_herself(maria, boss):
    charts.restrict(maria.pk, by=boss)

    with pytest.raises(charts.OwnReach):
        charts.name(boss, maria.pk, by=boss)


def test_an_admin_cannot_lift_what_is_closed_to_her(maria, boss):
    charts.restrict(maria.pk, by=boss)

    with pytest.raises(charts.OwnReach):
        charts.lift(maria.pk, by=boss, now=timezone.now())


def test_an_admin_to_whom_it_is_open_lifts_a_restriction(practice, maria, secretary, boss):
    charts.restrict(maria.pk, by=boss)
    charts.name(boss, maria.pk, by=secretary)

    charts.lift(maria.pk, by=boss, now=timezone.now())

    assert sees(secretary) == [1, 1, 1]


def test_nobody_lets_herself_in_again(maria, boss):
    row = charts.bar(boss, maria.pk, relation=Relation.SELF, by=boss)

    with pytest.raises(charts.OwnReach):
        charts.end(row, by=boss, now=timezone.now())


def test_a_chart_is_restricted_once(maria, boss):
    charts.restrict(maria.pk, by=boss)

    with pytest.raises(charts.Already):
        charts.restrict(maria.pk, by=boss)


def test_glass_does_not_lift_the_restriction_for_everybody(maria, boss, other_boss):
    """Thirty minutes of one person must not become everybody's for good."""
    charts.restrict(maria.pk, by=other_boss)
    opened(maria, boss)

    with pytest.raises(charts.OwnReach):
        charts.lift(maria.pk, by=boss, now=timezone.now())

    assert charts.is_restricted(maria.pk)
