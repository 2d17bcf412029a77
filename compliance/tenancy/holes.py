"""Whether the wall stands, table by table: for `manage.py rls_check` and for the daily audit job."""

from datetime import date

from django.db import connection

from compliance.audit import partitions
from compliance.tenancy.wall import WITHOUT_PRACTICE

TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
       EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'practice_id' AND NOT a.attisdropped),
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid), c.relispartition
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
PARTITION_GRANTS = """
SELECT c.relname FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'
AND has_table_privilege('portal_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
"""
APPEND_ONLY_GRANTS = """
SELECT has_table_privilege('portal_app', 'compliance_auditevent', 'UPDATE, DELETE, TRUNCATE')
    OR has_table_privilege('portal_app', 'compliance_auditpatient', 'UPDATE, DELETE, TRUNCATE')
"""
SEC_READABLE = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'sec' AND c.relkind = 'r' AND has_table_privilege('portal_app', c.oid, 'SELECT')
"""
ROLES = "SELECT rolname FROM pg_roles WHERE rolname IN ('portal_app', 'portal_owner') AND (rolsuper OR rolbypassrls)"


def findings(today: date) -> list[str]:
    """Every hole in the wall as a sentence; empty when it stands."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, forced, has_practice, policies, is_partition in cursor.fetchall():
            found += _table_findings(table, forced, has_practice or is_partition, policies)
        cursor.execute(PARTITION_GRANTS)
        found += [f"{row[0]}: a partition can be reached by portal_app past its parent." for row in cursor.fetchall()]
        cursor.execute(APPEND_ONLY_GRANTS)
        if cursor.fetchone()[0]:
            found.append("The audit tables can be changed by portal_app.")
        cursor.execute(SEC_READABLE)
        found += [f"sec.{row[0]}: portal_app can read it." for row in cursor.fetchall()]
        cursor.execute(ROLES)
        found += [f"{row[0]}: is a superuser or passes by row-level security." for row in cursor.fetchall()]
    if (months := partitions.months_ahead(today)) < 2:
        found.append(f"The audit trail has partitions for {months} more months: run manage.py settle.")
    return found


def _table_findings(table: str, forced: bool, has_practice: bool, policies: int) -> list[str]:
    if table in WITHOUT_PRACTICE:
        return []
    if not has_practice:
        return [f"{table}: has no practice and is not in the list of tables without one."]
    if not forced:
        return [f"{table}: row-level security is not forced."]
    return [] if policies else [f"{table}: has no policy."]
