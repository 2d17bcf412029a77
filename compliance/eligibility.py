"""Named conditions under which a member may work, decided at the moment of use (security.md section 4).

No job has to run for access to end. Each condition answers None, or says what is missing and where to mend it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from compliance.models import Agreement, Certificate, Membership, Practice, Signature, User
from compliance.roles import Role
from compliance.zones import zone

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes are a way back, and no factor


@dataclass(frozen=True)
class Facts:
    """What the conditions look at, for any number of people of one practice; `today` is the practice's day."""

    today: date
    roles: dict[UUID, set[Role]]
    certificates: dict[UUID, list[Certificate]]
    signed: frozenset[UUID]
    enrolled: frozenset[UUID]

    def roles_of(self, user: User) -> frozenset[Role]:
        """What a person is at the practice now; nothing when her membership has ended."""
        return frozenset(self.roles.get(user.pk, ()))


@dataclass(frozen=True)
class Question:
    """About whom a condition is asked, and what is known."""

    user: User
    facts: Facts

    @property
    def certificates(self) -> list[Certificate]:
        """The person's own at this practice."""
        return self.facts.certificates.get(self.user.pk, [])


@dataclass(frozen=True)
class Unmet:
    """A condition that is not met: its name, a sentence, and the URL name of the page that mends it."""

    condition: str
    sentence: str
    where: str


def membership_in_force(asked: Question) -> Unmet | None:
    """The person holds a role at the practice now."""
    if asked.facts.roles_of(asked.user) and asked.user.is_active:
        return None
    return Unmet("membership in force", "Your membership of this practice has ended.", "desk:home")


def training_current(asked: Question) -> Unmet | None:
    """45 CFR 164.308(a)(5) and 164.530(b): a confirmed HIPAA certificate that has not run out today."""
    current = [row for row in asked.certificates if row.expires_on >= asked.facts.today]
    if any(row.confirmed_at for row in current):
        return None
    if current:
        sentence = "Your training certificate waits for a practice admin to confirm it."
    elif asked.certificates:
        sentence = "Your HIPAA training has run out. Enter the certificate of your refresher."
    else:
        sentence = "Enter the certificate of your HIPAA training."
    return Unmet("training current", sentence, "compliance:admission")


def agreement_signed(asked: Question) -> Unmet | None:
    """45 CFR 164.504(e): the practice's newest agreement is signed."""
    if asked.user.pk in asked.facts.signed:
        return None
    return Unmet("agreement signed", "Read and sign the practice's agreement.", "compliance:admission")


def second_factor_set_up(asked: Question) -> Unmet | None:
    """45 CFR 164.312(d): something she has, beside what she knows."""
    if asked.user.pk in asked.facts.enrolled:
        return None
    return Unmet("second factor set up", "Set up your second factor: an app on your phone, or a passkey.", "mfa_index")


CONDITIONS: tuple[Callable[[Question], Unmet | None], ...] = (
    membership_in_force,
    second_factor_set_up,
    training_current,
    agreement_signed,
)


def facts_of(users: Collection[UUID], *, practice: UUID, now: datetime) -> Facts:
    """What is known of these people at the practice being acted in: two queries, for any number of them."""
    certificates: dict[UUID, list[Certificate]] = {}
    for row in Certificate.objects.filter(user__in=users).only("user", "expires_on", "confirmed_at"):
        certificates.setdefault(row.user_id, []).append(row)
    newest = Agreement.objects.order_by("-number").values("pk")[:1]
    signed = ArraySubquery(Signature.objects.filter(user__in=users, agreement__in=newest).values("user"))
    held = Membership.objects.in_force(now).filter(user__in=users, practice_id=practice)
    pairs = ArraySubquery(held.values(pair=JSONObject(user="user", role="role")))
    factors = ArraySubquery(Authenticator.objects.filter(user__in=users, type__in=FACTORS).values("user"))
    known = Practice.objects.values_list("time_zone", signed, pairs, factors)
    zone_name, signers, memberships, enrolled = known.get(pk=practice)
    roles: dict[UUID, set[Role]] = {}
    for pair in memberships or ():
        roles.setdefault(UUID(pair["user"]), set()).add(Role(pair["role"]))
    return Facts(
        now.astimezone(zone(zone_name)).date(), roles, certificates, frozenset(signers or ()), frozenset(enrolled or ())
    )


def unmet(user: User, *, facts: Facts) -> list[Unmet]:
    """Every condition that is not met, in order; empty when the person may work."""
    asked = Question(user, facts)
    return [missing for condition in CONDITIONS if (missing := condition(asked))]
