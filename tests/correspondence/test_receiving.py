"""Texts that come in: STOP in every practice that knows the number, words to the one that wrote last."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from compliance import cases
from compliance.models import AuditEvent, Case
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in, current_practice_id
from correspondence.enums import Channel, MessageState
from correspondence.models import InboundText, Message
from patients import consent, numbers
from patients.enums import Purpose
from patients.models import Consent, ContactPoint
from tests.correspondence import gateway_posts
from tests.correspondence.gateway_posts import HERS, SECRET, body_of, post, says
from tests.factories import patients, people


@pytest.fixture(autouse=True)
def secret(settings):
    settings.TEXT_WEBHOOK_SECRET = SECRET


@pytest.fixture
def maria(practice):
    return texted(practice)


def texted(at, **fields):
    """Somebody whom a practice may text."""
    with acting_in(at.pk, SYSTEM):
        return patients.patient(phone_for=(Purpose.TEXT, Purpose.CALL), **fields)


def allowed(at):
    with acting_in(at.pk, SYSTEM):
        return sorted(purpose for row in ContactPoint.objects.order_by("pk") for purpose in consent.given(row))


def work(at):
    with acting_in(at.pk, SYSTEM):
        return list(Case.objects.order_by("opened_at", "pk"))


def wrote(at, patient, *, ago, to=HERS):
    """A text that went to her."""
    moment = timezone.now() - ago
    when = dict.fromkeys(("due_at", "not_before", "expires_at", "sent_at"), moment)
    with acting_in(at.pk, SYSTEM):
        contact = ContactPoint.objects.filter(patient=patient)[0]
        said = {"channel": Channel.TEXT, "state": MessageState.SENT, "to": to, "contact": contact, "body": "Hello"}
        Message.objects.create(patient=patient, key=f"asked-{moment}", **said, **when)


def test_stop_ends_texts_and_leaves_calls_alone(practice, maria):
    answer = says("STOP")

    assert (answer.status_code, answer.content, allowed(practice), work(practice)) == (204, b"", ["call"], [])


def test_stop_counts_in_every_practice_that_knows_the_number(practice, maria):
    other = people.practice()
    texted(other, family="Walker")

    says("Por favor, no más mensajes")

    assert (allowed(practice), allowed(other)) == (["call"], ["call"])


def test_stop_leaves_other_numbers_alone(practice, maria):
    texted(practice, phone="+16085550124")

    says("STOP")

    assert allowed(practice) == ["call", "call", "text"]


def test_the_trail_and_the_consent_say_that_it_was_a_text(practice, maria):
    says("STOP")

    with acting_in(practice.pk, SYSTEM):
        row = Consent.objects.get(purpose=Purpose.TEXT, superseded_at=None)
        event = AuditEvent.objects.get(kind="consent.withdrawn")
    assert (row.is_given, row.source, event.actor_label) == (False, "STOP by text", "a webhook")


def test_stop_that_comes_again_does_not_undo_a_consent_given_since(practice, maria):
    says("STOP")
    with acting_in(practice.pk, SYSTEM):
        consent.give(ContactPoint.objects.get(), Purpose.TEXT, by=None, now=timezone.now())

    answer = says("STOP")

    assert (answer.status_code, allowed(practice)) == (204, ["call", "text"])


def test_words_are_the_secretaries_work(practice, maria):
    says("Yes, I come")

    (case,) = work(practice)
    with acting_in(practice.pk, SYSTEM):
        assert (case.kind, case.team, case.patient, case.summary) == (
            *("text-message", Role.SECRETARY, maria.pk),
            "(608) 555-0123 wrote:\n“Yes, I come”",
        )


def test_words_that_come_twice_are_one_piece_of_work(practice, maria):
    says("Yes")
    says("Yes")

    assert len(work(practice)) == 1


def test_the_same_words_in_two_texts_are_two(practice, maria):
    says("Yes")
    says("Yes", key="SM2")

    assert len(work(practice)) == 2


def test_cancel_ends_texts_and_is_looked_at(practice, maria):
    says("Cancel")

    (case,) = work(practice)
    with acting_in(practice.pk, SYSTEM):
        assert (allowed(practice), "it still stands: call" in case.summary) == (["call"], True)


def test_what_may_be_a_stop_is_said_to_whoever_reads_it(practice, maria):
    says("please stop the texts, wrong number")

    (case,) = work(practice)
    with acting_in(practice.pk, SYSTEM):
        assert "It may be a wish for no more texts" in case.summary


def test_words_go_to_the_practice_whose_text_went_there_last(practice, maria):
    other = people.practice()
    wrote(other, texted(other, family="Walker"), ago=timedelta(hours=1))
    wrote(practice, maria, ago=timedelta(hours=2))

    says("C")

    assert (work(practice), len(work(other))) == ([], 1)


def test_a_text_to_another_number_of_hers_does_not_count(practice, maria):
    other = people.practice()
    wrote(other, texted(other, family="Walker"), ago=timedelta(hours=1), to="+16085550177")
    wrote(practice, maria, ago=timedelta(hours=2))

    says("C")

    assert (len(work(practice)), work(other)) == (1, [])


def test_where_nobody_wrote_nothing_is_lost(practice, maria):
    other = people.practice()
    texted(other, family="Walker")

    says("Call me")

    assert (len(work(practice)), len(work(other))) == (1, 1)


def test_a_number_of_two_patients_names_the_one_who_was_written_to(practice, maria):
    child = texted(practice, given="Ana", birth_date=None)
    wrote(practice, child, ago=timedelta(hours=1))

    says("C")

    (case,) = work(practice)
    with acting_in(practice.pk, SYSTEM):
        assert (case.patient, "Other patients have this number, too." in case.summary) == (child.pk, True)


@pytest.mark.parametrize("number", ["+16085550999", "12345", "", "nobody", "+1"])
def test_a_number_that_nobody_has_is_answered_like_any_other(practice, maria, number):
    answer = says("STOP", number=number)

    assert (answer.status_code, allowed(practice), work(practice)) == (204, ["call", "text"], [])


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b"\xff", b"[" * 15000, body_of("x" * 1601), body_of("x", key=""), body_of(None)),
        *(json.dumps({"id": "1", "text": "x"}).encode(), body_of("x", number=16085550123), body_of("x", key="k" * 201)),
    ],
)
def test_what_is_no_text_is_refused(practice, maria, body):
    assert (post(body).status_code, work(practice)) == (422, [])


@pytest.mark.parametrize("text", ["\ud83d", "a\x00b", "x" * 1600, "<script>", "“quoted”", ""])
def test_strange_words_are_kept(practice, maria, text):
    answer = says(text)

    assert (answer.status_code, len(work(practice))) == (204, 1)


def test_without_a_secret_there_is_no_such_page(settings):
    settings.TEXT_WEBHOOK_SECRET = ""

    assert says("STOP").status_code == 404


def test_only_posts_are_taken(db):
    assert Client().get(gateway_posts.URL).status_code == 405


def test_of_the_gateways_id_a_hash_is_kept(practice, maria):
    says("STOP", key="SM-with-a-name")

    with acting_in(practice.pk, SYSTEM):
        assert len(InboundText.objects.get().key) == 64


def test_a_practice_that_is_broken_keeps_no_other_from_hearing_stop(committed, monkeypatch):
    broken, whole = people.practice(), people.practice()
    for at in (broken, whole):
        texted(at, phone="+16085550142")
    holders = numbers.holders

    def found(number):
        if current_practice_id() == broken.pk:
            raise RuntimeError("its keys are gone")
        return holders(number)

    monkeypatch.setattr(numbers, "holders", found)
    answer = says("STOP", number="+16085550142", key=str(whole.pk))

    assert (answer.status_code, allowed(broken), allowed(whole)) == (500, ["call", "text"], ["call"])


def test_what_failed_is_heard_when_the_gateway_brings_it_again(committed, monkeypatch):
    at = people.practice()
    texted(at, phone="+16085550143")
    said = {"number": "+16085550143", "key": str(at.pk)}
    with monkeypatch.context() as for_once:
        for_once.setattr(cases, "open_case", broken_once)
        first = says("Call me", **said)

    second = says("Call me", **said)

    assert (first.status_code, second.status_code, len(work(at))) == (500, 204, 1)


def broken_once(**said):
    raise RuntimeError("the disk is full")
