"""When somebody looked at the list of who has access."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """One table, behind the wall."""

    dependencies = [
        ("compliance", "0007_sign_ins"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessReview",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                "indexes": [models.Index(fields=["practice", "-at"], name="access_review_newest")],
            },
        ),
        protect("compliance_accessreview"),
    ]
