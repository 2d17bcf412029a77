"""Signed roots, the second sink, and what is done about damage."""

import resource

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from compliance import trail
from compliance.audit import events, roots, second_sink
from compliance.audit.chain import PORTAL
from compliance.audit.proof import verify
from compliance.everywhere import NotEverywhere
from compliance.models import Case
from compliance.tasks import seal_trail
from compliance.tenancy import acting_in
from compliance.tenancy.context import SYSTEM
from tests.trail.conftest import seal
from tests.trail.tampers import unhindered


def report_on(chain):
    with trail.on_chain(chain):
        return verify.chain(chain)


def test_a_head_is_signed_once(twelve):
    seal(twelve.chain)
    seal(twelve.chain)

    signed = roots.of(twelve.chain)
    assert [root.number for root in signed] == [8, 12]
    assert all(roots.is_genuine(root, roots.public_key()) for root in signed)


def test_a_forged_root_is_told(twelve):
    path = roots.file_of(twelve.chain)
    path.write_bytes(path.read_bytes().replace(b'"number":8', b'"number":7'))

    assert [one.kind for one in report_on(twelve.chain).damages if one.kind == "forged root"] == ["forged root"]


def test_a_file_of_roots_that_cannot_be_read_is_told(twelve):
    roots.file_of(twelve.chain).write_text("not a root\n")

    assert {one.kind for one in report_on(twelve.chain).damages} == {"forged root"}


def test_events_without_a_practice_have_the_portals_chain(committed):
    before = report_on(PORTAL)
    with transaction.atomic():
        events.record("test.of_the_portal")
    after = report_on(PORTAL)

    assert (after.rows, after.damages) == (before.rows + 1, before.damages)


def test_nobody_but_the_portal_reads_the_portals_chain(twelve):
    with acting_in(twelve.chain, SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM compliance_auditlink WHERE practice_id IS NULL")
        assert cursor.fetchone() == (0,)


def test_what_was_undone_is_not_taken_for_removed(twelve):
    with acting_in(twelve.chain, SYSTEM):
        events.record("test.undone")
        transaction.set_rollback(True)

    assert report_on(twelve.chain).damages == []


def test_a_sink_that_cannot_be_written_stops_the_transaction(twelve, tmp_path):
    full, settings.AUDIT_TAIL = settings.AUDIT_TAIL, tmp_path / "file"
    settings.AUDIT_TAIL.write_text("no directory")
    try:
        with pytest.raises(second_sink.SinkFull), acting_in(twelve.chain, SYSTEM):
            events.record("test.never_written")
    finally:
        settings.AUDIT_TAIL = full

    assert report_on(twelve.chain).rows == 12


def test_damage_becomes_one_piece_of_work_of_the_privacy_officer(twelve):
    with unhindered("postgres") as cursor:
        cursor.execute("UPDATE compliance_auditevent SET page = 'x' WHERE id = %s", [twelve.event(3)])

    for _ in range(2):
        trail.verified(twelve.chain, now=timezone.now())

    with acting_in(twelve.chain, SYSTEM):
        (case,) = Case.objects.filter(kind="audit-damage")
        assert (case.team, str(twelve.event(3)) in case.summary) == ("privacy_officer", True)


def test_a_missing_line_of_the_patients_index_is_told(twelve):
    with unhindered("postgres") as cursor:
        cursor.execute("DELETE FROM compliance_auditpatient WHERE event = %s", [twelve.event(12)])

    assert [(one.kind, one.event) for one in report_on(twelve.chain).damages] == [("unindexed", twelve.event(12))]


def test_a_chain_that_cannot_be_signed_does_not_stop_the_others(twelve, another_twelve):
    other = another_twelve()
    before = [len(roots.of(one)) for one in (twelve.chain, other.chain)]
    roots.file_of(twelve.chain).write_text("not a root\n")

    with pytest.raises(NotEverywhere):
        seal_trail()

    assert (before, len(roots.of(other.chain))) == ([1, 1], 2)


def test_a_line_that_a_full_disk_tore_off_is_no_root_and_the_next_takes_its_place(twelve):
    with roots.file_of(twelve.chain).open("ab") as file:
        file.write(b'{"after":"tor')

    before = report_on(twelve.chain).damages
    seal(twelve.chain)

    assert (before, report_on(twelve.chain).damages) == ([], [])
    assert [root.number for root in roots.of(twelve.chain)] == [8, 12]


def test_a_full_disk_under_the_roots_leaves_nothing_half_written(twelve):
    path = roots.file_of(twelve.chain)
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    number, link = trail.heads()[twelve.chain]

    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limits[1]))
    try:
        with pytest.raises(OSError, match="cannot be written"):
            roots.append(twelve.chain, number=number, link=link, now=timezone.now())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert path.read_bytes() == before
