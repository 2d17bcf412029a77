"""A bare Django site: the same questions and the same templates on plain tables, without isolation, sealing or audit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.utils import timezone

from patients.banner import Banner
from patients.days import age, shown
from patients.forms import FindForm
from scheduling.board import LEGEND, Board, _frame
from scheduling.cells import ROW, Maker
from scheduling.local import at, moment
from scheduling.week import Open
from tests.benchmarks import bare

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
FRAME: dict[str, Any] = {}  # what stands around a page, worked out once by the portal itself


@dataclass
class PlainHours:
    """Hours from plain rows."""

    rows: dict[UUID, list[tuple]]
    place: SimpleNamespace

    def worked(self, provider, day) -> list[Open]:
        """As `Hours.worked`."""
        zone = self.place.time_zone
        return [
            Open(at(day, starts, zone), at(day, ends, zone), day, self.place)
            for weekday, starts, ends in self.rows.get(provider.pk, ())
            if weekday == day.weekday()
        ]

    def closures(self, *args: Any) -> list:
        """There are none."""
        return []

    def of(self, provider) -> SimpleNamespace:
        """Nobody has breaks."""
        return SimpleNamespace(breaks=self.closures)

    open = worked


def board(request: HttpRequest, day) -> HttpResponse:
    """The day board."""
    zone = FRAME["practice"].time_zone
    start = moment(at(day, datetime.min.time(), zone))
    span = [start, start + timedelta(days=1)]
    bare.rows("SELECT max(updated_at), count(*) FROM bare_visit WHERE starts_at >= %s AND starts_at < %s", span)
    providers = [_provider(row) for row in bare.rows("SELECT id, name FROM bare_provider ORDER BY name")]
    visits = [_visit(row) for row in bare.rows(VISITS, span)]
    hours: dict[UUID, list[tuple]] = {}
    for row in bare.rows("SELECT * FROM bare_hours"):
        hours.setdefault(row["provider_id"], []).append((row["weekday"], row["starts"], row["ends"]))
    place = SimpleNamespace(pk=None, time_zone=zone)
    context = FRAME | {"board": _board(day, zone, providers, visits, PlainHours(hours, place)), "day": day}
    context |= {"previous": day - timedelta(days=1), "next": day + timedelta(days=1), "may_book": True}
    return render(request, "scheduling/board.html", context)


VISITS = """
SELECT v.*, p.family, p.given FROM bare_visit v JOIN bare_patient p ON p.id = v.patient_id
 WHERE v.starts_at >= %s AND v.starts_at < %s ORDER BY v.starts_at, v.id
"""


def _board(day, zone: str, providers: list, visits: list, hours: PlainHours) -> Board:
    worked = {p.pk: [(o.start, o.end) for o in hours.worked(p, day)] for p in providers}
    first, rows = _frame(day, zone, worked.values(), visits)
    by_provider: dict[UUID, list] = {}
    for visit in visits:
        by_provider.setdefault(visit.provider_id, []).append(visit)
    names = {visit.patient_id: [visit.name] for visit in visits}
    maker = Maker(day, hours, first, rows, timezone.now(), 20, ZoneInfo(zone), names, {})  # type: ignore[arg-type]
    columns = [maker.column(p, worked[p.pk], by_provider.get(p.pk, []), []) for p in providers]
    axis = [(n + 1, moment(first + n * ROW)) for n in range(0, rows, 4)]
    return Board(day, columns, axis, rows, first, 0, "", timezone.now(), legend=LEGEND)


def _provider(row: dict) -> Any:
    return _Named(row["id"], row["name"])


@dataclass
class _Named:
    pk: UUID
    name: str
    specialty: str = ""
    is_active: bool = True

    def __str__(self) -> str:
        return self.name


def _visit(row: dict) -> Any:
    name = SimpleNamespace(family=row["family"], given=row["given"], use="official", ends_on=None)
    return SimpleNamespace(
        pk=row["id"],
        name=name,
        overbook_reason="",
        of_series=None,
        location_id=None,
        free_before=0,
        free_after=0,
        version=1,
        **{key: row[key] for key in ("patient_id", "provider_id", "kind", "status", "mode", "reason")},
        **{key: row[key] for key in ("starts_at", "ends_at", "status_since")},
    )


def find(request: HttpRequest) -> HttpResponse:
    """Find a patient by the beginning of a name, or by phone."""
    form = FindForm(request.POST)
    form.is_valid()
    words = form.cleaned_data["text"].lower().split()
    rows = bare.by_phone(words[0]) if words[0].startswith("+") else bare.by_name(*words)
    today = timezone.localdate()
    total = rows[0].get("total", len(rows)) if rows else 0
    found = SimpleNamespace(total=total, is_cut=total > len(rows))
    context = FRAME | {"form": form, "found": found, "rows": [_banner(row, today) for row in rows], "may_register": True}
    return render(request, "patients/find.html", context)


def _banner(row: dict, today) -> Banner:
    born = f"{shown(row['birth_date'])} ({age(row['birth_date'], today=today)})"
    return Banner(row["id"], row["family"], row["given"], "", born, "Female", row["mrn"], row["phone"])


def book(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Book a visit: the same rows, without lock and constraint."""
    provider, _, when = request.POST["slot"].partition("@")
    starts_at = datetime.fromisoformat(when)
    resource = bare.rows("SELECT resource_id FROM bare_provider WHERE id = %s", [provider])[0]["resource_id"]
    bare.rows("SELECT 1 FROM bare_patient WHERE id = %s", [patient_id])
    bare.rows("SELECT * FROM bare_hours WHERE provider_id = %s", [provider])
    with transaction.atomic():
        insert(patient_id, UUID(provider), resource, starts_at, 30)
    return redirect("/booked/")


def insert(patient: UUID, provider: UUID, resource: UUID, starts_at: datetime, minutes: int) -> None:
    """The rows of one booking."""
    visit, ends_at, now = uuid4(), starts_at + timedelta(minutes=minutes), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM bare_occupation WHERE resource_id = %s AND starts_at < %s AND ends_at > %s",
            [resource, ends_at, starts_at],
        )
        cursor.execute(
            "INSERT INTO bare_visit VALUES (%s, %s, %s, %s, %s, 'booked', 'Follow-up', 'office', 'Cough', %s, %s)",
            [visit, patient, provider, starts_at, ends_at, now, now],
        )
        cursor.execute("INSERT INTO bare_transition VALUES (%s, %s, 'booked', 'booked', %s)", [uuid4(), visit, now])
    occupy(visit, resource, starts_at, ends_at)


def occupy(visit: UUID, resource: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Take the time, without a constraint that would refuse it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bare_occupation VALUES (%s, %s, 0, %s, %s, %s)", [uuid4(), resource, starts_at, ends_at, visit]
        )


def _at(request: HttpRequest, day: str) -> HttpResponse:
    return board(request, datetime.fromisoformat(day).date())


urlpatterns = [
    path("bare/board/<str:day>/", _at),
    path("bare/find/", find),
    path("bare/book/<uuid:patient_id>/", book),
    path("", include("secretary_portal.urls")),
]
