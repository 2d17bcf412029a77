"""What ours is measured beside: the same questions to plain tables, without isolation, sealing or audit."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

TABLES = """
CREATE TABLE bare_patient (id uuid PRIMARY KEY, family text, given text, birth_date date, phone text, mrn text, sex text);
CREATE TABLE bare_visit (
    id uuid PRIMARY KEY, patient_id uuid, provider_id uuid, starts_at timestamptz, ends_at timestamptz, status text,
    kind text, mode text, reason text, status_since timestamptz, updated_at timestamptz
);
CREATE TABLE bare_occupation (
    id uuid PRIMARY KEY, resource_id uuid, lane int, starts_at timestamptz, ends_at timestamptz, appointment_id uuid
);
CREATE TABLE bare_transition (id uuid PRIMARY KEY, appointment_id uuid, what text, to_status text, at timestamptz);
CREATE TABLE bare_hours (provider_id uuid, weekday int, starts time, ends time);
CREATE TABLE bare_closure (provider_id uuid, starts_at timestamptz, ends_at timestamptz);
CREATE TABLE bare_provider (id uuid PRIMARY KEY, name text, resource_id uuid);
"""
INDEXES = """
CREATE INDEX ON bare_patient (lower(family) text_pattern_ops);
CREATE INDEX ON bare_patient (lower(given) text_pattern_ops);
CREATE INDEX ON bare_patient (phone);
CREATE INDEX ON bare_visit (provider_id, starts_at);
CREATE INDEX ON bare_visit (starts_at);
CREATE INDEX ON bare_occupation (resource_id, starts_at, ends_at);
CREATE INDEX ON bare_hours (provider_id, weekday);
ANALYZE;
"""
COPY_PATIENTS = """
INSERT INTO bare_patient (id, family, given, birth_date, phone, mrn, sex)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::text[], %s::text[], %s::text[])
"""
STEP = timedelta(minutes=15)


def rows(sql: str, values: Any = ()) -> list[dict[str, Any]]:
    """What a query answers, as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def by_name(beginning: str, other: str = "") -> list[dict[str, Any]]:
    """The first fifty whose family name begins so, and how many there are."""
    return rows(
        "SELECT id, family, given, birth_date, phone, mrn, sex, count(*) OVER () AS total FROM bare_patient"
        " WHERE (lower(family) LIKE %s OR lower(given) LIKE %s) AND (lower(family) LIKE %s OR lower(given) LIKE %s)"
        " LIMIT 50",
        [beginning + "%", beginning + "%", other + "%", other + "%"],
    )


def by_phone(number: str) -> list[dict[str, Any]]:
    """Whoever has the phone."""
    return rows("SELECT id, family, given, birth_date, phone, mrn, sex FROM bare_patient WHERE phone = %s", [number])


def free(provider: Any, resource: Any, first: date, last: date, minutes: int, zone: ZoneInfo) -> list[datetime]:
    """Free beginnings of one provider: hours, what is taken, one from the other."""
    hours: dict[int, list] = {}
    for row in rows("SELECT weekday, starts, ends FROM bare_hours WHERE provider_id = %s", [provider]):
        hours.setdefault(row["weekday"], []).append((row["starts"], row["ends"]))
    rows("SELECT starts_at, ends_at FROM bare_closure WHERE provider_id = %s", [provider])
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    taken = rows(
        "SELECT starts_at, ends_at FROM bare_occupation WHERE resource_id = %s AND starts_at < %s AND ends_at > %s"
        " ORDER BY starts_at",
        [resource, end, start],
    )
    busy = [(row["starts_at"], row["ends_at"]) for row in taken]
    length, found, day = timedelta(minutes=minutes), [], first
    while day <= last:
        for opens, closes in hours.get(day.weekday(), ()):
            at, until = datetime.combine(day, opens, zone), datetime.combine(day, closes, zone)
            today = [(a, b) for a, b in busy if a < until and b > at]
            while at + length <= until:
                if not any(a < at + length and b > at for a, b in today):
                    found.append(at)
                at += STEP
        day += timedelta(days=1)
    return found
