"""Whose chart the page of a draft is of. Drafts from before last a day and stay without."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty: nothing is rewritten."""

    dependencies = [
        ("compliance", "0009_index_keys"),
    ]

    operations = [
        migrations.AddField(model_name="draft", name="patient", field=models.UUIDField(null=True)),
    ]
