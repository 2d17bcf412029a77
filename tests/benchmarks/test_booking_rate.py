"""Sixteen clients booking at once, beside the same rows without lock and constraint."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from compliance.tenancy import acting_in
from patients.models import Patient
from scheduling import booking
from scheduling.models import Provider, VisitType
from tests.benchmarks import bare_site, load
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
CLIENTS, EACH = 16, 30
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
        provider, at = wishes[number]
        with transaction.atomic():
            bare_site.insert(patients[number].pk, provider.pk, provider.resource_id, at, kind.minutes)

    plain, rate = per_second(beside), per_second(ours)

    bench_row("bookings a second, 16 clients, ratio", rate, plain, 0.5, lower_is_better=False)
