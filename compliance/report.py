"""The rules that the portal must prove (security.md section 7), each worked out from what stands in the database now.

The paragraphs are those of 45 CFR. What only the practice itself can do is said so, and never counted as passed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from compliance import answers, eligibility
from compliance.answers import Answer, Scene, State
from compliance.models import Membership, Practice, User


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


RULES: tuple[Rule, ...] = (
    Rule("164.308(a)(1)(ii)(A)", "Risk analysis", answers.by_the_practice("Keep the risk register up to date.")),
    Rule(
        "164.308(a)(1)(ii)(C)",
        "Sanctions",
        answers.by_the_practice("Sanction by your policy, on the page of the membership; roles and sessions end at once."),
    ),
    Rule(
        "164.308(a)(1)(ii)(D)",
        "Activity review",
        answers.activity_review,
        "tests/compliance/test_checks.py::test_a_check_that_did_not_run_is_told",
    ),
    Rule(
        "164.308(a)(2)",
        "Officer named",
        answers.officer,
        "tests/compliance/test_report.py::test_a_practice_without_an_officer_fails",
    ),
    Rule(
        "164.308(a)(3)",
        "Clearance and termination",
        answers.termination,
        "tests/threats/test_edges.py::test_a_session_does_not_outlive_the_membership_behind_it",
    ),
    Rule(
        "164.308(a)(4)",
        "Access authorisation",
        answers.authorisation,
        "tests/compliance/test_people.py::test_nobody_invites_herself",
    ),
    Rule(
        "164.308(a)(4)(ii)(C)",
        "Quarterly review of access",
        answers.access_reviewed,
        "tests/compliance/test_recertification.py::test_a_review_that_is_overdue_becomes_work_of_the_privacy_officer",
    ),
    Rule(
        "164.308(a)(5), 164.530(b)",
        "Training",
        lambda scene: answers.none_of(
            scene.lacking(eligibility.training_current), "Members without current, confirmed training"
        ),
        "tests/compliance/test_checks.py::test_training_that_runs_out_is_told_at_each_threshold",
    ),
    Rule(
        "164.308(a)(6)",
        "Incidents",
        answers.incidents,
        "tests/compliance/test_checks.py::test_everybody_can_tell_the_privacy_officer_that_something_went_wrong",
    ),
    Rule(
        "164.308(a)(7)", "Contingency", answers.contingency, "tests/contingency/test_drill.py::test_the_report_knows_of_both"
    ),
    Rule("164.308(a)(8)", "Evaluation", answers.always("This report, worked out from what stands in the database now.")),
    Rule("164.310", "Workstations of remote staff", answers.by_the_practice("Have each member attest her workplace.")),
    Rule(
        "164.312(a)(1)",
        "Access control",
        answers.wall,
        "tests/walls/test_foreign_rows.py::test_no_foreign_row_is_seen_in_any_table",
    ),
    Rule(
        "164.312(a)(2)(i)", "Unique identification", answers.always("Everybody has an account of her own; none is shared.")
    ),
    Rule(
        "164.312(a)(2)(iii)",
        "Automatic log-off",
        answers.log_off,
        "tests/compliance/test_sessions.py::test_a_session_ends_after_the_limit",
    ),
    Rule(
        "164.312(a)(2)(iv)",
        "Encryption",
        answers.encryption,
        "tests/canary/test_canary.py::test_nothing_of_a_patient_stands_anywhere_in_clear",
    ),
    Rule(
        "164.312(b)",
        "Audit controls",
        answers.audit_controls,
        "tests/compliance/test_prefix.py::test_without_an_event_there_is_no_answer",
    ),
    Rule(
        "164.312(c)(1)",
        "Integrity",
        answers.integrity,
        "tests/trail/test_tampers.py::test_a_tampered_trail_is_told_by_kind_and_row",
    ),
    Rule(
        "164.312(d)",
        "Authentication",
        lambda scene: answers.none_of(scene.lacking(eligibility.second_factor_set_up), "Members without a second factor"),
        "tests/factor/test_factor.py::test_the_password_alone_does_not_sign_in",
    ),
    Rule(
        "164.312(e)(1)",
        "Transmission",
        answers.transmission,
        "tests/architecture/test_settings.py::test_production_cookies_belong_to_one_host",
    ),
    Rule(
        "164.314, 164.504(e)",
        "Agreement in force",
        lambda scene: answers.none_of(
            scene.lacking(eligibility.agreement_signed), "Members who have not signed the newest agreement"
        ),
        "tests/compliance/test_admission.py::test_signed_and_confirmed_one_may_work",
    ),
    Rule(
        "164.316(b)(2)",
        "Six years",
        answers.always("Nothing in the trail can be deleted by anyone; rooms for two years ahead."),
        "tests/compliance/test_audit.py::test_the_app_cannot_change_the_trail",
    ),
    Rule(
        "164.502(b)",
        "Minimum necessary",
        answers.always("Seven roles; numbers are masked until asked for."),
        "tests/architecture/test_every_url.py::test_another_practices_page_is_not_there_for_any_role",
    ),
    Rule(
        "164.514(h)",
        "Verification",
        answers.always("Two identifiers before anything is told; which ones is kept."),
        "tests/correspondence/calls/test_caller.py::test_nobody_may_hear_before_the_gate",
    ),
    Rule("164.520", "Notice of privacy practices", answers.by_the_practice(answers.NOTICE)),
    Rule(
        "164.522",
        "Restrictions",
        answers.by_the_practice("Consent by contact and purpose, and do-not-contact, are kept here."),
    ),
    Rule("164.524", "Access to the record", answers.by_the_practice(answers.ACCESS)),
    Rule("164.526", "Amendment", answers.by_the_practice(answers.AMENDMENT)),
    Rule("164.528", "Accounting of disclosures", answers.by_the_practice(answers.DISCLOSURES)),
    Rule(
        "164.400–414",
        "Breach notification",
        answers.breach,
        "tests/compliance/test_report.py::test_an_incident_open_for_longer_than_sixty_days_fails_the_practice",
    ),
)
