import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A room or a machine may be closed for a time."""

    dependencies = [("scheduling", "0016_holidays")]

    operations = [
        migrations.AddField(
            model_name="closure",
            name="resource",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closures",
                to="scheduling.resource",
            ),
        ),
        migrations.AlterField(
            model_name="closure",
            name="reason",
            field=models.CharField(help_text="Shown on the board: Lunch, Vacation, Holiday, Repair", max_length=80),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.CheckConstraint(
                condition=models.Q(("resource__isnull", True))
                | models.Q(("location__isnull", True), ("provider__isnull", True)),
                name="closure_of_a_thing_alone",
            ),
        ),
    ]
