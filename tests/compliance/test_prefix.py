"""`/p/<slug>/…`: one practice at a time, and nothing leaves unrecorded."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from compliance import cases
from compliance.ids import uuid7
from compliance.models import AuditEvent, Case
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.middleware import PracticeMiddleware
from compliance.tenancy.urls import practice_url
from tests.conftest import as_role
from tests.factories import people


@pytest.fixture
def case(practice):
    with acting_in(practice.pk, SYSTEM):
        return cases.open_case(
            kind="message", summary="Call her", by=None, now=timezone.now(), team=Role.SECRETARY, patient=uuid7()
        )


def committed_case():
    """A practice, its secretary and a case, all committed."""
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, SYSTEM):
        case = cases.open_case(
            kind="message", summary="Call her", by=None, now=timezone.now(), team=Role.SECRETARY, patient=uuid7()
        )
    return practice, secretary, case


def as_owner(sql: str) -> None:
    with as_role("portal_owner"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_member_of_another_practice_is_told_that_the_page_is_not_there(signed_in, practice):
    stranger = people.member(people.practice(), Role.PRACTICE_ADMIN)

    assert signed_in(stranger).get(practice_url(practice, "compliance:admission")).status_code == 404


def test_a_practice_that_does_not_exist_looks_the_same(as_secretary):
    assert as_secretary.get("/p/no-such-practice/admission/").status_code == 404


def test_a_page_of_a_practice_is_not_there_outside_one(as_secretary):
    assert as_secretary.get("/access/matrix/").status_code == 404


def test_a_page_outside_practices_leads_out(as_secretary, practice):
    assert as_secretary.get(f"/p/{practice.slug}/my-work/").headers["Location"] == "/my-work/"


def test_the_practices_idle_limit_is_the_sessions(as_secretary, practice):
    practice.idle_minutes = 7
    practice.save()

    as_secretary.get(practice_url(practice, "compliance:matrix"))

    assert as_secretary.session["idle_minutes"] == 7


def test_a_refusal_writes_all_the_same(as_secretary, practice):
    as_secretary.get(practice_url(practice, "compliance:access"))

    with acting_in(practice.pk, SYSTEM):
        assert AuditEvent.objects.filter(kind="access.refused").count() == 1


def test_what_a_failed_answer_wrote_is_undone(as_secretary, practice, settings, tmp_path):
    settings.AUDIT_TAIL = tmp_path / "no-directory"  # the event is written after the row, and cannot be
    settings.AUDIT_TAIL.write_text("")
    as_secretary.raise_request_exception = False

    response = as_secretary.post(practice_url(practice, "compliance:report_incident"), {"what": "A letter went astray."})

    with acting_in(practice.pk, SYSTEM):
        assert (response.status_code, Case.objects.exists()) == (503, False)
    assert b"Nothing was changed" in response.content


def test_without_an_event_there_is_no_answer(committed, signed_in):
    practice, secretary, case = committed_case()
    hers = signed_in(secretary)
    as_owner("REVOKE INSERT ON compliance_auditevent FROM portal_app")
    try:
        response = hers.get(practice_url(practice, "compliance:case", case.pk))
    finally:
        as_owner("GRANT INSERT ON compliance_auditevent TO portal_app")

    assert (response.status_code, b"Call her" in response.content) == (503, False)


def test_a_commit_that_fails_is_no_answer_either(committed, signed_in):
    practice, secretary, case = committed_case()
    hers = signed_in(secretary)
    as_owner(FAILING_COMMIT.format(practice=practice.pk))
    try:
        response = hers.post(practice_url(practice, "compliance:done", case.pk), {"version": 1, "note": ""})
    finally:
        as_owner("DROP TRIGGER fails_at_commit ON compliance_casetransition; DROP FUNCTION public.fails_at_commit()")

    with acting_in(practice.pk, SYSTEM):
        assert (response.status_code, Case.objects.get(pk=case.pk).status) == (503, "requested")


FAILING_COMMIT = """
CREATE FUNCTION public.fails_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.practice_id = '{practice}' THEN
        RAISE EXCEPTION 'no' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fails_at_commit AFTER INSERT ON compliance_casetransition
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.fails_at_commit();
"""


@pytest.mark.parametrize(("status", "words"), [(500, b"Something went wrong"), (503, b"cannot answer just now")])
def test_a_failed_answer_shows_nothing_of_what_its_view_had_rendered(practice, secretary, rf, status, words):
    request = rf.get(practice_url(practice, "compliance:people"))
    request.user, request.session, request.id = secretary, people.browser(secretary).session, "abc12345"

    answer = PracticeMiddleware(lambda inside: HttpResponse("Call her about the pills", status=status))(request)

    told = answer.content
    assert (answer.status_code, b"Call her" in told, words in told, b"abc12345" in told) == (status, False, True, True)
