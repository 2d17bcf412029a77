"""The door for somebody invited."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from compliance import people as domain
from compliance.models import Invitation, Membership, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people

EMAIL = "ida.novak@staff.example"
PASSWORDS = {"password": people.PASSWORD, "again": people.PASSWORD}


def link(practice, admin, *, email=EMAIL, role=Role.SECRETARY, now=None):
    with acting_in(practice.pk, SYSTEM):
        secret = domain.invite(email=email, name="Ida Novak", role=role, by=admin, now=now or timezone.now())
    return f"/invitation/{practice.slug}/{secret}/"


def roles_of(practice, user):
    with acting_in(practice.pk, SYSTEM):
        return list(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_a_newcomer_chooses_a_password_and_is_a_member(practice, admin):
    browser = Client()

    response = browser.post(link(practice, admin), PASSWORDS)

    user = User.objects.get(email=EMAIL)
    assert response.headers["Location"] == practice_url(practice, "compliance:admission")
    assert (user.check_password(people.PASSWORD), roles_of(practice, user)) == (True, ["secretary"])


def test_a_newcomer_is_signed_in_under_a_new_session_key(practice, admin):
    browser = Client()
    browser.session.save()
    before = browser.cookies["sid"].value if "sid" in browser.cookies else None

    browser.post(link(practice, admin), PASSWORDS)

    assert browser.get(practice_url(practice, "compliance:admission")).status_code == 200
    assert browser.cookies["sid"].value != before


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("", "", "Choose a password."),
        ("short", "short", "Use at least 15 characters."),
        ("novaknovaknovak", "novaknovaknovak", "easy to guess"),
        ("ida.novak ida.novak", "ida.novak ida.novak", "easy to guess"),
        (people.PASSWORD, people.PASSWORD + "!", "The two passwords are not the same."),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(practice, admin, password, again, sentence):
    response = Client().post(link(practice, admin), {"password": password, "again": again})

    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not User.objects.filter(email=EMAIL).exists()


def test_somebody_who_has_an_account_signs_in_first(practice, admin):
    people.user(email=EMAIL)
    url = link(practice, admin)

    response = Client().get(url)

    assert response.headers["Location"] == f"/accounts/login/?next={url.replace('/', '%2F')}"


def test_then_the_membership_is_added(practice, admin, signed_in):
    elsewhere = people.member(people.practice(), Role.PROVIDER, who=people.user(email=EMAIL))

    signed_in(elsewhere).post(link(practice, admin))

    assert roles_of(practice, elsewhere) == ["secretary"]


def test_an_account_cannot_be_taken_over_by_an_invitation(practice, admin):
    user = people.user(email=EMAIL)

    Client().post(link(practice, admin), PASSWORDS)

    user.refresh_from_db()
    assert (user.has_usable_password(), roles_of(practice, user)) == (False, [])


def test_somebody_else_cannot_use_it(practice, admin, signed_in):
    stranger = people.user()
    people.user(email=EMAIL)

    response = signed_in(stranger).post(link(practice, admin))

    assert (response.status_code, roles_of(practice, stranger)) == (410, [])


def test_it_can_be_used_once(practice, admin):
    url = link(practice, admin)
    Client().post(url, PASSWORDS)

    assert Client().get(url).status_code == 410


def test_spent_run_out_and_unknown_say_the_same(practice, admin):
    spent = link(practice, admin)
    Client().post(spent, PASSWORDS)
    run_out = link(practice, admin, email="x@staff.example", now=timezone.now() - timedelta(hours=73))
    urls = [spent, run_out, f"/invitation/{practice.slug}/nothing/", "/invitation/no-such-practice/nothing/"]

    def said(response):
        return response.status_code, response.content.decode().split("<main")[1].split("</main>")[0]

    answers = {said(Client().get(url)) for url in urls}

    assert len(answers) == 1


def test_whoever_holds_the_role_already_loses_nothing(practice, admin, signed_in):
    member = people.member(practice, Role.SECRETARY, who=people.user(email=EMAIL))

    response = signed_in(member).post(link(practice, admin))

    assert response.headers["Location"] == practice_url(practice, "compliance:admission")
    assert roles_of(practice, member) == ["secretary"]


def test_the_secret_does_not_stand_in_the_database(practice, admin):
    url = link(practice, admin)

    with acting_in(practice.pk, SYSTEM):
        stored = bytes(Invitation.objects.get().secret_hash)

    assert url.split("/")[3].encode() not in stored


def test_the_first_admins_training_is_confirmed_by_the_operator(db):
    practice, secret = domain.found_practice(
        slug=f"founded-{timezone.now():%H%M%S%f}",
        name="Hillside",
        time_zone="America/Denver",
        state="CO",
        admin_email="first.admin@staff.example",
        admin_name="Nora Berg",
        now=timezone.now(),
    )
    browser = Client()
    browser.post(f"/invitation/{practice.slug}/{secret}/", PASSWORDS)
    browser.post(practice_url(practice, "compliance:sign"), {"number": 1, "name_typed": "Nora Berg"})
    people.enrol(browser)

    assert browser.get(practice_url(practice, "compliance:people")).status_code == 200
