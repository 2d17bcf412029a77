"""Exchange of a data key: how many values a second, and what a page feels of it meanwhile."""

import statistics
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from compliance import rotation
from compliance.crypto import data_keys
from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from patients.models import HumanName, Patient
from tests.benchmarks import load
from tests.factories import people
from tests.reporting import AT_LEAST, AT_MOST, EXACTLY, bench_row, soak_row

BENCHED, SOAKED = 20_000, 200_000  # patients, of five sealed values each
READ_AT_ONCE = 50


@pytest.mark.bench
def test_values_sealed_anew_a_second(django_db_setup, unblocked):
    practice = people.practice()
    load.patients(practice.pk, BENCHED, beside=False)
    job = rotation.begin(practice.pk)
    began = time.perf_counter()
    job = rotation.run(practice.pk, job, patience=0)
    rate = job.step / (time.perf_counter() - began)

    bench_row("rotation, values a second", round(rate), None, 30_000, lower_is_better=False)
    assert (job.state, job.step) == ("done", job.total)


class Reader:
    """Opens pages of fifty names and changes one, again and again; notes how long each page took and what went wrong."""

    def __init__(self, practice: Practice, made: list) -> None:
        self.practice, self.made, self.times, self.errors, self.written = practice, made, [], [], {}

    def page(self) -> None:
        first = len(self.times) * READ_AT_ONCE % (len(self.made) - READ_AT_ONCE)
        began = time.perf_counter()
        with acting_in(self.practice.pk, SYSTEM):
            wanted = self.made[first : first + READ_AT_ONCE]
            rows = list(HumanName.objects.filter(patient__in=wanted))
            opened = [(row.family, row.given) for row in rows]
        self.times.append(time.perf_counter() - began)
        if len(opened) != READ_AT_ONCE:
            self.errors.append("missing")
        with acting_in(self.practice.pk, SYSTEM):
            row = Patient.objects.select_for_update(no_key=True).get(pk=wanted[0])
            row.note = self.written[row.pk] = f"note {first}"
            row.save(update_fields=["note"])

    def until(self, over: Callable[[], bool]) -> None:
        try:
            while not over():
                try:
                    self.page()
                except Exception as error:  # whatever goes wrong is the finding
                    self.errors.append(repr(error))
                time.sleep(0.02)
        finally:
            connection.close()

    def p95(self) -> float:
        return statistics.quantiles(self.times, n=20)[-1] * 1000


@pytest.mark.soak
def test_a_large_practice_is_read_and_written_while_its_key_is_exchanged(django_db_setup, unblocked):
    practice = people.practice()
    made = load.patients(practice.pk, SOAKED, beside=False)
    before, during = Reader(practice, made), Reader(practice, made)
    ends = time.monotonic() + 15
    before.until(lambda: time.monotonic() > ends)
    over = threading.Event()
    thread = threading.Thread(target=during.until, args=[over.is_set])
    job = rotation.begin(practice.pk)
    thread.start()
    began = time.perf_counter()
    job = rotation.run(practice.pk, job, patience=0)
    took = time.perf_counter() - began
    over.set()
    thread.join()

    errors = [*during.errors, *wrong(practice, during.written)]
    met = soak_row("rotation_errors", len(errors) + (job.state != "done"), 0, rule=EXACTLY)
    soak_row("rotation, values", job.step, 200_000, rule=AT_LEAST)
    soak_row("rotation while read and written, seconds", round(took, 1), 600, rule=AT_MOST)
    soak_row("page of fifty before rotation, p95 ms", round(before.p95(), 2), 1000)
    soak_row("page of fifty during rotation : before, p95", round(during.p95() / before.p95(), 2), 1.5)
    assert met, errors[:5]


def wrong(practice: Practice, written: dict) -> list[str]:
    """What was lost: with the old key gone everything opens, and each note is the last one written."""
    with acting_in(practice.pk, SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM compliance_datakey WHERE practice_id = %s AND number = 1", [practice.pk])
    data_keys.forget()
    with acting_in(practice.pk, SYSTEM):
        lost = [str(pk) for pk, text in written.items() if Patient.objects.get(pk=pk).note != text]
        unread = sum(not (name.family or name.given) for name in HumanName.objects.iterator(chunk_size=2000))
    return lost + ["unread"] * unread
