"""Whether the wall stands, table by table: for `manage.py rls_check` and for the daily audit job.

What the catalogue says of a table is written as the statements that would make it, and compared with those that did.
"""

from collections import defaultdict
from datetime import date

from django.db import connection

from compliance.audit import chain, partitions, tables
from compliance.tenancy import wall

TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
       EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'practice_id' AND NOT a.attisdropped),
       coalesce((SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
POLICIES = """
SELECT tablename, format('CREATE POLICY %I ON %I AS %s FOR %s TO %s', policyname, tablename, permissive, cmd,
                         array_to_string(roles, ', '))
                  || coalesce(' USING (' || qual || ')', '') || coalesce(' WITH CHECK (' || with_check || ')', '')
FROM pg_policies WHERE schemaname = 'public'
"""
TRIGGERS = """
SELECT c.relname, pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' (switched off)' END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
"""
GRANTS = """
SELECT relname, format('GRANT %s ON %s TO %s', string_agg(privilege, ', ' ORDER BY privilege), relname, grantee) FROM (
    SELECT c.relname, acl.privilege_type || on_column AS privilege,
           coalesce(pg_get_userbyid(nullif(acl.grantee, 0)), 'PUBLIC') AS grantee
    FROM pg_class c CROSS JOIN LATERAL (
        SELECT c.relacl AS held, '' AS on_column UNION ALL
        SELECT a.attacl, ' (' || a.attname || ')' FROM pg_attribute a WHERE a.attrelid = c.oid
    ) CROSS JOIN aclexplode(held) acl
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND acl.grantee <> c.relowner
) GROUP BY relname, grantee
"""
SEC_READABLE = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'sec' AND c.relkind = 'r' AND has_table_privilege('portal_app', c.oid, 'SELECT')
"""
ROLES = "SELECT rolname FROM pg_roles WHERE rolname IN ('portal_app', 'portal_owner') AND (rolsuper OR rolbypassrls)"

STATEMENTS = {
    "compliance_membership": (*wall.MEMBERSHIP, wall.SERVED),
    "compliance_auditevent": (*tables.EVENT, *chain.OVER_EVENTS),
    "compliance_auditpatient": tables.PATIENT,
    "compliance_auditlink": chain.LINK,
}


def findings(today: date) -> list[str]:
    """Every hole in the wall as a sentence; empty when it stands."""
    found: list[str] = []
    there = _there()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, forced, has_practice, parent in cursor.fetchall():
            found += _table_findings(table, forced, has_practice or bool(parent))
            found += _differences(table, there[table], _expected(table, parent))
        cursor.execute(SEC_READABLE)
        found += [f"sec.{row[0]}: portal_app can read it." for row in cursor.fetchall()]
        cursor.execute(ROLES)
        found += [f"{row[0]}: is a superuser or passes by row-level security." for row in cursor.fetchall()]
    if (months := partitions.months_ahead(today)) < 2:
        found.append(f"The audit trail has partitions for {months} more months: run manage.py settle.")
    return found


def _there() -> dict[str, set[str]]:
    there: dict[str, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        for query in (POLICIES, TRIGGERS, GRANTS):
            cursor.execute(query)
            for table, statement in cursor.fetchall():
                there[table].add(statement)
    return there


def _expected(table: str, parent: str) -> set[str]:
    """The statements that made a table what it is; a partition has its parent's triggers for each row."""
    if parent:
        made = (*partitions.STATEMENTS, *(one for one in STATEMENTS[parent] if "FOR EACH ROW" in one))
    elif table in wall.WITHOUT_PRACTICE:
        made = (wall.SERVED,)
    else:
        made = STATEMENTS.get(table, (wall.ONE_PRACTICE, wall.SERVED))
    return {one.format(table=table) for one in made}


def _differences(table: str, there: set[str], expected: set[str]) -> list[str]:
    missing = [f"{table}: is not as it was made, without: {one}" for one in sorted(expected - there)]
    return missing + [f"{table}: is not as it was made, with: {one}" for one in sorted(there - expected)]


def _table_findings(table: str, forced: bool, has_practice: bool) -> list[str]:
    if table in wall.WITHOUT_PRACTICE:
        return []
    if not has_practice:
        return [f"{table}: has no practice and is not in the list of tables without one."]
    return [] if forced else [f"{table}: row-level security is not forced."]
