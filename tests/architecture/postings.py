"""Every form of a practice: its address, and what a person would fill in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from scheduling.enums import CancelReason, Initiator, ToldBy
from tests.architecture.world import SERIES_ON, ZONE, World
from tests.factories import calls


@dataclass(frozen=True)
class Posting:
    """A form at an address. `ids` name rows of the world; `valid` is what a person would fill in."""

    name: str
    ids: tuple[Any, ...]
    valid: Callable[[World], dict[str, Any]]
    label: str = ""

    def __str__(self) -> str:
        return self.label or self.name

    def args(self, at: World) -> list[Any]:
        """Of the address."""
        return [at.ids[one].pk if one in at.ids else one for one in self.ids]


PATIENT = {
    "family": "Novak", "given": "Jana", "middle": "", "suffix": "", "preferred": "", "birth_date": "03/27/1985",
    "sex": "female", "phone": "(608) 555-0188", "phone_extension": "", "phone_use": "", "phone_for": [], "phone2": "",
    "phone2_extension": "", "phone2_use": "", "phone2_for": [], "email": "", "email_for": "", "line1": "1 Main St",
    "line2": "", "city": "Madison", "state": "WI", "postal_code": "53703", "language": "en", "interpreter_needed": "",
    "do_not_contact": "", "mrn": "", "note": "Call after five",
}  # fmt: skip


def _coverage(at: World) -> dict[str, Any]:
    return {
        "payer": at.coverage.payer_id, "plan_name": "Gold", "member_id": "A1", "group_id": "", "relationship": "self",
        "subscriber_name": "", "priority": 2, "starts_on": "2026-01-01", "ends_on": "",
    }  # fmt: skip


def _check(at: World) -> dict[str, Any]:
    return {
        "coverage": at.coverage.pk, "serviced_on": "2026-11-30", "method": "portal", "is_in_force": "yes", "copay": "25",
        "deductible_total": "", "deductible_remaining": "", "network": "", "needs_authorization": "", "needs_referral": "",
        "representative": "Ann", "reference": "77", "note": "",
    }  # fmt: skip


def _outside(at: World) -> dict[str, Any]:
    empty = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Hospital//EN\r\nEND:VCALENDAR\r\n"
    file = SimpleUploadedFile("me.ics", empty, "text/calendar")
    return {"provider": at.provider.pk, "name": "Teaching", "address": "", "file": file}


def _task(at: World) -> dict[str, Any]:
    return {"summary": "Call", "to": at.who.pk, "priority": "routine", "due_at": "", "patient": at.patient.pk}


def _export(at: World) -> dict[str, Any]:
    return {"what": "visits-csv", "first": "2026-11-23", "last": "2026-11-24", "reason": "The auditor asks."}


def _booking(at: World) -> dict[str, Any]:
    words = {"mode": "office", "reason": "Cough", "room": "", "comment": "", "overbook_reason": "", "call": ""}
    return {"slot": at.slot, "visit_type": at.kind.pk, **words}


def _walk_in(at: World) -> dict[str, Any]:
    return {
        "slot": at.slot,
        "visit_type": at.kind.pk,
        "provider": at.provider.pk,
        "reason": "Cough",
        "overbook_reason": "In pain",
    }


def _together(at: World) -> dict[str, Any]:
    return {"chain": at.chain, "reason": "Flu shots"}


def _closing(at: World) -> dict[str, Any]:
    days = {"first_day": "2027-01-04", "starts": "09:00", "last_day": "2027-01-05", "ends": "17:00"}
    return {"provider": at.provider.pk, "resource": "", **days, "reason": "Vacation", "seen": ""}


def _version_of(row: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda at: {"version": at.ids[row].version, **more}


def _file(name: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda at: {name: SimpleUploadedFile("note.txt", b"words", "text/plain"), **more}


def _call(act: str, more: Callable[[World], dict[str, Any]], *, row: str = "call") -> Posting:
    def valid(at: World) -> dict[str, Any]:
        return {"version": at.ids[row].version, **more(at)}

    return Posting("correspondence:call_act", (row, act), valid, f"call {act}")


def _time(at: World) -> dict[str, Any]:
    return {"slot": at.slot, "type": at.kind.pk, "mode": "office", "visit": "", "visit_version": "", "despite": ""}


def _tomorrow() -> str:
    return f"{timezone.now().astimezone(ZONE) + timedelta(days=1):%Y-%m-%dT%H:%M}"


CANCELLED = {"reason": CancelReason.PATIENT, "initiator": Initiator.PATIENT, "told_by": ToldBy.CALLED, "note": ""}
SAID = {**calls.SAID, "candidate": "", "phone": "", "address": "", "mrn_end": ""}
CALL_ACTS = [
    _call("gate", lambda at: SAID, row="fresh_call"),
    _call("unverified", lambda at: {}, row="fresh_call"),
    _call("caller", lambda at: {"relationship": "self", "name": "", "authority": "", "source": ""}),
    _call("reason", lambda at: {"reason": "book"}),
    _call("flags", lambda at: {"signs": ["Overdose"], "why": ""}),
    _call("answer", lambda at: {"answer": "911-agreed", "who": "Dr. Okafor", "at": ""}, row="flagged"),
    _call("book", _time),
    _call("hold", _time),
    _call("let-go", lambda at: {}),
    _call("move", lambda at: _time(at) | {"visit": at.visit.pk, "visit_version": at.visit.version}),
    _call("confirm", lambda at: {"visit": at.visit.pk}),
    _call("cancel", lambda at: {"visit": at.visit.pk, "reason": CancelReason.PATIENT, "initiator": Initiator.PATIENT}),
    _call("message", lambda at: {"provider": at.provider.pk, "priority": "routine", "text": "Call back", "add": ""}),
    _call("callback", lambda at: {"phone": "", "at": _tomorrow(), "about": ""}),
    _call("transfer", lambda at: {"to": "Billing"}),
    _call("hang-up", lambda at: {}),
    _call("close", lambda at: {"summary": "Asked.", "reason": "other", "outcome": "resolved"}),
    _call("abandon", lambda at: {}, row="fresh_call"),
]
SCOPED = {"scope": "following", "with_edited": ""}
REPEATED = {
    "frequency": "weekly", "every": 1, "weekdays": [0], "ends": "count", "count": 3, "until_on": "", "looked": "",
}  # fmt: skip


def _repeated(at: World) -> dict[str, Any]:
    return {name: value for name, value in _booking(at).items() if name != "room"} | REPEATED


def _series_change(at: World) -> dict[str, Any]:
    words = {
        "scope": "following",
        "with_edited": "",
        "starts": "15:00",
        "mode": "office",
        "overbook_reason": "",
        "looked": "",
    }
    kept = {"day": SERIES_ON, "provider": at.series.provider_id, "visit_type": at.series.visit_type_id}
    return {"version": at.series.version, **words, **kept}


def _wish(at: World) -> dict[str, Any]:
    return {
        "visit_type": at.kind.pk, "provider": at.provider.pk, "band": "2", "locations": at.location.pk,
        "weekdays": "1", "from_time": "09:00", "until_time": "12:00", "earliest_on": "2026-12-01",
        "latest_on": "2027-01-15", "min_notice_hours": "24", "telehealth_ok": "on", "expires_on": "2027-01-15",
        "note": "Works nights",
    }  # fmt: skip


def _recall(at: World) -> dict[str, Any]:
    return {"visit_type": at.kind.pk, "provider": at.provider.pk, "months": "6", "due_on": "", "reason": "Blood pressure"}


POSTINGS = [
    *CALL_ACTS,
    Posting("scheduling:print_board", (date(2026, 11, 23),), lambda at: {}),
    Posting("desk:print_huddle", (date(2026, 11, 23),), lambda at: {"least": ""}),
    Posting("scheduling:print_day", (date(2026, 11, 23),), lambda at: {"provider": at.provider.pk}),
    Posting("patients:find", (), lambda at: {"text": "Lopez"}),
    Posting("patients:register", (), lambda at: PATIENT),
    Posting("patients:change", ("patient",), lambda at: PATIENT | {"version": at.patient.version, "mrn": "4711"}),
    Posting("patients:read_day", (), lambda at: {"birth_date": "3/27/85"}),
    Posting("patients:deceased", ("patient",), _version_of("patient", deceased_on="2026-01-02")),
    Posting("patients:upload", ("patient",), _file("file", title="Letter")),
    Posting("patients:consent", ("contact",), lambda at: {"purpose": "call", "is_given": "yes"}),
    Posting("patients:reveal", ("identifier",), lambda at: {}),
    Posting("scheduling:book", ("patient",), _booking),
    Posting("scheduling:hold", ("patient",), _booking),
    Posting("scheduling:let_go", (), lambda at: {}),
    Posting("scheduling:walk_in", ("patient",), _walk_in),
    Posting("scheduling:together", ("patient",), _together),
    Posting("scheduling:book_at", (), lambda at: {"q": "Lopez"}),
    Posting("scheduling:move", ("visit",), _version_of("visit", slot="", visit_type="", why="")),
    Posting("scheduling:change", ("visit",), _version_of("visit", mode="office", reason="Knee", room="", comment="")),
    Posting(
        "scheduling:cancel", ("visit",), _version_of("visit", **CANCELLED)
    ),
    Posting("scheduling:repeat", ("patient",), _repeated),
    Posting("scheduling:change_series", ("series", SERIES_ON), _series_change),
    Posting("scheduling:cancel_series", ("series", SERIES_ON), _version_of("series", **SCOPED, **CANCELLED)),
    Posting("scheduling:close", (), _closing),
    Posting("scheduling:closed", ("closure",), lambda at: {"among": "same", "tell": "on"}),
    Posting("scheduling:print_moved", ("closure",), lambda at: {}),
    Posting("scheduling:act", ("visit", "confirm"), _version_of("visit", via="", reason="", verified=[])),
    Posting("scheduling:act", ("arrived", "check-in"), _version_of("arrived", via="", reason="", verified=[]), "check in"),
    Posting("scheduling:act", ("arrived", "room"), _version_of("arrived", room=""), "to a room"),
    Posting("scheduling:undo", ("visit",), lambda at: {}),
    Posting("scheduling:make_feed", (), lambda at: {"resource": at.provider.resource_id}),
    Posting("scheduling:revoke_feed", ("feed",), lambda at: {}),
    Posting("scheduling:add_outside", (), _outside),
    Posting("scheduling:remove_outside", ("outside",), lambda at: {}),
    Posting("scheduling:left_message", ("visit",), lambda at: {"days": "3"}),
    Posting("scheduling:wait_add", ("patient",), _wish),
    Posting("scheduling:wait_change", ("entry",), lambda at: _wish(at) | {"version": at.entry.version}),
    Posting("scheduling:wait_remove", ("entry",), lambda at: {"because": "not-needed", "note": "Asked for it"}),
    Posting("scheduling:wait_matches", ("freed",), lambda at: {"entries": at.entry.pk, "channel": "call", "hours": "4"}),
    Posting("scheduling:wait_settle", ("freed",), lambda at: {}),
    Posting("scheduling:offer_answer", ("offer", "decline"), lambda at: {}),
    Posting("scheduling:recall_plan", ("patient",), _recall),
    Posting("scheduling:recall_attempt", ("recall",), lambda at: {"method": "phone", "result": "no-answer", "note": "Rang"}),
    Posting("scheduling:recall_close", ("recall",), lambda at: {"note": "Moved away"}),
    Posting("insurance:add", ("patient",), _coverage),
    Posting("insurance:change", ("coverage",), lambda at: _coverage(at) | {"version": at.coverage.version}),
    Posting("insurance:end", ("coverage",), _version_of("coverage", on="2026-12-31")),
    Posting("insurance:card", ("coverage",), _file("card")),
    Posting("insurance:reveal", ("coverage",), lambda at: {}),
    Posting("insurance:check", ("patient",), _check),
    Posting("correspondence:send_now", ("visit",), lambda at: {}),
    Posting("correspondence:retry", (str(uuid4()),), lambda at: {}),
    Posting("compliance:sign", (), lambda at: {"number": 1, "name_typed": at.who.name}),
    Posting(
        "compliance:enter_certificate", (),
        lambda at: {"course": "HIPAA", "number": "9", "completed_on": "2026-01-02", "expires_on": "2028-01-01"},
    ),
    Posting("compliance:invite", (), lambda at: {"email": "new@staff.example", "name": "Nia", "role": "secretary"}),
    Posting("compliance:confirm_certificate", ("certificate",), lambda at: {}),
    Posting("compliance:end_membership", ("membership",), lambda at: {}),
    Posting("compliance:ask_factor_reset", ("membership",), lambda at: {}),
    Posting("compliance:approve_factor_reset", ("reset",), lambda at: {}),
    Posting("compliance:stop_factor_reset", ("reset",), lambda at: {}),
    Posting("compliance:keep_draft", (), lambda at: {"what": "Half a sentence"}),
    Posting("compliance:draft_used", ("draft",), lambda at: {}),
    Posting("compliance:new_case", (), _task),
    Posting("compliance:report_incident", (), lambda at: {"what": "A letter went astray."}),
    Posting("compliance:review_access", (), lambda at: {"seen": at.list_seen}),
    Posting("compliance:done", ("case",), _version_of("case", note="")),
    Posting("compliance:take", ("case",), _version_of("case", note="")),
    Posting("compliance:wait", ("case",), lambda at: {"version": 1, "note": "", "on": "patient", "until": _tomorrow()}),
    Posting("compliance:hand_over", ("case",), lambda at: {"version": 1, "note": "", "to": "billing"}),
    Posting("compliance:undo", ("case",), lambda at: {}),
    Posting("patients:glass", ("shut",), lambda at: {"reason": "ETREAT", "words": "She is on the line."}),
    Posting("patients:restrict", ("patient",), lambda at: {}),
    Posting("patients:lift", ("shared",), lambda at: {}),
    Posting("patients:name_for_chart", ("shut",), lambda at: {"person": at.other.pk}),
    Posting("patients:bar", ("patient",), lambda at: {"person": at.other.pk, "relation": "neighbour"}),
    Posting("patients:end_chart_grant", ("grant",), lambda at: {}),
    Posting("patients:end_bar", ("barred",), lambda at: {}),
    Posting("compliance:ask_export", (), _export),
    Posting("compliance:decide_export", ("waiting_export",), lambda at: {"agrees": "yes"}),
    Posting("compliance:fetch_export", ("ready_export",), lambda at: {}),
    Posting("desk:palette", (), lambda at: {"text": "Lopez"}),
    Posting("desk:reveal", ("patient",), lambda at: {}),
]  # fmt: skip
