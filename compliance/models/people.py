"""Who works here: people, their memberships, and invitations."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from compliance.ids import uuid7
from compliance.roles import IN_A_PRACTICE, Role
from compliance.tenancy.context import current_practice_id, practice_acted_in
from compliance.zones import validate_zone

from .base import PracticeModel, PracticeQuerySet

ROLES = [(role.value, role.label) for role in IN_A_PRACTICE]


class UserManager(BaseUserManager["User"]):
    """Makes people. There is no superuser."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """One person; `email` is kept casefolded. Without a password nobody can sign in as her."""
        user = self.model(email=self.normalise(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        """By e-mail, in any case."""
        return self.get(email=self.normalise(email or ""))

    @staticmethod
    def normalise(email: str) -> str:
        """Addresses are compared without case or surrounding space."""
        return email.strip().casefold()


class User(AbstractBaseUser, PermissionsMixin):
    """A person, whatever practices she works for. Not health data, and outside the wall."""

    class Theme(models.TextChoices):
        """How the pages look."""

        AUTO = "", "As the computer"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=40, blank=True, validators=[validate_zone])
    theme = models.CharField(max_length=5, blank=True, choices=Theme, default=Theme.AUTO)
    single_keys = models.BooleanField("single-key shortcuts", default=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_a_superuser"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """The admin site asks `has_permission` of our own; this answers for what else looks."""
        return False

    def get_full_name(self) -> str:
        """The name as the person gave it."""
        return self.name

    @cached_property
    def standings(self) -> dict[UUID, Any]:
        """What `access.standing_of` worked out, by practice. A lazy `request.user` and the person herself share it."""
        return {}

    def forget_standings(self) -> None:
        """Have it worked out anew, after something that decides it was changed."""
        self.__dict__.pop("standings", None)

    def may(self, permission: str) -> bool:
        """Whether this person may do `app.verb` in the practice being acted in, now."""
        from compliance.access import standing_of

        return standing_of(self).may(permission)


class MembershipQuerySet(PracticeQuerySet):
    """Who belongs to a practice."""

    def here(self) -> Self:
        """Of the practice being acted in. The wall also shows a person her own memberships elsewhere, so it must be said."""
        return self.filter(practice_id=current_practice_id())

    def in_force(self, now: datetime) -> Self:
        """Begun and not ended."""
        return self.filter(starts_at__lte=now).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))


class Membership(models.Model):
    """One user × practice × role × period. What `sec.practice()` asks before it shows anything."""

    PHI: frozenset[str] = frozenset()
    PLAIN = frozenset({"user", "role", "starts_at", "ends_at", "approved_by", "approved_as"})
    VIEWED_BY = "compliance.view_people"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(
        "compliance.Practice", models.PROTECT, related_name="memberships", default=practice_acted_in, editable=False
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=ROLES)
    starts_at = models.DateTimeField(db_default=TransactionNow())
    ends_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_as = models.CharField(max_length=60, blank=True, help_text="When no member approved it: who did.")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=[r.value for r in IN_A_PRACTICE]), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=False) ^ ~Q(approved_as=""), name="membership_approved_by_one"
            ),
            models.UniqueConstraint(
                fields=["practice", "user", "role"], condition=Q(ends_at__isnull=True), name="membership_role_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{Role(self.role).label} {self.user_id}"

    def patient_ref(self) -> UUID | None:
        """Nobody's health data."""
        return None


class Invitation(PracticeModel):
    """A door for one person, for 72 hours and one use. The link's secret is stored hashed."""

    PLAIN = frozenset(
        {"email", "name", "role", "secret_hash", "expires_at", "invited_by", "invited_as"} | {"accepted_at", "link_left_at"}
    )
    VIEWED_BY = "compliance.view_people"

    email = models.EmailField("e-mail")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=24, choices=ROLES)
    secret_hash = models.BinaryField(max_length=32, editable=False)
    expires_at = models.DateTimeField(editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    invited_as = models.CharField(max_length=60, blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    link_left_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=[r.value for r in IN_A_PRACTICE]), name="invitation_role_known"),
        ]
