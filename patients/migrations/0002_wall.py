"""Each table of patients put behind the wall."""

from django.db import migrations

from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Row-level security, from the first day."""

    dependencies = [("patients", "0001_initial"), ("compliance", "0002_wall")]

    operations = [
        protect("patients_address"),
        protect("patients_consent"),
        protect("patients_contactpoint"),
        protect("patients_document"),
        protect("patients_documentchunk"),
        protect("patients_humanname"),
        protect("patients_identifier"),
        protect("patients_numbering"),
        protect("patients_patient"),
        protect("patients_searchtoken"),
        protect("patients_verification"),
    ]
