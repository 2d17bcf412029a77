"""A lost second factor is reset by two people, neither of them its owner."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance import factor, factor_reset
from compliance.models import FactorReset, Membership, Session
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people

NOW = timezone.now()


@pytest.fixture
def rosa(practice):
    return people.member(practice, Role.SECRETARY)


@pytest.fixture
def second(practice):
    return people.member(practice, Role.PRACTICE_ADMIN, name="Sam Ott")


@pytest.fixture
def officer(practice):
    return people.member(practice, Role.PRIVACY_OFFICER, name="Olga Reh")


def asked(practice, whose, by, now=NOW):
    with acting_in(practice.pk, by.pk):
        return factor_reset.ask(whose, by=by, now=now)


def approved(practice, reset, by, now=NOW):
    with acting_in(practice.pk, by.pk):
        factor_reset.approve(reset, by=by, now=now)


def kinds(practice):
    from compliance.models import AuditEvent

    with acting_in(practice.pk, SYSTEM):
        return set(AuditEvent.objects.filter(kind__startswith="factor.").values_list("kind", flat=True))


@pytest.mark.parametrize("who", ["second", "officer"])
def test_two_people_reset_it_and_each_step_is_recorded(practice, rosa, admin, who, request):
    people.browser(rosa)
    approved(practice, asked(practice, rosa, admin), request.getfixturevalue(who))

    assert (factor.is_enrolled(rosa), Session.objects.filter(user=rosa.pk).exists()) == (False, False)
    assert {"factor.reset_asked", "factor.reset"} <= kinds(practice)


def test_whoever_asked_does_not_approve(practice, rosa, admin):
    reset = asked(practice, rosa, admin)

    with pytest.raises(factor_reset.SamePerson):
        approved(practice, reset, admin)
    assert factor.is_enrolled(rosa)


def test_nobody_asks_for_her_own(practice, admin):
    with pytest.raises(factor_reset.OwnFactor):
        asked(practice, admin, admin)
    assert not FactorReset.objects.filter(user=admin).exists()


def test_nobody_approves_her_own(practice, admin, second):
    reset = asked(practice, second, admin)

    with pytest.raises(factor_reset.OwnFactor):
        approved(practice, reset, second)
    assert factor.is_enrolled(second)


def test_the_database_refuses_one_person_for_both(practice, rosa, admin):
    reset = asked(practice, rosa, admin)

    with pytest.raises(IntegrityError, match="by_two_people"), transaction.atomic():
        FactorReset.objects.filter(pk=reset.pk).update(approved_by=admin, done_at=NOW)
    assert FactorReset.objects.open(NOW).filter(pk=reset.pk).exists()


def test_what_was_asked_by_somebody_who_left_is_void(practice, rosa, admin, second):
    reset = asked(practice, rosa, admin)
    with acting_in(practice.pk, SYSTEM):
        Membership.objects.filter(user=admin).update(ends_at=NOW)

    with pytest.raises(factor_reset.Settled):
        approved(practice, reset, second)
    assert factor.is_enrolled(rosa)


def test_after_a_week_it_is_void_and_can_be_asked_again(practice, rosa, admin, second):
    reset, later = asked(practice, rosa, admin), NOW + timedelta(days=8)

    with pytest.raises(factor_reset.Settled):
        approved(practice, reset, second, now=later)
    assert asked(practice, rosa, second, now=later).pk != reset.pk


def test_one_is_open_at_a_time(practice, rosa, admin, second):
    asked(practice, rosa, admin)

    with pytest.raises(factor_reset.AskedAlready):
        asked(practice, rosa, second)
    assert FactorReset.objects.filter(user=rosa).count() == 1


@pytest.fixture
def elsewhere(rosa):
    """Another practice of hers, with an admin."""
    other = people.practice(name="Hillside Pediatrics")
    people.member(other, Role.SECRETARY, who=rosa)
    return other, people.member(other, Role.PRACTICE_ADMIN, name="Ida Noll")


def test_admins_of_other_practices_are_told_without_its_name(practice, rosa, admin, elsewhere):
    asked(practice, rosa, admin)

    told = {letter.to[0]: letter.body for letter in mail.outbox}
    assert set(told) == {rosa.email, elsewhere[1].email}
    assert practice.name not in told[elsewhere[1].email]


def test_a_person_of_several_practices_is_reset_after_a_day_and_not_before(practice, rosa, admin, second, elsewhere):
    reset = asked(practice, rosa, admin)
    with pytest.raises(factor_reset.StillWaits):
        approved(practice, reset, second, now=NOW + timedelta(hours=23))
    approved(practice, reset, second, now=NOW + timedelta(hours=25))

    assert not factor.is_enrolled(rosa)


def test_an_admin_of_another_practice_stops_it(practice, rosa, admin, second, elsewhere, signed_in):
    other, ida = elsewhere
    reset = asked(practice, rosa, admin)
    hers = signed_in(ida)
    shown = hers.get(practice_url(other, "compliance:people")).content.decode()
    hers.post(practice_url(other, "compliance:stop_factor_reset", reset.pk))

    assert ("Another practice" in shown, practice.name in shown) == (True, False)
    with pytest.raises(factor_reset.Settled):
        approved(practice, reset, second, now=NOW + timedelta(hours=25))


def test_no_admin_of_another_practice_approves_it(practice, rosa, admin, elsewhere, signed_in):
    other, ida = elsewhere
    reset = asked(practice, rosa, admin, now=NOW - timedelta(hours=25))

    assert signed_in(ida).post(practice_url(other, "compliance:approve_factor_reset", reset.pk)).status_code == 409
    assert factor.is_enrolled(rosa)


def test_the_pages_lead_through_it(practice, rosa, as_admin, second, signed_in):
    with acting_in(practice.pk, second.pk):
        held = Membership.objects.get(user=rosa)
    as_admin.post(practice_url(practice, "compliance:ask_factor_reset", held.pk))
    reset = FactorReset.objects.get(user=rosa)
    own = as_admin.post(practice_url(practice, "compliance:approve_factor_reset", reset.pk))
    answer = signed_in(second).post(practice_url(practice, "compliance:approve_factor_reset", reset.pk))

    assert (own.status_code, answer.status_code, factor.is_enrolled(rosa)) == (422, 302, False)


def test_a_secretary_asks_for_nobody(practice, admin, as_secretary):
    with acting_in(practice.pk, SYSTEM):
        held = Membership.objects.get(user=admin)

    assert as_secretary.post(practice_url(practice, "compliance:ask_factor_reset", held.pk)).status_code == 403


def test_the_operator_is_the_second_person(practice, rosa, admin):
    asked(practice, rosa, admin)
    call_command("second_factor", "reset", rosa.email, "--practice", practice.slug, stdout=StringIO())

    assert not factor.is_enrolled(rosa)


def test_the_operator_alone_resets_nothing(practice, rosa):
    with pytest.raises(CommandError, match="Nobody of the practice"):
        call_command("second_factor", "reset", rosa.email, "--practice", practice.slug)
    call_command("second_factor", "ask", rosa.email, "--practice", practice.slug, stdout=StringIO())

    with pytest.raises(CommandError, match="cannot approve"):
        call_command("second_factor", "reset", rosa.email, "--practice", practice.slug)
    assert factor.is_enrolled(rosa)


def test_a_mail_server_that_is_down_refuses_in_words_and_the_page_stays_recorded(practice, rosa, admin, settings, signed_in):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with acting_in(practice.pk, SYSTEM):
        held = Membership.objects.get(user=rosa)

    answer = signed_in(admin).post(practice_url(practice, "compliance:ask_factor_reset", held.pk))

    assert (answer.status_code, FactorReset.objects.filter(user=rosa).exists()) == (409, False)
    assert "The mail server could not be reached. Nothing was changed" in answer.content.decode()
