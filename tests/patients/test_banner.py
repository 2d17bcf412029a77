"""Who she is, on every page about her."""

from datetime import date

import pytest

from patients import names
from patients.banner import banner_of
from patients.models import Patient
from tests.factories import patients

TODAY = date(2026, 11, 25)


def banner(today=TODAY, **fields):
    made = patients.patient(**fields)
    return banner_of(Patient.objects.with_names().prefetch_related("contacts").get(pk=made.pk), today=today)


def test_the_banner_names_her(inside):
    shown = banner(preferred="Mia", sex="female", mrn="421")

    assert (shown.family, shown.given, shown.preferred, shown.sex, shown.mrn) == ("Lopez", "Maria", "Mia", "Female", "421")


def test_the_phone_is_shown_as_people_write_it(inside):
    assert banner().phone == "(608) 555-0123"


@pytest.mark.parametrize(
    ("born", "text"),
    [
        (date(1985, 3, 27), "Mar 27, 1985 (41 y)"),
        (date(1985, 11, 25), "Nov 25, 1985 (41 y)"),
        (date(1985, 11, 26), "Nov 26, 1985 (40 y)"),
        (date(2025, 1, 25), "Jan 25, 2025 (22 mo)"),
        (date(2026, 11, 1), "Nov 1, 2026 (24 d)"),
        (date(2026, 11, 25), "Nov 25, 2026 (0 d)"),
        (None, "Not known"),
    ],
)
def test_the_age_is_that_of_the_practices_day(inside, born, text):
    assert banner(birth_date=born).born == text


def test_the_age_of_the_deceased_is_that_at_death(inside):
    assert banner(is_deceased=True, deceased_on=date(2020, 1, 1)).born == "Mar 27, 1985 (34 y)"


def test_what_is_not_known_says_so(inside):
    shown = banner(phone=None, sex="unknown")

    assert (shown.phone, shown.sex) == ("Not known", "Not known")


def test_alerts_stand_with_the_gravest_first(inside):
    shown = banner(
        birth_date=date(2015, 1, 1), do_not_contact=True, interpreter_needed=True, language="es-MX", is_deceased=False
    )

    assert [str(alert) for alert in shown.alerts] == [
        "Do not contact",
        "Interpreter: Spanish",
        "Minor: speak with a parent or guardian",
    ]


def test_a_list_writes_the_family_name_first(inside):
    patients.patient(preferred="Mia")

    assert names.listed(Patient.objects.with_names().get()) == "Lopez, Maria (Mia)"


def test_somebody_of_one_name_stands_by_it(inside):
    patients.patient(given=None)
    one = Patient.objects.with_names().get()

    assert (names.listed(one), names.full(one), names.called(one)) == ("Lopez", "Lopez", "Lopez")


def test_names_ask_nothing_of_the_database(inside, django_assert_num_queries):
    patients.patient()
    one = Patient.objects.with_names().get()

    with django_assert_num_queries(0):
        names.listed(one), names.full(one), names.mrn(one)
