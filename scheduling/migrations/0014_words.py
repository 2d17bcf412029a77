from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0013_held_kind"),
    ]

    operations = [
        migrations.AlterField(
            model_name="appointment",
            name="told_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("patient", "The patient told us"),
                    ("called", "We called"),
                    ("message", "A message was sent"),
                    ("not-yet", "Nobody yet"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="freedtime",
            name="came_from",
            field=models.CharField(
                choices=[
                    ("cancelled", "Cancelled"),
                    ("moved", "Moved"),
                    ("noshow", "Did not come"),
                    ("other", "Booking undone"),
                    ("opened", "Opened again"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="status",
            field=models.CharField(
                choices=[
                    ("offered", "Waiting for an answer"),
                    ("accepted", "Accepted"),
                    ("booked", "Booked"),
                    ("declined", "Declined"),
                    ("expired", "Not answered in time"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="offered",
                max_length=10,
            ),
        ),
    ]
