"""The wall (security.md section 1): the functions it asks, the audit tables, and each table put behind it."""

from django.db import migrations

from compliance.audit import tables
from compliance.tenancy import wall
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Row-level security, from the first day."""

    dependencies = [("compliance", "0001_initial")]

    operations = [
        migrations.RunSQL(wall.CONTEXT_FUNCTIONS + wall.PRACTICE_FUNCTION + wall.PROTECT_MEMBERSHIP),
        migrations.RunSQL(tables.ALL),
        protect("compliance_agreement"),
        protect("compliance_case"),
        protect("compliance_casetransition"),
        protect("compliance_certificate"),
        protect("compliance_datakey"),
        protect("compliance_fieldchange"),
        protect("compliance_invitation"),
        protect("compliance_job"),
        protect("compliance_location"),
        protect("compliance_officehours"),
        protect("compliance_signature"),
    ]
