"""Sign-ins of a practice's own people shown to it."""

from django.db import migrations

from compliance.audit import sign_ins


class Migration(migrations.Migration):
    """One function beside the portal's own events."""

    dependencies = [("compliance", "0006_bulk")]

    operations = [migrations.RunSQL(sign_ins.CREATE)]
