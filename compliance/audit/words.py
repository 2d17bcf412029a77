"""Kinds of events in words, for the audit page."""

WORDS = {
    "access.refused": "Was refused a page",
    "account.closed": "Closed an account",
    "account.opened": "Opened a closed account again",
    "access.reviewed": "Reviewed the list of who has access",
    "agreement.published": "Published a version of the agreement",
    "agreement.signed": "Signed the agreement",
    "appointment.booked": "Booked a visit",
    "audit.damaged": "The audit trail did not prove itself",
    "audit.exported": "Exported the audit trail",
    "audit.read": "Read the audit trail",
    "audit.reported": "Made the report of who opened a record",
    "case.moved": "Moved a piece of work",
    "case.opened": "Opened a piece of work",
    "day.printed": "Printed a provider's day",
    "factor.added": "Set up a second factor",
    "factor.removed": "Removed a second factor",
    "factor.reset": "Approved the reset of a second factor",
    "factor.reset_asked": "Asked for the reset of a second factor",
    "factor.reset_stopped": "Stopped the reset of a second factor",
    "invitation.accepted": "Accepted an invitation",
    "invitation.made": "Invited somebody",
    "invitation.mailed": "An invitation left by e-mail",
    "invitation.not_mailed": "The mail server did not take an invitation",
    "invitation.renewed": "Made a new link for an invitation",
    "membership.begun": "A membership began",
    "membership.ended": "A membership ended",
    "password.changed": "Changed her password",
    "password.refused": "Gave a wrong present password",
    "password.reset": "Chose a new password by a link",
    "patient.name_revealed": "Revealed a patient's name on the audit page",
    "patient.read": "Saw patients",
    "patient.refresh": "An open page refreshed itself",
    "person.sanctioned": "Sanctioned somebody: every role ended",
    "practice.founded": "The practice was founded",
    "safekeeping.noted": "A backup or restore drill was noted by hand",
    "schedule.printed": "Printed the schedule",
    "signin.failed": "A sign-in failed",
    "signin.refused": "A sign-in was refused",
    "signin.succeeded": "Signed in",
    "training.confirmed": "Confirmed a training certificate",
    "training.entered": "Entered a training certificate",
}

REFRESH = "patient.refresh"  # left out of the audit page unless asked for


def words(kind: str) -> str:
    """The sentence of a kind; a kind without one is read as it is written: "visit.moved" is "Visit moved"."""
    return WORDS.get(kind) or kind.replace(".", " ").replace("_", " ").capitalize()
