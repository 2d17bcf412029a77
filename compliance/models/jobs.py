"""Long work that shows progress, survives a kill and can be found again."""

from django.db import models
from django.db.models import Q

from .base import PracticeModel
from .people import User


class Job(PracticeModel):
    """One run of long work: step x of y, a checkpoint to resume from, and findings counted by kind."""

    class State(models.TextChoices):
        """Where a job stands."""

        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    PLAIN = frozenset(
        {"kind", "title", "state", "step", "total", "checkpoint", "findings", "sentence", "started_by"}
        | {"started_at", "beat_at", "finished_at"}
    )
    VIEWED_BY = "compliance.view_job"
    FIELD_CHANGES = False  # its progress is no set-up

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    step = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    checkpoint = models.JSONField(default=dict)
    findings = models.JSONField(default=dict)
    sentence = models.CharField(max_length=400, blank=True)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "running", "done", "failed"]), name="job_state_known")
        ]
        indexes = [models.Index(fields=["practice", "-created_at"], name="job_newest_first")]

    def __str__(self) -> str:
        return self.title
