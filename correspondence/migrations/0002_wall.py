"""Each table of correspondence put behind the wall."""

from django.db import migrations

from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Row-level security, from the first day."""

    dependencies = [("correspondence", "0001_initial"), ("compliance", "0002_wall")]

    operations = [
        protect("correspondence_call"),
        protect("correspondence_callstep"),
        protect("correspondence_message"),
        protect("correspondence_redflags"),
        protect("correspondence_reminderplan"),
        protect("correspondence_reminderstep"),
        protect("correspondence_wording"),
    ]
