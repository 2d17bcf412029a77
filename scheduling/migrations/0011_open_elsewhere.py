from django.db import migrations

# A closed place takes the time of nobody any more: whoever works there is kept out by her hours, and may work elsewhere.
# The owner of the tables is behind the wall too, but for this.
FREE = """
ALTER TABLE scheduling_occupation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE scheduling_closure NO FORCE ROW LEVEL SECURITY;
ALTER TABLE scheduling_resource NO FORCE ROW LEVEL SECURITY;
DELETE FROM scheduling_occupation
 USING scheduling_closure AS closed, scheduling_resource AS one
 WHERE closed.id = closure_id AND closed.location_id IS NOT NULL AND closed.provider_id IS NULL
   AND one.id = resource_id AND one.kind = 'provider';
ALTER TABLE scheduling_resource FORCE ROW LEVEL SECURITY;
ALTER TABLE scheduling_closure FORCE ROW LEVEL SECURITY;
ALTER TABLE scheduling_occupation FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0010_short_rows")]

    operations = [migrations.RunSQL(FREE, migrations.RunSQL.noop)]
