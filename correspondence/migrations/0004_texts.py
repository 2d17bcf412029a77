"""Texts: why one did not go out, and which came in."""

import django.db.models.deletion
from django.db import migrations, models

import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """A text that came in is heard once."""

    dependencies = [
        ("compliance", "0010_draft_patient"),
        ("correspondence", "0003_offers"),
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
        migrations.CreateModel(
            name="InboundText",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.CharField(max_length=64)),
                (
                    "heard",
                    models.CharField(choices=[("stop", "No more texts"), ("words", "Words for a person")], max_length=5),
                ),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.case"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        default=compliance.tenancy.context.practice_acted_in,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.practice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("heard__in", ["stop", "words"])), name="inbound_text_heard_known"
                    ),
                    models.UniqueConstraint(fields=("practice", "key", "heard"), name="one_text_is_heard_once"),
                ],
            },
        ),
        protect("correspondence_inboundtext"),
    ]
