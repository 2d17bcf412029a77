"""The people of a practice: inviting, confirming training, ending."""

from datetime import date

import pytest
from django.core import mail
from django.utils import timezone

from compliance import people as domain
from compliance.models import AuditEvent, Certificate, Invitation, Membership, Session
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.counting import queries
from tests.factories import people

INVITED = {"email": "ida.novak@staff.example", "name": "Ida Novak", "role": Role.SECRETARY}


def waiting(practice, who, number="A-1"):
    with acting_in(practice.pk, SYSTEM):
        return Certificate.objects.create(
            user=who, course="HIPAA", number=number, completed_on=date(2026, 1, 5), expires_on=date(2099, 1, 1)
        )


def membership_of(practice, who):
    with acting_in(practice.pk, SYSTEM):
        return Membership.objects.get(user=who)


def test_an_admin_sees_members_and_what_each_lacks(as_admin, practice, secretary):
    with acting_in(practice.pk, SYSTEM):
        Certificate.objects.filter(user=secretary).delete()

    page = as_admin.get(practice_url(practice, "compliance:people")).content.decode()

    assert secretary.email in page
    assert "Training current" in page


def test_a_secretary_does_not(as_secretary, practice):
    assert as_secretary.get(practice_url(practice, "compliance:people")).status_code == 403


def test_the_page_costs_the_same_for_any_number_of_people(as_admin, practice):
    def cost_with(*numbers):
        for number in numbers:
            waiting(practice, people.member(practice, Role.SECRETARY), f"B-{number}")
        return queries(lambda: as_admin.get(practice_url(practice, "compliance:people")))

    assert cost_with(1) == cost_with(2, 3)


