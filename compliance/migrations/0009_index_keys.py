"""Which version of the index key a practice's search tokens are made with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Practices founded before have tokens of the ring's first index key."""

    dependencies = [
        ("compliance", "0008_accessreview"),
    ]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="index_version",
            field=models.PositiveSmallIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="practice",
            name="coming_index_version",
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
    ]
