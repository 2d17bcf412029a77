"""A new practice, from the operator's command to the first bookable time: all of it through the admin site."""

import re
from datetime import time, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from compliance.models import AuditEvent, Certificate, FieldChange, Location, Membership, OfficeHours, Practice, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from correspondence.models import ReminderPlan, ReminderStep
from insurance.models import Payer
from scheduling.models import Occupation, Provider, Resource, VisitType, WorkingHours
from tests.factories import people as factory

WEEKDAYS = ["0", "1", "2", "3", "4"]


class Office:
    """The practice admin at her browser."""

    def __init__(self, practice: Practice, client: Client) -> None:
        self.practice, self.client = practice, client

    def url(self, model: str, page: str, *args: object) -> str:
        return practice_url(self.practice, f"admin:{model}_{page}", *args)

    def add(self, model: str, **values: object) -> None:
        answer = self.client.post(self.url(model, "add"), values)
        assert answer.status_code == 302, answer.context["errors"] if answer.context else answer.content

    def change(self, model: str, row: object, **values: object) -> None:
        page = self.client.get(self.url(model, "change", row.pk))
        shown = page.context["adminform"].form
        kept = {bound.name: bound.value() for bound in shown if bound.value() not in (None, False)}
        answer = self.client.post(self.url(model, "change", row.pk), kept | values)
        assert answer.status_code == 302, answer.context["errors"]

    def only(self, model: type) -> object:
        with acting_in(self.practice.pk, SYSTEM):
            return model.objects.get()

    def count(self, model: type, **asked: object) -> int:
        with acting_in(self.practice.pk, SYSTEM):
            return model.objects.filter(**asked).count()


PASSWORD = "seventeen quiet herons over juniper"


def founded() -> tuple[Practice, str]:
    """What the operator's command prints: the practice, and its first admin's link."""
    said = StringIO()
    slug = f"new-{factory._once()}"
    arguments = {"admin_email": f"{slug}@staff.example", "admin_name": "Nora Berg", "time_zone": "America/Denver"}
    call_command("found_practice", slug, "Juniper Pediatrics", state="CO", stdout=said, **arguments)
    return Practice.objects.get(slug=slug), link_in(said.getvalue())


def link_in(text: str) -> str:
    """The address of an invitation."""
    return re.search(r"/invitation/[\w-]+/[\w-]+/", text)[0]


def answered(practice: Practice, link: str, *, name: str) -> Client:
    """Somebody new follows her link, chooses a password, signs the agreement and sets up an app; her browser."""
    client = Client()
    client.post(link, {"password": PASSWORD, "again": PASSWORD})
    number = client.get(practice_url(practice, "compliance:admission")).context["agreement"].number
    client.post(practice_url(practice, "compliance:sign"), {"number": number, "name_typed": name})
    factory.enrol(client)
    return client


@pytest.fixture
def office(db) -> Office:
    """A practice that was just founded, and its first admin at her browser."""
    practice, link = founded()
    return Office(practice, answered(practice, link, name="Nora Berg"))


def test_the_first_admin_sees_everything_there_is_to_set_up(office):
    page = office.client.get(practice_url(office.practice, "admin:index"))

    assert [group["name"] for group in page.context["app_list"]] == [
        "Places and hours",
        "People and roles",
        "Providers and calendars",
        "Visit types",
        "Reminders",
        "Insurers",
        "Call desk",
    ]


def test_a_new_practice_is_set_up_until_the_first_time_can_be_booked(office, django_capture_on_commit_callbacks):
    set_up_places(office)
    set_up_calendars(office)
    set_up_reminders(office)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_insurers_and_people(office)

    practice = Practice.objects.get(pk=office.practice.pk)
    assert (practice.hold_minutes, str(practice.phone)) == (8, "+13035550100")
    assert office.count(OfficeHours, opens=time(8), closes=time(17)) == 5
    assert office.count(WorkingHours, provider__short_name="Dr. Okafor", location__city="Boulder") == 5
    assert office.only(VisitType).modes == ["office", "video"]
    assert office.count(Resource, kind="room", name="Room 1") == 1
    assert office.count(Occupation, closure__reason="Team meeting") == 2
    assert office.only(ReminderStep).plan_id == office.only(ReminderPlan).pk
    assert office.only(Payer).payer_ids == ["Availity: 84105"]
    assert sorted(message.to[0] for message in mail.outbox) == ["okafor@staff.example", "vera@staff.example"]
    assert_everything_was_recorded(office)


