"""Drafts of forms that stood open when a session ended."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import compliance.crypto.sealed
import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0004_factor"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("page", models.CharField(max_length=300)),
                ("body", compliance.crypto.sealed.SealedField("draft.body", max_length=40000)),
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
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("practice", "user", "page"), name="one_draft_for_a_page")],
            },
        ),
        protect("compliance_draft"),
    ]
