"""Each search token says which version of the index key it was made with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Tokens made before are of the ring's first index key."""

    dependencies = [
        ("patients", "0002_wall"),
        ("compliance", "0009_index_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchtoken",
            name="key_version",
            field=models.PositiveSmallIntegerField(default=1),
        ),
    ]
