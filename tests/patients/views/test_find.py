"""Finding patients."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import AuditEvent
from tests.factories import patients
from tests.patients.views.pages import text_of


def test_find_answers_a_search_with_two_identifiers_in_each_row(as_secretary, maria, url):
    text = text_of(as_secretary.post(url("find"), {"text": "lopez"}))

    assert all(fact in text for fact in ("Lopez, Maria", "Mar 27, 1985", "100001", "(608) 555-0123", "1 found"))


def test_find_answers_htmx_with_the_results_alone(as_secretary, maria, url):
    text = text_of(as_secretary.post(url("find"), {"text": "lopez"}, headers={"HX-Request": "true"}))

    assert "Lopez, Maria" in text
    assert "<h1>" not in text


def test_find_opened_as_a_page_shows_nobody(as_secretary, maria, url):
    assert "Lopez" not in text_of(as_secretary.get(url("find"))).replace("Lopez Mar,", "")


def test_what_was_typed_stays_in_the_box_and_is_escaped(as_secretary, maria, url):
    assert "<b>x</b>" not in text_of(as_secretary.post(url("find"), {"text": "<b>x</b>"}))


def test_a_search_that_is_too_long_is_refused(as_secretary, url):
    assert as_secretary.post(url("find"), {"text": "x" * 201}).status_code == 422


def test_those_found_are_recorded_as_listed(as_secretary, maria, url, acting):
    as_secretary.post(url("find"), {"text": "lopez"})

    with acting():
        assert AuditEvent.objects.get(kind="patient.read", page="patients:find").listed == [maria.pk]


def test_find_needs_the_same_queries_for_one_row_and_for_three(as_secretary, url, acting):
    def needed():
        with acting():
            patients.patient(email="m@home.example")
        with CaptureQueriesContext(connection) as queries:
            as_secretary.post(url("find"), {"text": "lopez"})
        return len(queries)

    needed()  # the first request of a session asks more

    assert len({needed(), needed(), needed()}) == 1
