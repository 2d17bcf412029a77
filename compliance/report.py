"""The rules that the portal must prove (security.md section 7), each worked out from what stands in the database now.

The paragraphs are those of 45 CFR. What only the practice itself can do is said so, and never counted as passed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Q

from compliance import checks, eligibility
from compliance.audit import roots
from compliance.audit.proof.reading import head_of
from compliance.models import Case, DataKey, Membership, Practice, Session, User
from compliance.roles import Role
from compliance.tenancy import holes

SIGNED_WITHIN = timedelta(minutes=5)


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


@dataclass(frozen=True)
class Rule:
    """One paragraph: what it asks, how it stands, and the test that proves the control."""

    paragraph: str
    title: str
    work: Callable[[Scene], Answer]
    test: str = ""


@dataclass(frozen=True)
class Line:
    """A rule with its answer."""

    rule: Rule
    state: State
    sentence: str


def lines(practice: Practice, *, now: datetime) -> list[Line]:
    """Every rule for the practice being acted in."""
    held = Membership.objects.here().in_force(now)
    members = list(User.objects.filter(pk__in=held.values("user")).order_by("pk"))
    facts = eligibility.facts_of([who.pk for who in members], practice=practice.pk, now=now)
    scene = Scene(practice, now, members, facts)
    return [Line(rule, *rule.work(scene)) for rule in RULES]


def told(is_met: bool, sentence: str) -> Answer:
    """Pass or fail, with the sentence that says why."""
    return (State.PASS if is_met else State.FAIL, sentence)


def none_of(count: int, what: str) -> Answer:
    """Met when there is none of something."""
    return told(count == 0, f"{what}: {count}.")


def _by_the_practice(sentence: str) -> Callable[[Scene], Answer]:
    return lambda _scene: (State.BY_THE_PRACTICE, sentence)


def _always(sentence: str) -> Callable[[Scene], Answer]:
    return lambda _scene: (State.PASS, sentence)


def _activity_review(scene: Scene) -> Answer:
    late = [one.check.title for one in checks.standings(now=scene.now) if one.is_late or one.last is None]
    return told(not late, f"Audit jobs that did not run when due: {', '.join(late) or 'none'}.")


def _officer(scene: Scene) -> Answer:
    officers = Membership.objects.here().in_force(scene.now).filter(role=Role.PRIVACY_OFFICER).count()
    return told(officers > 0, f"Privacy officers named: {officers}.")


def _termination(scene: Scene) -> Answer:
    """A session of somebody who left can only be of another practice that she works for, and began after the end."""
    ended = Membership.objects.here().filter(ends_at__lte=scene.now).exclude(user__in=scene.members)
    still = [
        row.user_id
        for row in ended.select_related("user")
        if row.user.last_login and row.ends_at and row.user.last_login < row.ends_at
    ]
    return none_of(Session.objects.filter(user__in=still).count(), "Sessions of people who left")


def _authorisation(scene: Scene) -> Answer:
    rows = Membership.objects.here().in_force(scene.now).filter(Q(approved_by__isnull=True) & Q(approved_as=""))
    return none_of(rows.count(), "Memberships without an approval")


def _incidents(scene: Scene) -> Answer:
    rows = Case.objects.standing().filter(kind__in=["incident", "audit-damage"], due_at__lt=scene.now)
    return none_of(rows.count(), "Incidents past their deadline")


def _log_off(scene: Scene) -> Answer:
    minutes = scene.practice.idle_minutes
    return told(5 <= minutes <= 15, f"Signed out after {minutes} minutes without a deed.")


def _encryption(scene: Scene) -> Answer:
    keys = DataKey.objects.count()
    return told(keys > 0, f"Data keys: {keys}, wrapped by the ring (AES-256-GCM, AES-KW).")


def _audit_controls(scene: Scene) -> Answer:
    root, head = roots.last(scene.practice.pk), head_of(scene.practice.pk)
    if root is None:
        return told(False, "No root has been signed yet.")
    is_kept_up = root.number == head.number or scene.now - root.moment < SIGNED_WITHIN
    return told(is_kept_up, f"Signed up to event {root.number} of {head.number}, {root.at[:16]} UTC.")


def _integrity(scene: Scene) -> Answer:
    standing = next(one for one in checks.standings(now=scene.now) if one.check.name == "trail-month")
    if standing.last is None:
        return told(False, "The trail has not been verified yet.")
    return told(not standing.last.findings, f"Verified {standing.last.created_at:%Y-%m-%d}: {standing.last.sentence}")


def _transmission(scene: Scene) -> Answer:
    is_on = bool(getattr(settings, "SECURE_HSTS_SECONDS", 0)) and settings.SESSION_COOKIE_SECURE
    return told(is_on, "TLS only (HSTS, secure cookies)." if is_on else "These settings serve without TLS.")


def _wall(scene: Scene) -> Answer:
    return none_of(len(holes.findings(scene.now.date())), "Holes in the wall between practices")


RULES: tuple[Rule, ...] = (
    Rule("164.308(a)(1)(ii)(A)", "Risk analysis", _by_the_practice("Keep the risk register up to date.")),
    Rule(
        "164.308(a)(1)(ii)(C)",
        "Sanctions",
        _by_the_practice("End memberships by the sanction policy; sessions end at once."),
    ),
    Rule(
        "164.308(a)(1)(ii)(D)",
        "Activity review",
        _activity_review,
        "tests/compliance/test_checks.py::test_a_check_that_did_not_run_is_told",
    ),
    Rule(
        "164.308(a)(2)",
        "Officer named",
        _officer,
        "tests/compliance/test_report.py::test_a_practice_without_an_officer_fails",
    ),
    Rule(
        "164.308(a)(3)",
        "Clearance and termination",
        _termination,
        "tests/threats/test_edges.py::test_a_session_does_not_outlive_the_membership_behind_it",
    ),
    Rule(
        "164.308(a)(4)",
        "Access authorisation",
        _authorisation,
        "tests/compliance/test_people.py::test_nobody_invites_herself",
    ),
    Rule(
        "164.308(a)(5), 164.530(b)",
        "Training",
        lambda scene: none_of(scene.lacking(eligibility.training_current), "Members without current, confirmed training"),
        "tests/compliance/test_checks.py::test_training_that_runs_out_is_told_at_each_threshold",
    ),
    Rule(
        "164.308(a)(6)",
        "Incidents",
        _incidents,
        "tests/compliance/test_checks.py::test_everybody_can_tell_the_privacy_officer_that_something_went_wrong",
    ),
    Rule("164.308(a)(7)", "Contingency", _by_the_practice("Back up, and restore into an empty database once a quarter.")),
    Rule("164.308(a)(8)", "Evaluation", _always("This report, worked out from what stands in the database now.")),
    Rule("164.310", "Workstations of remote staff", _by_the_practice("Have each member attest her workplace.")),
    Rule(
        "164.312(a)(1)",
        "Access control",
        _wall,
        "tests/walls/test_foreign_rows.py::test_no_foreign_row_is_seen_in_any_table",
    ),
    Rule("164.312(a)(2)(i)", "Unique identification", _always("Everybody has an account of her own; none is shared.")),
    Rule(
        "164.312(a)(2)(iii)",
        "Automatic log-off",
        _log_off,
        "tests/compliance/test_sessions.py::test_a_session_ends_after_the_limit",
    ),
    Rule(
        "164.312(a)(2)(iv)",
        "Encryption",
        _encryption,
        "tests/canary/test_canary.py::test_nothing_of_a_patient_stands_anywhere_in_clear",
    ),
    Rule(
        "164.312(b)",
        "Audit controls",
        _audit_controls,
        "tests/compliance/test_prefix.py::test_without_an_event_there_is_no_answer",
    ),
    Rule(
        "164.312(c)(1)",
        "Integrity",
        _integrity,
        "tests/trail/test_tampers.py::test_a_tampered_trail_is_told_by_kind_and_row",
    ),
    Rule(
        "164.312(d)",
        "Authentication",
        lambda scene: none_of(scene.lacking(eligibility.second_factor_set_up), "Members without a second factor"),
        "tests/factor/test_factor.py::test_the_password_alone_does_not_sign_in",
    ),
    Rule(
        "164.312(e)(1)",
        "Transmission",
        _transmission,
        "tests/architecture/test_settings.py::test_production_cookies_belong_to_one_host",
    ),
    Rule(
        "164.314, 164.504(e)",
        "Agreement in force",
        lambda scene: none_of(
            scene.lacking(eligibility.agreement_signed), "Members who have not signed the newest agreement"
        ),
        "tests/compliance/test_admission.py::test_signed_and_confirmed_one_may_work",
    ),
    Rule(
        "164.316(b)(2)",
        "Six years",
        _always("Nothing in the trail can be deleted by anyone; rooms for two years ahead."),
        "tests/compliance/test_audit.py::test_the_app_cannot_change_the_trail",
    ),
    Rule(
        "164.502(b)",
        "Minimum necessary",
        _always("Seven roles; numbers are masked until asked for."),
        "tests/architecture/test_every_url.py::test_another_practices_page_is_not_there_for_any_role",
    ),
    Rule(
        "164.514(h)",
        "Verification",
        _always("Two identifiers before anything is told; which ones is kept."),
        "tests/correspondence/calls/test_caller.py::test_nobody_may_hear_before_the_gate",
    ),
    Rule("164.520", "Notice of privacy practices", _by_the_practice("Hand it out, and keep that it was.")),
    Rule("164.522", "Restrictions", _by_the_practice("Consent by contact and purpose, and do-not-contact, are kept here.")),
    Rule(
        "164.524, 164.526",
        "Access and amendment",
        _by_the_practice("Answer in 30 and 60 days; write the work down as a task."),
    ),
    Rule(
        "164.528",
        "Accounting of disclosures",
        _by_the_practice("Every opening is reported; disclosures are listed by hand."),
    ),
    Rule("164.400–414", "Breach", _by_the_practice("Start from the incident; affected patients are found in the trail.")),
)
