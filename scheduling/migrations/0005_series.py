"""Series of visits and their occurrences."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import compliance.crypto.sealed
import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """The tables of series, behind the wall."""

    dependencies = [
        ("compliance", "0006_bulk"),
        ("patients", "0002_wall"),
        ("scheduling", "0004_types"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[("office", "In the office"), ("video", "Video"), ("phone", "Phone")],
                        default="office",
                        max_length=8,
                    ),
                ),
                ("reason", compliance.crypto.sealed.SealedField("series.reason", blank=True, max_length=200, null=True)),
                ("comment", compliance.crypto.sealed.SealedField("series.comment", blank=True, max_length=1000, null=True)),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "By days"),
                            ("weekly", "By weeks, on weekdays"),
                            ("monthly-date", "By months, on the same date"),
                            ("monthly-weekday", "By months, on the same weekday"),
                        ],
                        max_length=16,
                    ),
                ),
                ("every", models.PositiveSmallIntegerField(default=1)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                ("first_on", models.DateField()),
                ("starts", models.TimeField()),
                ("count", models.PositiveSmallIntegerField(null=True)),
                ("until_on", models.DateField(null=True)),
                ("shift_days", models.SmallIntegerField(default=0)),
                ("filled_until", models.DateField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(blank=True, max_length=120)),
                (
                    "booked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "continues",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="continued_by",
                        to="scheduling.series",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.location"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="series", to="patients.patient"
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
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.provider"
                    ),
                ),
                (
                    "visit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.visittype"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "series",
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("original_on", models.DateField()),
                (
                    "skipped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("past", "Past"),
                            ("closed", "Closed"),
                            ("taken", "Taken"),
                            ("busy", "The patient is busy"),
                            ("unfit", "Cannot be booked"),
                            ("chosen", "Left out"),
                        ],
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=200)),
                (
                    "patient",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"),
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
                    "visit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrence",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="occurrences", to="scheduling.series"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(fields=["practice", "patient"], name="series_of_patient"),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(
                condition=models.Q(("count__isnull", True), ("ended_at__isnull", True), ("until_on__isnull", True)),
                fields=["practice", "filled_until"],
                name="series_to_fill",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("frequency__in", ["daily", "weekly", "monthly-date", "monthly-weekday"])),
                name="series_frequency_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(condition=models.Q(("every__gte", 1)), name="series_comes_again"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__isnull", True), ("until_on__isnull", True), _connector="OR"),
                name="series_one_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="series_ended_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(fields=("series", "original_on"), name="occurrence_once"),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("skipped", ""), ("visit__isnull", False), ("why", "")),
                    models.Q(
                        ("visit__isnull", True),
                        ("skipped__in", ["past", "closed", "taken", "busy", "unfit", "chosen"]),
                        models.Q(("why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="occurrence_stands_or_says_why_not",
            ),
        ),
        protect("scheduling_series"),
        protect("scheduling_occurrence"),
    ]
