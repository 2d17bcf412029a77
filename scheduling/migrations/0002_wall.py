"""Each table of scheduling put behind the wall."""

from django.db import migrations

from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Row-level security, from the first day."""

    dependencies = [("scheduling", "0001_initial"), ("compliance", "0002_wall")]

    operations = [
        protect("scheduling_appointment"),
        protect("scheduling_closure"),
        protect("scheduling_occupation"),
        protect("scheduling_provider"),
        protect("scheduling_resource"),
        protect("scheduling_transition"),
        protect("scheduling_visittype"),
        protect("scheduling_workinghours"),
    ]
