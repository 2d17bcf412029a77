"""How each rule of the compliance report stands, worked out from what is in the database, or by the practice itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Q

from compliance import checks, eligibility, recertification, safekeeping
from compliance.audit import roots
from compliance.audit.proof.reading import head_of
from compliance.models import Case, DataKey, Membership, Practice, Session, User
from compliance.roles import Role
from compliance.tenancy import holes

SIGNED_WITHIN = timedelta(minutes=5)
TOLD_WITHIN = timedelta(days=60)  # 45 CFR 164.404(b), from the day on which it was found
INCIDENTS = ("incident", "audit-damage")


class State(StrEnum):
    """How a rule stands."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    BY_THE_PRACTICE = "by the practice"


@dataclass(frozen=True)
class Scene:
    """The practice being acted in, its members in force and what each lacks; gathered once for all rules."""

    practice: Practice
    now: datetime
    members: list[User]
    facts: eligibility.Facts

    def lacking(self, condition: Callable[[eligibility.Question], eligibility.Unmet | None]) -> int:
        """How many members do not meet a condition."""
        return sum(1 for who in self.members if condition(eligibility.Question(who, self.facts)))


Answer = tuple[State, str]


def told(is_met: bool, sentence: str) -> Answer:
    """Pass or fail, with the sentence that says why."""
    return (State.PASS if is_met else State.FAIL, sentence)


def none_of(count: int, what: str) -> Answer:
    """Met when there is none of something."""
    return told(count == 0, f"{what}: {count}.")


def by_the_practice(sentence: str) -> Callable[[Scene], Answer]:
    """What only the practice itself can do."""
    return lambda _scene: (State.BY_THE_PRACTICE, sentence)


def always(sentence: str) -> Callable[[Scene], Answer]:
    """What is so by how the portal is built."""
    return lambda _scene: (State.PASS, sentence)


def activity_review(scene: Scene) -> Answer:
    """Each audit job ran when it was due."""
    late = [one.check.title for one in checks.standings(now=scene.now) if one.is_late or one.last is None]
    return told(not late, f"Audit jobs that did not run when due: {', '.join(late) or 'none'}.")


def officer(scene: Scene) -> Answer:
    """Somebody is the privacy officer."""
    officers = Membership.objects.here().in_force(scene.now).filter(role=Role.PRIVACY_OFFICER).count()
    return told(officers > 0, f"Privacy officers named: {officers}.")


def termination(scene: Scene) -> Answer:
    """A session of somebody who left can only be of another practice that she works for, and began after the end."""
    ended = Membership.objects.here().filter(ends_at__lte=scene.now).exclude(user__in=scene.members)
    still = [
        row.user_id
        for row in ended.select_related("user")
        if row.user.last_login and row.ends_at and row.user.last_login < row.ends_at
    ]
    return none_of(Session.objects.filter(user__in=still).count(), "Sessions of people who left")


def authorisation(scene: Scene) -> Answer:
    """Each membership was approved by somebody."""
    rows = Membership.objects.here().in_force(scene.now).filter(Q(approved_by__isnull=True) & Q(approved_as=""))
    return none_of(rows.count(), "Memberships without an approval")


def incidents(scene: Scene) -> Answer:
    """Each incident is looked at in time."""
    rows = Case.objects.standing().filter(kind__in=INCIDENTS, due_at__lt=scene.now)
    return none_of(rows.count(), "Incidents past their deadline")


def log_off(scene: Scene) -> Answer:
    """The idle limit is one of the allowed."""
    minutes = scene.practice.idle_minutes
    return told(5 <= minutes <= 15, f"Signed out after {minutes} minutes without a deed.")


def encryption(scene: Scene) -> Answer:
    """There is a key that seals what is written."""
    keys = DataKey.objects.count()
    return told(keys > 0, f"Data keys: {keys}, wrapped by the ring (AES-256-GCM, AES-KW).")


