"""MRNs given by the portal; each MRN once at a practice."""

import django.db.models.deletion
from django.db import migrations, models

import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """A counter per practice, and the promise behind `MrnTaken`."""

    dependencies = [
        ("compliance", "0002_wall"),
        ("patients", "0002_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="Numbering",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("last", models.PositiveIntegerField()),
            ],
        ),
        migrations.AlterField(
            model_name="searchtoken",
            name="practice",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.practice"
            ),
        ),
        migrations.AddConstraint(
            model_name="searchtoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", 4)), fields=("practice", "token"), name="mrn_once"
            ),
        ),
        migrations.AddField(
            model_name="numbering",
            name="practice",
            field=models.ForeignKey(
                default=compliance.tenancy.context.practice_acted_in,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.practice",
            ),
        ),
        migrations.AddConstraint(
            model_name="numbering",
            constraint=models.UniqueConstraint(fields=("practice",), name="one_numbering"),
        ),
        protect("patients_numbering"),
    ]
