"""The commands of the operator."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from compliance.access import MATRIX, matrix_text
from compliance.audit.tables import NEVER_CHANGED
from compliance.models import AuditEvent, Invitation, Practice
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.holes import findings
from compliance.tenancy.wall import MINE
from tests.conftest import as_role


def said(*command, **options) -> str:
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


def found(slug="", **options):
    options = {"admin_email": "nora@staff.example", "admin_name": "Nora Berg", "time_zone": "America/Denver"} | options
    return said("found_practice", slug or f"p-{timezone.now():%H%M%S%f}", "Hillside", **options)


def test_founding_prints_the_first_admins_link(db):
    text = found("hillside-of-this-test", origin="https://portal.example")

    assert "https://portal.example/invitation/hillside-of-this-test/" in text
    practice = Practice.objects.get(slug="hillside-of-this-test")
    with acting_in(practice.pk, SYSTEM):
        assert Invitation.objects.get().role == "practice_admin"
        assert AuditEvent.objects.filter(kind="practice.founded").count() == 1


def test_founding_sends_the_link_when_asked_to(db):
    found(send=True)

    assert [message.to for message in mail.outbox] == [["nora@staff.example"]]


@pytest.mark.parametrize(
    ("slug", "options", "sentence"),
    [
        ("With Capitals", {}, "lower-case letters"),
        ("", {"time_zone": "Mars/Olympus"}, "There is no time zone"),
        ("x" * 51, {}, "at most 50 characters"),
    ],
)
def test_what_cannot_be_founded_is_said_in_words(db, slug, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        found(slug, **options)


def test_a_slug_is_taken_once(practice):
    with pytest.raises(CommandError, match="already exists"):
        found(practice.slug)


def test_keys_new_makes_a_ring_and_never_replaces_one(settings, tmp_path):
    settings.KEY_RING = tmp_path / "ring.json"
    assert "wrapping: versions 1" in said("keys", "new")

    with pytest.raises(CommandError, match="never replaced"):
        said("keys", "new")


def test_keys_status_says_what_is_wrong(settings, tmp_path):
    settings.KEY_RING = tmp_path / "ring.json"

    with pytest.raises(CommandError, match="There is no key ring"):
        said("keys", "status")


def test_the_access_matrix_is_printed(db):
    assert said("access_matrix") == matrix_text()


def test_settling_again_changes_nothing(committed):
    with as_role("portal_owner"):
        assert said("settle") == f"Settled: 0 new partitions, {len(MATRIX)} permissions.\n"


def test_the_wall_stands(db):
    assert said("rls_check") == "Every table of a practice stands behind the wall.\n"


@pytest.mark.parametrize(
    ("break_it", "mend_it", "sentence"),
    [
        (
            "ALTER TABLE compliance_job NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE compliance_job FORCE ROW LEVEL SECURITY",
            "compliance_job: row-level security is not forced.",
        ),
        ("CREATE TABLE stray (id int)", "DROP TABLE stray", "stray: has no practice"),
        (
            "GRANT UPDATE ON compliance_auditevent TO portal_app",
            "REVOKE UPDATE ON compliance_auditevent FROM portal_app",
            "compliance_auditevent: is not as it was made, with: GRANT INSERT, SELECT, UPDATE ON",
        ),
        (
            "GRANT UPDATE (body) ON compliance_auditevent TO portal_app",
            "REVOKE UPDATE (body) ON compliance_auditevent FROM portal_app",
            "compliance_auditevent: is not as it was made, with: GRANT INSERT, SELECT, UPDATE (body) ON",
        ),
        (
            "GRANT DELETE ON compliance_auditlink TO portal_app",
            "REVOKE DELETE ON compliance_auditlink FROM portal_app",
            "compliance_auditlink: is not as it was made, with: GRANT DELETE, SELECT ON",
        ),
        (
            "CREATE POLICY everybody ON compliance_case USING (true)",
            "DROP POLICY everybody ON compliance_case",
            "compliance_case: is not as it was made, with: CREATE POLICY everybody",
        ),
        (
            "ALTER POLICY one_practice ON compliance_job WITH CHECK (true)",
            f"ALTER POLICY one_practice ON compliance_job WITH CHECK ({MINE})",
            "compliance_job: is not as it was made, without: CREATE POLICY one_practice",
        ),
        (
            "ALTER TABLE compliance_auditevent DISABLE TRIGGER chained",
            "ALTER TABLE compliance_auditevent ENABLE TRIGGER chained",
            "compliance_auditevent: is not as it was made, without: CREATE CONSTRAINT TRIGGER chained",
        ),
        (
            "DROP TRIGGER never_changed ON compliance_auditlink",
            NEVER_CHANGED.format(table="compliance_auditlink"),
            "compliance_auditlink: is not as it was made, without: CREATE TRIGGER never_changed",
        ),
        (
            "GRANT SELECT ON sec.pads TO portal_app",
            "REVOKE SELECT ON sec.pads FROM portal_app",
            "sec.pads: portal_app can read it.",
        ),
    ],
)
def test_each_hole_in_the_wall_is_found(committed, break_it, mend_it, sentence):
    with as_role("portal_owner"), connection.cursor() as cursor:
        cursor.execute(break_it)
        try:
            holes = findings(timezone.now().date())
        finally:
            cursor.execute(mend_it)

    assert any(hole.startswith(sentence) for hole in holes), holes
