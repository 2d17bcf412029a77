from datetime import timedelta

from django.db import migrations, models
from django.db.models.lookups import LessThanOrEqual

# Closures that stand already are cut as new ones are. The owner of the table is behind the wall too, but for this.
CUT = """
ALTER TABLE scheduling_occupation NO FORCE ROW LEVEL SECURITY;
WITH long AS (DELETE FROM scheduling_occupation WHERE ends_at - starts_at > interval '2 days' RETURNING *)
INSERT INTO scheduling_occupation
       (id, practice_id, version, created_at, updated_at, resource_id, lane, starts_at, ends_at, appointment_id, closure_id)
SELECT gen_random_uuid(), practice_id, version, created_at, updated_at, resource_id, lane,
       begins, least(begins + interval '48 hours', ends_at), appointment_id, closure_id
  FROM long, generate_series(starts_at, ends_at - interval '1 second', interval '48 hours') AS begins;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE scheduling_occupation FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0009_index_keys"), ("scheduling", "0009_walk_ins")]

    operations = [
        migrations.RunSQL(CUT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="occupation",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(
                    models.ExpressionWrapper(
                        models.F("ends_at") - models.F("starts_at"), output_field=models.DurationField()
                    ),
                    timedelta(days=2),
                ),
                name="occupation_is_not_long",
            ),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.CheckConstraint(
                condition=models.Q(("buffer_after__lte", 720), ("buffer_before__lte", 720)),
                name="visit_type_buffers_are_not_long",
            ),
        ),
    ]
