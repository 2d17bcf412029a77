"""Kinds of visits: minutes for new patients, what they need and prepare, and how many a day has room for."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """New columns with defaults, and two tables behind the wall."""

    dependencies = [
        ("compliance", "0006_bulk"),
        ("scheduling", "0003_work"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyLimit",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("new_only", models.BooleanField(default=False, verbose_name="counts new patients only")),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="at most a day"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("group", models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name="appointment",
            name="prepared",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                default=list,
                help_text="what of its preparation is there",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="resource",
            name="group",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="visittype",
            name="internal_note",
            field=models.TextField(blank=True, max_length=1000, verbose_name="note for the desk"),
        ),
        migrations.AddField(
            model_name="visittype",
            name="new_minutes",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes for a new patient"),
        ),
        migrations.AddField(
            model_name="visittype",
            name="preparation",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                default=list,
                size=None,
                verbose_name="must be there before",
            ),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("new_minutes__isnull", True),
                    models.Q(("new_minutes__gte", 5), ("new_minutes__lte", 720)),
                    _connector="OR",
                ),
                name="visit_type_lasts_for_new",
            ),
        ),
        migrations.AddField(
            model_name="dailylimit",
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
            model_name="dailylimit",
            name="provider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="scheduling.provider",
            ),
        ),
        migrations.AddField(
            model_name="dailylimit",
            name="visit_type",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="scheduling.visittype",
            ),
        ),
        migrations.AddField(
            model_name="need",
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
            model_name="need",
            name="resource",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.resource",
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="visit_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="needs", to="scheduling.visittype"
            ),
        ),
        migrations.AddConstraint(
            model_name="dailylimit",
            constraint=models.CheckConstraint(condition=models.Q(("most__gte", 1)), name="daily_limit_allows_one"),
        ),
        migrations.AddConstraint(
            model_name="dailylimit",
            constraint=models.UniqueConstraint(
                fields=("practice", "provider", "visit_type", "new_only"), name="daily_limit_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group", ""), ("resource__isnull", False)),
                    models.Q(("resource__isnull", True), models.Q(("group", ""), _negated=True)),
                    _connector="OR",
                ),
                name="need_names_one_or_a_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.UniqueConstraint(
                fields=("visit_type", "resource", "group"), name="need_of_a_visit_type_once", nulls_distinct=False
            ),
        ),
        protect("scheduling_dailylimit"),
        protect("scheduling_need"),
    ]
