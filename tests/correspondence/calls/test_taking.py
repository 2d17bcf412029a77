"""Taking a call: the table of its states, its number, the red flags it is asked by."""

import re

import pytest

from correspondence import calls
from correspondence.enums import CALL_NEXT, OUTCOMES, CallStatus
from correspondence.models import RedFlags
from tests.correspondence.calls.deeds import whats
from tests.factories import calls as made
from tests.factories.calls import NOW

WORKFLOW = (  # the first line of workflows.md section 3
    "open → identified | unidentified → (resolved | message-taken | transferred | escalated-emergency"
    " | callback-scheduled | abandoned/wrong-number) → closed"
)


def test_the_table_is_that_of_the_workflow():
    begun, outcomes, end = re.split(r" → \(|\) → ", WORKFLOW)
    start, then = begun.split(" → ")
    named = {CallStatus(word.split("/")[0]) for word in outcomes.split(" | ")}

    assert named == OUTCOMES
    assert CALL_NEXT[CallStatus(start)] == {CallStatus(word) for word in then.split(" | ")}
    assert CALL_NEXT[CallStatus.IDENTIFIED] == named
    assert all(CALL_NEXT[outcome] == {CallStatus(end)} for outcome in named)
    assert CALL_NEXT[CallStatus.CLOSED] == frozenset()


def test_somebody_not_verified_at_first_may_be_verified_later():
    assert CALL_NEXT[CallStatus.UNIDENTIFIED] == OUTCOMES | {CallStatus.IDENTIFIED}


@pytest.mark.parametrize("text", ["(608) 555-0123", "608.555.0123", "+1 608 555 0123", "6085550123", "1-608-555-0123"])
def test_a_number_is_read_in_any_form(text):
    assert calls.e164(text) == "+16085550123"


@pytest.mark.parametrize("text", ["", "abc", "12", "6" * 61, "608555\x000123"])
def test_what_is_no_number_is_none(text):
    assert calls.e164(text) is None


def test_taking_a_call_keeps_the_red_flags_it_is_asked_by(inside, secretary):
    RedFlags.objects.create(number=7, signs=["Bee sting"], published_at=NOW)

    call = made.call(inside, by=secretary)
    RedFlags.objects.create(number=8, signs=["Other"], published_at=NOW)

    assert calls.signs_of(call) == ["Bee sting"]


def test_a_practice_without_a_list_gets_the_first_one(call):
    assert (call.red_flags_number, len(calls.signs_of(call))) == (1, 12)


def test_taking_a_call_is_the_first_line_of_its_log(call):
    assert whats(call) == ["taken"]
