"""Much at once leaves only with a reason, and above 500 patients only with a second person."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance import bulk, charts, making_exports
from compliance import people as domain
from compliance.exports import Span, csv_line
from compliance.models import AuditEvent, Export, Membership, Relation
from compliance.roles import Role
from compliance.tenancy import acting_in
from patients.models import Patient
from tests.factories import patients, people, scheduling

Status = Export.Status


@pytest.fixture
def boss(practice):
    return people.member(practice, Role.PRACTICE_ADMIN, name="Ada Boss")


@pytest.fixture
def here(practice, boss):
    with acting_in(practice.pk, boss.pk):
        yield practice


def crowd(count: int) -> None:
    Patient.objects.bulk_create(Patient() for _ in range(count))


def asked(by, what="patients-csv", **said) -> Export:
    return bulk.ask(what, reason="Moving to another system.", by=by, now=timezone.now(), **said)


def made(by, what="patients-csv", **said) -> str:
    export = asked(by, what, **said)
    making_exports.make(export.practice_id, export.pk)
    return bulk.fetch(export, by=by, now=timezone.now()).decode()


def test_a_small_export_needs_nobody_else(here, boss):
    patients.patient()

    assert asked(boss).status == Status.APPROVED


def test_five_hundred_are_exported_alone_and_one_more_waits(here, boss):
    crowd(500)
    alone = asked(boss).status
    crowd(1)

    assert (alone, asked(boss).status) == (Status.APPROVED, Status.WAITING)


def test_slices_of_an_export_count_together(here, boss):
    crowd(300)
    asked(boss)

    assert asked(boss, "patients-fhir").status == Status.WAITING


def test_the_database_refuses_a_big_export_without_a_second_person(here, boss):
    crowd(501)
    export = asked(boss)

    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(status=Status.APPROVED)


def test_another_admin_agrees(here, boss):
    crowd(501)
    export = asked(boss)
    other = people.member(here, Role.PRACTICE_ADMIN, name="Bea Other")

    bulk.decide(export, agrees=True, by=other, now=timezone.now())

    assert (export.status, export.decided_by) == (Status.APPROVED, other)


def test_the_operator_agrees_by_command(here, boss, capsys):
    crowd(501)
    export = asked(boss)

    call_command("approve_export", here.slug, str(export.pk))

    export.refresh_from_db()
    assert (export.status, export.decided_as) == (Status.APPROVED, "operator of the portal")


def test_the_operator_is_told_when_nothing_waits(here, boss):
    export = asked(boss)

    with pytest.raises(CommandError, match="does not wait"):
        call_command("approve_export", here.slug, str(export.pk))


def test_what_was_refused_is_not_made(here, boss):
    crowd(501)
    export = asked(boss)
    bulk.decide(export, agrees=False, by=people.member(here, Role.PRIVACY_OFFICER), now=timezone.now())

    with pytest.raises(bulk.NotToFetch):
        bulk.fetch(export, by=boss, now=timezone.now())


def test_the_table_says_who_when_why_and_whose(here, boss):
    patients.patient(mrn="M-1")

    mark, columns, line = made(boss).splitlines()

    assert all(words in mark for words in ("Ada Boss", "Moving to another system.", "Request"))
    assert columns.startswith("MRN,Family,Given")
    assert line.startswith("M-1,Lopez,Maria,,1985-03-27")


def test_each_resource_carries_the_mark(here, boss):
    patients.patient()

    said = json.loads(made(boss, "patients-fhir"))

    assert said["name"][0]["family"] == "Lopez"
    assert "Ada Boss" in said["meta"]["tag"][0]["display"]


def test_visits_are_exported_by_days(here, boss):
    scheduling.visit(by=boss, whose=patients.patient())
    day = scheduling.MONDAY

    inside = made(boss, "visits-csv", span=Span(day, day)).splitlines()
    outside = made(boss, "visits-csv", span=Span(day + timedelta(days=1), day + timedelta(days=1))).splitlines()

    assert ("Lopez" in inside[2], len(outside)) == (True, 2)


def test_days_and_times_of_a_file_are_those_of_the_practice(here, boss):
    """The worker that makes it has no zone of its own: ten in the evening in Chicago is tomorrow in UTC."""
    doctor, day = scheduling.provider(hours=False), scheduling.MONDAY
    scheduling.works(doctor, day.weekday(), "20:00", "23:00")
    late = datetime(day.year, day.month, day.day, 22, tzinfo=ZoneInfo("America/Chicago"))
    scheduling.visit(by=boss, who=doctor, whose=patients.patient(), starts_at=late)

    lines = made(boss, "visits-csv", span=Span(day, day)).splitlines()

    assert [line.split(",")[0] for line in lines[2:]] == ["2026-11-23 22:00"]


def test_the_trail_is_exported_by_days(here, boss):
    patients.patient(by=boss)
    today = timezone.localdate(timezone=ZoneInfo(here.time_zone))

    assert "patient.registered" in made(boss, "audit-csv", span=Span(today, today))


def test_the_trail_is_exported_without_charts_the_asker_is_barred_from(here, boss, secretary):
    maria = patients.patient(by=secretary)
    charts.bar(boss, maria.pk, relation=Relation.FAMILY, by=secretary)
    today = timezone.localdate()

    assert str(maria.pk) not in made(boss, "audit-csv", span=Span(today, today))


def test_every_patient_of_the_file_stands_in_the_trail(here, boss):
    crowd(401)
    made(boss)

    listed = [row.listed for row in AuditEvent.objects.filter(kind="export.written")]
    assert sorted(pk for row in listed for pk in row) == sorted(Patient.objects.values_list("pk", flat=True))


def test_a_closed_chart_is_not_exported(here, boss, secretary):
    maria = patients.patient()
    charts.restrict(maria.pk, by=secretary)

    assert "Lopez" not in made(boss)


def test_the_file_is_fetched_once(here, boss):
    export = asked(boss)
    making_exports.make(here.pk, export.pk)
    bulk.fetch(export, by=boss, now=timezone.now())

    with pytest.raises(bulk.NotToFetch):
        bulk.fetch(export, by=boss, now=timezone.now())


def test_the_file_is_the_askers_alone(here, boss):
    export = asked(boss)
    making_exports.make(here.pk, export.pk)

    with pytest.raises(bulk.NotToFetch):
        bulk.fetch(export, by=people.member(here, Role.PRACTICE_ADMIN), now=timezone.now())


def test_the_file_is_gone_after_a_day(here, boss):
    export = asked(boss)
    making_exports.make(here.pk, export.pk)
    tomorrow = timezone.now() + timedelta(hours=24, minutes=1)

    bulk.forget_old(now=tomorrow)

    assert not export.pieces.exists()


def test_the_file_lies_sealed(here, boss):
    patients.patient()
    export = asked(boss)
    making_exports.make(here.pk, export.pk)

    assert b"Lopez" not in b"".join(bytes(row.content) for row in export.pieces.all())


def test_more_patients_than_were_asked_for_stop_the_job(here, boss):
    export = asked(boss)
    crowd(501)

    making_exports.make(here.pk, export.pk)

    export.refresh_from_db()
    assert (export.status, export.job.state) == (Status.FAILED, "failed")


def test_a_line_is_not_a_formula():
    assert csv_line(["=1+1", "+1", "-1", "@a", "\tx", "ok"]) == "'=1+1,'+1,'-1,'@a,'\tx,ok\r\n"


def test_who_lost_the_right_meanwhile_does_not_fetch(practice, admin):
    """She asked as an admin; as a privacy officer she still sees exports, and takes none away."""
    people.member(practice, Role.PRIVACY_OFFICER, who=admin)
    other = people.member(practice, Role.PRACTICE_ADMIN)
    with acting_in(practice.pk, admin.pk):
        export = asked(admin)
        making_exports.make(practice.pk, export.pk)
        domain.end(Membership.objects.get(user=admin, role=Role.PRACTICE_ADMIN), by=other, now=timezone.now())
        admin.forget_standings()

        with pytest.raises(bulk.NotToFetch):
            bulk.fetch(export, by=admin, now=timezone.now())

        assert AuditEvent.objects.filter(kind="export.refused", actor=admin.pk).exists()
