"""The edges of the portal, attacked by HTTP."""

import pytest
from django.conf import settings
from django.test import Client, override_settings

from compliance.models import AuditEvent, Session
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from correspondence import wording
from patients.models import HumanName
from tests.factories import patients, people

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def board(practice):
    return practice_url(practice, "scheduling:board")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"])
def test_a_forged_forwarding_header_does_not_change_whose_address_is_counted(
    practice, secretary, as_secretary, board, header
):
    as_secretary.get(board, headers={header: "203.0.113.9"}, REMOTE_ADDR="10.1.2.3")

    with acting_in(practice.pk, SYSTEM):
        addresses = set(AuditEvent.objects.exclude(address=None).values_list("address", flat=True))
    assert addresses <= {"10.1.2.3"}


@override_settings(TRUSTED_PROXIES=1)
def test_behind_one_proxy_only_the_hop_of_that_proxy_counts(client, secretary):
    secretary.set_password(people.PASSWORD)
    secretary.save()
    for number in range(5):
        forged = f"198.51.100.{number}, 10.4.4.4"
        client.post("/accounts/login/", {"login": secretary.email, "password": "x"}, headers={"X-Forwarded-For": forged})

    told = client.post(
        "/accounts/login/",
        {"login": secretary.email, "password": people.PASSWORD},
        headers={"X-Forwarded-For": "198.51.100.77, 10.4.4.4"},
    )

    assert told.status_code in (422, 429)


def test_a_page_cannot_be_framed_for_clickjacking(as_secretary, board):
    answer = as_secretary.get(board)

    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_no_inline_script_or_style_is_allowed_by_the_policy(as_secretary, board):
    policy = as_secretary.get(board)["Content-Security-Policy"]

    assert ("default-src 'none'" in policy, "unsafe" in policy, "data:" in policy) == (True, False, False)


def test_no_page_with_health_data_stays_in_a_cache(as_secretary, board):
    assert as_secretary.get(board)["Cache-Control"] == "no-store"


def test_a_script_stored_in_a_name_is_shown_as_text(practice, secretary, as_secretary):
    with acting_in(practice.pk, secretary.pk):
        row = patients.patient()
        name = HumanName.objects.get(patient=row)
        name.family = SCRIPT
        name.save()

    page = as_secretary.get(practice_url(practice, "patients:patient", row.pk)).content.decode()

    assert ("&lt;script&gt;alert(1)" in page, SCRIPT in page) == (True, False)


@pytest.mark.parametrize(
    "text", ["{{ patient.password }}", "{% load x %}", "[[user.password]]", "[[patient.__class__]]", "[[practice.pk]]"]
)
def test_a_template_injected_into_a_wording_is_refused_or_plain_text(text):
    problems = wording.check(text)

    assert problems or "[[" not in text


@pytest.mark.parametrize("text", ["' OR 1=1 --", "'; DROP TABLE patients_patient; --", "%' UNION SELECT 1 --", "\\x27"])
def test_sql_typed_into_a_search_finds_nobody_and_breaks_nothing(practice, secretary, as_secretary, text):
    with acting_in(practice.pk, secretary.pk):
        row = patients.patient()

    answer = as_secretary.post(practice_url(practice, "patients:find"), {"q": text})

    assert (answer.status_code, str(row.pk) in answer.content.decode()) == (200, False)


def test_a_session_fixed_by_somebody_else_is_not_the_one_that_is_signed_in(secretary):
    secretary.set_password(people.PASSWORD)
    secretary.save()
    browser = Client(REMOTE_ADDR="10.3.3.3")
    browser.get("/accounts/login/")
    session = browser.session
    session["planted"] = "by somebody"
    session.save()
    planted = session.session_key
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted

    browser.post("/accounts/login/", {"login": secretary.email, "password": people.PASSWORD})
    browser.post("/accounts/factor/code/", {"code": people.code()})

    assert browser.session.session_key != planted
    assert not Session.objects.filter(pk=planted, user=secretary.pk).exists()


def test_a_session_does_not_outlive_the_membership_behind_it(practice, secretary, admin, as_secretary, board):
    from compliance import people as domain
    from compliance.models import Membership

    assert as_secretary.get(board).status_code == 200
    with acting_in(practice.pk, admin.pk):
        from django.utils import timezone

        domain.end(Membership.objects.get(user=secretary), by=admin, now=timezone.now())

    assert as_secretary.get(board).status_code == 302


def test_a_session_does_not_outlive_the_account(secretary, as_secretary, board):
    secretary.is_active = False
    secretary.save()

    assert as_secretary.get(board).status_code == 302


def test_the_admin_site_has_no_door_of_its_own(practice, client):
    answer = client.get(practice_url(practice, "admin:login"))

    assert answer.status_code in (302, 404)
    assert "password" not in answer.content.decode()


def test_a_strange_host_is_not_answered(client):
    assert client.get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400


def test_a_reset_link_names_the_configured_host_and_not_the_one_of_the_request(client, secretary, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    settings.ORIGIN = "https://portal.example"
    client.post("/accounts/password/reset/", {"email": secretary.email}, headers={"Host": "evil.example"})

    assert [("evil.example" in mail.body) for mail in mailoutbox] == [False]


def test_a_practice_admin_cannot_raise_her_own_role(practice, admin, as_admin):
    from compliance.models import Membership

    said = {"email": admin.email, "name": admin.name, "role": Role.PRIVACY_OFFICER}
    answer = as_admin.post(practice_url(practice, "compliance:invite"), said)

    with acting_in(practice.pk, SYSTEM):
        assert (answer.status_code, Membership.objects.filter(user=admin).count()) == (422, 1)


def test_an_error_page_tells_nothing_of_the_inside(as_secretary, practice):
    page = as_secretary.get(practice_url(practice, "scheduling:board") + "nowhere/").content.decode()

    assert ("Traceback" in page, "urlpatterns" in page, "Request Method" in page) == (False, False, False)


def test_a_post_from_another_site_is_refused(practice, secretary):
    browser = people.browser(secretary, enforce_csrf_checks=True)

    answer = browser.post(
        practice_url(practice, "compliance:new_case"), {"summary": "x"}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403
