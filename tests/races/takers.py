"""Many takers of one time, in threads with connections of their own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, BrokenBarrierError

from django.db import OperationalError, connection, transaction

from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling import booking, taking
from scheduling.booking import SlotTaken
from scheduling.models import Occupation
from tests.conftest import as_role
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TAKERS, AT_ONCE = 50, 10
TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)

TWIN = """
CREATE SCHEMA unguarded;
CREATE TABLE unguarded.scheduling_occupation (LIKE public.scheduling_occupation INCLUDING DEFAULTS);
GRANT USAGE ON SCHEMA unguarded TO portal_app;
GRANT ALL ON unguarded.scheduling_occupation TO portal_app;
"""


class Place:
    """A committed practice with one provider, ten o'clock free, and fifty patients."""

    def __init__(self) -> None:
        self.practice = people.practice()
        self.secretary = people.member(self.practice, Role.SECRETARY)
        with acting_in(self.practice.pk, self.secretary.pk):
            self.doctor = make.provider()
            self.kind = make.visit_type()
            self.patients = [make.patient() for _ in range(TAKERS)]

    def race(self, take: Callable[[int], object], *, search_path: str = "public", at_once: int = AT_ONCE) -> int:
        """How many of fifty takers won."""

        def try_it(number: int) -> bool:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET search_path = {search_path}")
                with acting_in(self.practice.pk, self.secretary.pk):
                    take(number)
            except (SlotTaken, OperationalError):  # the second: a deadlock, which only takers without the lock meet
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(at_once) as pool:
            return sum(pool.map(try_it, range(TAKERS)))

    def beside(self, first: Callable[[], object], second: Callable[[], object]) -> object:
        """The second begins when the first has done all but to commit; answers what it answers, or what was raised."""

        def run() -> object:
            try:
                with acting_in(self.practice.pk, self.secretary.pk):
                    return second()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            with acting_in(self.practice.pk, self.secretary.pk), transaction.atomic():
                first()
                doing = pool.submit(run)
                until_somebody_waits(doing)
            return doing.exception(timeout=30) or doing.result()

    def book(self, number: int) -> None:
        """A taker as everybody takes."""
        booking.book(
            patient=self.patients[number],
            provider=self.doctor,
            starts_at=TEN,
            visit_type=self.kind,
            by=self.secretary,
            now=NOW,
            despite_overlap=True,  # she won an earlier round with another provider
        )

    def look_and_hold(self, number: int, looked: Callable[[], object] = lambda: None) -> None:
        """A taker as it is often written: look, then write, and no lock."""
        is_free = not Occupation.objects.filter(resource=self.doctor.resource).overlapping(TEN, TEN + HALF).exists()
        looked()
        if not is_free:
            raise SlotTaken
        with taking.all_or_taken():
            taking.hold(self.doctor.resource, TEN, TEN + HALF, 0, by=self.secretary, until=NOW + HALF, held_for=None)

    def look_and_take(self) -> Callable[[int], object]:
        """The same taker, of whom the first ones look at the same moment."""
        together = Barrier(AT_ONCE, timeout=30)

        def wait() -> None:
            with suppress(BrokenBarrierError):
                together.wait()

        return lambda number: self.look_and_hold(number, wait if number < AT_ONCE else lambda: None)


def until_somebody_waits(*doing: Future) -> None:
    """Wait until somebody else in this database waits for a lock, or one of those who were `doing` something is done.

    Half a minute at most. A transaction sees who waits as it was when it first looked: so that is forgotten each time.
    """
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = time.monotonic() + 30
    with connection.cursor() as cursor:
        while not (cursor.execute(waiting).fetchone() or any(one.done() for one in doing)):
            assert time.monotonic() < end, "Nobody waits."
            time.sleep(0.02)
            cursor.execute("SELECT pg_stat_clear_snapshot()")


@contextmanager
def twin_without_constraint() -> Iterator[str]:
    """A copy of the table without its constraint, in a schema of its own; answers the search path that finds it."""
    with as_role("portal_owner"), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS unguarded CASCADE;" + TWIN)
    try:
        yield "unguarded, public"
    finally:
        with as_role("portal_owner"), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA unguarded CASCADE")
