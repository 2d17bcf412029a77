"""Insurance's pages: who may enter, what a good and a refused post do, what is recorded."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from insurance import coverage as writer
from insurance.models import Coverage, EligibilityCheck
from patients.enums import DocumentKind
from patients.models import Document
from tests.counting import queries
from tests.factories import insurance, people
from tests.factories.insurance import NOW

PATIENT_PAGES = ("insurance:coverage", "insurance:add", "insurance:check", "insurance:readiness")
COVERAGE_PAGES = ("insurance:change", "insurance:end", "insurance:card")


@pytest.fixture
def url(practice):
    return lambda name, *args: practice_url(practice, name, *args)


def picture():
    content = BytesIO()
    Image.new("RGB", (40, 20), "white").save(content, "PNG")
    content.seek(0)
    content.name = "card.png"
    return content


@pytest.mark.parametrize("name", PATIENT_PAGES)
def test_a_secretary_may_enter_a_patients_pages(coverage, as_secretary, url, name):
    assert as_secretary.get(url(name, coverage.patient_id)).status_code == 200


@pytest.mark.parametrize("name", COVERAGE_PAGES)
def test_a_secretary_may_enter_a_coverages_pages(coverage, as_secretary, url, name):
    assert as_secretary.get(url(name, coverage.pk)).status_code == 200


@pytest.mark.parametrize("name", ["insurance:coverage", "insurance:add", "insurance:check"])
def test_a_provider_sees_readiness_and_no_more(coverage, practice, signed_in, url, name):
    provider = signed_in(people.member(practice, Role.PROVIDER))

    answers = [provider.get(url(page, coverage.patient_id)).status_code for page in (name, "insurance:readiness")]

    assert answers == [403, 200]


@pytest.mark.parametrize("name", COVERAGE_PAGES)
def test_who_only_schedules_does_not_change_coverage(coverage, practice, signed_in, url, name):
    assert signed_in(people.member(practice, Role.SCHEDULING_SECRETARY)).get(url(name, coverage.pk)).status_code == 403


def test_the_page_says_who_the_patient_is(coverage, as_secretary, url):
    page = as_secretary.get(url("insurance:coverage", coverage.patient_id)).content.decode()

    assert ("Lopez" in page, "Mar 27, 1985" in page) == (True, True)


def test_the_page_hides_the_member_id(coverage, as_secretary, url):
    assert "XK123456" not in as_secretary.get(url("insurance:coverage", coverage.patient_id)).content.decode()


def test_revealing_the_member_id_is_recorded(coverage, as_secretary, url):
    page = as_secretary.post(url("insurance:reveal", coverage.pk)).content.decode()

    event = AuditEvent.objects.get(kind="identifier.revealed")
    assert ("XK123456" in page, event.opened) == (True, [coverage.patient_id])


def new(payer, **fields):
    return {"payer": payer.pk, "member_id": "ab 12", "relationship": "self", "priority": "1", **fields}


def test_a_coverage_is_added(patient, as_secretary, url):
    answer = as_secretary.post(url("insurance:add", patient.pk), new(insurance.payer(), plan_name="PPO"))

    row = Coverage.objects.get()
    assert (answer.status_code, row.member_id, row.plan_name, row.group_id) == (302, "AB12", "PPO", None)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"payer": ""}, "Choose the insurer."),
        ({"member_id": ""}, "Enter the member ID from the card."),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "The last day must be on or after the first."),
        ({"relationship": "child"}, "Enter the subscriber&#x27;s name as on the card."),
        ({"priority": "9"}, "Choose one of those that are offered"),
        ({"payer": "0190f3c2-0000-7000-8000-000000000000"}, "Choose one of those that are offered"),
        ({"plan_name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_a_refused_coverage_says_why_and_keeps_what_was_typed(patient, as_secretary, url, fields, sentence):
    answer = as_secretary.post(url("insurance:add", patient.pk), new(insurance.payer(), group_id="G-77") | fields)

    page = answer.content.decode()
    assert (answer.status_code, sentence in page, "G-77" in page, Coverage.objects.count()) == (422, True, True, 0)


def test_a_second_first_payer_is_refused_by_name(coverage, as_secretary, url):
    answer = as_secretary.post(url("insurance:add", coverage.patient_id), new(insurance.payer("Green Hill")))

    assert (answer.status_code, "Blue Prairie is billed in this place" in answer.content.decode()) == (422, True)


def test_a_stale_change_keeps_what_was_typed_and_shows_theirs(coverage, secretary, as_secretary, url):
    writer.change(coverage, version=1, by=secretary, now=NOW, group_id="THEIRS")

    answer = as_secretary.post(url("insurance:change", coverage.pk), new(coverage.payer, group_id="MINE", version="1"))

    page = answer.content.decode()
    assert (answer.status_code, "THEIRS" in page, "MINE" in page) == (409, True, True)
    assert ("Group number", "THEIRS", "MINE") in answer.context["differences"]


def test_theirs_shows_the_member_id_no_more_than_its_page_does(coverage, secretary, as_secretary, url):
    writer.change(coverage, version=1, by=secretary, now=NOW, member_id="THEIRS99")

    answer = as_secretary.post(url("insurance:change", coverage.pk), new(coverage.payer, member_id="MINE11", version="1"))

    assert ("Member ID", "••••", "MINE11") in answer.context["differences"]
    assert "THEIRS99" not in answer.content.decode()


def test_a_stale_change_shows_priority_relationship_and_subscriber(coverage, secretary, as_secretary, url):
    theirs = {"priority": 2, "relationship": "child", "subscriber_name": "Ann Lopez"}
    writer.change(coverage, version=1, by=secretary, now=NOW, **theirs)

    answer = as_secretary.post(url("insurance:change", coverage.pk), new(coverage.payer, version="1"))

    shown = {label: (now, mine) for label, now, mine in answer.context["differences"]}
    assert shown["Billed"] == ("Second", "First")
    assert shown["The patient is the subscriber's"] == ("Child", "Is the subscriber")
    assert shown["Subscriber name"] == ("Ann Lopez", "Nothing")


def test_a_change_without_a_version_is_stale(coverage, as_secretary, url):
    assert as_secretary.post(url("insurance:change", coverage.pk), new(coverage.payer, version="x")).status_code == 409


def test_a_change_with_a_version_that_is_no_number_is_stale(coverage, as_secretary, url):
    assert as_secretary.post(url("insurance:change", coverage.pk), new(coverage.payer, version="²")).status_code == 409


def test_a_last_day_within_the_next_coverage_is_refused(coverage, patient, secretary, as_secretary, url):
    writer.end(coverage, on=date(2026, 10, 31), version=1, by=secretary, now=NOW)
    insurance.coverage(patient, by=secretary, insurer=insurance.payer("Green Hill"), starts_on=date(2026, 11, 1))

    answer = as_secretary.post(url("insurance:end", coverage.pk), {"version": "2", "on": "2026-12-31"})

    assert (answer.status_code, "Green Hill is billed in this place by then" in answer.content.decode()) == (422, True)


def test_a_coverage_is_ended_by_its_last_day(coverage, as_secretary, url):
    answer = as_secretary.post(url("insurance:end", coverage.pk), {"version": "1", "on": "2026-11-30"})

    assert (answer.status_code, Coverage.objects.get().ends_on) == (302, date(2026, 11, 30))


def test_a_last_day_before_the_first_is_refused(patient, secretary, as_secretary, url):
    row = insurance.coverage(patient, by=secretary, starts_on=date(2026, 1, 1))

    answer = as_secretary.post(url("insurance:end", row.pk), {"version": "1", "on": "2025-12-31"})

    assert (answer.status_code, "It starts on January 1, 2026" in answer.content.decode()) == (422, True)


def test_a_stale_end_is_refused(coverage, secretary, as_secretary, url):
    writer.change(coverage, version=1, by=secretary, now=NOW, group_id="G2")

    answer = as_secretary.post(url("insurance:end", coverage.pk), {"version": "1", "on": "2026-11-30"})

    assert (answer.status_code, Coverage.objects.get().ends_on) == (409, None)
    assert answer.context["differences"] == [("Last day", "Nothing", "Nov 30, 2026")]


def test_the_card_is_kept_as_a_document_and_checks_still_count(coverage, as_secretary, url):
    answer = as_secretary.post(url("insurance:card", coverage.pk), {"card": picture()})

    row = Coverage.objects.get()
    assert (answer.status_code, row.card.kind, row.version) == (302, DocumentKind.INSURANCE_CARD, 1)


def test_what_is_no_picture_is_refused_with_a_sentence(coverage, as_secretary, url):
    page = BytesIO(b"<script>alert(1)</script>")
    page.name = "card.png"

    answer = as_secretary.post(url("insurance:card", coverage.pk), {"card": page})

    assert (answer.status_code, Document.objects.count(), Coverage.objects.get().card) == (422, 0, None)


def test_no_card_chosen_is_said(coverage, as_secretary, url):
    answer = as_secretary.post(url("insurance:card", coverage.pk))

    assert (answer.status_code, "Choose the picture of the card." in answer.content.decode()) == (422, True)


def said(coverage, **fields):
    return {"coverage": coverage.pk, "serviced_on": "2026-11-23", "method": "portal", "is_in_force": "yes", **fields}


def test_a_check_that_was_saved_is_said(coverage, as_secretary, url):
    page = as_secretary.post(url("insurance:check", coverage.patient_id), said(coverage), follow=True).content.decode()

    assert "The check is saved." in page


def test_a_check_keeps_what_was_said_and_leaves_the_rest_unknown(coverage, as_secretary, url):
    as_secretary.post(url("insurance:check", coverage.patient_id), said(coverage, copay="$25"))

    row = EligibilityCheck.objects.get()
    assert (row.is_in_force, row.copay, row.deductible_remaining, row.needs_referral) == (True, 25, None, None)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"serviced_on": ""}, "Enter the date of the visit."),
        ({"copay": "25,50"}, "Enter dollars and cents, like 25 or 1,250.00"),
        ({"deductible_total": "10", "deductible_remaining": "20"}, "What remains cannot be more"),
        ({"method": "phone"}, "Enter who told you"),
        ({"serviced_on": "2025-12-31"}, "does not cover that date"),
    ],
)
def test_a_refused_check_says_why(patient, secretary, as_secretary, url, fields, sentence):
    row = insurance.coverage(patient, by=secretary, starts_on=date(2026, 1, 1))

    answer = as_secretary.post(url("insurance:check", patient.pk), said(row) | fields)

    assert (answer.status_code, sentence in answer.content.decode(), EligibilityCheck.objects.count()) == (422, True, 0)


def test_the_last_good_answer_is_shown_with_what_is_not_known(coverage, secretary, as_secretary, url):
    insurance.check(coverage, by=secretary, serviced_on=date(2026, 10, 1), copay=25)

    page = as_secretary.get(url("insurance:coverage", coverage.patient_id)).content.decode()

    assert ("$25.00" in page, "Not known" in page) == (True, True)


def test_any_number_of_coverages_is_shown_by_the_same_queries(patient, secretary, as_secretary, url):
    payer, counts = insurance.payer(), []
    for priority in (1, 2, 3):
        insurance.coverage(patient, by=secretary, insurer=payer, priority=priority)
        counts.append(queries(lambda: as_secretary.get(url("insurance:coverage", patient.pk))))

    assert counts[0] == counts[2]


def test_insurers_are_listed_with_their_lines(practice, secretary, as_secretary, inside, url):
    payer = insurance.payer()
    payer.phone = "+16085550199"
    payer.save()

    assert "(608) 555-0199" in as_secretary.get(url("insurance:payers")).content.decode()


def test_insurers_are_not_for_providers(practice, signed_in, url):
    assert signed_in(people.member(practice, Role.PROVIDER)).get(url("insurance:payers")).status_code == 403


@pytest.mark.parametrize("asked", ["", "?on=garbage", "?on=2026-02-31", "?on=%00"])
def test_readiness_takes_today_for_a_day_that_is_none(coverage, as_secretary, url, asked):
    assert as_secretary.get(url("insurance:readiness", coverage.patient_id) + asked).status_code == 200


def test_the_fragment_is_the_badge_alone(coverage, as_secretary, url):
    page = as_secretary.get(url("insurance:readiness", coverage.patient_id), headers={"HX-Request": "true"}).content.decode()

    assert ("Insurance not checked" in page, "<h1" in page) == (True, False)
