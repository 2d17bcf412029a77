"""Named conditions under which a member may work, decided at the moment of use (security.md section 4).

No job has to run for access to end. Each condition answers None, or says what is missing and where to mend it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from compliance.models import Agreement, Certificate, Practice, Signature, User
from compliance.roles import Role
from compliance.zones import zone


@dataclass(frozen=True)
class Question:
    """About whom, where and when a condition is asked."""

    user: User
    practice: UUID
    roles: frozenset[Role]
    now: datetime


@dataclass(frozen=True)
class Unmet:
    """A condition that is not met: its name, a sentence, and the URL name of the page that mends it."""

    condition: str
    sentence: str
    where: str


def membership_in_force(asked: Question) -> Unmet | None:
    """The person holds a role at the practice now."""
    if asked.roles and asked.user.is_active:
        return None
    return Unmet("membership in force", "Your membership of this practice has ended.", "desk:home")


def training_current(asked: Question) -> Unmet | None:
    """45 CFR 164.308(a)(5) and 164.530(b): a confirmed HIPAA certificate that has not run out today."""
    zones = Practice.objects.filter(pk=asked.practice).values_list("time_zone", flat=True)
    today = asked.now.astimezone(zone(zones.get())).date()
    certificates = Certificate.objects.filter(user=asked.user)
    if certificates.filter(confirmed_at__isnull=False, expires_on__gte=today).exists():
        return None
    if certificates.filter(confirmed_at__isnull=True, expires_on__gte=today).exists():
        sentence = "Your training certificate waits for a practice admin to confirm it."
    elif certificates.exists():
        sentence = "Your HIPAA training has run out. Enter the certificate of your refresher."
    else:
        sentence = "Enter the certificate of your HIPAA training."
    return Unmet("training current", sentence, "compliance:admission")


def agreement_signed(asked: Question) -> Unmet | None:
    """45 CFR 164.504(e): the practice's newest agreement is signed."""
    newest = Agreement.objects.order_by("-number").values("pk")[:1]
    if Signature.objects.filter(user=asked.user, agreement__in=newest).exists():
        return None
    return Unmet("agreement signed", "Read and sign the practice's agreement.", "compliance:admission")


CONDITIONS: tuple[Callable[[Question], Unmet | None], ...] = (membership_in_force, training_current, agreement_signed)


def unmet(user: User, *, practice: UUID, roles: frozenset[Role], now: datetime) -> list[Unmet]:
    """Every condition that is not met, in order; empty when the person may work."""
    asked = Question(user, practice, roles, now)
    return [missing for condition in CONDITIONS if (missing := condition(asked))]
