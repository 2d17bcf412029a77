"""The command palette: words begin what they find."""

import re
from datetime import date

import pytest

from compliance.tenancy.urls import practice_url
from tests.factories import patients, people

QUERIES = 19


def found(client, text, url="/find/", **headers):
    page = client.post(url, {"text": text}, headers=headers).content.decode()
    answers = page[page.index('class="answers" data-for') :]
    return re.findall(r"<span>([^<]+)</span>", answers)


def test_without_words_it_offers_where_one_can_go(as_secretary, practice):
    assert {"My work", "Settings", practice.name} <= set(found(as_secretary, ""))


def test_the_beginning_of_any_word_finds(as_secretary):
    assert found(as_secretary, "shortc") == ["Help and keys"]


def test_every_word_has_to_fit(as_secretary):
    assert found(as_secretary, "settings zzz") == []


def test_with_htmx_only_the_results_come(as_secretary):
    response = as_secretary.post("/find/", {"text": "dark"}, headers={"HX-Request": "true"})

    assert response.content.decode().strip().startswith('<div class="answers" data-for="dark">')


def test_what_was_typed_is_cut_and_escaped(as_secretary):
    page = as_secretary.post("/find/", {"text": '"><b>' + "x" * 200}, headers={"HX-Request": "true"}).content.decode()

    assert "<b>" not in page
    assert "x" * 96 not in page


def test_inside_a_practice_the_ways_are_those_of_the_role(as_secretary, as_admin, practice):
    url = practice_url(practice, "desk:palette")

    assert ("Admin" in found(as_secretary, "", url), "Admin" in found(as_admin, "", url)) == (False, True)


def test_inside_a_practice_a_patient_is_found_by_name(as_secretary, inside, secretary):
    patients.patient(by=secretary)

    assert found(as_secretary, "lopez", practice_url(inside, "desk:palette")) == ["Lopez, Maria"]


def test_two_of_one_name_are_told_apart_by_their_birth_dates(as_secretary, inside, secretary):
    for born in (date(1985, 3, 27), date(1951, 11, 2)):
        patients.patient(by=secretary, birth_date=born)
    patients.patient(by=secretary, birth_date=None, mrn="ZK9941")

    page = as_secretary.post(practice_url(inside, "desk:palette"), {"text": "lopez"}).content.decode()

    beside = re.findall(r"<span>Lopez, Maria</span><small>([^<]+)</small>", page)
    assert sorted(beside) == ["Born Mar 27, 1985", "Born Nov 2, 1951", "MRN ZK9941"]


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_patients_is_found_at_once(count, as_secretary, inside, secretary, django_assert_num_queries):
    for _ in range(count):
        patients.patient(by=secretary)
    url = practice_url(inside, "desk:palette")
    found(as_secretary, "lopez", url)

    with django_assert_num_queries(QUERIES):
        assert len(found(as_secretary, "lopez", url)) == count


def test_outside_every_practice_no_patient_is_found(as_secretary, inside, secretary):
    patients.patient(by=secretary)

    assert found(as_secretary, "lopez") == []


def test_another_practices_palette_is_not_there(as_secretary):
    assert as_secretary.get(practice_url(people.practice(), "desk:palette")).status_code == 404
