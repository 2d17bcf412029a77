"""The months of the audit tables. What cannot be changed cannot be moved later, so they are made ahead."""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import connection

from compliance.audit.tables import NEVER_TRUNCATED, REVOKE
from compliance.tenancy.wall import MINE, behind

TABLES = ("compliance_auditevent", "compliance_auditpatient", "compliance_auditlink")
AHEAD = 24  # months

STATEMENTS = (
    f"CREATE POLICY one_practice ON {{table}} AS PERMISSIVE FOR ALL TO public USING ({MINE})",
    NEVER_TRUNCATED,  # the triggers for each row come from the parent
)
PARTITION = "CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{start}') TO ('{end}');\n"


def months_ahead(today: date) -> int:
    """For how many whole months from this one partitions are there."""
    return next((n for n in range(AHEAD * 2) if not _exists(_name(TABLES[0], _month(today, n)))), AHEAD * 2)


def make(today: date, *, ahead: int = AHEAD) -> int:
    """Make the partitions of this month and the next `ahead`, as the owner of the tables. Answers how many were new."""
    made = 0
    for table in TABLES:
        for start in (_month(today, n) for n in range(-1, ahead + 1)):
            if _exists(_name(table, start)):
                continue
            name, end = _name(table, start), start + relativedelta(months=1)
            with connection.cursor() as cursor:
                cursor.execute(PARTITION.format(name=name, table=table, start=start.isoformat(), end=end.isoformat()))
                cursor.execute(behind(name, [REVOKE, *STATEMENTS]))
            made += 1
    return made


def _month(today: date, offset: int) -> date:
    return today.replace(day=1) + relativedelta(months=offset)


def _name(table: str, month: date) -> str:
    return f"{table}_{month:%Y_%m}"


def _exists(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return cursor.fetchone()[0]
