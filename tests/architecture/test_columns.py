"""What is not sealed is listed: every column that can hold text is here with a reason, and nothing else is."""

from pathlib import Path

import pytest
from django.db import connection

TEXT = """
SELECT c.relname || '.' || a.attname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
AND (t.typname IN ('text', 'varchar', 'bpchar', 'json', 'jsonb')
     OR (t.typcategory = 'A' AND e.typname IN ('text', 'varchar')))
AND c.relname <> 'django_migrations'
"""


def whitelist() -> dict[str, str]:
    """table.column → reason. A reason holds for the columns that stand under it."""
    reasons, reason = {}, ""
    for line in Path(__file__).with_name("plain_columns.txt").read_text().splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line.strip():
            reasons[line.strip()] = reason
    return reasons


@pytest.mark.django_db
def test_every_column_that_can_hold_text_is_sealed_or_listed_with_a_reason():
    with connection.cursor() as cursor:
        cursor.execute(TEXT)
        there = {row[0] for row in cursor.fetchall()}

    known = whitelist()
    assert (sorted(there - known.keys()), sorted(known.keys() - there)) == ([], [])


def test_every_listed_column_has_a_reason():
    assert [column for column, reason in whitelist().items() if not reason] == []
