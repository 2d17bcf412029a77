from django.db import migrations, models


class Migration(migrations.Migration):
    """A closed time may be a public holiday's."""

    dependencies = [("scheduling", "0015_cutover_files")]

    operations = [
        migrations.AddField(
            model_name="closure",
            name="holiday",
            field=models.DateField(editable=False, help_text="the local day of the public holiday that it is", null=True),
        ),
    ]
