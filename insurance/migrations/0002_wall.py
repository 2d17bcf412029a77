"""Each table of insurance put behind the wall."""

from django.db import migrations

from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Row-level security, from the first day."""

    dependencies = [("insurance", "0001_initial"), ("compliance", "0002_wall")]

    operations = [
        protect("insurance_coverage"),
        protect("insurance_eligibilitycheck"),
        protect("insurance_payer"),
    ]
