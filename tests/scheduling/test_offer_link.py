"""The link of an offer: one purpose, one use, no health data before the date of birth."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from compliance.tenancy import acting_in
from compliance.tenancy.urls import plain_url
from scheduling import waitlist
from scheduling.enums_waiting import OfferStatus
from scheduling.models import Offer, WaitEntry
from scheduling.waitlist import links, offers
from tests.factories import scheduling as make
from tests.factories import waiting

CHICAGO = ZoneInfo("America/Chicago")
BORN, SAID = date(1985, 3, 27), {"birth_date": "3/27/85"}


def monday():
    """Ten o'clock in Chicago, a week or two from now."""
    today = timezone.now().astimezone(CHICAGO).date()
    return datetime.combine(today + timedelta(days=14 - today.weekday()), time(10), CHICAGO)


@pytest.fixture
def link(practice, secretary):
    """An offer of ten o'clock on a Monday that is to come, and its link."""
    with acting_in(practice.pk, secretary.pk):
        entry = waiting.entry(make.visit_type("Follow-up of the knee"), whose=make.patient(birth_date=BORN))
        offer = waiting.offer(entry, make.provider("Dr. Okafor"), by=secretary, now=timezone.now(), starts_at=monday())
        secret = links.new_link(offer)
    return plain_url("scheduling:offer", practice.slug, secret)


def standing(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return Offer.objects.get().status, WaitEntry.objects.get().status


def answer(link, said, browser=None):
    browser = browser or Client()
    proof = browser.post(link, SAID).context["proof"]
    return browser.post(link, {"proof": proof, "answer": said})


def test_before_the_date_of_birth_it_tells_nothing_but_who_sent_it(link):
    page = Client().get(link)

    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"]) == (200, "max-age=0, no-cache, no-store, must-revalidate, private")
    assert [word in text for word in ("Okafor", "knee", "10:00", "Monday", "Lakeside")] == [False] * 4 + [True]


def test_after_it_the_time_is_shown(link):
    page = Client().post(link, SAID).content.decode()

    assert (f"{monday():%B %-d, %Y}" in page, "10:00 AM" in page, "knee" in page) == (True, True, False)


def test_yes_holds_the_time(link, practice, secretary):
    page = answer(link, "yes")

    assert "The time is held for you" in page.content.decode()
    assert standing(practice, secretary) == (OfferStatus.ACCEPTED, "offered")


@pytest.mark.parametrize(("said", "entry"), [("no", "waiting"), ("off", "removed")])
def test_no_declines_it(link, practice, secretary, said, entry):
    page = answer(link, said)

    assert "Thank you for telling us." in page.content.decode()
    assert standing(practice, secretary) == (OfferStatus.DECLINED, entry)


def test_used_twice_it_says_so(link, practice, secretary):
    answer(link, "yes")

    again = Client().post(link, SAID)

    assert (again.status_code, "This offer was accepted already." in again.content.decode()) == (410, True)
    assert standing(practice, secretary)[0] == OfferStatus.ACCEPTED


def test_after_it_ran_out_it_says_so(link, time_machine):
    time_machine.move_to(timezone.now() + timedelta(hours=5))

    page = Client().get(link)

    assert (page.status_code, "This offer ran out before it was answered." in page.content.decode()) == (410, True)


def test_another_patient_is_told_that_it_is_not_hers(link, practice, secretary):
    page = Client().post(link, {"birth_date": "4/28/1990"})

    assert (page.status_code, "not the date of birth of whoever this was sent to" in page.content.decode()) == (422, True)
    assert standing(practice, secretary) == (OfferStatus.OFFERED, "offered")


def test_a_day_that_is_none_is_asked_for_again(link):
    page = Client().post(link, {"birth_date": "yesterday"})

    assert (page.status_code, "Enter the date of birth, like 03/27/1985." in page.content.decode()) == (422, True)


def test_after_five_wrong_dates_the_right_one_is_not_looked_at(link):
    for year in range(1990, 1995):
        Client().post(link, {"birth_date": f"1/1/{year}"})

    page = Client().post(link, SAID)

    assert (page.status_code, "Wait an hour, or call the office." in page.content.decode()) == (429, True)


def test_an_answer_without_the_proof_is_none(link, practice, secretary):
    page = Client().post(link, {"proof": "made up", "answer": "yes"})

    assert (page.status_code, standing(practice, secretary)[0]) == (422, OfferStatus.OFFERED)


def test_a_proof_is_good_for_a_quarter_of_an_hour(link, practice, secretary, time_machine):
    proof = Client().post(link, SAID).context["proof"]
    time_machine.move_to(timezone.now() + timedelta(minutes=16))

    page = Client().post(link, {"proof": proof, "answer": "yes"})

    assert (page.status_code, standing(practice, secretary)[0]) == (422, OfferStatus.OFFERED)


def test_the_time_taken_on_the_phone_meanwhile_is_told(link, practice, secretary):
    proof = Client().post(link, SAID).context["proof"]
    with acting_in(practice.pk, secretary.pk):
        row = Offer.objects.select_related("entry__visit_type", "provider__resource").get()
        make.visit(by=secretary, who=row.provider, kind=row.entry.visit_type, starts_at=row.starts_at, now=row.at)

    page = Client().post(link, {"proof": proof, "answer": "yes"})

    assert (page.status_code, "somebody else was faster" in page.content.decode()) == (410, True)


def test_a_link_that_leads_nowhere_says_so(practice):
    page = Client().get(plain_url("scheduling:offer", practice.slug, "made-up"))

    assert (page.status_code, "This link leads nowhere" in page.content.decode()) == (410, True)


@pytest.mark.parametrize(("because", "stays"), [(None, True), ("not-needed", False)])
def test_only_who_still_waits_is_told_that_she_does(link, practice, secretary, because, stays):
    with acting_in(practice.pk, secretary.pk):
        offers.withdraw(Offer.objects.select_related("entry").get(), by=secretary, now=timezone.now())
        if because:
            waitlist.remove(WaitEntry.objects.get(), because=because, by=secretary, now=timezone.now())

    page = Client().get(link).content.decode()

    assert ("This time is gone" in page, "You are still on the list." in page) == (True, stays)
