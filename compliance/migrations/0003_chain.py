"""The chain over the audit trail (security.md section 3)."""

from django.db import migrations

from compliance.audit import chain


class Migration(migrations.Migration):
    """Links at COMMIT, from the first event on."""

    dependencies = [("compliance", "0002_wall")]

    operations = [migrations.RunSQL(chain.CREATE)]
