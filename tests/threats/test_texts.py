"""The page where texts come in, attacked by HTTP."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from compliance.models import Case
from compliance.tenancy import SYSTEM, acting_in
from correspondence import signatures
from patients import consent
from patients.enums import Purpose
from patients.models import ContactPoint
from tests.correspondence.gateway_posts import HERS, SECRET, URL, body_of, post, says
from tests.factories import patients, people

WORDS = "I bleed again"


@pytest.fixture
def maria(practice, settings):
    """Somebody who allows texts."""
    settings.TEXT_WEBHOOK_SECRET = SECRET
    with acting_in(practice.pk, SYSTEM):
        return patients.patient(phone_for=(Purpose.TEXT,))


def standing(at):
    """(what she allows, how many pieces of work there are)."""
    with acting_in(at.pk, SYSTEM):
        return sorted(consent.given(ContactPoint.objects.get())), Case.objects.count()


@pytest.mark.parametrize("header", [None, "", "t=,v1=", "v1=00", "t=1", "t=x,v1=x", "t=²,v1=é", "t=9" + "9" * 300 + ",v1=0"])
def test_a_text_without_a_signature_changes_nothing(practice, maria, header):
    headers = {} if header is None else {signatures.HEADER: header}

    answer = Client().post(URL, body_of("STOP"), content_type="application/json", headers=headers)

    assert (answer.status_code, answer.content, standing(practice)) == (401, b"", (["text"], 0))


def test_a_text_signed_by_somebody_else_changes_nothing(practice, maria):
    assert (post(body_of("STOP"), secret="a guess").status_code, standing(practice)) == (401, (["text"], 0))


def test_a_signature_is_good_for_its_own_text_alone(practice, maria):
    header = signatures.sign(body_of("Yes"), secret=SECRET, at=timezone.now())

    answer = Client().post(URL, body_of("STOP"), content_type="application/json", headers={signatures.HEADER: header})

    assert (answer.status_code, standing(practice)) == (401, (["text"], 0))


@pytest.mark.parametrize("ago", [timedelta(minutes=6), timedelta(days=400), -timedelta(minutes=6)])
def test_a_text_of_another_time_is_refused(practice, maria, ago):
    assert (post(body_of("STOP"), ago=ago).status_code, standing(practice)) == (401, (["text"], 0))


def test_a_signature_is_not_moved_to_another_time(practice, maria):
    now = timezone.now()
    old = signatures.sign(body_of("STOP"), secret=SECRET, at=now - timedelta(hours=1))
    header = f"t={int(now.timestamp())},{old.partition(',')[2]}"

    answer = Client().post(URL, body_of("STOP"), content_type="application/json", headers={signatures.HEADER: header})

    assert (answer.status_code, standing(practice)) == (401, (["text"], 0))


def test_a_text_played_again_within_its_minutes_changes_nothing(practice, maria):
    body, at = body_of("STOP"), timezone.now()
    post(body, at=at)
    with acting_in(practice.pk, SYSTEM):
        consent.give(ContactPoint.objects.get(), Purpose.TEXT, by=None, now=at)

    answer = post(body, at=at)

    assert (answer.status_code, standing(practice)) == (204, (["text"], 0))


def test_a_text_that_is_too_big_is_not_read(practice, maria):
    assert (post(body_of("x" * 20_000)).status_code, standing(practice)) == (413, (["text"], 0))


def test_the_answer_does_not_tell_whether_a_number_is_known(practice, maria):
    known, unknown = says("STOP"), says("STOP", number="+16085550999")

    said = [(answer.status_code, answer.content, sorted(answer.headers)) for answer in (known, unknown)]
    assert said[0] == said[1]


def test_neither_number_nor_words_stand_in_a_log(practice, maria, caplog, capfd):
    with caplog.at_level("DEBUG"):
        answers = [says(WORDS), post(body_of(WORDS), secret="a guess"), post(body_of(WORDS) + b"}")]

    said = caplog.text + "".join(capfd.readouterr())
    assert [answer.status_code for answer in answers] == [204, 401, 422]
    assert [word in said for word in (WORDS, HERS, HERS[2:], "Lopez")] == [False] * 4


def test_words_are_not_shown_to_another_practice(practice, maria):
    other = people.practice()

    says(WORDS)

    with acting_in(other.pk, SYSTEM):
        assert (Case.objects.count(), standing(practice)[1]) == (0, 1)
