"""Who belongs to a practice, with what each lacks: the same few queries for any number of people."""

from dataclasses import dataclass
from datetime import datetime

from compliance import eligibility
from compliance.models import Certificate, FactorReset, Invitation, Membership, User
from compliance.tenancy import current_practice_id


@dataclass(frozen=True)
class Member:
    """A person, her roles in force, and the conditions that she does not meet."""

    user: User
    memberships: list[Membership]
    unmet: list[eligibility.Unmet]

    @property
    def is_enrolled(self) -> bool:
        """Has a second factor that she could lose."""
        return all(missing.where != "mfa_index" for missing in self.unmet)


def members(viewer: User, *, now: datetime) -> list[Member]:
    """Everybody whose membership is in force, by name. Nobody for a viewer who may not see people. Four queries."""
    held: dict[User, list[Membership]] = {}
    rows = Membership.objects.visible_to(viewer).in_force(now).select_related("user", "approved_by")
    for row in rows.order_by("user__name", "user_id", "role"):
        held.setdefault(row.user, []).append(row)
    facts = eligibility.facts_of([user.pk for user in held], practice=current_practice_id(), now=now)
    return [Member(user, rows, eligibility.unmet(user, facts=facts)) for user, rows in held.items()]


def certificates_to_confirm(viewer: User) -> list[Certificate]:
    """Certificates that wait for somebody to look them up, the oldest first; one's own among them."""
    rows = Certificate.objects.visible_to(viewer).filter(confirmed_at__isnull=True).select_related("user")
    return list(rows.order_by("created_at", "pk"))


def open_invitations(viewer: User, *, now: datetime) -> list[Invitation]:
    """Invitations that can still be answered, the newest first."""
    rows = Invitation.objects.visible_to(viewer).filter(accepted_at__isnull=True, expires_at__gt=now)
    return list(rows.select_related("invited_by").order_by("-created_at", "pk"))


def open_resets(viewer: User, *, now: datetime) -> list[FactorReset]:
    """Lost second factors of people who work here, the oldest first."""
    rows = FactorReset.objects.visible_to(viewer).open(now).select_related("user", "asked_by")
    return list(rows.order_by("asked_at", "pk"))
