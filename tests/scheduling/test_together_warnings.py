"""Booking together asks of each visit what the page of a single one asks: another visit of hers, and what is there."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from compliance.models import Location
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.counting import queries
from tests.factories import patients
from tests.factories import scheduling as make

FUTURE = "2027-03-01"  # a Monday
HALF = timedelta(minutes=30)


@pytest.fixture
def family(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        make.provider("Dr. Okafor")
        return [patients.patient(given=given) for given in ("Ada", "Ben")], make.visit_type("Follow-up")


@pytest.fixture
def url(practice, family):
    return _url(practice, *family)


def _url(practice, both, kind):
    asked = {"from_day": FUTURE, "one_provider": "on"}
    for n, one in enumerate(both, 1):
        asked |= {f"{n}-patient": one.pk, f"{n}-visit_type": kind.pk}
    return f"{practice_url(practice, 'scheduling:together', both[0].pk)}?{urlencode(asked)}"


@pytest.fixture
def chain(as_secretary, url):
    """The first that is free: as its button carries it, and when its visits begin."""
    openings, text = as_secretary.get(url).context["days"][0][1][0]
    return text, [one.starts_at for one, _ in openings]


@pytest.fixture
def busy(practice, secretary, family, chain):
    """Each of the family has another visit then."""
    with acting_in(practice.pk, secretary.pk):
        other = make.provider("Dr. Lindqvist", capacity=2)
        for one, starts_at in zip(family[0], chain[1], strict=True):
            make.visit(by=secretary, whose=one, who=other, starts_at=starts_at)


def booked(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        rows = Appointment.objects.filter(provider__name="Dr. Okafor").select_related("patient", "visit_type")
        return list(rows.order_by("starts_at"))


def test_each_is_warned_of_and_nobody_is_booked(practice, secretary, as_secretary, url, chain, busy):
    answer = as_secretary.post(url, {"chain": chain[0], "reason": "Flu"})

    text = answer.content.decode()
    assert (answer.status_code, booked(practice, secretary)) == (409, [])
    assert (text.count("The patient has another visit then"), text.count("Book all the same</label>")) == (2, 2)
    assert 'value="Flu"' in text


def test_one_of_two_that_is_not_answered_books_nobody(practice, secretary, as_secretary, url, chain, busy):
    answer = as_secretary.post(url, {"chain": chain[0], "asked": "on", "1-despite_overlap": "on"})

    text = answer.content.decode()
    assert (answer.status_code, booked(practice, secretary)) == (409, [])
    assert text.count("The patient has another visit then") == 1
    assert 'name="1-despite_overlap" id="id_1-despite_overlap" checked' in text


def test_both_are_booked_all_the_same_when_both_are_ticked(practice, secretary, as_secretary, url, chain, busy, family):
    said = {"chain": chain[0], "asked": "on", "1-despite_overlap": "on", "2-despite_overlap": "on"}

    as_secretary.post(url, said)

    assert [visit.patient for visit in booked(practice, secretary)] == family[0]


def test_another_place_that_day_is_warned_of_at_its_visit(practice, secretary, as_secretary, url, chain, family):
    with acting_in(practice.pk, secretary.pk):
        there, doctor = Location.objects.create(name="West", time_zone=practice.time_zone), make.provider(hours=False)
        make.works(doctor, chain[1][1].weekday(), "15:00", "17:00", location=there)
        make.visit(by=secretary, whose=family[0][1], who=doctor, starts_at=chain[1][1] + timedelta(hours=6))

    answer = as_secretary.post(url, {"chain": chain[0]})

    parts = answer.content.decode().split('<fieldset class="part">')
    assert ["at another place that day" in part for part in parts] == [False, False, True]
    assert "West" in parts[2]


@pytest.fixture
def prepared(practice, secretary, family):
    """The family's kind asks for two things before."""
    with acting_in(practice.pk, secretary.pk):
        family[1].preparation = ["Referral", "Consent form"]
        family[1].save()


def test_what_must_be_there_is_asked_for_before_anything_is_booked(practice, secretary, as_secretary, prepared, url, chain):
    answer = as_secretary.post(url, {"chain": chain[0]})

    text = answer.content.decode()
    assert (answer.status_code, booked(practice, secretary)) == (200, [])
    assert (text.count("Must be there before"), text.count('value="Consent form"')) == (2, 2)


def test_what_is_there_is_kept_with_its_visit(practice, secretary, as_secretary, prepared, url, chain):
    as_secretary.post(url, {"chain": chain[0], "asked": "on", "2-prepared": ["Referral"]})

    assert [visit.missing for visit in booked(practice, secretary)] == [["Referral", "Consent form"], ["Consent form"]]


def test_what_is_there_is_not_lost_when_a_time_was_taken(practice, secretary, as_secretary, prepared, url, chain):
    said = {"chain": chain[0], "asked": "on", "2-prepared": ["Referral"]}
    as_secretary.post(url, said)

    answer = as_secretary.post(url, said)

    assert answer.status_code == 409
    assert '<input type="hidden" name="2-prepared" value="Referral"' in answer.content.decode()


def test_other_times_lose_nothing_that_was_said(practice, secretary, as_secretary, prepared, url, chain):
    said = {"chain": chain[0], "asked": "on", "others": "on", "1-prepared": ["Referral"], "reason": "Flu"}

    answer = as_secretary.post(url, said)

    text = answer.content.decode()
    assert (answer.context["days"][0][1][0][1], booked(practice, secretary)) == (chain[0], [])
    assert ('<input type="hidden" name="1-prepared" value="Referral"' in text, 'value="Flu"' in text) == (True, True)


def test_what_no_page_asks_for_is_refused(practice, secretary, as_secretary, prepared, url, chain):
    answer = as_secretary.post(url, {"chain": chain[0], "asked": "on", "2-prepared": ["Blood"]})

    assert (answer.status_code, booked(practice, secretary)) == (422, [])


def test_its_queries_do_not_grow_with_the_visits(practice, secretary, as_secretary, prepared, family):
    def asked_of(number):
        url = _url(practice, [family[0][0]] * number, family[1])
        text = as_secretary.get(url).context["days"][0][1][0][1]
        return queries(lambda: as_secretary.post(url, {"chain": text}))

    assert asked_of(4) - asked_of(2) <= 2  # the two slots that were chosen are read
