"""Nothing is sent to a record that is not in use, and that is said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more reason; no row changes."""

    dependencies = [
        ("correspondence", "0004_texts"),
    ]

    operations = [
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
                    ("not-in-use", "The record is not in use"),
                    ("no-wording", "No wording for it"),
                    ("too-late", "It was too late"),
                    ("visit-changed", "The visit was moved or cancelled"),
                    ("displaced", "The visit is to be moved: nobody is seen at that time"),
                    ("offer-over", "The offer was answered or withdrawn"),
                    ("no-channel", "This portal has no such channel"),
                    ("quiet-hours", "It was night: texts go out from 8 AM to 9 PM"),
                    ("enough-texts", "This number had a text that day, or three that week"),
                    ("too-long", "Its words are too long for a text"),
                ],
                max_length=16,
            ),
        ),
    ]
