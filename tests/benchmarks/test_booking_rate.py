"""Sixteen clients booking at once, beside the same rows written in one transaction without lock, checks and constraint."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from compliance.models import Location
from compliance.tenancy import acting_in
from patients.models import Patient
from scheduling import booking, steps
from scheduling.models import Appointment, Provider, VisitType
from tests.benchmarks import bare_site, load
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
CLIENTS, EACH = 16, 30
WEEKS_LATER = timedelta(weeks=4)  # the visits beside are real ones, of the same patients
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def per_second(work: Callable[[int], None]) -> float:
    """Bookings a second of all clients together, from the moment when all of them are connected."""
    connected = Barrier(CLIENTS + 1, timeout=60)

    def client(number: int) -> None:
        connection.ensure_connection()
        connected.wait()
        for n in range(EACH):
            work(number * EACH + n)
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client, number) for number in range(CLIENTS)]
        connected.wait()
        began = time.perf_counter()
        for one in clients:
            one.result()
    return round(CLIENTS * EACH / (time.perf_counter() - began), 1)


def test_sixteen_clients_book_at_once(large, unblocked):
    with acting_in(large.practice.pk, large.secretary.pk):
        providers = list(Provider.objects.visible_to(large.secretary).select_related("resource").order_by("pk"))
        kind = VisitType.objects.visible_to(large.secretary).get()
        location = Location.objects.get()
        patients = list(Patient.objects.visible_to(large.secretary).filter(pk__in=large.patients[-CLIENTS * EACH :]))
    moments = load.moments(load.UTC_MORNING + timedelta(days=200), days=7, of_day=10, minutes=30)
    wishes = [(provider, at) for at in moments for provider in providers]

    def ours(number: int) -> None:
        provider, at = wishes[number]
        with acting_in(large.practice.pk, large.secretary.pk):
            booking.book(
                patient=patients[number], provider=provider, starts_at=at, visit_type=kind, by=large.secretary, now=NOW
            )

    def beside(number: int) -> None:
        provider, at = wishes[number][0], wishes[number][1] + WEEKS_LATER
        with acting_in(large.practice.pk, large.secretary.pk):
            visit = Appointment.objects.create(
                patient=patients[number],
                provider=provider,
                visit_type=kind,
                location=location,
                starts_at=at,
                ends_at=at + timedelta(minutes=kind.minutes),
                status_since=NOW,
                booked_by=large.secretary,
            )
            bare_site.occupy(visit.pk, provider.resource_id, visit.starts_at, visit.ends_at)
            steps.remember(visit, {}, what="booked", came_from="", by=large.secretary, now=NOW)

    plain, rate = per_second(beside), per_second(ours)

    bench_row("bookings a second, 16 clients, ratio", rate, plain, 0.5, lower_is_better=False)
