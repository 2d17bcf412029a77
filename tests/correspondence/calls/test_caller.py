"""The gate, and what the caller may hear."""

from datetime import date

import pytest

from correspondence import calls
from correspondence.calls import log
from correspondence.enums import Authority, CallStatus, Relationship
from correspondence.models import Call
from patients.models import Verification
from tests.correspondence.calls.deeds import whats
from tests.factories import calls as made
from tests.factories import patients


def identify(call, patient, seen, **said):
    return calls.identify(call, among=[made._with_rows(patient)], said=said, **seen(call))


def test_a_name_alone_never_counts(call, patient, seen):
    tried = identify(call, patient, seen, name="Maria Lopez")

    assert (tried.passed, tried.answers, call.patient_id) == (False, {"name": True}, None)


def test_name_and_birth_date_open_the_call(call, patient, seen):
    tried = identify(call, patient, seen, name="Maria Lopez", birth_date="03/27/1985")

    call = Call.objects.get()
    assert (tried.passed, call.status, call.patient_id) == (True, CallStatus.IDENTIFIED, patient.pk)


def test_which_identifiers_matched_is_kept_and_not_what_was_said(call, patient, seen):
    identify(call, patient, seen, name="Maria Lopez", birth_date="03/27/1985")

    assert Verification.objects.get(call=call.pk).matched == ["name", "birth_date"]
    assert call.steps.get(what="verified").facts["matched"] == ["name", "birth_date"]


def test_a_failed_try_answers_for_each_identifier(call, patient, seen):
    tried = identify(call, patient, seen, name="Maria Lopez", birth_date="1/1/1990")

    assert tried.answers == {"name": True, "birth_date": False}


def test_each_failed_try_is_recorded(call, patient, seen):
    identify(call, patient, seen, name="Maria Lopez", birth_date="1/1/1990")

    assert whats(call) == ["taken", "not-verified"]
    assert calls.tries_left(call) == calls.MOST_TRIES - 1


def test_guessing_ends_after_five_tries(call, patient, seen):
    for year in range(1990, 1990 + calls.MOST_TRIES):
        identify(call, patient, seen, name="Maria Lopez", birth_date=f"3/27/{year}")

    with pytest.raises(calls.TooManyTries):
        identify(call, patient, seen, name="Maria Lopez", birth_date="03/27/1985")


def test_two_tries_at_once_are_one_try(call, patient, seen):
    first = seen(call)
    identify(call, patient, seen, name="Maria Lopez", birth_date="1/1/1990")

    with pytest.raises(calls.Stale):
        calls.identify(call, among=[made._with_rows(patient)], said=made.SAID, **first)


def test_what_fits_two_patients_opens_neither(call, patient, secretary, seen):
    twin = patients.patient(by=secretary, phone="+16085550199")
    rows = [made._with_rows(patient), made._with_rows(twin)]

    tried = calls.identify(call, among=rows, said=made.SAID, **seen(call))

    assert (tried.passed, call.patient_id) == (False, None)
    assert "more than one patient" in log.words(call.steps.get(what="not-verified"))


def test_one_identifier_more_tells_them_apart(call, patient, secretary, seen):
    twin = patients.patient(by=secretary, phone="+16085550199")
    rows = [made._with_rows(patient), made._with_rows(twin)]
    said = {"birth_date": "3/27/1985", "phone": "608 555 0199"}

    calls.identify(call, among=rows, said=said, **seen(call))

    assert call.patient_id == twin.pk


def test_candidates_are_those_with_the_callers_number(call, patient, secretary):
    patients.patient(by=secretary, phone="+16085550199")

    assert [one.pk for one in calls.candidates(call, user=secretary)] == [patient.pk]


def test_a_withheld_number_has_no_candidates(inside, patient, secretary):
    call = made.call(inside, by=secretary, number=None)

    assert calls.candidates(call, user=secretary) == []


def test_the_patient_herself_may_hear(verified):
    assert calls.may_hear(verified)


def test_nobody_may_hear_before_the_gate(call):
    assert not calls.may_hear(call)


def test_somebody_else_without_a_right_leaves_a_message_only(verified, seen):
    calls.say_who(verified, relationship=Relationship.SPOUSE, **seen(verified))

    assert not calls.may_hear(verified)


def test_a_signed_consent_lets_somebody_else_hear(verified, seen):
    right = {"relationship": Relationship.SPOUSE, "authority": Authority.SIGNED_CONSENT, "source": "Consent 12"}

    calls.say_who(verified, **right, **seen(verified))

    assert calls.may_hear(verified)


@pytest.mark.parametrize("authority", [a for a in Authority if a and a != Authority.MINORS_PARENT])
def test_a_right_has_a_source(verified, seen, authority):
    with pytest.raises(calls.AuthoritySourceMissing):
        calls.say_who(verified, relationship=Relationship.CHILD, authority=authority, **seen(verified))


def test_the_parent_of_a_grown_up_has_no_right_as_parent(verified, seen):
    with pytest.raises(calls.NotAMinor):
        calls.say_who(verified, relationship=Relationship.PARENT, authority=Authority.MINORS_PARENT, **seen(verified))


def test_the_parent_of_a_minor_may_hear(inside, secretary, seen):
    child = patients.patient(by=secretary, given="Leo", birth_date=date(2020, 5, 1))
    call = made.verified(inside, child, by=secretary, said={"name": "Leo Lopez", "birth_date": "5/1/2020"})

    calls.say_who(call, relationship=Relationship.PARENT, authority=Authority.MINORS_PARENT, **seen(call))

    assert calls.may_hear(call)
