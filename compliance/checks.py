"""The audit jobs (45 CFR 164.308(a)(1)(ii)(D)): what the portal looks at by itself, how often, and what it found.

Each run of each check in each practice is a `Job`. A finding is work of the privacy officer, opened once. A check that
did not run is a finding too: `late` says which, and the page shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.db import models

from compliance import cases, drafts, jobs, recertification, trail
from compliance.audit import partitions
from compliance.enums import Priority
from compliance.models import Case, Certificate, DataKey, Job, Membership, Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in, holes
from compliance.tenancy.context import SYSTEM
from compliance.zones import zone

LAPSE_TOLD = (60, 30, 14, 7, 1)  # days before
UNUSED = timedelta(days=60)
KEY_LASTS = timedelta(days=365)
MONTHS_AHEAD = 6
GRACE = timedelta(minutes=15)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Finding:
    """Something to look at. `about` is the row it is about; the same kind about the same row is opened once.

    With `since` once after that moment: what happened before it was another time.
    """

    kind: str
    sentence: str
    about: models.Model | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Check:
    """One audit job: `work(practice, now)` answers what it found, inside the practice as the portal itself."""

    name: str
    title: str
    proves: str
    every: timedelta
    work: Callable[[UUID, datetime], list[Finding]]

    @property
    def kind(self) -> str:
        """Of its `Job` rows."""
        return f"check-{self.name}"


def last_hour_of_the_trail(practice: UUID, now: datetime) -> list[Finding]:
    """Verify what was written since the last root that is an hour old. Damage opens its own case."""
    return _of_the_trail(practice, now, timedelta(hours=1))


def last_month_of_the_trail(practice: UUID, now: datetime) -> list[Finding]:
    """Verify a month."""
    return _of_the_trail(practice, now, timedelta(days=31))


def _of_the_trail(practice: UUID, now: datetime, since: timedelta) -> list[Finding]:
    report = trail.verified(practice, now=now, since=since)
    return [Finding("audit-damage", str(one)) for one in report.damages]


def the_wall(practice: UUID, now: datetime) -> list[Finding]:
    """Drift of policies and grants, new tables without a wall, partitions that run out."""
    found = [Finding("check-wall", sentence) for sentence in holes.findings(now.date())]
    if (months := partitions.months_ahead(now.date())) < MONTHS_AHEAD:
        found.append(
            Finding("check-partitions", f"The audit trail has room for {months} more months: run manage.py settle.")
        )
    return found


def age_of_keys(practice: UUID, now: datetime) -> list[Finding]:
    """A data key that has sealed for over a year."""
    newest = DataKey.objects.order_by("-number").first()
    if newest is None or now - newest.created_at <= KEY_LASTS:
        return []
    days = (now - newest.created_at).days
    return [Finding("check-keys", f"The data key is {days} days old: run manage.py keys rotate.", newest)]


def training_that_lapses(practice: UUID, now: datetime) -> list[Finding]:
    """Whose training runs out in 60, 30, 14, 7 days or tomorrow, and who is not yet covered by a later certificate."""
    today = _today(practice, now)
    held = Certificate.objects.filter(
        confirmed_at__isnull=False, user__in=Membership.objects.here().in_force(now).values("user")
    )
    newest = held.order_by("user", "-expires_on", "-pk").distinct("user").select_related("user")
    return [
        Finding(f"lapse-{days}", f"The HIPAA training of {one.user.name} runs out in {left} days.", one)
        for one in newest
        if (days := _threshold(left := (one.expires_on - today).days)) is not None
    ]


def _threshold(left: int) -> int | None:
    """The smallest threshold that is reached; None long before, and once it has lapsed."""
    return min((days for days in LAPSE_TOLD if 0 <= left <= days), default=None)


def accounts_without_sign_in(practice: UUID, now: datetime) -> list[Finding]:
    """Members who have not signed in for 60 days, and may not need their access (164.308(a)(3)(ii)(C))."""
    held = Membership.objects.here().in_force(now).filter(starts_at__lt=now - UNUSED)
    quiet = User.objects.filter(pk__in=held.values("user")).exclude(last_login__gte=now - UNUSED)
    sentence = "{} has not signed in for 60 days. End the membership, or say why it is kept."
    return [Finding("check-unused", sentence.format(who.name), who, since=who.last_login) for who in quiet.order_by("pk")]


def drafts_past_their_day(practice: UUID, now: datetime) -> list[Finding]:
    """Delete what nobody came back for. It is no finding."""
    drafts.drop_old(now)
    return []


def list_of_access(practice: UUID, now: datetime) -> list[Finding]:
    """Nobody has looked for a quarter at the list of who has access."""
    standing = recertification.standing(Practice.objects.get(pk=practice), now=now)
    if not standing.is_overdue:
        return []
    sentence = f"The review of who has access was due by {standing.due_on:%B %-d, %Y}: open the list and review it."
    return [Finding("check-access", sentence)]


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHECKS: list[Check] = [
    Check("trail-hour", "The audit trail of the last hour", "164.312(b), (c)(1)", HOUR, last_hour_of_the_trail),
    Check("trail-month", "The audit trail of the last month", "164.312(b), (c)(1)", DAY, last_month_of_the_trail),
    Check("wall", "The wall between practices", "164.312(a)(1)", DAY, the_wall),
    Check("drafts", "Kept drafts are deleted after a day", "164.310(d)(2)(i)", HOUR, drafts_past_their_day),
    Check("keys", "Age of keys", "164.312(a)(2)(iv)", DAY, age_of_keys),
    Check("training", "Training that runs out", "164.308(a)(5)", DAY, training_that_lapses),
    Check("unused", "Accounts without sign-in", "164.308(a)(3)(ii)(C)", DAY, accounts_without_sign_in),
    Check("access", "Quarterly review of who has access", "164.308(a)(4)(ii)(C)", DAY, list_of_access),
]


def register(check: Check) -> None:
    """Add an audit job of an app that lies higher. Once, when Django starts."""
    CHECKS.append(check)


@dataclass(frozen=True)
class Standing:
    """How a check stands in a practice: its newest run, when the next is due, and whether that was missed."""

    check: Check
    last: Job | None
    due_at: datetime
    is_late: bool


def standings(*, now: datetime) -> list[Standing]:
    """Every check of the practice being acted in. One query."""
    newest = Job.objects.filter(kind__in=[check.kind for check in CHECKS]).order_by("kind", "-created_at").distinct("kind")
    last = {job.kind: job for job in newest}
    return [_standing(check, last.get(check.kind), now) for check in CHECKS]


def _standing(check: Check, last: Job | None, now: datetime) -> Standing:
    due_at = last.created_at + check.every if last else now
    return Standing(check, last, due_at, is_late=last is not None and now > due_at + GRACE)


def run_due(practice: UUID, *, now: datetime) -> int:
    """Run what is due in one practice, each check in a transaction of its own. Answers how many ran."""
    with acting_in(practice, SYSTEM):
        due = [one.check for one in standings(now=now) if one.due_at <= now]
    for check in due:
        run(check, practice, now=now)
    return len(due)


def run(check: Check, practice: UUID, *, now: datetime) -> Job:
    """Run one check. A check that fails is a failed job, told to the privacy officer, and stops no other."""
    with acting_in(practice, SYSTEM):
        job = jobs.start(jobs.queue(kind=check.kind, title=check.title, by=None), now=now)
    try:
        with acting_in(practice, SYSTEM):
            found = check.work(practice, now)
            _finish(job, found, now=now)
    except Exception as error:
        log.error("check.failed", check=check.name, practice=str(practice), error=type(error).__name__)
        with acting_in(practice, SYSTEM):
            jobs.fail(job, now=now, sentence=f"It could not be done ({type(error).__name__}).")
            tell(Finding("check-failed", f"The audit job “{check.title}” could not be done."), now=now)
    return job


def _finish(job: Job, found: list[Finding], *, now: datetime) -> None:
    for one in found:
        tell(one, now=now)
    kinds: dict[str, int] = {}
    for one in found:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    jobs.advance(job, step=1, now=now, findings=kinds)
    sentence = "Nothing was found." if not found else f"{len(found)} findings, each a piece of work of the privacy officer."
    jobs.finish(job, now=now, sentence=sentence)


def tell(finding: Finding, *, now: datetime) -> Case | None:
    """Open the privacy officer's work, unless it was opened before: for a row once, or once since; else while it stands."""
    known = Case.objects.filter(kind=finding.kind, about_id=finding.about.pk if finding.about is not None else None)
    if finding.since is not None:
        known = known.filter(opened_at__gt=finding.since)
    if (known if finding.about is not None else known.standing()).exists():
        return None
    return cases.open_case(
        kind=finding.kind,
        summary=finding.sentence,
        by=None,
        now=now,
        team=Role.PRIVACY_OFFICER,
        priority=Priority.ASAP,
        due_at=now + timedelta(days=3),
        about=finding.about,
    )


def report_late(practice: UUID, *, now: datetime) -> int:
    """A check that did not run is itself a finding. Answers how many are late."""
    with acting_in(practice, SYSTEM):
        late = [one.check.title for one in standings(now=now) if one.is_late]
        if late:
            tell(Finding("check-late", "These audit jobs did not run when they were due: " + ", ".join(late) + "."), now=now)
    return len(late)


def _today(practice: UUID, now: datetime) -> date:
    return now.astimezone(zone(Practice.objects.values_list("time_zone", flat=True).get(pk=practice))).date()
