"""Named conditions under which a member may work, decided at the moment of use (security.md section 4).

No job has to run for access to end. Each condition answers None, or says what is missing and where to mend it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection

from compliance.models import User
from compliance.roles import Role
from compliance.zones import zone

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes are a way back, and no factor


@dataclass(frozen=True)
class Trained:
    """A HIPAA certificate, and whether somebody has confirmed it."""

    expires_on: date
    is_confirmed: bool


@dataclass(frozen=True)
class Facts:
    """What the conditions look at, for any number of people of one practice; `today` is the practice's day."""

    today: date
    roles: dict[UUID, set[Role]]
    certificates: dict[UUID, list[Trained]]
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
    def certificates(self) -> list[Trained]:
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
    if any(row.is_confirmed for row in current):
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


# Asked for each request, so written out: made of QuerySets its building took longer than its answer.
KNOWN = """
SELECT practice.time_zone,
       ARRAY(SELECT signature.user_id FROM compliance_signature AS signature
              WHERE signature.user_id = ANY(%(users)s)
                AND signature.agreement_id = (SELECT id FROM compliance_agreement ORDER BY number DESC LIMIT 1)),
       ARRAY(SELECT factor.user_id FROM mfa_authenticator AS factor
              WHERE factor.user_id = ANY(%(users)s) AND factor.type = ANY(%(factors)s)),
       (SELECT json_agg(json_build_array(held.user_id, held.role)) FROM compliance_membership AS held
         WHERE held.user_id = ANY(%(users)s) AND held.practice_id = practice.id
           AND held.starts_at <= %(now)s AND (held.ends_at IS NULL OR held.ends_at > %(now)s)),
       (SELECT json_agg(json_build_array(trained.user_id, trained.expires_on, trained.confirmed_at IS NOT NULL))
          FROM compliance_certificate AS trained WHERE trained.user_id = ANY(%(users)s))
  FROM compliance_practice AS practice
 WHERE practice.id = %(practice)s
"""


def facts_of(users: Collection[UUID], *, practice: UUID, now: datetime) -> Facts:
    """What is known of these people at the practice being acted in: one query, for any number of them."""
    asked: dict[str, Any] = {"users": list(users), "practice": practice, "now": now, "factors": list(FACTORS)}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, asked)
        ((zone_name, signers, enrolled, memberships, trainings),) = cursor.fetchall()
    roles: dict[UUID, set[Role]] = {}
    for user, role in memberships or ():
        roles.setdefault(UUID(user), set()).add(Role(role))
    trained: dict[UUID, list[Trained]] = {}
    for user, expires_on, confirmed in trainings or ():
        trained.setdefault(UUID(user), []).append(Trained(date.fromisoformat(expires_on), confirmed))
    return Facts(now.astimezone(zone(zone_name)).date(), roles, trained, frozenset(signers), frozenset(enrolled))


def unmet(user: User, *, facts: Facts) -> list[Unmet]:
    """Every condition that is not met, in order; empty when the person may work."""
    asked = Question(user, facts)
    return [missing for condition in CONDITIONS if (missing := condition(asked))]
