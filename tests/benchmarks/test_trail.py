"""The trail: appending with sixteen clients beside a table without chain, and verifying."""

import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from compliance import trail
from compliance.audit import events
from compliance.audit.proof import verify
from compliance.audit.tables import COLUMNS
from compliance.ids import uuid7
from compliance.tenancy import acting_in
from compliance.tenancy.context import SYSTEM
from tests.benchmarks.test_booking_rate import CLIENTS, EACH, per_second
from tests.conftest import as_role
from tests.factories import people
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
PRACTICES, VERIFIED, BATCH = 8, 300_000, 1_000
BARE = """
DROP TABLE IF EXISTS bench_event; CREATE TABLE bench_event (LIKE compliance_auditevent INCLUDING INDEXES);
GRANT SELECT, INSERT ON bench_event TO portal_app
"""
INTO_BARE = f"INSERT INTO bench_event ({', '.join(COLUMNS)}) VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})"
MANY = """
INSERT INTO compliance_auditevent (id, at, practice_id, actor, actor_label, session, request_id, address, page, kind, action,
    outcome, purpose, opened, listed, categories, object_type, object_id, body, digest)
SELECT uuidv7(), %(at)s + n * interval '1 millisecond', %(practice)s, %(practice)s, 'somebody@practice.example',
    'abcdefgh', 'abcdefgh12345678', '192.0.2.1', 'scheduling:board', 'patient.read', 'R', '0', '',
    '{}', '{}', '{names,phones}', '', '', '{"rows": 20}', sha256(int8send(n::bigint))
FROM generate_series(%(first)s, %(last)s) AS n
"""


@pytest.fixture
def unblocked(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        connection.close()


def test_sixteen_clients_append(unblocked):
    with as_role("portal_owner"), connection.cursor() as cursor:
        cursor.execute(BARE)
    practices = [people.practice().pk for _ in range(PRACTICES)]

    def chained(number: int) -> None:
        with acting_in(practices[number // EACH % PRACTICES], SYSTEM):
            events.record("bench.appended", listed=[])

    def plain(number: int) -> None:
        practice = practices[number // EACH % PRACTICES]
        with acting_in(practice, SYSTEM), connection.cursor() as cursor:
            cursor.execute(INTO_BARE, row_of(practice))

    beside, rate = per_second(plain), per_second(chained)

    bench_row("audit append chained, 16 clients over 8 practices, events a second", rate, None, 1, lower_is_better=False)
    bench_row("audit append chained : plain, time", round(1000 / rate, 3), round(1000 / beside, 3), 2.5)
    assert CLIENTS >= PRACTICES


def row_of(practice) -> dict:
    said = dict.fromkeys(COLUMNS, "") | {"id": uuid7(), "at": timezone.now(), "practice_id": practice, "actor": SYSTEM}
    nothing = {"address": None, "opened": [], "listed": [], "categories": [], "body": "{}", "digest": b"", "action": "E"}
    return said | nothing | {"outcome": "0", "kind": "bench.appended"}


def test_three_hundred_thousand_events_are_verified(unblocked):
    practice = people.practice().pk
    began = timezone.now() - timedelta(hours=1)
    for first in range(0, VERIFIED, BATCH):  # one transaction of all would walk every version of the head again and again
        with acting_in(practice, SYSTEM), connection.cursor() as cursor:
            cursor.execute(MANY, {"at": began, "practice": practice, "first": first + 1, "last": first + BATCH})
    number, link = trail.heads()[practice]
    trail.roots.append(practice, number=number, link=link, now=timezone.now() + timedelta(minutes=5))
    with trail.on_chain(practice):
        took = time.perf_counter()
        report = verify.chain(practice)
        took = time.perf_counter() - took
        transaction.set_rollback(True)

    bench_row("audit verify, events a second", round(report.rows / took), None, 150_000, lower_is_better=False)
    assert {one.kind for one in report.damages} <= {"inserted"}  # written past the portal: no sink knows them
