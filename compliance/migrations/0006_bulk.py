"""Charts that not everybody may open, and exports of much at once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import compliance.crypto.sealed
import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Six tables, each behind the wall."""

    dependencies = [
        ("compliance", "0005_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("what", models.CharField(max_length=20)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a second person"),
                            ("refused", "Refused"),
                            ("approved", "Being made"),
                            ("ready", "Ready to be fetched"),
                            ("fetched", "Fetched"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reason", compliance.crypto.sealed.SealedField("export.reason", max_length=500)),
                ("patients", models.PositiveIntegerField()),
                ("first_on", models.DateField(null=True)),
                ("last_on", models.DateField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("request", models.CharField(blank=True, max_length=64)),
                ("decided_as", models.CharField(blank=True, max_length=60)),
                ("decided_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.job"
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
        ),
        migrations.CreateModel(
            name="ExportPiece",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pieces", to="compliance.export"
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
        ),
        migrations.CreateModel(
            name="Barred",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("patient", models.UUIDField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("self", "It is her own chart"),
                            ("family", "Family"),
                            ("neighbour", "Neighbour or friend"),
                            ("colleague", "Colleague"),
                            ("asked", "The patient asked for it (45 CFR 164.522)"),
                        ],
                        max_length=10,
                    ),
                ),
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
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["self", "family", "neighbour", "colleague", "asked"])),
                        name="barred_relation_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("practice", "user", "patient"),
                        name="barred_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BrokenGlass",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("patient", models.UUIDField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("ETREAT", "Emergency"),
                            ("TREAT", "Care that cannot wait for whoever has access"),
                            ("PATRQT", "The patient asks for it"),
                            ("HOPERAT", "Review or complaint"),
                        ],
                        max_length=8,
                    ),
                ),
                ("words", compliance.crypto.sealed.SealedField("broken_glass.words", max_length=1000)),
                ("broken_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
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
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.case"
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
                "indexes": [models.Index(fields=["practice", "user", "expires_at"], name="glass_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["ETREAT", "TREAT", "PATRQT", "HOPERAT"])),
                        name="glass_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("broken_at"))), name="glass_ends_after_it_broke"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChartGrant",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("patient", models.UUIDField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("practice", "patient", "user"),
                        name="chart_granted_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChartRestriction",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("patient", models.UUIDField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("practice", "patient"),
                        name="chart_restricted_once",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "refused", "approved", "ready", "fetched", "failed"])),
                name="export_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="export_never_approved_by_asker",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("patients__lte", 500),
                    ("status__in", ["waiting", "refused"]),
                    ("decided_by__isnull", False),
                    models.Q(("decided_as", ""), _negated=True),
                    _connector="OR",
                ),
                name="export_above_500_has_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportpiece",
            constraint=models.UniqueConstraint(fields=("practice", "export", "number"), name="export_piece_once"),
        ),
        protect("compliance_barred"),
        protect("compliance_brokenglass"),
        protect("compliance_chartgrant"),
        protect("compliance_chartrestriction"),
        protect("compliance_export"),
        protect("compliance_exportpiece"),
    ]
