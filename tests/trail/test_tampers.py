"""Eleven ways to bend the trail with the whole database in hand: each is found, with its kind and its row."""

import pytest

from compliance import trail as proof
from compliance.audit.events import digest
from compliance.audit.proof import reading, verify
from tests.reporting import EXACTLY, soak_row
from tests.trail.conftest import seal
from tests.trail.tampers import TAMPERS, unhindered

ROLES = ("portal_owner", "postgres")


def report_on(trail):
    with proof.on_chain(trail.chain):
        return verify.chain(trail.chain)


def found(trail, tamper, kinds, role) -> bool:
    """Do it, and see whether the verification names kind and row."""
    with unhindered(role) as cursor:
        event = tamper(cursor, trail)
    return any(one.kind in kinds and one.event == event for one in report_on(trail).damages)


def test_a_trail_that_nobody_touched_is_whole(twelve):
    report = report_on(twelve)

    assert (report.damages, report.rows) == ([], 12)
    assert report.until is not None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("tamper", "kinds"), TAMPERS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_tampered_trail_is_told_by_kind_and_row(twelve, tamper, kinds, role):
    assert found(twelve, tamper, kinds, role), report_on(twelve).damages


def test_row_checksums_alone_find_few_of_them(twelve):
    """As other systems keep them: a row is compared with its own checksum, and with nothing else."""
    seen = []
    for tamper, _ in TAMPERS:
        with unhindered("postgres") as cursor:
            cursor.execute("BEGIN")
            tamper(cursor, twelve)
            cursor.execute("SET LOCAL row_security = off")
            rows = list(reading.events(twelve.chain))
            cursor.execute("ROLLBACK")
        seen.append(any(digest(said) != said["digest"] for said in rows))

    assert sum(seen) == 2  # the edit that forgot it, and the exchange


@pytest.mark.soak
def test_all_eleven_are_found(request):
    """The figure of the report."""
    hits = 0
    for tamper, kinds in TAMPERS:
        hits += found(request.getfixturevalue("another_twelve")(), tamper, kinds, "postgres")

    assert soak_row("tampers_found", hits, 11, rule=EXACTLY)


def test_verifying_does_not_repair(twelve):
    with unhindered("postgres") as cursor:
        TAMPERS[0][0](cursor, twelve)

    before = [str(one) for one in report_on(twelve).damages]

    assert [str(one) for one in report_on(twelve).damages] == before != []


def test_damage_in_the_last_minute_stands_in_the_next_root(twelve):
    with unhindered("postgres") as cursor:
        cursor.execute("UPDATE compliance_auditevent SET page = 'x' WHERE id = %s", [twelve.event(12)])

    seal(twelve.chain)

    assert any(one.kind == "changed" and one.event == twelve.event(12) for one in report_on(twelve).damages)
