"""The lobby over all practices, and calls found again."""

import re

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.correspondence.views.pages import ON_FILE
from tests.factories import calls as made
from tests.factories import patients, people
from tests.fixed import fixed


def test_a_number_dialled_finds_the_practice(as_secretary, practice):
    practice.phone = "+16085550100"
    practice.save()

    answer = as_secretary.post("/calls/", {"dialled": "608-555-0100"})

    assert answer.url.startswith(f"/p/{practice.slug}/calls/")


@pytest.mark.parametrize(
    "fields", [{"number": "abc"}, {"dialled": "608 555 0199"}, {"practice": "not-mine"}, {"number": "6" * 70}]
)
def test_a_call_that_cannot_be_taken_says_why(as_secretary, practice, secretary, fields):
    answer = as_secretary.post("/calls/", fields)

    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()


def test_somebody_elses_practice_is_not_chosen(as_secretary, practice):
    other = people.practice()

    assert as_secretary.post("/calls/", {"practice": other.slug}).status_code == 422


def test_the_lobby_shows_each_practice_with_its_own_time(secretary, signed_in, practice):
    honolulu = people.practice(name="Pacific Clinic", time_zone="Pacific/Honolulu")
    people.member(honolulu, Role.SECRETARY, who=secretary)

    lines = signed_in(secretary).get("/calls/").context["lines"]

    assert [(line.practice.name, line.now.tzname()) for line in lines] == [
        ("Lakeside Family Medicine", "CST"),
        ("Pacific Clinic", "HST"),
    ] or lines[0].now.tzname() == "CDT"


def test_open_calls_of_mine_come_first_in_the_lobby(as_secretary, call, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        done = made.closed(practice, by=secretary, now=timezone.now())

    context = as_secretary.get("/calls/").context

    assert [row.call_id for row in context["mine"]] == [call.pk]
    assert [row.call_id for row in context["today"]] == [done.pk]


def test_the_list_pages_and_shows_names_of_the_verified(as_secretary, practice, verified, call):
    html = as_secretary.get(practice_url(practice, "correspondence:call_list"), {"page": "99"}).content.decode()

    assert "Canaria, Quinta" in html


def test_calls_of_a_patient_are_found_again(as_secretary, practice, verified, patient, call, secretary):
    made.call(practice, by=secretary, now=timezone.now())

    answer = as_secretary.get(practice_url(practice, "correspondence:of_patient", patient.pk))

    assert [row.call_id for row in answer.context["rows"]] == [call.pk]


def test_the_calls_of_a_patient_stand_under_her_banner(as_secretary, practice, patient):
    answer = as_secretary.get(practice_url(practice, "correspondence:of_patient", patient.pk))

    assert 'aria-label="Patient"' in answer.content.decode()


def queries_of(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def test_the_list_needs_the_same_queries_for_any_number_of_calls(as_secretary, practice, secretary, verified):
    url = practice_url(practice, "correspondence:call_list")
    one = queries_of(as_secretary, url)
    with acting_in(practice.pk, secretary.pk):
        for n in range(2):
            more = patients.patient(by=secretary, family=f"Other{n}", phone=None)
            made.verified(practice, more, by=secretary, said={"name": f"Maria Other{n}", "birth_date": "3/27/1985"})

    assert queries_of(as_secretary, url) == one


def test_a_call_needs_the_same_queries_for_any_number_of_candidates(as_secretary, practice, secretary, patient, at):
    one = queries_of(as_secretary, at)
    with acting_in(practice.pk, secretary.pk):
        for n in range(2):
            patients.patient(by=secretary, family=f"Other{n}", phone="+16085550177")

    assert queries_of(as_secretary, at) == one


def test_a_fragment_is_the_page_without_its_frame(as_secretary, at):
    html = as_secretary.get(at, headers={"HX-Request": "true"}).content.decode()

    assert (html.strip().startswith('<div id="call"'), "<html" in html) == (True, False)


def test_nothing_of_the_patient_stands_in_title_or_address(as_secretary, at, verified):
    html = fixed(as_secretary.get(at).content.decode())

    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1]
    assert not any(text in title for text in ON_FILE)
    assert not any(text in link for link in re.findall(r'href="([^"]+)"', html) for text in ON_FILE)
