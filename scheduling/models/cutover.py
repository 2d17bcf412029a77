"""Standing appointments that a practice brought from the system it used before."""

from django.db import models
from django.db.models import Q

from compliance.models import PracticeModel, User
from patients.models import Patient

from .appointment import Appointment


class CutOver(PracticeModel):
    """One system that appointments came from. Nobody is reminded of them before they are released."""

    PLAIN = frozenset({"system", "released_at", "released_by"})
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # each act is an event of its own

    system = models.CharField(max_length=80)
    released_at = models.DateTimeField(null=True, editable=False)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "system"], name="cut_over_system_once"),
            models.CheckConstraint(condition=~Q(system=""), name="cut_over_names_its_system"),
        ]

    def __str__(self) -> str:
        return self.system


class Brought(PracticeModel):
    """One appointment of the other system: the visit that stands for it here, or why there is none.

    `key` is the SHA-256 of the other system's id; `said` that of what its file said last, so that the same again is known.
    """

    PLAIN = frozenset({"cut_over", "key", "said", "line", "starts_at", "patient", "visit", "why"})
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # follows the file

    cut_over = models.ForeignKey(CutOver, models.PROTECT, related_name="brought")
    key = models.CharField(max_length=64)
    said = models.CharField(max_length=64, blank=True)
    line = models.PositiveIntegerField("line of the file")
    starts_at = models.DateTimeField(null=True)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    visit = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="brought")
    why = models.CharField("why it is not booked", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cut_over", "key"], name="brought_once")]
        indexes = [models.Index(fields=["cut_over", "starts_at"], condition=~Q(why=""), name="brought_that_failed")]

    def __str__(self) -> str:
        return f"Line {self.line}"