def audit_controls(scene: Scene) -> Answer:
    """The trail is signed up to its end, or was a moment ago."""
    root, head = roots.last(scene.practice.pk), head_of(scene.practice.pk)
    if root is None:
        return told(False, "No root has been signed yet.")
    is_kept_up = root.number == head.number or scene.now - root.moment < SIGNED_WITHIN
    return told(is_kept_up, f"Signed up to event {root.number} of {head.number}, {root.at[:16]} UTC.")


def integrity(scene: Scene) -> Answer:
    """The trail of the month was verified and is whole."""
    standing = next(one for one in checks.standings(now=scene.now) if one.check.name == "trail-month")
    if standing.last is None:
        return told(False, "The trail has not been verified yet.")
    return told(not standing.last.findings, f"Verified {standing.last.created_at:%Y-%m-%d}: {standing.last.sentence}")


def transmission(scene: Scene) -> Answer:
    """Served over TLS only."""
    is_on = bool(getattr(settings, "SECURE_HSTS_SECONDS", 0)) and settings.SESSION_COOKIE_SECURE
    return told(is_on, "TLS only (HSTS, secure cookies)." if is_on else "These settings serve without TLS.")


def wall(scene: Scene) -> Answer:
    """Nothing of one practice can be reached from another."""
    return none_of(len(holes.findings(scene.now.date())), "Holes in the wall between practices")


def access_reviewed(scene: Scene) -> Answer:
    """The list of who has access was looked at within a quarter."""
    standing = recertification.standing(scene.practice, now=scene.now)
    said = f"Last reviewed by {standing.last.by.name}, {_moment(standing.last.at)}" if standing.last else "Not reviewed yet"
    return told(not standing.is_overdue, f"{said}; the next review is due by {standing.due_on:%Y-%m-%d}.")


def contingency(scene: Scene) -> Answer:
    """A backup of the last days, and a restore of this quarter that was compared with its backup."""
    backup, restore = (safekeeping.last(deed) for deed in (safekeeping.Deed.BACKUP, safekeeping.Deed.RESTORE))
    is_met = all(entry is not None and entry.is_good(now=scene.now) for entry in (backup, restore))
    differed = f", with {restore.differences} differences" if restore and restore.differences else ""
    return told(
        is_met,
        f"Last backup: {_moment(backup.at) if backup else 'none is known'} (due daily)."
        f" Last restore drill: {_moment(restore.at) if restore else 'none is known'}{differed} (due each quarter).",
    )


def breach(scene: Scene) -> Answer:
    """Whoever was affected is told within 60 days from when it was found; whether it is a breach the practice decides."""
    rows = Case.objects.standing().filter(kind__in=INCIDENTS)
    late = rows.filter(opened_at__lt=scene.now - TOLD_WITHIN).count()
    if late:
        return none_of(late, "Incidents open for more than 60 days, the limit for telling whoever was affected")
    return (State.BY_THE_PRACTICE, f"{BREACH} {rows.count()} incidents are open.")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


BREACH = (
    "For each incident weigh and write down the four factors of 164.402; unless the risk is low, tell each patient affected"
    " within 60 days, HHS as well (from 500 on at once, else in the yearly list), and the media above 500 in one state."
    " The trail says whose records were opened."
)
DISCLOSURES = (
    "Write down each disclosure that is neither for treatment, payment or operations, nor to the patient or authorised by"
    " her: day, recipient and address, what, why. Keep it six years; account for it within 60 days of being asked."
    " Who opened a record here the trail tells."
)
NOTICE = (
    "Give each patient the notice at the first visit, keep the signed receipt or why there is none, and show the notice in"
    " the office and on the practice's site. Keep each version six years."
)
ACCESS = (
    "Give a patient who asks the record within 30 days, once 30 more with the reason in writing."
    " Put each request down as a task with its deadline."
)
AMENDMENT = (
    "Act on a request for amendment within 60 days, once 30 more with the reason in writing; a denial says why, and how"
    " to disagree. Put each request down as a task with its deadline."
)