def set_up_places(office: Office) -> None:
    office.change("compliance_practice", office.practice, phone="(303) 555-0100", hold_minutes=8)
    office.change("compliance_location", office.only(Location), city="Boulder", line1="12 Pine St")
    office.add("compliance_officehours", weekdays=WEEKDAYS, opens="08:00", closes="17:00")
    place = office.only(Location).pk
    office.add("scheduling_resource", kind="room", name="Room 1", location=place, capacity=1, is_active="on")


def set_up_calendars(office: Office) -> None:
    office.add(
        "scheduling_provider",
        name="Amara Okafor, MD",
        short_name="Dr. Okafor",
        npi="1234567893",
        lanes=1,
        position=0,
        is_active="on",
    )
    hours = {"weekdays": WEEKDAYS, "starts": "09:00", "ends": "16:30", "valid_from": "2026-01-01", "every_weeks": "1"}
    office.add("scheduling_workinghours", provider=office.only(Provider).pk, location=office.only(Location).pk, **hours)
    minutes = {"minutes": 20, "buffer_before": 0, "buffer_after": 5, "capacity": 1, "lead_hours": 0, "position": 0}
    office.add("scheduling_visittype", name="Follow-up", modes=["office", "video"], is_active="on", **minutes)
    office.add("scheduling_closure", starts_at="2027-03-01T12:00", ends_at="2027-03-01T13:00", reason="Team meeting")


def set_up_reminders(office: Office) -> None:
    text = (
        "Hello [[patient.given_name]], you have a visit on [[visit.date]] at [[visit.time]]. Questions? [[practice.phone]]"
    )
    words = {"name": "Day before", "channel": "email", "language": "en", "subject": "Your visit", "text": text}
    office.add("correspondence_wording", **words, is_active="on")
    office.add("correspondence_reminderplan", name="All visits", is_active="on")
    plan = office.only(ReminderPlan).pk
    office.add("correspondence_reminderstep", plan=plan, hours_before=24, channel="email", wording_name="Day before")
    office.add("correspondence_redflags", signs="Chest pain\r\nTrouble breathing")


def set_up_insurers_and_people(office: Office) -> None:
    office.add("insurance_payer", name="Blue Prairie", payer_ids="Availity: 84105", is_active="on")
    office.add("compliance_invitation", email="vera@staff.example", name="Vera Lind", role=Role.SECRETARY)
    office.add("compliance_invitation", email="okafor@staff.example", name="Amara Okafor", role=Role.PROVIDER)


def assert_everything_was_recorded(office: Office) -> None:
    """Each kind of row has its event, by the admin; and its field change, but for the practice's founding."""
    with acting_in(office.practice.pk, SYSTEM):
        admin = Membership.objects.get().user
        kinds = set(AuditEvent.objects.filter(actor=admin.pk, practice_id=office.practice.pk).values_list("kind", flat=True))
        changed = set(FieldChange.objects.filter(actor=admin).values_list("content_type__model", flat=True))
    added = {"office_hours", "resource", "provider", "working_hours", "visit_type", "closure", "wording", "reminder_plan"}
    added |= {"reminder_step", "red_flags", "payer"}
    assert kinds >= {f"{kind}.added" for kind in added} | {
        "practice.changed",
        "location.changed",
        "invitation.made",
        "time.closed",
    }
    assert changed >= {kind.replace("_", "") for kind in added} | {"practice", "location", "invitation"}


def test_whoever_was_invited_works_after_her_training_was_confirmed(office, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        office.add("compliance_invitation", email="vera@staff.example", name="Vera Lind", role=Role.SECRETARY)
    vera = answered(office.practice, link_in(mail.outbox[0].body), name="Vera Lind")
    yesterday = timezone.localdate() - timedelta(days=1)  # on every clock of the country
    values = {"course": "HIPAA", "number": "77", "completed_on": yesterday, "expires_on": "2099-01-01"}
    vera.post(practice_url(office.practice, "compliance:enter_certificate"), values)
    with acting_in(office.practice.pk, SYSTEM):
        certificate = Certificate.objects.get(number="77")

    office.client.post(office.url("compliance_certificate", "do", certificate.pk, "confirm"))

    person = User.objects.get(email="vera@staff.example")
    with acting_in(office.practice.pk, person.pk):
        assert person.may("scheduling.book_appointment")


def test_a_secretary_cannot_enter(office, signed_in):
    secretary = factory.member(office.practice, Role.SECRETARY)

    answer = signed_in(secretary).get(practice_url(office.practice, "admin:index"))

    assert answer.status_code == 403
