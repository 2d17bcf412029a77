"""A practice with one of everything, and what its tables hold before and after somebody posts to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from compliance import bulk, charts, factor_reset, making_exports, recertification
from compliance.models import Certificate, Draft, Export, FactorReset, Location, Membership, Practice, Relation, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from correspondence.calls import flag
from correspondence.models import Call
from patients.enums import IdentifierKind
from patients.models import ContactPoint, Identifier, Patient
from scheduling import feeds, outside, visits
from scheduling.enums import ResourceKind
from scheduling.forms import slot_text
from scheduling.models import Appointment, Provider, Resource, VisitType
from tests.factories import calls, insurance, patients, people, reminders, scheduling, waiting, work
from tests.factories import series as again

ZONE = ZoneInfo("America/Chicago")


@dataclass
class World:
    """A practice with one of everything, and somebody who may do all of it."""

    practice: Practice
    who: User
    ids: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name not in self.ids:
            raise AttributeError(name)
        return self.ids[name]


def monday(hour: int = 10) -> datetime:
    """An hour of a Monday to come."""
    today = timezone.now().astimezone(ZONE).date()
    day = today + timedelta(days=14 - today.weekday())
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


SERIES_ON = (monday() + timedelta(weeks=8)).astimezone(ZONE).date()


def world() -> World:
    """Made anew for each test."""
    at = people.practice()
    who = people.member(at, Role.SECRETARY)
    for role in (Role.PRACTICE_ADMIN, Role.BILLING):
        people.member(at, role, who=who)
    other = people.member(at, Role.PROVIDER, name="Otto Kern")
    with acting_in(at.pk, who.pk):
        rows = _rows(at, who, other)
        seen = recertification.mark(list(Membership.objects.here().in_force(timezone.now())))
        return World(at, who, rows | {"list_seen": seen})


def _arrived(who: User, doctor: Provider, whose: Patient, kind: VisitType, now: datetime) -> Appointment:
    """A visit of somebody who is there already."""
    visit = scheduling.visit(by=who, who=doctor, whose=whose, kind=kind, starts_at=monday(15), now=now)
    visits.arrive(visit, by=who, now=monday(15))
    return visit


def _rows(at: Practice, who: User, other: User) -> dict[str, Any]:
    now = timezone.now()
    made = reminders.reachable(by=who)
    doctor, kind = scheduling.provider(), scheduling.visit_type()
    visit = scheduling.visit(by=who, who=doctor, whose=made, kind=kind, starts_at=monday(), now=now)
    coverage = insurance.coverage(made, by=who)
    return {
        "patient": made,
        "contact": ContactPoint.objects.filter(patient=made)[0],
        "identifier": Identifier.objects.create(patient=made, kind=IdentifierKind.OTHER, value="77"),
        "provider": doctor,
        "resource": doctor.resource,
        "closure": scheduling.closure(monday(16), monday(17), provider=doctor),
        "kind": kind,
        "visit": visit,
        "arrived": _arrived(who, doctor, made, kind, now),
        "slot": slot_text(doctor, monday(14)),
        "chain": "|".join(slot_text(doctor, monday(hour)) for hour in (13, 14)),
        "exam": Resource.objects.create(kind=ResourceKind.ROOM, name="Room 9", capacity=1),
        "series": again.booked(by=who, now=now, patient=made, visit_type=kind, first_on=SERIES_ON),
        **waiting.scene(scheduling.visit_type(), doctor, whose=made, by=who, starts_at=monday(12), now=now),
        "coverage": coverage,
        "payer": coverage.payer,
        "who": who,
        "case": work.case(by=who, now=now),
        **_charts(who, other),
        **_exports(who, other, now),
        "fresh_call": calls.call(at, by=who, now=now),
        "flagged": _flagged(at, who, now),
        "call": calls.verified(at, made, by=who, now=now),
        "certificate": _certificate(other),
        "draft": Draft.objects.create(user=who, page="/incident/", body="{}"),
        "membership": Membership.objects.filter(user=other)[0],
        "reset": _reset(at, now),
        "location": Location.objects.all()[0],
        "feed": feeds.make(doctor.resource, by=who, now=now)[0],
        "outside": outside.add(doctor, name="Hospital", address=None, by=who),
    }


def _charts(who: User, other: User) -> dict[str, Any]:
    """A chart that is closed to `who`, one that is restricted and open to her, and a person kept out of it."""
    shut, shared = patients.patient(family="Shut"), patients.patient(family="Shared")
    charts.restrict(shut.pk, by=other)
    charts.restrict(shared.pk, by=other)
    return {
        "shut": shut,
        "shared": shared,
        "other": other,
        "grant": charts.name(who, shared.pk, by=other),
        "barred": charts.bar(other, shared.pk, relation=Relation.FAMILY, by=who),
    }


def _exports(who: User, other: User, now: datetime) -> dict[str, Any]:
    """One of somebody else's that waits, and one of `who` that is ready."""
    said = {"what": "patients-csv", "reason": "Moving.", "asked_at": now}
    waiting = Export.objects.create(asked_by=other, patients=501, **said)
    ready = bulk.ask("patients-csv", reason="Moving.", by=who, now=now)
    making_exports.make(ready.practice_id, ready.pk)
    return {"waiting_export": waiting, "ready_export": ready}


def _flagged(at: Practice, who: User, now: datetime) -> Call:
    taken = calls.call(at, by=who, now=now)
    flag(taken, ["Overdose"], version=taken.version, by=who, now=now)
    return taken


def _reset(at: Practice, now: datetime) -> FactorReset:
    lost, admin = (people.member(at, role, name="Nora Lind") for role in (Role.SECRETARY, Role.PRACTICE_ADMIN))
    return factor_reset.ask(lost, by=admin, now=now)


def _certificate(whose: User) -> Certificate:
    days = {"completed_on": "2026-01-01", "expires_on": "2090-01-01"}
    return Certificate.objects.create(user=whose, course="HIPAA", number=str(uuid4()), **days)


def count_rows(at: Practice) -> dict[str, int]:
    """Of every table of the practice, less what records the reading of a page."""
    with acting_in(at.pk, SYSTEM), connection.cursor() as cursor:
        tables = sorted(one for one in connection.introspection.table_names(cursor) if not records(one))
        cursor.execute(" UNION ALL ".join(f"SELECT '{one}', count(*) FROM \"{one}\"" for one in tables))
        return dict(cursor.fetchall())


def records(table: str) -> bool:
    """What is written because somebody looked or knocked."""
    return table.startswith(("compliance_audit", "compliance_session", "django_", "auth_", "guardian_", "axes_"))


@contextmanager
def afterwards_undone() -> Iterator[None]:
    """What is posted inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
