"""The trail: events, whom they were about, and changed fields."""

import json
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from compliance.audit.requests import facts
from compliance.tenancy.context import (
    FIXED_PRINCIPALS,
    PracticeContextMissing,
    current,
    current_practice_id,
    practice_acted_in,
)

from .base import PracticeQuerySet
from .charts import names_barred, names_only_barred


class AuditEventQuerySet(PracticeQuerySet):
    """Reads of the trail."""

    def visible_to(self, user: Any) -> Self:
        """The whole trail of the practice, or only the own events, by the access matrix.

        Without events about a chart that the user is barred from: others review those. In a list of several it is left
        out by whoever shows the list (`charts.barred_from`).
        """
        if user.may("compliance.view_audit"):
            return self.filter(practice_id=current_practice_id())._not_closed_to(user)
        return self.own(user)

    def own(self, user: Any) -> Self:
        """What somebody did herself; everybody may read her own."""
        if not user.may("compliance.view_own_events"):
            return self.none()
        return self.filter(practice_id=current_practice_id(), actor=user.pk)._not_closed_to(user)

    def _not_closed_to(self, user: Any) -> Self:
        return self.filter(~names_barred(user, "opened"), Q(~names_only_barred(user, "listed")) | ~Q(opened=[]))

    def about_patient(self, patient: UUID) -> Self:
        """Events that one patient stands in."""
        rows = AuditPatient.objects.filter(practice_id=current_practice_id(), patient=patient)
        return self.filter(pk__in=rows.values("event"))

    def older_than(self, at: datetime, identifier: UUID) -> Self:
        """What stands behind one event in the order of `newest_first`."""
        return self.filter(at__lte=at).exclude(at=at, pk__gte=identifier)

    def newest_first(self) -> Self:
        """By time, and by id among events of one moment."""
        return self.order_by("-at", "-pk")


class AuditEvent(models.Model):
    """Somebody did something. Append-only; partitioned by month on `at`; the database's key is (id, at).

    No foreign keys: an event outlives whatever it speaks of. Without a practice it is one of the portal's own.
    """

    PHI: frozenset[str] = frozenset()
    VIEWED_BY = "compliance.view_audit"

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    practice_id = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=254, blank=True)
    session = models.CharField(max_length=16, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    page = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=60)
    action = models.CharField(max_length=1)
    outcome = models.CharField(max_length=1)
    purpose = models.CharField(max_length=20, blank=True)
    opened = ArrayField(models.UUIDField(), default=list)
    listed = ArrayField(models.UUIDField(), default=list)
    categories = ArrayField(models.CharField(max_length=40), default=list)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    body = models.JSONField(default=dict)
    digest = models.BinaryField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "compliance_auditevent"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class AuditPatient(models.Model):
    """Finds the events of one patient. Says nothing that the event does not say."""

    PHI: frozenset[str] = frozenset()
    VIEWED_BY = "compliance.view_audit"

    pk = models.CompositePrimaryKey("patient", "event", "at")
    practice_id = models.UUIDField()
    patient = models.UUIDField()
    at = models.DateTimeField()
    event = models.UUIDField()
    depth = models.CharField(max_length=6)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "compliance_auditpatient"

    def __str__(self) -> str:
        return f"{self.depth} {self.event}"


class FieldChangeQuerySet(PracticeQuerySet):
    """Reads of changed fields."""

    def of(self, row: models.Model) -> "FieldChangeQuerySet":
        """Those of one row, the newest first."""
        kind = ContentType.objects.get_for_model(row)
        return self.filter(content_type=kind, object_pk=str(row.pk)).select_related("actor").order_by("-timestamp", "-pk")


class FieldChangeManager(LogEntryManager):
    """Takes practice and actor from the context, and refuses without one."""

    def log_create(self, instance: models.Model, force_log: bool = False, **fields: Any) -> Any:
        """Called by django-auditlog when a registered model is saved or deleted."""
        context = current()
        if context is None or context.practice is None:
            raise PracticeContextMissing("A change to a practice's set-up was saved outside its context.")
        if "changes" in fields:
            fields["changes"] = json.loads(DjangoJSONEncoder().encode(fields["changes"]))  # a list may hold UUIDs
        known = facts()
        fields |= {
            "practice_id": context.practice,
            "actor_id": None if context.principal in FIXED_PRINCIPALS else context.principal,
            "actor_label": FIXED_PRINCIPALS.get(context.principal, ""),
            "session": known.session if known else "",
            "cid": known.id if known else "",
            "remote_addr": known.address if known else None,
        }
        return super().log_create(instance, force_log=force_log, **fields)


class FieldChange(AbstractLogEntry):
    """django-auditlog's entry, inside the wall: which fields of a practice's set-up changed, from what, to what."""

    PHI: frozenset[str] = frozenset()
    VIEWED_BY = "compliance.view_audit"

    practice = models.ForeignKey(
        "compliance.Practice", models.PROTECT, related_name="+", default=practice_acted_in, editable=False
    )
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    actor = models.ForeignKey("compliance.User", models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=40, blank=True)
    session = models.CharField(max_length=16, blank=True)
    purpose = models.CharField(max_length=20, blank=True)

    objects = FieldChangeManager.from_queryset(FieldChangeQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["practice", "timestamp"], name="field_change_by_time")]

    def lines(self) -> list[tuple[str, str, str]]:
        """(field, old, new) in words, for the history of a row."""
        from auditlog.registry import auditlog

        model = self.content_type.model_class()
        told = self.changes_display_dict if model and auditlog.contains(model) else self.changes_dict
        return [(str(field), old, new) for field, (old, new) in told.items()]
