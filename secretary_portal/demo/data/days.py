"""Visits: who is booked with whom, on the days before, today, and two weeks ahead."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from compliance.models import Practice, User
from patients.models import Patient
from scheduling import booking
from scheduling.enums import Mode, Source
from scheduling.hours import Hours
from scheduling.models import Appointment, Provider, VisitType
from secretary_portal.demo.data.practices import Plan

WEIGHTS = {
    "Office visit": 8,
    "Follow-up": 6,
    "New patient": 2,
    "Annual physical": 3,
    "Video visit": 2,
    "Flu shot": 2,
    "ECG": 1,
}
REASONS = {
    "Office visit": ("Cough for two weeks", "Knee pain", "Rash on both arms", "Headaches", "Sore throat", "Back pain"),
    "Follow-up": ("Blood pressure", "Diabetes check", "Wound check", "After the emergency room", "Test results"),
    "New patient": ("New in town", "Changing doctors", "First visit"),
    "Annual physical": ("Yearly checkup", ""),
    "Video visit": ("Refill of inhaler", "Sleep", "Allergies"),
    "Flu shot": ("",),
    "ECG": ("Palpitations", "Before surgery"),
}
OF_CHILDREN = {
    "Office visit": ("Ear ache", "Fever and cough", "Rash", "Sore throat", "Stomach ache"),
    "Follow-up": ("Asthma check", "Weight check", "Ear check after antibiotics"),
    "New patient": ("New in town", "First visit"),
    "Annual physical": ("Well-child visit", "School sports form"),
    "Video visit": ("Allergies", "Sleep"),
}
GRID = 15 * 60
TODAY, TOMORROW, NEAR, FAR, PAST = 0.92, 0.5, 0.25, 0.08, 0.16
CHILDREN_SEEN_BY = "Pediatrics"
OF_AGE = 18


@dataclass
class Desk:
    """All that is needed to book: read once."""

    practice: Practice
    plan: Plan
    by: User
    now: datetime
    zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self.zone = ZoneInfo(self.practice.time_zone)
        self.today = self.now.astimezone(self.zone).date()
        self.providers = list(Provider.objects.working().select_related("resource"))
        self.types = {one.name: one for one in VisitType.objects.all()}
        self.children: list[Patient] = []
        self.grown: list[Patient] = []
        of_stories = len(self.plan.stories)  # registered first; their visits are for the visitor to book
        for one in Patient.objects.filter(is_active=True).order_by("created_at", "pk")[of_stories:]:
            if one.is_deceased:
                continue
            born = one.birth_date
            is_child = born is not None and self.today.year - born.year < OF_AGE
            (self.children if is_child else self.grown).append(one)

    def reasons(self, patient: Patient) -> dict[str, tuple[str, ...]]:
        """Why somebody of her age comes."""
        return REASONS | OF_CHILDREN if patient in self.children else REASONS

    def shuffled(self, provider: Provider, dice: random.Random) -> Iterator[Patient]:
        """Patients for one provider's day, each at most once."""
        some = self.children if provider.specialty == CHILDREN_SEEN_BY and self.children else self.grown
        return iter(dice.sample(some, len(some)))


def has_visits(practice: Practice, number: int, *, now: datetime) -> bool:
    """Whether anything but a date of a series is booked on the day so many days from today."""
    zone = ZoneInfo(practice.time_zone)
    there = Appointment.objects.on(now.astimezone(zone).date() + timedelta(days=number), zone)
    return there.filter(occurrence__isnull=True).exists()


def fill(desk: Desk, number: int) -> None:
    """Book a share of what is free on the day so many days from today."""
    fill_day(desk, desk.today + timedelta(days=number), share=_share(number))


def fill_day(desk: Desk, day: date, *, share: float) -> None:
    """Walk through each provider's open hours and book a share of them."""
    dice = random.Random(f"{desk.practice.slug}:{day}")  # noqa: S311  # nosec B311
    hours = Hours(desk.providers, day, day)
    for provider in desk.providers:
        waiting = desk.shuffled(provider, dice)
        for piece in hours.open(provider, day):
            at = piece.start
            while at < piece.end:
                kind = desk.types[dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]]
                takes = (kind.minutes + kind.buffer_after) * 60
                if at + takes <= piece.end and dice.random() < share:
                    book(desk, provider, next(waiting), kind, datetime.fromtimestamp(at, UTC), dice)
                at += -(-takes // GRID) * GRID


def book(
    desk: Desk, provider: Provider, patient: Patient, kind: VisitType, at: datetime, dice: random.Random, why: str = ""
) -> Appointment | None:
    """One visit, some days before it; None when the time or the patient is taken."""
    booked_at = min(desk.now, at) - timedelta(days=dice.randint(1, 20), minutes=dice.randint(0, 400))
    try:
        return booking.book(
            patient=patient,
            provider=provider,
            starts_at=at.astimezone(desk.zone),
            visit_type=kind,
            mode=dice.choice(kind.modes) if kind.modes else Mode.OFFICE,
            reason=dice.choice(desk.reasons(patient)[kind.name]),
            source=dice.choice([Source.PHONE, Source.PHONE, Source.DESK, Source.PORTAL]),
            is_new_patient=kind.name == "New patient",
            overbook_reason=why,
            by=desk.by,
            now=booked_at,
        )
    except (booking.SlotTaken, booking.OutsideHours, booking.PatientBusy):
        return None


def _share(number: int) -> float:
    if number < 0:
        return PAST
    return {0: TODAY, 1: TOMORROW}.get(number, NEAR if number <= 4 else FAR)
