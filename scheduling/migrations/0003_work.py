"""Working time: templates, breaks and sessions, different days."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Templates of every n weeks, their breaks and sessions, and the days that differ."""

    dependencies = [
        ("compliance", "0006_bulk"),
        ("scheduling", "0002_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayException",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("extra", "Works extra"), ("other", "Other hours"), ("off", "Does not work")], max_length=6
                    ),
                ),
                ("starts", models.TimeField(blank=True, null=True)),
                ("ends", models.TimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "verbose_name": "different day",
            },
        ),
        migrations.CreateModel(
            name="HoursPart",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "kind",
                    models.CharField(choices=[("break", "Break"), ("kept", "Kept for some kinds of visit")], max_length=6),
                ),
                ("name", models.CharField(max_length=40)),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                (
                    "visit_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "release_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(2160)],
                        verbose_name="open to all, hours before",
                    ),
                ),
            ],
            options={
                "verbose_name": "break or session",
                "verbose_name_plural": "breaks and sessions",
            },
        ),
        migrations.AddField(
            model_name="workinghours",
            name="anchor_on",
            field=models.DateField(blank=True, null=True, verbose_name="in the week of"),
        ),
        migrations.AddField(
            model_name="workinghours",
            name="every_weeks",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)],
                verbose_name="every how many weeks",
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_weeks__gte", 1), ("every_weeks__lte", 12)), name="working_hours_every_1_to_12"
            ),
        ),
        migrations.AddField(
            model_name="dayexception",
            name="location",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.location",
            ),
        ),
        migrations.AddField(
            model_name="dayexception",
            name="practice",
            field=models.ForeignKey(
                default=compliance.tenancy.context.practice_acted_in,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.practice",
            ),
        ),
        migrations.AddField(
            model_name="dayexception",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="exceptions", to="scheduling.provider"
            ),
        ),
        migrations.AddField(
            model_name="hourspart",
            name="hours",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="scheduling.workinghours"
            ),
        ),
        migrations.AddField(
            model_name="hourspart",
            name="practice",
            field=models.ForeignKey(
                default=compliance.tenancy.context.practice_acted_in,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.practice",
            ),
        ),
        migrations.AddIndex(
            model_name="dayexception",
            index=models.Index(fields=["practice", "provider", "day"], name="different_day_of_provider"),
        ),
        migrations.AddConstraint(
            model_name="dayexception",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["extra", "other", "off"])), name="different_day_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="dayexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends__isnull", True), ("kind", "off"), ("location__isnull", True), ("starts__isnull", True)),
                    models.Q(
                        models.Q(("kind", "off"), _negated=True),
                        ("ends__isnull", False),
                        ("location__isnull", False),
                        ("starts__isnull", False),
                        ("ends__gt", models.F("starts")),
                    ),
                    _connector="OR",
                ),
                name="different_day_has_hours_or_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="dayexception",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "off")), fields=("practice", "provider", "day"), name="day_off_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="hourspart",
            constraint=models.CheckConstraint(condition=models.Q(("ends__gt", models.F("starts"))), name="hours_part_lasts"),
        ),
        migrations.AddConstraint(
            model_name="hourspart",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["break", "kept"])), name="hours_part_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="hourspart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "break"), ("release_hours__isnull", True), ("visit_types", [])),
                    models.Q(("kind", "kept"), models.Q(("visit_types", []), _negated=True)),
                    _connector="OR",
                ),
                name="hours_part_kept_for_something",
            ),
        ),
        protect("scheduling_dayexception"),
        protect("scheduling_hourspart"),
    ]
