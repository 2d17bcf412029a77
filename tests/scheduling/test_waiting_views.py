"""The pages of wait list, recall and unconfirmed visits."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import Case
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from patients import consent
from patients.enums import ContactSystem, Purpose
from patients.models import ContactPoint
from scheduling.models import Appointment, Offer, Recall, WaitEntry
from scheduling.waitlist import offers
from tests.factories import people, waiting
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")


def monday(hour=12):
    today = timezone.now().astimezone(CHICAGO).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time(hour), CHICAGO)


@pytest.fixture
def scene(practice, secretary):
    """A freed time, whom it suits, an offer of it to another one, a recall."""
    with acting_in(practice.pk, secretary.pk):
        kind, doctor, ada = make.visit_type("Follow-up"), make.provider(), make.patient()
        made = waiting.scene(kind, doctor, whose=ada, by=secretary, starts_at=monday(), now=timezone.now())
        return made | {"kind": kind, "doctor": doctor, "ada": ada}


@pytest.fixture
def at(practice):
    return lambda name, *args: practice_url(practice, f"scheduling:{name}", *args)


def text(response):
    return response.content.decode()


def test_the_list_shows_free_times_and_who_waits(as_secretary, scene, at):
    page = text(as_secretary.get(at("wait_list")))

    assert (at("wait_matches", scene["freed"].pk) in page, "Walker, Ada" in page, "Nowak, Jan" in page) == (True,) * 3


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_needs_the_same_queries_for_any_number_of_rows(
    as_secretary, scene, at, practice, secretary, count, django_assert_max_num_queries
):
    with acting_in(practice.pk, secretary.pk):
        for _ in range(count):
            waiting.entry(scene["kind"])
    as_secretary.get(at("wait_list"))

    with django_assert_max_num_queries(46) as seen:
        as_secretary.get(at("wait_list"))

    assert len(seen) > 0


def test_a_patient_is_put_on_the_list(as_secretary, practice, secretary, scene, at):
    said = {"visit_type": scene["kind"].pk, "provider": scene["doctor"].pk, "band": "1", "min_notice_hours": "2"}

    response = as_secretary.post(at("wait_add", scene["ada"].pk), said)

    with acting_in(practice.pk, secretary.pk):
        row = WaitEntry.objects.get(provider=scene["doctor"])
    assert (response.url, row.band, row.weekdays) == (at("wait_entry", row.pk), 1, 127)


def test_an_end_before_the_beginning_is_refused_in_a_sentence_and_loses_nothing(as_secretary, scene, at):
    said = {"visit_type": scene["kind"].pk, "band": "1", "min_notice_hours": "2", "from_time": "14:00", "until_time": "9:00"}

    page = as_secretary.post(at("wait_add", scene["ada"].pk), said)

    assert (page.status_code, "Enter a time after the one the patient can come from." in text(page)) == (422, True)
    assert 'value="14:00"' in text(page)


def test_waiting_twice_for_the_same_is_refused_in_a_sentence(as_secretary, scene, at):
    said = {"visit_type": scene["kind"].pk, "band": "1", "min_notice_hours": "2"}

    page = as_secretary.post(at("wait_add", scene["ada"].pk), said)

    assert (page.status_code, "with this choice of provider already" in text(page)) == (422, True)


def test_a_free_time_is_offered_to_those_who_are_ticked(as_secretary, practice, secretary, scene, at):
    said = {"entries": [scene["entry"].pk], "channel": "call", "hours": "4"}

    response = as_secretary.post(at("wait_matches", scene["freed"].pk), said)

    with acting_in(practice.pk, secretary.pk):
        states = list(Offer.objects.filter(freed=scene["freed"]).values_list("status", "channel").order_by("at"))
    assert (response.status_code, states) == (302, [("offered", "email"), ("offered", "call")])


def test_offering_to_nobody_says_what_to_do(as_secretary, scene, at):
    page = as_secretary.post(at("wait_matches", scene["freed"].pk), {"channel": "call", "hours": "4"})

    assert (page.status_code, "Choose at least one person to offer the time to." in text(page)) == (422, True)


def test_taking_an_offer_on_the_phone_books_it(as_secretary, practice, secretary, scene, at):
    response = as_secretary.post(at("offer_answer", scene["offer"].pk, "book"))

    with acting_in(practice.pk, secretary.pk):
        visit = Appointment.objects.get(status="booked")
    assert (response.url, visit.patient_id) == (at("visit", visit.pk), scene["offer"].patient_id)


def test_an_offer_that_was_accepted_by_another_cannot_be_declined_twice(as_secretary, scene, at):
    as_secretary.post(at("offer_answer", scene["offer"].pk, "decline"))

    page = as_secretary.post(at("offer_answer", scene["offer"].pk, "decline"))

    assert (page.status_code, "This offer is over: declined." in text(page)) == (409, True)


def test_the_work_leads_to_the_page_on_which_it_is_done(as_secretary, practice, secretary, scene, at):
    with acting_in(practice.pk, secretary.pk):
        offers.accept(scene["offer"], by=secretary, now=timezone.now())
        case = Case.objects.get(kind="wait-confirm")

    assert as_secretary.get(at("of_case", case.pk)).url == at("wait_entry", scene["offer"].entry_id)


def test_an_offer_of_which_no_message_told_her_is_shown_with_why(as_secretary, practice, secretary, scene, at):
    with acting_in(practice.pk, secretary.pk):
        offers.call_instead(scene["offer"], why="The e-mail about it was not sent: no consent.", now=timezone.now())
        case = Case.objects.get(kind="wait-call")

    page = text(as_secretary.get(as_secretary.get(at("of_case", case.pk)).url))

    assert "Offers to make by phone" in text(as_secretary.get(at("wait_list")))
    assert ("Offer: to be made by phone" in page, "was not sent: no consent." in page) == (True, True)


def test_the_banner_says_for_what_she_waits(as_secretary, practice, scene):
    page = text(as_secretary.get(practice_url(practice, "patients:patient", scene["ada"].pk)))

    assert "On the wait list for Follow-up" in page


def test_a_recall_is_planned_from_a_visit(as_secretary, practice, secretary, scene, at):
    said = {"visit_type": scene["kind"].pk, "provider": "", "months": "6", "due_on": "", "reason": "Blood pressure"}

    as_secretary.post(at("recall_plan", scene["ada"].pk), said)

    with acting_in(practice.pk, secretary.pk):
        assert Recall.objects.get(visit_type=scene["kind"]).status == "planned"


def test_a_recall_without_a_day_is_refused_in_a_sentence(as_secretary, scene, at):
    page = as_secretary.post(at("recall_plan", scene["ada"].pk), {"visit_type": scene["kind"].pk, "months": ""})

    assert (page.status_code, "Choose when, or enter a day." in text(page)) == (422, True)


def test_an_attempt_is_kept(as_secretary, practice, secretary, scene, at):
    as_secretary.post(at("recall_attempt", scene["recall"].pk), {"method": "phone", "result": "no-answer", "note": ""})

    with acting_in(practice.pk, secretary.pk):
        assert Recall.objects.get(pk=scene["recall"].pk).attempts_made == 2


def test_unconfirmed_visits_are_listed_with_what_was_tried(as_secretary, practice, secretary, scene, at):
    with acting_in(practice.pk, secretary.pk):
        whose = make.patient(family="Soon", given="Sam")
        visit = make.visit(
            by=secretary, who=scene["doctor"], kind=scene["kind"], whose=whose, starts_at=monday(15), now=timezone.now()
        )

    as_secretary.post(at("left_message", visit.pk), {"days": "14"})
    page = text(as_secretary.get(at("unconfirmed") + "?days=14"))

    assert ("Soon, Sam" in page, "Left " in page) == (True, True)


def may_be_texted(practice, secretary, scene):
    with acting_in(practice.pk, secretary.pk):
        contact = ContactPoint.objects.create(patient=scene["ada"], system=ContactSystem.PHONE, value="+16085550123")
        consent.give(contact, Purpose.TEXT, by=secretary, now=timezone.now())


def test_a_time_is_offered_by_text_to_whoever_allows_texts(as_secretary, practice, secretary, scene, at):
    may_be_texted(practice, secretary, scene)
    said = {"entries": [scene["entry"].pk], "channel": "text", "hours": "4"}

    as_secretary.post(at("wait_matches", scene["freed"].pk), said)

    with acting_in(practice.pk, secretary.pk):
        assert Offer.objects.filter(freed=scene["freed"]).latest("at").get_channel_display() == "Text with a link"


@pytest.mark.parametrize(
    ("way", "words"), [("text", "The patient allows no texts."), ("email", "The patient allows no e-mail.")]
)
def test_by_a_way_that_she_does_not_allow_nothing_is_offered(as_secretary, practice, secretary, scene, at, way, words):
    said = {"entries": [scene["entry"].pk], "channel": way, "hours": "4"}

    page = as_secretary.post(at("wait_matches", scene["freed"].pk), said)

    with acting_in(practice.pk, secretary.pk):
        assert (page.status_code, words in text(page), Offer.objects.count()) == (409, True, 1)


def ways(as_secretary, scene, at):
    form = as_secretary.get(at("wait_matches", scene["freed"].pk)).context["form"]
    return [value for value, _ in form["channel"].field.choices]


def test_only_ways_that_somebody_on_the_page_allows_are_shown(as_secretary, practice, secretary, scene, at):
    before = ways(as_secretary, scene, at)
    may_be_texted(practice, secretary, scene)

    assert (before, ways(as_secretary, scene, at)) == (["call"], ["text", "call"])


def test_without_a_gateway_no_text_is_offered(as_secretary, practice, secretary, scene, at, settings):
    may_be_texted(practice, secretary, scene)
    settings.CHANNELS = {"email": settings.CHANNELS["email"]}

    said = {"entries": [scene["entry"].pk], "channel": "text", "hours": "4"}
    page = as_secretary.post(at("wait_matches", scene["freed"].pk), said)

    assert (ways(as_secretary, scene, at), page.status_code) == (["call"], 422)


def test_of_everybody_who_waits_the_page_says_why_a_time_did_not_suit(practice, secretary, scene, at):
    """Sixty on a page, and the others on those after it."""
    with acting_in(practice.pk, secretary.pk):
        for _ in range(61):
            waiting.entry(scene["kind"], by=secretary, weekdays=1 << 5)
    page = at("wait_matches", scene["freed"].pk)
    browser = people.browser(secretary)

    first, second = (text(browser.get(page, {"page": number})) for number in (1, 2))

    seen = [one.count("annot come on") for one in (first, second)]
    assert (sum(seen), max(seen) <= 60, "Those after" in first, "Those before" in second) == (61, True, True, True)
