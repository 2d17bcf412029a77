"""One practice with something on every page: full days, long names, a call, work, insurance, reminders, a trail."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from compliance import charts, jobs
from compliance import people as memberships
from compliance.audit import events
from compliance.clock import Priority
from compliance.models import Export, OfficeHours, Practice, Relation, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from correspondence import outbox
from correspondence.models import Call, RedFlags
from insurance.models import Coverage
from patients import documents
from patients.details import Number, Place
from patients.enums import IdentifierKind, Purpose
from patients.models import Document, Patient
from scheduling import booking, set_up, visits
from scheduling.models import Appointment, Closure, Provider
from tests.factories import calls, insurance, patients, people, reminders, scheduling, waiting, work
from tests.factories import series as again

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fea7c2ce9d0000"
    "000049454e44ae426082"
)
DOCTORS = (
    ("Dr. Okafor", "Family medicine"),
    ("Dr. Reyes-Montgomery", "Family medicine and obstetrics"),
    ("Dr. Nair", "Pediatrics"),
    ("G. Lindqvist", "Nurse practitioner"),
)
CROWD = (
    ("Lopez", "Maria", "Mari", date(1985, 3, 27)),
    ("Featherstonehaugh-Oyelaran", "Bartholomew Maximilian", None, date(1951, 11, 2)),
    ("Nguyen", "Linh", None, date(2019, 6, 14)),
    ("O’Brien", "Siobhán", None, date(1978, 1, 5)),
    ("Sukarno", None, None, date(1966, 8, 30)),
    ("Walker", "Ada", None, date(1990, 12, 1)),
    ("Ibáñez de la Cruz", "José", "Pepe", date(1943, 2, 11)),
    ("Kowalczyk", "Zofia", None, date(2001, 4, 19)),
)
REASONS = (
    "Blood pressure",
    "Knee pain, left",
    "Well-child visit, five years",
    "Rash",
    "Refill and labs",
    "Cough",
    "",
    "Follow-up",
)
SIGNS = ["Chest pain or pressure", "Trouble breathing", "Signs of a stroke: face, arm, speech", "Severe allergic reaction"]


@dataclass
class Rich:
    """What the pages are about."""

    practice: Practice
    secretary: User
    admin: User
    doctor: User
    newcomer: User
    invitation: str
    day: date
    patients: list[Patient]
    providers: list[Provider]
    visit: Appointment
    coverage: Coverage
    document: Document
    call: Call
    case: UUID
    job: UUID
    message: UUID
    slot: str
    restricted: UUID
    export: UUID
    closure: Closure
    series: UUID
    series_on: date
    entry: UUID
    freed: UUID
    recall: UUID
    offer_link: str


def rich(*, time_zone: str = "America/Chicago", now: datetime | None = None) -> Rich:
    """All of it, committed or not as the caller stands."""
    now = now or timezone.now()
    practice = people.practice(time_zone=time_zone, phone="+16085550100", state="WI")
    staff = _staff(practice)
    day = now.astimezone(ZoneInfo(time_zone)).date()
    with acting_in(practice.pk, staff["admin"].pk):
        secret = memberships.invite(
            email="new.person@staff.example", name="New Person", role=Role.BILLING, by=staff["admin"], now=now
        )
        for weekday in range(7):
            OfficeHours.objects.create(weekday=weekday, opens=time(8), closes=time(17))
        RedFlags.objects.create(number=1, signs=SIGNS, published_at=people.LONG_AGO)
        reminders.wording()
        reminders.plan(hours=(48, 2))
    with acting_in(practice.pk, staff["secretary"].pk):
        crowd = _crowd(staff["secretary"])
        providers = _providers(staff["doctor"])
        booked = _day(practice, crowd, providers, staff["secretary"], day, now)
        more = _papers(practice, crowd, booked, staff["secretary"], day, now)
        more["closure"] = _vacation(practice, crowd, providers, staff["secretary"], day, now)
        more |= _series(providers[0], crowd[6], staff["secretary"], day, now)
        more |= _waiting(crowd, providers, staff["secretary"], day, now, ZoneInfo(time_zone))
    with acting_in(practice.pk, staff["doctor"].pk):
        more |= _closed(staff)
    second = people.practice(
        name="Harbor Pediatrics and Adolescent Medicine of the North Shore", time_zone="America/New_York"
    )
    people.member(second, Role.SECRETARY, who=staff["secretary"])
    return Rich(
        practice=practice, invitation=secret, day=day, patients=crowd, providers=providers, visit=booked[0], **staff, **more
    )


def _series(who: Provider, whose: Patient, by: User, day: date, now: datetime) -> dict[str, Any]:
    """Every second week, two dates of which are not as the others."""
    first_on = day + timedelta(weeks=3)
    scheduling.closure(*_whole(first_on + timedelta(weeks=4)), reason="Vacation")
    wanted = {"patient": whose, "provider": who, "first_on": first_on, "every": 2, "count": 8, "reason": "Injection"}
    left_out = {first_on + timedelta(weeks=4): again.Choice(again.SKIP)}
    made = again.booked(by=by, now=now, choices=left_out, **wanted)
    second = again.visits(made)[1]
    booking.move(second, starts_at=second.starts_at + timedelta(hours=4), by=by, now=now)
    return {"series": made.pk, "series_on": first_on}


def _whole(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time.min, UTC)
    return start, start + timedelta(hours=30)


def _waiting(
    crowd: list[Patient], providers: list[Provider], by: User, day: date, now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """Two who wait, a time that became free and is offered to one of them, and somebody to be called back."""
    kind = scheduling.visit_type("Earlier follow-up", minutes=30)
    nine = datetime.combine(day + timedelta(days=14 - day.weekday()), time(9), zone)
    waiting.entry(kind, whose=crowd[1], now=now, weekdays=0b0000110, from_time=time(13), band=2)
    scene = waiting.scene(kind, providers[0], whose=crowd[0], by=by, starts_at=nine, now=now)
    link = scene.pop("offer_link")
    return {name: row.pk for name, row in scene.items() if name != "offer"} | {"offer_link": link}


def _closed(staff: dict[str, User]) -> dict[str, UUID]:
    """A chart for named people, one of whom is named and one kept out, and an export that waits for a second person."""
    doctor, helen = staff["doctor"], staff["admin"]
    chart = patients.patient(by=doctor, family="Abernathy", given="Ruth", phone="+16085551999", mrn="LK-4999").pk
    charts.restrict(chart, by=doctor)
    charts.name(helen, chart, by=doctor)
    charts.bar(staff["newcomer"], chart, relation=Relation.NEIGHBOUR, by=doctor)
    export = Export.objects.create(
        what="patients-csv", reason="Moving.", patients=501, asked_by=doctor, asked_at=timezone.now()
    )
    return {"restricted": chart, "export": export.pk}


def _staff(practice: Practice) -> dict[str, User]:
    newcomer = people.user(name="Wilhelmina Abernathy-Vanderbilt")
    with acting_in(practice.pk, people.SYSTEM):
        memberships.join(user=newcomer, role=Role.SECRETARY, by=None, now=people.LONG_AGO, approved_as="test")
    rosa = people.member(practice, Role.SECRETARY, name="Rosa Diaz")
    rosa.set_password(people.PASSWORD)
    rosa.save(update_fields=["password"])
    return {
        "secretary": rosa,
        "admin": people.member(practice, Role.PRACTICE_ADMIN, name="Helen Brandt"),
        "doctor": people.member(practice, Role.PROVIDER, name="Amara Okafor"),
        "newcomer": newcomer,
    }


def _crowd(by: User) -> list[Patient]:
    home = Place("4400 North Old Lighthouse Road", "Apartment 12B", "Madison", "WI", "53703")
    made = []
    for n, (family, given, preferred, born) in enumerate(CROWD):
        more: dict[str, Any] = {"phone": f"+1608555{1000 + n}", "mrn": f"LK-{4400 + n}"}
        if n == 0:
            more |= {
                "phone": "+16085550123", "phone_for": (Purpose.CALL, Purpose.VOICEMAIL), "address": home,
                "email": "maria@patients.example", "email_for": (Purpose.EMAIL,), "language": "es",
                "interpreter_needed": True, "note": "Call after four. Her daughter brings her on Tuesdays.",
                "numbers": (Number("123-45-6789", IdentifierKind.SSN),),
            }  # fmt: skip
        made.append(patients.patient(by=by, family=family, given=given, preferred=preferred, birth_date=born, **more))
    return made


def _providers(user: User) -> list[Provider]:
    made = []
    for n, (name, specialty) in enumerate(DOCTORS):
        who = scheduling.provider(
            name, hours=False, capacity=2, position=n, specialty=specialty, user=user if n == 0 else None
        )
        for weekday in range(7):
            scheduling.works(who, weekday, "08:00", "12:00")
            scheduling.works(who, weekday, "13:00", "17:00")
        made.append(who)
    return made


def _day(
    practice: Practice, crowd: list[Patient], providers: list[Provider], by: User, day: date, now: datetime
) -> list[Appointment]:
    zone = ZoneInfo(practice.time_zone)
    kinds = [scheduling.visit_type(name, minutes=minutes, position=n) for n, (name, minutes) in enumerate(
        (("Office visit", 30), ("Follow-up", 15), ("Annual physical", 45))
    )]  # fmt: skip
    before = now - timedelta(days=3)

    def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
        return datetime.combine(day + timedelta(days=days), time(hour, minute), zone).astimezone(UTC)

    made = []
    for n, who in enumerate(providers):
        for slot, (hour, minute) in enumerate(((8, 15), (9, 0), (10, 0), (10, 45), (11, 15), (13, 0), (14, 30), (15, 15))):
            whose = crowd[(n * 3 + slot) % len(crowd)]
            start = at(hour, minute + 5 * (n % 2) * 0)
            more = {"mode": "video"} if slot == 3 else {"mode": "phone"} if slot == 6 else {}
            made.append(
                scheduling.visit(
                    by=by, who=who, whose=whose, kind=kinds[(n + slot) % 3], starts_at=start, now=before,
                    reason=REASONS[(n + slot) % len(REASONS)], despite_overlap=True, **more,
                )
            )  # fmt: skip
    _progress(made, by, at)
    scheduling.closure(at(15, 45), at(17), reason="Staff meeting with the whole practice", provider=providers[2])
    ahead = scheduling.visit(
        by=by, who=providers[0], whose=crowd[0], kind=kinds[0], starts_at=at(9, 30, 1), now=before, reason="Blood pressure"
    )
    booking.hold(providers[3], at(16, 0), kinds[1], by=by, now=timezone.now())
    return [ahead, *made]


def _vacation(
    practice: Practice, crowd: list[Patient], providers: list[Provider], by: User, day: date, now: datetime
) -> Closure:
    """A fortnight from now, closed over three visits; others are free then."""
    zone, kind = ZoneInfo(practice.time_zone), scheduling.visit_type("Consultation", minutes=30, position=9)
    start = datetime.combine(day + timedelta(days=14), time.min, zone)
    for n in range(3):
        at = (start + timedelta(hours=9 + n)).astimezone(UTC)
        scheduling.visit(by=by, who=providers[3], whose=crowd[n + 1], kind=kind, starts_at=at, now=now)
    end = start + timedelta(days=5)
    return set_up.close_time(starts_at=start, ends_at=end, reason="Vacation", provider=providers[3], by=by, now=now)


def _progress(made: list[Appointment], by: User, at: Any) -> None:
    """The morning is under way."""
    for n, visit in enumerate(made):
        if n % 8 > 4:
            continue
        if n % 8 == 4:
            visits.confirm(visit, by=by, now=visit.starts_at - timedelta(days=1))
        elif n == 8:
            visits.no_show(visit, by=by, now=visit.starts_at + timedelta(minutes=30))
        elif n == 9:
            visits.cancel(
                visit, reason="pat", initiator="patient", told_by="patient", by=by, now=visit.starts_at - timedelta(hours=3)
            )
        else:
            visits.arrive(visit, by=by, now=visit.starts_at - timedelta(minutes=5))
            if n % 8 < 3:
                visits.room(visit, by=by, now=visit.starts_at + timedelta(minutes=4))
            if n % 8 < 2:
                visits.finish(visit, by=by, now=visit.starts_at + timedelta(minutes=24))


def _papers(
    practice: Practice, crowd: list[Patient], booked: list[Appointment], by: User, day: date, now: datetime
) -> dict[str, Any]:
    maria = crowd[0]
    insurer = insurance.payer("Blue Prairie Health Plan of Wisconsin")
    covered = insurance.coverage(maria, by=by, insurer=insurer, plan_name="Prairie Silver PPO", group_id="77-4410")
    insurance.check(covered, by=by, serviced_on=day, now=now - timedelta(days=2), copay=25, reference="A-99120")
    insurance.coverage(crowd[3], by=by, insurer=insurer)
    stored = documents.store(maria, kind="insurance-card", title="Card, front", content=PNG, by=by)
    taken = calls.verified(practice, maria, by=by, now=now - timedelta(minutes=4))
    calls.closed(practice, by=by, now=now - timedelta(hours=3))
    case = work.case(
        by=by, patient=maria.pk, now=now, priority=Priority.URGENT,
        summary="Asks whether she should keep taking the lisinopril until the visit. Best reached after four.",
    )  # fmt: skip
    work.case(by=by, patient=crowd[1].pk, now=now - timedelta(days=3), summary="Wants the records sent to the hospital.")
    work.case(by=by, owner=by, now=now, summary="Order the new appointment cards.")
    running = jobs.queue(kind="import", title="Import of 1,200 patients", by=by, total=12)
    outbox.queue_reminders(practice.pk, now=now)
    events.record("audit.read", action=events.READ, by=by, listed=[one.pk for one in crowd])
    slot = f"{booked[0].provider_id}@{(booked[0].starts_at + timedelta(hours=4)):%Y-%m-%dT%H:%MZ}"
    from correspondence.models import Message

    return {
        "coverage": covered, "document": stored, "call": taken, "case": case.pk, "job": running.pk, "slot": slot,
        "message": Message.objects.order_by("pk")[0].pk,
    }  # fmt: skip
