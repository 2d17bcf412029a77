"""The list of what went where, one message, and the two posts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from correspondence import offering, outbox
from correspondence.enums import Channel, MessageState, SkipReason
from correspondence.models import Message
from correspondence.views import messages as views
from patients.enums import Purpose
from patients.models import Patient
from scheduling.models import Appointment
from tests.counting import queries
from tests.factories import patients, people, reminders, scheduling, waiting
from tests.factories.reminders import DAY_BEFORE, VISIT


@pytest.fixture
def url(practice):
    return lambda name, *args: practice_url(practice, f"correspondence:{name}", *args)


@pytest.fixture
def message(planned, secretary):
    """One reminder, queued for Sunday, November 22, 10 AM."""
    reminders.visit(by=secretary)
    outbox.queue_reminders(planned.pk, now=DAY_BEFORE)
    return Message.objects.get()


@pytest.fixture
def tomorrow(planned, secretary):
    """A visit that is still to come when the page asks."""
    visit = reminders.visit(by=secretary)
    starts_at = timezone.now() + timedelta(hours=20)
    Appointment.objects.filter(pk=visit.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30))
    visit.refresh_from_db()
    return visit


def test_the_list_says_whom_when_and_where_it_stands(message, as_secretary, url):
    page = as_secretary.get(url("messages")).content.decode()

    assert [words for words in ("Lopez, Maria", "Sun, Nov 22, 10:00 AM", "E-mail", "Queued") if words not in page] == []


@pytest.fixture
def sent(practice, secretary):
    """A reminder that went out; nobody acts in the practice any more, so that what a page opens is its own event."""
    with acting_in(practice.pk, secretary.pk):
        reminders.wording()
        reminders.plan()
        reminders.visit(by=secretary)
        outbox.queue_reminders(practice.pk, now=DAY_BEFORE)
        message = Message.objects.get()
        outbox.deliver(practice.pk, message.pk, now=DAY_BEFORE)
    return message


def last_read(practice):
    with acting_in(practice.pk, SYSTEM):
        return AuditEvent.objects.filter(kind="patient.read").latest("at")


def test_patients_in_the_list_are_recorded_as_listed(sent, practice, as_secretary, url):
    as_secretary.get(url("messages"))

    event = last_read(practice)
    assert (event.listed, event.opened) == ([sent.patient_id], [])


def test_opening_a_message_is_recorded_as_opened(sent, practice, as_secretary, url):
    page = as_secretary.get(url("message", sent.pk)).content.decode()

    event = last_read(practice)
    assert ("Hello Maria" in page, event.opened, "messages" in event.categories) == (True, [sent.patient_id], True)


def test_why_something_was_not_sent_stands_in_the_list(message, planned, as_secretary, url):
    Patient.objects.update(do_not_contact=True)
    outbox.deliver(planned.pk, message.pk, now=DAY_BEFORE)

    assert SkipReason.DO_NOT_CONTACT.label in as_secretary.get(url("messages")).content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?state=queued", True),
        ("?state=sent", False),
        ("?channel=email", True),
        ("?channel=text", False),
        ("?day=2026-11-22", True),
        ("?day=2026-11-23", False),
        ("?state=nonsense&day=2026-02-31&visit=x&older=y&channel=fax", True),
        ("?visit=0190f3c2-0000-7000-8000-000000000000", False),
    ],
)
def test_the_list_is_narrowed_by_its_address(message, as_secretary, url, query, shown):
    assert ("Lopez, Maria" in as_secretary.get(url("messages") + query).content.decode()) is shown


def test_the_messages_of_one_visit_and_of_one_patient_are_found(message, as_secretary, url):
    queries = (f"?visit={message.appointment_id}", f"?patient={message.patient_id}")

    pages = [as_secretary.get(url("messages") + query).content.decode() for query in queries]

    assert ["Lopez, Maria" in page for page in pages] == [True, True]


def test_an_empty_list_says_what_appears_here(practice, as_secretary, url):
    assert "No reminder has been planned yet." in as_secretary.get(url("messages")).content.decode()


def test_older_ones_stand_on_the_next_page(planned, secretary, as_secretary, url):
    many_messages(views.A_PAGE + 1, secretary)

    first = as_secretary.get(url("messages"))
    second = as_secretary.get(f"{url('messages')}?older={first.context['older']}")

    assert (len(first.context["rows"]), len(second.context["rows"]), second.context["older"]) == (views.A_PAGE, 1, None)


def many_messages(count, secretary):
    visit = reminders.visit(by=secretary, whose=scheduling.patient())
    times = {"due_at": VISIT, "not_before": VISIT, "expires_at": VISIT, "visit_starts_at": VISIT}
    Message.objects.bulk_create(
        Message(patient=visit.patient, appointment=visit, channel="email", key=f"k{number}", **times)
        for number in range(count)
    )


def test_any_number_of_rows_needs_the_same_queries(planned, secretary, as_secretary, url):
    counts = []
    for _ in range(3):
        a_message_of_another(secretary)
        counts.append(queries(lambda: as_secretary.get(url("messages"))))

    assert counts[0] == counts[2]


def a_message_of_another(secretary):
    visit = reminders.visit(by=secretary, who=scheduling.provider(), whose=patients.patient(by=secretary))
    outbox.send_now(visit, by=secretary, now=DAY_BEFORE)


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.BILLING, Role.PRIVACY_OFFICER])
def test_who_has_no_part_in_reminders_sees_none(message, practice, signed_in, url, role):
    client = signed_in(people.member(practice, role))

    assert [client.get(url("messages")).status_code, client.get(url("message", message.pk)).status_code] == [403, 403]


def test_send_now_promises_a_message(tomorrow, as_secretary, url):
    answer = as_secretary.post(url("send_now", tomorrow.pk))

    assert (answer.status_code, Message.objects.get().appointment_id) == (302, tomorrow.pk)


def test_send_now_leads_back_to_where_it_was_asked(tomorrow, as_secretary, url):
    answer = as_secretary.post(url("send_now", tomorrow.pk), {"next": "/p/x/visits/"})

    assert answer.headers["Location"] == "/p/x/visits/"


def test_send_now_leads_nowhere_else(tomorrow, as_secretary, url):
    answer = as_secretary.post(url("send_now", tomorrow.pk), {"next": "https://evil.example/"})

    assert answer.headers["Location"] == f"{url('messages')}?visit={tomorrow.pk}"


def test_send_now_for_a_visit_that_is_over_says_so(planned, secretary, as_secretary, url):
    visit = reminders.visit(by=secretary)
    Appointment.objects.update(status="fulfilled")

    page = as_secretary.post(url("send_now", visit.pk), follow=True).content.decode()

    assert ("Nothing was sent: this visit is over" in page, Message.objects.count()) == (True, 0)


def test_a_provider_sends_nothing(tomorrow, practice, signed_in, url):
    assert signed_in(people.member(practice, Role.PROVIDER)).post(url("send_now", tomorrow.pk)).status_code == 403


def test_what_failed_is_tried_again(tomorrow, secretary, as_secretary, url):
    (message,) = outbox.send_now(tomorrow, by=secretary, now=timezone.now())
    Message.objects.update(state=MessageState.FAILED, error="refused 550")

    as_secretary.post(url("retry", message.pk))

    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.QUEUED, "")


def test_an_offer_is_not_tried_again_from_the_list_of_messages(practice, secretary, as_secretary, url):
    with acting_in(practice.pk, secretary.pk):
        entry = waiting.entry(scheduling.visit_type())
        offer = waiting.offer(entry, scheduling.provider(), by=secretary)
    offering.queue(practice.pk, now=scheduling.NOW)
    with acting_in(practice.pk, secretary.pk):
        Message.objects.update(state=MessageState.FAILED, error="refused 550")
        message = Message.objects.get(offer=offer)

    assert "Try again" not in as_secretary.get(url("message", message.pk)).content.decode()


def test_what_waits_is_not_tried_again(tomorrow, secretary, as_secretary, url):
    (message,) = outbox.send_now(tomorrow, by=secretary, now=timezone.now())

    page = as_secretary.post(url("retry", message.pk), follow=True).content.decode()

    assert "Nothing was changed" in page


def test_the_fragment_is_the_results_alone(message, as_secretary, url):
    page = as_secretary.get(url("messages"), headers={"HX-Request": "true"}).content.decode()

    assert ("Lopez, Maria" in page, '<form method="get"' in page) == (True, False)


def test_a_text_that_waits_says_until_when(practice, secretary, as_secretary, url):
    with acting_in(practice.pk, secretary.pk):
        reminders.wording(channel=Channel.TEXT, subject="")
        reminders.plan(channel=Channel.TEXT)
        reminders.visit(by=secretary, whose=patients.patient(by=secretary, phone_for=(Purpose.TEXT,)))
        outbox.queue_reminders(practice.pk, now=DAY_BEFORE)
        row = Message.objects.get()
        Message.objects.update(due_at=DAY_BEFORE - timedelta(hours=12), not_before=DAY_BEFORE - timedelta(hours=12))
    outbox.deliver(practice.pk, row.pk, now=DAY_BEFORE - timedelta(hours=12))

    page = as_secretary.get(url("messages")).content.decode()

    assert ("Waits until Sun, Nov 22, 8:00 AM" in page, "Text" in page) == (True, True)


def test_a_text_shows_its_number_as_people_write_it(practice, secretary, as_secretary, url):
    with acting_in(practice.pk, secretary.pk):
        reminders.wording(channel=Channel.TEXT, subject="")
        reminders.plan(channel=Channel.TEXT)
        reminders.visit(by=secretary, whose=patients.patient(by=secretary, phone_for=(Purpose.TEXT,)))
        outbox.queue_reminders(practice.pk, now=DAY_BEFORE)
        row = Message.objects.get()
    outbox.deliver(practice.pk, row.pk, now=DAY_BEFORE)

    page = as_secretary.get(url("message", row.pk)).content.decode()

    assert ("(608) 555-0123" in page, "Reply STOP to end." in page) == (True, True)