def test_an_invitation_goes_out_with_an_absolute_link(as_admin, practice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        as_admin.post(practice_url(practice, "compliance:invite"), INVITED)

    (message,) = mail.outbox
    assert message.to == ["ida.novak@staff.example"]
    assert f"http://testserver/invitation/{practice.slug}/" in message.body


def test_the_links_origin_is_the_portals_own_where_it_is_set(
    as_admin, practice, settings, django_capture_on_commit_callbacks
):
    settings.ORIGIN = "https://portal.example/"

    with django_capture_on_commit_callbacks(execute=True):
        as_admin.post(practice_url(practice, "compliance:invite"), INVITED)

    assert f"https://portal.example/invitation/{practice.slug}/" in mail.outbox[0].body


def test_the_inviter_cannot_tell_whether_somebody_has_an_account(as_admin, practice):
    known = people.user()

    def answer(email):
        response = as_admin.post(practice_url(practice, "compliance:invite"), INVITED | {"email": email}, follow=True)
        page = response.content.decode().replace(email, "")
        return response.status_code, len(page.split("csrfmiddlewaretoken"))

    assert answer(known.email) == answer("unknown.person@staff.example")


@pytest.mark.parametrize(
    ("field", "value"), [("email", ""), ("email", "no address"), ("name", ""), ("name", "x" * 121), ("role", "operator")]
)
def test_what_cannot_be_invited_is_said_and_nothing_is_sent(as_admin, practice, field, value):
    response = as_admin.post(practice_url(practice, "compliance:invite"), INVITED | {field: value})

    assert (response.status_code, mail.outbox) == (422, [])


def test_nobody_invites_herself(as_admin, practice, admin):
    response = as_admin.post(practice_url(practice, "compliance:invite"), INVITED | {"email": admin.email.upper()})

    assert (response.status_code, mail.outbox) == (422, [])


def test_an_admin_confirms_somebody_elses_certificate(as_admin, practice, secretary, admin):
    certificate = waiting(practice, secretary)

    as_admin.post(practice_url(practice, "compliance:confirm_certificate", certificate.pk))

    with acting_in(practice.pk, SYSTEM):
        assert Certificate.objects.get(pk=certificate.pk).confirmed_by_id == admin.pk


def test_nobody_confirms_her_own(as_admin, practice, admin):
    certificate = waiting(practice, admin)

    response = as_admin.post(practice_url(practice, "compliance:confirm_certificate", certificate.pk))

    assert response.status_code == 422
    with acting_in(practice.pk, SYSTEM):
        assert Certificate.objects.get(pk=certificate.pk).confirmed_at is None


def test_a_certificate_is_confirmed_once(as_admin, practice, secretary):
    url = practice_url(practice, "compliance:confirm_certificate", waiting(practice, secretary).pk)
    as_admin.post(url)

    assert as_admin.post(url).status_code == 409


def test_a_secretary_confirms_nothing(as_secretary, practice, secretary):
    url = practice_url(practice, "compliance:confirm_certificate", waiting(practice, secretary).pk)

    assert as_secretary.post(url).status_code == 403


def test_ending_a_membership_ends_every_session_of_the_person(as_admin, as_secretary, practice, secretary):
    as_secretary.get(practice_url(practice, "compliance:matrix"))

    as_admin.post(practice_url(practice, "compliance:end_membership", membership_of(practice, secretary).pk))

    assert not Session.objects.filter(user=secretary.pk).exists()
    assert as_secretary.get(practice_url(practice, "compliance:matrix")).headers["Location"].startswith("/accounts/login/")


def test_other_peoples_sessions_go_on(as_admin, practice, secretary):
    as_admin.post(practice_url(practice, "compliance:end_membership", membership_of(practice, secretary).pk))

    assert as_admin.get(practice_url(practice, "compliance:people")).status_code == 200


def test_nobody_ends_her_own_membership(as_admin, practice, admin):
    response = as_admin.post(practice_url(practice, "compliance:end_membership", membership_of(practice, admin).pk))

    assert (response.status_code, membership_of(practice, admin).ends_at) == (422, None)


def test_the_last_admin_stays(practice, admin, secretary):
    with pytest.raises(domain.LastAdmin), acting_in(practice.pk, SYSTEM):
        domain.end(Membership.objects.get(user=admin), by=secretary, now=timezone.now())


def test_a_membership_ends_once(practice, admin, secretary):
    now = timezone.now()
    with acting_in(practice.pk, SYSTEM):
        membership = Membership.objects.get(user=secretary)
        domain.end(membership, by=admin, now=now)

        with pytest.raises(domain.EndedAlready):
            domain.end(membership, by=admin, now=now)


def test_who_may_no_longer_invite_leaves_no_open_invitation_behind(practice, admin):
    other, now = people.member(practice, Role.PRACTICE_ADMIN), timezone.now()
    with acting_in(practice.pk, SYSTEM):
        domain.invite(email="x@staff.example", name="X", role=Role.SECRETARY, by=admin, now=now)
        domain.end(Membership.objects.get(user=admin), by=other, now=now)

        assert not Invitation.objects.filter(expires_at__gt=now).exists()


def test_ending_is_an_event_that_names_whose(as_admin, practice, secretary):
    as_admin.post(practice_url(practice, "compliance:end_membership", membership_of(practice, secretary).pk))

    with acting_in(practice.pk, SYSTEM):
        event = AuditEvent.objects.get(kind="membership.ended")
    assert event.body == {"role": "secretary", "user": str(secretary.pk)}


@pytest.mark.parametrize("kind", ["ended", "sanctioned"])
def test_who_has_left_does_not_come_back_by_an_older_link(practice, admin, secretary, kind):
    now = timezone.now()
    with acting_in(practice.pk, SYSTEM):
        domain.invite(email=secretary.email, name="Rosa", role=Role.BILLING, by=admin, now=now)
        if kind == "ended":
            domain.end(Membership.objects.get(user=secretary), by=admin, now=now)
        else:
            domain.sanction(secretary, reason="Read what was not hers.", by=admin, now=now)

        assert not Invitation.objects.filter(email=secretary.email, expires_at__gt=now).exists()


def test_who_keeps_another_role_keeps_her_invitation(practice, admin, secretary):
    now = timezone.now()
    people.member(practice, Role.PROVIDER, who=secretary)
    with acting_in(practice.pk, SYSTEM):
        domain.invite(email=secretary.email, name="Rosa", role=Role.BILLING, by=admin, now=now)
        domain.end(Membership.objects.get(user=secretary, role=Role.PROVIDER), by=admin, now=now)

        assert Invitation.objects.filter(email=secretary.email, expires_at__gt=now).exists()
