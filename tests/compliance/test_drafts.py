"""What was typed before a session ended is found again, by its writer alone."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from compliance import drafts
from compliance.draft_labels import labelled
from compliance.models import Draft
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url

NOW = timezone.now()
PAGE = "/incident/"


def kept(practice, user, *, now=NOW, **fields):
    with acting_in(practice.pk, user.pk):
        return drafts.keep(user, page=PAGE, fields=fields or {"what": ["Zebra fell"]}, now=now)


def found(browser, practice, page=PAGE):
    return browser.get(practice_url(practice, "compliance:drafts"), headers={"X-Portal-Page": page}).json()


def test_a_draft_is_found_on_its_page(as_secretary, secretary, practice):
    kept(practice, secretary)

    assert found(as_secretary, practice)["fields"] == {"what": ["Zebra fell"]}
    assert found(as_secretary, practice, "/other/") == {}


def test_nobody_else_finds_it(as_admin, secretary, practice):
    kept(practice, secretary)

    assert found(as_admin, practice) == {}


def test_it_lies_sealed(secretary, practice):
    kept(practice, secretary)

    with acting_in(practice.pk, secretary.pk), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM compliance_draft")
        assert b"Zebra" not in bytes(cursor.fetchone()[0])


def test_the_newer_takes_the_place_of_the_older(as_secretary, secretary, practice):
    kept(practice, secretary)
    kept(practice, secretary, what=["Again"])

    assert found(as_secretary, practice)["fields"] == {"what": ["Again"]}


def test_after_a_day_it_is_gone(as_secretary, secretary, practice):
    kept(practice, secretary)

    with time_machine.travel(NOW + timedelta(hours=25)), acting_in(practice.pk, secretary.pk):
        assert drafts.fresh(secretary, now=timezone.now()) == []
        drafts.drop_old(timezone.now())
        assert not Draft.objects.exists()


def test_used_it_is_gone(as_secretary, secretary, practice):
    kept(practice, secretary)
    which = found(as_secretary, practice)["id"]

    as_secretary.post(practice_url(practice, "compliance:draft_used", which))

    assert found(as_secretary, practice) == {}


@pytest.mark.parametrize("name", ["password", "csrfmiddlewaretoken", "code", "new_Password1"])
def test_secrets_are_never_kept(secretary, practice, name):
    assert not kept(practice, secretary, **{name: ["hush"]})


def test_the_page_keeps_what_stands_in_its_form(as_secretary, practice):
    url = practice_url(practice, "compliance:keep_draft")

    answer = as_secretary.post(url, {"what": "Half a sentence"}, headers={"X-Portal-Page": PAGE})

    assert (answer.status_code, found(as_secretary, practice)["fields"]) == (204, {"what": ["Half a sentence"]})


def test_a_form_sent_too_late_is_kept_and_leads_back_to_its_page(signed_in, secretary, practice):
    form = practice_url(practice, "compliance:report_incident")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(secretary)
        browser.get(form)
        clock.shift(timedelta(minutes=16))
        sent = browser.post(form, {"what": "Too late"}, headers={"Referer": f"http://testserver{form}"})

        assert sent.headers["Location"] == f"/accounts/login/?next={form}"
        assert found(signed_in(secretary), practice)["fields"] == {"what": ["Too late"]}


def test_the_sign_in_page_says_why(as_secretary, practice):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        as_secretary.get(practice_url(practice, "compliance:matrix"))
        clock.shift(timedelta(minutes=16))
        page = as_secretary.get(practice_url(practice, "compliance:matrix"), follow=True)

    assert "Your session ended" in page.content.decode()


def test_the_list_calls_fields_as_their_form_does(as_secretary, secretary, practice):
    kept(practice, secretary)

    page = as_secretary.get(practice_url(practice, "compliance:drafts")).content.decode()

    assert "<dt>What happened?</dt><dd>Zebra fell</dd>" in page


@pytest.mark.parametrize(
    ("page", "name", "label"),
    [
        ("/patients/new/", "given", "Given name"),
        ("/patients/new/", "phones-0-value", "Value"),
        ("/nowhere/at-all/", "birth_date", "Birth date"),
        ("/cases/new/", "due_at", "Due"),
    ],
)
def test_a_field_is_called_as_on_its_page_or_at_least_in_words(db, page, name, label):
    assert labelled(page, {name: ["typed"]}) == [(label, "typed")]


def test_a_hidden_field_is_not_listed(db):
    assert labelled("/cases/new/", {"patient": ["0190f3c2"]}) == []


def test_the_list_shows_what_is_kept(as_secretary, secretary, practice):
    kept(practice, secretary)

    assert "Zebra fell" in as_secretary.get(practice_url(practice, "compliance:drafts")).content.decode()
