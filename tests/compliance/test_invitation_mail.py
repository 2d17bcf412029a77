"""An invitation's mail leaves after COMMIT, and the row says whether it left."""

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from compliance import invitation_mail
from compliance.models import AuditEvent, Invitation
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people

INVITED = {"email": "ida.novak@staff.example", "name": "Ida Novak", "role": Role.SECRETARY}


def invite(practice, admin, said=lambda sent: None):
    values = {**INVITED, "now": timezone.now(), "url_of": lambda secret: f"https://portal.example/{secret}"}
    invitation_mail.invite(practice=practice, by=admin, told=said, **values)


def no_mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


@pytest.fixture
def office(committed, signed_in):
    """A practice, its admin and her browser, committed."""
    practice = people.practice()
    admin = people.member(practice, Role.PRACTICE_ADMIN)
    return practice, admin, signed_in(admin)


def test_an_invitation_that_is_rolled_back_is_mailed_to_nobody(practice, admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), acting_in(practice.pk, admin.pk), transaction.atomic():
        invite(practice, admin)
        transaction.set_rollback(True)

    assert mail.outbox == []


def test_a_new_link_that_is_rolled_back_is_mailed_to_nobody(practice, admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), acting_in(practice.pk, admin.pk):
        invite(practice, admin)
        with transaction.atomic():
            now, url_of = timezone.now(), "https://portal.example/{}".format
            row = Invitation.objects.get()
            invitation_mail.send_again(row, practice=practice, by=admin, now=now, url_of=url_of, told=lambda sent: None)
            transaction.set_rollback(True)

    assert len(mail.outbox) == 1


def test_the_link_that_was_mailed_stands_when_the_mail_leaves(office):
    practice, admin, _ = office
    said = []
    with acting_in(practice.pk, admin.pk):
        invite(practice, admin, said.append)
        before = len(mail.outbox)

    with acting_in(practice.pk, admin.pk):
        row = Invitation.objects.get()
        assert (before, len(mail.outbox), said, row.link_left_at is not None) == (0, 1, [True], True)


def test_what_the_server_did_not_take_is_said_and_listed_as_not_sent(office, settings):
    practice, admin, browser = office
    no_mail_server(settings)

    page = browser.post(practice_url(practice, "compliance:invite"), INVITED, follow=True).content.decode()

    assert "The mail server did not take the mail to ida.novak@staff.example." in page
    assert ("Not sent" in page, "is on its way" in page) == (True, False)
    with acting_in(practice.pk, admin.pk):
        assert AuditEvent.objects.filter(kind="invitation.not_mailed").count() == 1


def test_an_invitation_whose_mail_failed_can_be_sent_again(office, settings):
    practice, admin, browser = office
    backend = settings.EMAIL_BACKEND
    no_mail_server(settings)
    browser.post(practice_url(practice, "compliance:invite"), INVITED)
    settings.EMAIL_BACKEND = backend
    with acting_in(practice.pk, admin.pk):
        row = Invitation.objects.get()

    address = practice_url(practice, "admin:compliance_invitation_do", row.pk, "send-again")
    page = browser.post(address, follow=True).content.decode()

    assert "Sent again to ida.novak@staff.example." in page
    assert [message.to for message in mail.outbox] == [["ida.novak@staff.example"]]


def test_the_admin_site_says_that_a_mail_did_not_leave(office, settings):
    practice, _, browser = office
    no_mail_server(settings)

    page = browser.post(practice_url(practice, "admin:compliance_invitation_add"), INVITED, follow=True).content.decode()

    assert "The mail server did not take the mail to ida.novak@staff.example." in page
    assert "Not sent: send it again" in page
