"""The page of visits that follow each other."""

from urllib.parse import urlencode

import pytest

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.counting import queries
from tests.factories import patients
from tests.factories import scheduling as make

PHONE = "+16085550142"
FUTURE = "2027-03-01"  # a Monday


@pytest.fixture
def family(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        kind, doctor = make.visit_type(), make.provider("Dr. Okafor")
        return [patients.patient(given=given, phone=PHONE) for given in ("Ada", "Ben")], kind, doctor


def page(practice, family, **more):
    (ada, ben), kind, _ = family
    asked = {"1-patient": ada.pk, "1-visit_type": kind.pk, "2-patient": ben.pk, "2-visit_type": kind.pk, "from_day": FUTURE}
    return f"{practice_url(practice, 'scheduling:together', ada.pk)}?{urlencode(asked | {'one_provider': 'on'} | more)}"


def first_chain(answer):
    return answer.context["days"][0][1][0][1]


def booked(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return list(Appointment.objects.order_by("starts_at").values_list("patient", flat=True))


def test_at_first_it_asks_for_two_visits_of_the_patient(practice, family, as_secretary):
    answer = as_secretary.get(practice_url(practice, "scheduling:together", family[0][0].pk))

    assert [form["patient"].value() for form in answer.context["asked"].forms] == [str(family[0][0].pk)] * 2


def test_who_shares_the_phone_number_is_offered(practice, family, as_secretary):
    url = practice_url(practice, "scheduling:together", family[0][0].pk)

    assert [patient for patient, _ in as_secretary.post(url, {"household": "on"}).context["found"]] == [family[0][1]]


def test_somebody_is_found_by_name_and_the_name_stands_in_no_address(practice, family, as_secretary):
    answer = as_secretary.post(practice_url(practice, "scheduling:together", family[0][0].pk), {"q": "Ben Lopez"})

    assert ([patient for patient, _ in answer.context["found"]], b"Ben" in answer.wsgi_request.get_full_path().encode()) == (
        [family[0][1]],
        False,
    )


def test_a_family_is_booked_by_one_button(practice, family, as_secretary, secretary):
    url = page(practice, family)

    answer = as_secretary.post(url, {"chain": first_chain(as_secretary.get(url)), "reason": "Flu shots"}, follow=True)

    assert booked(practice, secretary) == [one.pk for one in family[0]]
    assert answer.content.decode().count("Booked ") >= 2


def test_a_part_can_be_left_out(practice, family, as_secretary):
    answer = as_secretary.get(page(practice, family, without=1))

    assert [form["patient"].value() for form in answer.context["asked"].forms] == [str(family[0][1].pk)]


def test_a_time_that_was_taken_meanwhile_books_nobody_and_shows_others(practice, family, as_secretary, secretary):
    url = page(practice, family)
    chain = first_chain(as_secretary.get(url))
    as_secretary.post(url, {"chain": chain})

    answer = as_secretary.post(page(practice, family), {"chain": chain})

    assert (answer.status_code, len(booked(practice, secretary)), first_chain(answer) != chain) == (409, 2, True)


def test_one_who_has_another_visit_then_is_warned_of_and_booked_all_the_same(practice, family, as_secretary, secretary):
    url = page(practice, family)
    chain = first_chain(as_secretary.get(url))
    with acting_in(practice.pk, secretary.pk):
        other = make.provider("Dr. Lindqvist")
        at = as_secretary.get(url).context["days"][0][1][0][0][0][0].starts_at
        make.visit(by=secretary, whose=family[0][0], who=other, kind=family[1], starts_at=at)

    warned = as_secretary.post(url, {"chain": chain})
    as_secretary.post(url, {"chain": chain, "1-despite_overlap": "on"})

    assert (warned.status_code, len(booked(practice, secretary))) == (409, 3)


@pytest.mark.parametrize("chain", ["", "x", "|", "x@2027-03-01T15:00Z|y"])
def test_a_chain_that_cannot_be_read_books_nobody(practice, family, as_secretary, secretary, chain):
    assert as_secretary.post(page(practice, family), {"chain": chain}).status_code == 422
    assert booked(practice, secretary) == []


@pytest.mark.parametrize("who", ["", "x", "00000000-0000-7000-8000-000000000001"])
def test_somebody_who_is_not_here_is_booked_with_nobody(practice, family, as_secretary, secretary, who):
    url = page(practice, family, **{"2-patient": who})

    answer = as_secretary.get(url)

    assert (answer.status_code, answer.context["asked"].is_complete, answer.context["days"]) == (200, False, [])


def test_its_queries_do_not_grow_with_the_visits_that_are_asked_for_of_one_kind(practice, family, as_secretary):
    ada, kind = family[0][0].pk, family[1].pk
    more = {f"{n}-patient": ada for n in (3, 4)} | {f"{n}-visit_type": kind for n in (3, 4)}

    two = queries(lambda: as_secretary.get(page(practice, family)))
    four = queries(lambda: as_secretary.get(page(practice, family, **more)))

    assert four == two
