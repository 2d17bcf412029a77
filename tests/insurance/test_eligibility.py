"""When a visit is covered, and when to ask again (workflows.md section 5)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance import coverage as writer
from insurance import eligibility
from insurance.enums import CheckState, Method, Outcome
from insurance.models import Coverage, EligibilityCheck
from patients.models import Patient
from tests.factories import insurance
from tests.factories.insurance import NOW

VISIT = date(2026, 11, 23)


def standing(patient, *, day=VISIT, now=NOW, days=30):
    return eligibility.needed_for(patient.pk, day=day, now=now, days=days)


def test_without_coverage_the_badge_says_so(patient):
    assert standing(patient).look[2] == "No insurance on file"


def test_with_coverage_that_nobody_asked_about_a_check_is_needed(patient, secretary):
    insurance.coverage(patient, by=secretary)

    assert standing(patient).state is CheckState.NEEDED


def test_an_answer_for_the_visits_month_is_complete(patient, secretary):
    insurance.check(insurance.coverage(patient, by=secretary), by=secretary, serviced_on=VISIT)

    assert (standing(patient).state, standing(patient).is_ready) == (CheckState.COMPLETE, True)


def test_an_answer_for_one_month_is_stale_for_the_next(patient, secretary):
    insurance.check(insurance.coverage(patient, by=secretary), by=secretary, serviced_on=VISIT)

    assert standing(patient, day=date(2026, 12, 1)).state is CheckState.STALE


def test_an_answer_older_than_the_practices_limit_is_stale(patient, secretary):
    insurance.check(insurance.coverage(patient, by=secretary), by=secretary, serviced_on=date(2026, 11, 30))

    assert standing(patient, day=date(2026, 11, 30), now=NOW + timedelta(days=8), days=7).state is CheckState.STALE


def test_a_change_of_the_coverage_makes_its_answer_stale(patient, secretary):
    coverage = insurance.coverage(patient, by=secretary)
    insurance.check(coverage, by=secretary, serviced_on=VISIT)

    writer.change(coverage, version=coverage.version, by=secretary, now=NOW, group_id="G2")

    assert standing(patient).state is CheckState.STALE


def test_a_stale_answer_is_still_shown(patient, secretary):
    told = insurance.check(insurance.coverage(patient, by=secretary), by=secretary, serviced_on=VISIT, copay=Decimal(25))

    assert standing(patient, day=date(2026, 12, 1)).check.copay == told.copay


def test_what_was_not_said_stays_unknown(patient, secretary):
    told = insurance.check(insurance.coverage(patient, by=secretary), by=secretary, serviced_on=VISIT, is_in_force=None)

    assert (told.copay, told.is_in_force, standing(patient).look[2]) == (None, None, "Insurance not certain")


def test_not_in_force_is_said_even_when_stale(patient, secretary):
    insurance.check(insurance.coverage(patient, by=secretary), by=secretary, serviced_on=VISIT, is_in_force=False)

    assert standing(patient, day=date(2026, 12, 1)).look[2] == "Insurance not in force"


def test_the_coverage_that_holds_on_the_day_is_asked(patient, secretary):
    payer = insurance.payer()
    insurance.coverage(patient, by=secretary, insurer=payer, ends_on=date(2026, 10, 31))
    new = insurance.coverage(patient, by=secretary, insurer=payer, member_id="NEW1", starts_on=date(2026, 11, 1))

    assert standing(patient).coverage == new


def test_a_day_outside_the_coverage_cannot_be_checked(patient, secretary):
    coverage = insurance.coverage(patient, by=secretary, ends_on=date(2026, 10, 31))

    with pytest.raises(eligibility.NotCovered):
        insurance.check(coverage, by=secretary, serviced_on=VISIT)


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_patients_stand_by_two_queries(inside, secretary, django_assert_num_queries, count):
    payer = insurance.payer()
    patients = [Patient.objects.create() for _ in range(count)]
    for one in patients:
        insurance.check(insurance.coverage(one, by=secretary, insurer=payer), by=secretary, serviced_on=VISIT)

    with django_assert_num_queries(2):
        eligibility.standings([(one.pk, VISIT) for one in patients], now=NOW, days=30)


@pytest.mark.parametrize(
    ("text", "value"), [("", None), ("0", Decimal(0)), ("25", Decimal(25)), ("$1,250.50", Decimal("1250.50"))]
)
def test_dollars_are_read_as_people_type_them(text, value):
    assert eligibility.amount(text) == value


@pytest.mark.parametrize("text", ["abc", "1.234", "-5", "1e3", "NaN", "٣٤"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="not an amount"):
        eligibility.amount(text)


@pytest.mark.parametrize(
    "text", ["25,50", "1,2", "1,25.0", "12,34,567", ".5", "5.", "1234567890", "$", "$ $1", "1 000", "0x10", "1_0"]
)
def test_no_amount_is_guessed(text):
    with pytest.raises(ValueError, match="not an amount"):
        eligibility.amount(text)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_amount_or_a_sentence(text):
    try:
        value = eligibility.amount(text)
    except ValueError:
        return
    assert value is None or 0 <= value < 10**9


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(0, 400),
    st.integers(1, 90),
    st.integers(1, 3),
)
def test_an_answer_counts_for_its_month_its_coverage_and_its_days(asked_for, day, age, days, version):
    coverage = Coverage(version=version)
    check = EligibilityCheck(serviced_on=asked_for, checked_at=NOW - timedelta(days=age), coverage_version=1)

    state = eligibility.state_of(check, coverage=coverage, day=day, now=NOW, days=days)

    holds = version == 1 and age <= days and (asked_for.year, asked_for.month) == (day.year, day.month)
    assert state is (CheckState.COMPLETE if holds else CheckState.STALE)


def test_a_check_that_failed_never_hides_the_last_good_one(patient, secretary):
    told = insurance.check(insurance.coverage(patient, by=secretary), by=secretary, serviced_on=VISIT)
    EligibilityCheck.objects.create(
        patient=patient,
        coverage=told.coverage,
        coverage_version=told.coverage_version,
        serviced_on=VISIT,
        state=CheckState.ERROR,
        outcome=Outcome.ERROR,
        method=Method.EDI,
        checked_at=NOW + timedelta(days=1),
    )

    assert standing(patient, now=NOW + timedelta(days=1)).check == told


def test_a_visit_before_the_last_day_stays_covered_after_it_has_passed(patient, secretary):
    coverage = insurance.coverage(patient, by=secretary)
    writer.end(coverage, on=VISIT, version=1, by=secretary, now=NOW)

    assert [standing(patient, day=day).coverage for day in (VISIT, VISIT + timedelta(days=1))] == [coverage, None]
