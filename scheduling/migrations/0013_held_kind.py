import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0010_draft_patient"),
        ("scheduling", "0012_offers_by_text"),
    ]

    operations = [
        migrations.AddField(
            model_name="occupation",
            name="held_from",
            field=models.DateTimeField(help_text="when the visit that it is held for begins", null=True),
        ),
        migrations.AddField(
            model_name="occupation",
            name="held_kind",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.visittype"
            ),
        ),
        migrations.AddConstraint(
            model_name="occupation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("held_from__isnull", True), ("held_kind__isnull", True)),
                    models.Q(("held_from__isnull", False), ("held_kind__isnull", False), ("hold_until__isnull", False)),
                    _connector="OR",
                ),
                name="occupation_held_for_a_kind_then",
            ),
        ),
    ]
