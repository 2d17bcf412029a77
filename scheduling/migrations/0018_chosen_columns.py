import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A file is handed in before it is said what its columns are; its job comes with the check."""

    dependencies = [
        ("compliance", "0010_draft_patient"),
        ("scheduling", "0017_closed_things"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="cutoverfile",
            name="cut_over_file_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="cutoverfile",
            name="cut_over_file_is_there_while_needed",
        ),
        migrations.AlterField(
            model_name="cutoverfile",
            name="job",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.job"
            ),
        ),
        migrations.AlterField(
            model_name="cutoverfile",
            name="state",
            field=models.CharField(
                choices=[
                    ("handed", "To be told what its columns are"),
                    ("waiting", "Being checked"),
                    ("checked", "Checked"),
                    ("agreed", "Being brought"),
                    ("brought", "Brought"),
                    ("refused", "Cannot be taken"),
                    ("stopped", "Stopped by an error"),
                    ("dropped", "Put away"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="cutoverfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["handed", "waiting", "checked", "agreed", "brought", "refused", "stopped", "dropped"])
                ),
                name="cut_over_file_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cutoverfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["handed", "waiting", "checked", "agreed", "stopped"]), _negated=True),
                    ("content__isnull", False),
                    _connector="OR",
                ),
                name="cut_over_file_is_there_while_needed",
            ),
        ),
        migrations.AddConstraint(
            model_name="cutoverfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["handed", "dropped"]), ("job__isnull", False), _connector="OR"),
                name="cut_over_file_has_its_job",
            ),
        ),
    ]
