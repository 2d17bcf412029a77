"""Messages about offers from the wait list."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A message may belong to an offer instead of a visit."""

    dependencies = [
        ("correspondence", "0002_wall"),
        ("scheduling", "0006_waiting"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="offer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="scheduling.offer"
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="skip_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "—"),
                    ("no-contact", "No address for this channel"),
                    ("no-consent", "No consent for this channel"),
                    ("do-not-contact", "Do not contact"),
                    ("deceased", "Deceased"),
                    ("no-wording", "No wording for it"),
                    ("too-late", "It was too late"),
                    ("visit-changed", "The visit was moved or cancelled"),
                    ("offer-over", "The offer was answered or withdrawn"),
                    ("no-channel", "This portal has no such channel"),
                ],
                max_length=16,
            ),
        ),
    ]
