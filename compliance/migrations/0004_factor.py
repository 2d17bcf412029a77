"""Lost second factors."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import compliance.ids


class Migration(migrations.Migration):
    """Two people reset one; the database itself refuses one who is both, or the owner."""

    dependencies = [
        ("compliance", "0003_chain"),
    ]

    operations = [
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("asked_as", models.CharField(blank=True, max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("waits_until", models.DateTimeField(null=True)),
                ("approved_as", models.CharField(blank=True, max_length=60)),
                ("done_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asked_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.practice"
                    ),
                ),
                (
                    "stopped_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True), ("stopped_at__isnull", True)),
                        fields=("user",),
                        name="factor_reset_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_by__isnull", False), models.Q(("asked_as", ""), _negated=True), _connector="XOR"
                        ),
                        name="factor_reset_asked_by_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", True),
                            models.Q(
                                ("approved_by__isnull", False),
                                models.Q(("approved_as", ""), _negated=True),
                                _connector="XOR",
                            ),
                            _connector="OR",
                        ),
                        name="factor_reset_done_with_approval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_by__isnull", True),
                            models.Q(("asked_by", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="factor_reset_not_asked_by_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="factor_reset_not_approved_by_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_by__isnull", True),
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="factor_reset_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_as", ""), ("approved_as", ""), _connector="OR"),
                        name="factor_reset_not_by_operator_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done_at__isnull", True), ("stopped_at__isnull", True), _connector="OR"),
                        name="factor_reset_done_or_stopped",
                    ),
                ],
            },
        ),
    ]
