"""The wait list with its offers, rebooking and recall; each table put behind the wall."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import compliance.crypto.sealed
import compliance.ids
import compliance.tenancy.context
from compliance.tenancy.wall import protect


class Migration(migrations.Migration):
    """Who waits, what was offered, what is to be booked again, who is to be called back."""

    dependencies = [
        ("compliance", "0006_bulk"),
        ("patients", "0002_wall"),
        ("scheduling", "0005_series"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FreedTime",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "came_from",
                    models.CharField(
                        choices=[
                            ("cancelled", "Cancelled"),
                            ("moved", "Moved"),
                            ("noshow", "Did not come"),
                            ("other", "Taken back"),
                            ("opened", "Opened again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="freed_time", to="compliance.case"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.location"
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
                    "visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "mode",
                    models.CharField(
                        choices=[("office", "In the office"), ("video", "Video"), ("phone", "Phone")],
                        default="office",
                        max_length=8,
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("email", "E-mail with a link"), ("call", "Phone call")], max_length=6),
                ),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("offered", "Out"),
                            ("accepted", "Accepted"),
                            ("booked", "Booked"),
                            ("declined", "Declined"),
                            ("expired", "Not answered in time"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="offered",
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        help_text="none: by the link",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="offer", to="compliance.case"
                    ),
                ),
                (
                    "freed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="scheduling.freedtime",
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
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.provider"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfferLink",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("secret_hash", models.CharField(max_length=64)),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="scheduling.offer"
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
            name="Rebooking",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rebooking", to="compliance.case"
                    ),
                ),
                (
                    "found",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointment"
                    ),
                ),
                (
                    "lost",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rebooking", to="scheduling.appointment"
                    ),
                ),
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
            ],
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("due_on", models.DateField()),
                ("contact_from", models.DateField()),
                ("reason", compliance.crypto.sealed.SealedField("recall.reason", blank=True, max_length=200, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("due", "Due"),
                            ("attempting", "Being reached"),
                            ("scheduled", "Booked"),
                            ("declined", "Declined"),
                            ("unreachable", "Not reached"),
                            ("closed", "Closed"),
                        ],
                        default="planned",
                        max_length=12,
                    ),
                ),
                ("attempts_made", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="recall", to="compliance.case"
                    ),
                ),
                (
                    "from_visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointment"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recalls", to="patients.patient"
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.provider",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointment"
                    ),
                ),
                (
                    "visit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.visittype"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecallStep",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("from_status", models.CharField(blank=True, max_length=12)),
                ("to_status", models.CharField(max_length=12)),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phone"), ("email", "E-mail"), ("text", "Text"), ("letter", "Letter")],
                        max_length=8,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no-answer", "No answer"),
                            ("left-message", "Left a message"),
                            ("sent", "Sent"),
                            ("calls-back", "Reached: calls back"),
                            ("declined", "Reached: does not want to come"),
                            ("wrong-number", "Wrong number or address"),
                        ],
                        max_length=16,
                    ),
                ),
                ("note", compliance.crypto.sealed.SealedField("recall_step.note", blank=True, max_length=500, null=True)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
                    "recall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="scheduling.recall"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WaitEntry",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "locations",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                ("weekdays", models.PositiveSmallIntegerField(default=127)),
                ("from_time", models.TimeField(blank=True, null=True)),
                ("until_time", models.TimeField(blank=True, null=True)),
                ("earliest_on", models.DateField(blank=True, null=True)),
                ("latest_on", models.DateField(blank=True, null=True)),
                ("min_notice_hours", models.PositiveSmallIntegerField(default=0)),
                ("telehealth_ok", models.BooleanField(default=False)),
                ("band", models.PositiveSmallIntegerField(choices=[(1, "Urgent"), (2, "Soon"), (3, "Routine")], default=3)),
                ("note", compliance.crypto.sealed.SealedField("wait_entry.note", blank=True, max_length=500, null=True)),
                ("expires_on", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Offered a time"),
                            ("booked", "Booked"),
                            ("removed", "Taken off"),
                            ("aged-out", "Wished too long ago"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("waiting_since", models.DateTimeField()),
                (
                    "removed_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("elsewhere", "Booked another way"),
                            ("not-needed", "No longer needed"),
                            ("unreachable", "Could not be reached"),
                            ("deceased", "Deceased"),
                        ],
                        max_length=12,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "booked_visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointment"
                    ),
                ),
                (
                    "later_visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.appointment"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wait_entries", to="patients.patient"
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.provider",
                    ),
                ),
                (
                    "visit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scheduling.visittype"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="offer",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="scheduling.waitentry"
            ),
        ),
        migrations.CreateModel(
            name="WaitStep",
            fields=[
                ("id", models.UUIDField(default=compliance.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("from_status", models.CharField(blank=True, max_length=10)),
                ("to_status", models.CharField(max_length=10)),
                ("code", models.CharField(blank=True, max_length=12)),
                ("note", compliance.crypto.sealed.SealedField("wait_step.note", blank=True, max_length=500, null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="scheduling.waitentry"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="scheduling.offer"
                    ),
                ),
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
            ],
        ),
        migrations.AddConstraint(
            model_name="freedtime",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="freed_time_lasts"
            ),
        ),
        migrations.AddConstraint(
            model_name="freedtime",
            constraint=models.CheckConstraint(
                condition=models.Q(("came_from__in", ["cancelled", "moved", "noshow", "other", "opened"])),
                name="freed_by_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="freedtime",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("practice", "provider", "starts_at"),
                name="one_work_for_a_freed_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="offerlink",
            constraint=models.UniqueConstraint(fields=("practice", "secret_hash"), name="offer_link_once"),
        ),
        migrations.AddIndex(
            model_name="rebooking",
            index=models.Index(fields=["practice", "patient"], name="rebooking_of_patient"),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["practice", "status", "contact_from"], name="recall_by_day"),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["practice", "patient"], name="recall_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["planned", "due", "attempting", "scheduled", "declined", "unreachable", "closed"])
                ),
                name="recall_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact_from__lte", models.F("due_on"))), name="recall_called_before_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "scheduled"), ("visit__isnull", False)),
                    models.Q(models.Q(("status", "scheduled"), _negated=True), ("visit__isnull", True)),
                    _connector="OR",
                ),
                name="recall_booked_has_a_visit",
            ),
        ),
        migrations.AddIndex(
            model_name="recallstep",
            index=models.Index(fields=["practice", "recall", "at"], name="recall_step_by_time"),
        ),
        migrations.AddConstraint(
            model_name="recallstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", ""), ("result", "")),
                    models.Q(models.Q(("method", ""), _negated=True), models.Q(("result", ""), _negated=True)),
                    _connector="OR",
                ),
                name="attempt_has_method_and_result",
            ),
        ),
        migrations.AddIndex(
            model_name="waitentry",
            index=models.Index(
                condition=models.Q(("status__in", ("waiting", "offered"))),
                fields=["practice", "status", "band", "waiting_since"],
                name="wait_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="waitentry",
            index=models.Index(fields=["practice", "patient"], name="wait_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "offered", "booked", "removed", "aged-out"])),
                name="wait_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.CheckConstraint(condition=models.Q(("band__in", [1, 2, 3])), name="wait_band_known"),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekdays__gte", 1), ("weekdays__lte", 127)), name="wait_on_a_weekday"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_time__isnull", True),
                    ("from_time__isnull", True),
                    ("until_time__gt", models.F("from_time")),
                    _connector="OR",
                ),
                name="wait_times_last",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latest_on__isnull", True),
                    ("earliest_on__isnull", True),
                    ("latest_on__gte", models.F("earliest_on")),
                    _connector="OR",
                ),
                name="wait_days_last",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "removed"), models.Q(("removed_because", ""), _negated=True)),
                    models.Q(models.Q(("status", "removed"), _negated=True), ("removed_because", "")),
                    _connector="OR",
                ),
                name="wait_removed_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("status__in", ("waiting", "offered"))),
                    models.Q(models.Q(("status__in", ("waiting", "offered")), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="wait_ended_when_final",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("waiting", "offered"))),
                fields=("practice", "patient", "visit_type", "provider"),
                name="one_open_wait_for_a_choice",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["practice", "provider", "starts_at"], name="offer_of_time"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["offered", "accepted", "booked", "declined", "expired", "withdrawn"])),
                name="offer_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "call"])), name="offer_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="offer_lasts"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("at"))), name="offer_can_be_answered"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("offered", "accepted"))),
                fields=("practice", "entry", "starts_at"),
                name="one_offer_of_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="waitstep",
            index=models.Index(fields=["practice", "entry", "at"], name="wait_step_by_time"),
        ),
        protect("scheduling_freedtime"),
        protect("scheduling_offer"),
        protect("scheduling_offerlink"),
        protect("scheduling_rebooking"),
        protect("scheduling_recall"),
        protect("scheduling_recallstep"),
        protect("scheduling_waitentry"),
        protect("scheduling_waitstep"),
    ]
