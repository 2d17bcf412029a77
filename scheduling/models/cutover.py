"""Standing appointments that a practice brought from the system it used before."""

from django.db import models
from django.db.models import Q

from compliance.ids import short
from compliance.models import Job, PracticeModel, User
from patients.models import Patient

from .appointment import Appointment


class CutOver(PracticeModel):
    """One system that appointments came from."""

    PLAIN = frozenset({"system"})
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # each act is an event of its own

    system = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "system"], name="cut_over_system_once"),
            models.CheckConstraint(condition=~Q(system=""), name="cut_over_names_its_system"),
        ]

    def __str__(self) -> str:
        return self.system


class Brought(PracticeModel):
    """One appointment of the other system: the visit that stands for it here, or why there is none.

    `key` is the HMAC of the other system's id, `said` that of what its file said last, so that the same again is known;
    `job` and `outcome` are what was done last. Nobody is reminded of the visit before `released_at`.
    """

    PLAIN = frozenset(
        {"cut_over", "key", "said", "line", "starts_at", "patient", "visit", "why"} | {"job", "outcome", "released_at"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # follows the file

    cut_over = models.ForeignKey(CutOver, models.PROTECT, related_name="brought")
    key = models.CharField(max_length=64)
    said = models.CharField(max_length=64, blank=True)
    line = models.PositiveIntegerField("line of the file")
    starts_at = models.DateTimeField(null=True)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    visit = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="brought")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, blank=True)
    released_at = models.DateTimeField(null=True)
    why = models.CharField("why it is not booked", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cut_over", "key"], name="brought_once")]
        indexes = [models.Index(fields=["cut_over", "starts_at"], condition=~Q(why=""), name="brought_that_failed")]

    def __str__(self) -> str:
        return f"Line {self.line}"


class CutOverFile(PracticeModel):
    """A file that a practice admin brings: what it would do, and whether it was done. `content` and `mapping` lie sealed.

    While it is `handed` in, its mapping is what was chosen so far; the job comes with the check.
    `lines`: [line, outcome, why] of each row, which repeat nothing of it. `content` goes when it was brought or put away.
    """

    class State(models.TextChoices):
        """Where it stands."""

        HANDED = "handed", "To be told what its columns are"
        WAITING = "waiting", "Being checked"
        CHECKED = "checked", "Checked"
        AGREED = "agreed", "Being brought"
        BROUGHT = "brought", "Brought"
        REFUSED = "refused", "Cannot be taken"
        STOPPED = "stopped", "Stopped by an error"
        DROPPED = "dropped", "Put away"

    PHI = frozenset({"content", "mapping"})
    PLAIN = frozenset({"system", "state", "job", "lines", "read", "gone", "sentence", "taken_by", "taken_at"})
    VIEWED_BY = "scheduling.change_set_up"
    FIELD_CHANGES = False  # each act is an event of its own

    system = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    content = models.BinaryField(null=True)
    mapping = models.BinaryField()
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    lines = models.JSONField(default=list)
    read = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    sentence = models.CharField(max_length=400, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["handed", "waiting", "checked", "agreed", "brought", "refused", "stopped", "dropped"]
                ),
                name="cut_over_file_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["handed", "waiting", "checked", "agreed", "stopped"]) | Q(content__isnull=False),
                name="cut_over_file_is_there_while_needed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["handed", "dropped"]) | Q(job__isnull=False), name="cut_over_file_has_its_job"
            ),
        ]

    def __str__(self) -> str:
        return f"File {short(self.pk)}"
