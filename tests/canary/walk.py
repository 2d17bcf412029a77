"""The canary goes through everything the portal does with a patient, from being registered to being audited."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib import admin as django_admin
from django.utils import timezone
from PIL import Image

from compliance.models import Case, Practice, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from correspondence.models import Call, Message
from insurance.models import Coverage
from patients.models import ContactPoint, Document, Identifier, Patient
from scheduling.models import Appointment
from tests.architecture.addresses import inside
from tests.canary import who
from tests.canary.broken_urls import WAYS
from tests.canary.browsers import Browser
from tests.canary.who import TOLD
from tests.factories import insurance, people, reminders, scheduling

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


@dataclass
class House:
    """A practice where everything can be done, and the people who do it."""

    practice: Practice
    secretary: User
    admin: User
    doctor: User
    ids: dict[str, Any]

    def url(self, name: str, *args: Any) -> str:
        """An address in the practice."""
        return practice_url(self.practice, name, *args)

    def only(self, model: Any, **filters: Any) -> Any:
        """The newest row of a model."""
        with acting_in(self.practice.pk, SYSTEM):
            return model.objects.filter(**filters).order_by("-pk")[0]


def house() -> House:
    """Committed."""
    practice = people.practice()
    members = [people.member(practice, role) for role in (Role.SECRETARY, Role.PRACTICE_ADMIN, Role.PROVIDER)]
    with acting_in(practice.pk, members[0].pk):
        doctor = scheduling.provider("Dr. Okafor", user=members[2])
        ids = {"doctor": doctor.pk, "kind": scheduling.visit_type("Follow-up").pk, "payer": insurance.payer().pk}
        reminders.wording()
        reminders.plan()
    return House(practice, *members, ids)


class Walk:
    """One after another; each step leaves what the next one needs."""

    def __init__(self, at: House, browser: Callable[[User], Browser]) -> None:
        self.at = at
        self.secretary, self.admin, self.doctor = (browser(user) for user in (at.secretary, at.admin, at.doctor))
        self.patient: Any = None
        self.visit: Any = None

    @property
    def seen(self) -> list[bytes]:
        """Addresses, titles, headers and links of every page."""
        return [*self.secretary.seen, *self.admin.seen, *self.doctor.seen]

    def everything(self) -> None:
        """All but the import, the reminder's delivery and the failures."""
        for step in (self.registered, self.searched, self.changed, self.booked, self.called, self.moved, self.insured):
            step()
        for step in (self.documented, self.worked_on, self.refused, self.looked_at):
            step()

    def registered(self) -> None:
        """With everything the form takes."""
        told = {
            "family": who.FAMILY,
            "given": who.GIVEN,
            "preferred": who.PREFERRED,
            "birth_date": who.BORN,
            "sex": "female",
        }
        told |= {"phone": who.PHONE, "phone_for": ["call", "voicemail"], "phone2": who.OTHER_PHONE, "email": who.EMAIL}
        told |= {"email_for": "on", "line1": who.STREET, "city": "Madison", "state": "WI", "postal_code": "53703"}
        self.secretary.post(self.at.url("patients:read_day"), {"birth_date": who.BORN}, expect=200)
        self.secretary.post(self.at.url("patients:register"), {**told, "mrn": who.MRN, "note": TOLD["note"]})
        self.patient = self.at.only(Patient)
        self.secretary.get(self.at.url("patients:patient", self.patient.pk))

    def searched(self) -> None:
        """By each of what she may be found by, in the box, the palette and on an empty time of the board."""
        for text in (who.FAMILY, who.GIVEN, who.BORN, who.PHONE, who.MRN, who.FAMILY[:4]):
            found = self.secretary.post(self.at.url("patients:find"), {"text": text}, expect=200)
            assert who.FAMILY in found.text
            self.secretary.post(self.at.url("desk:palette"), {"text": text}, expect=200)

    def changed(self) -> None:
        """Her numbers, a consent taken back, a stale form that keeps what was typed."""
        change = self.at.url("patients:change", self.patient.pk)
        told = {"family": who.FAMILY, "given": who.GIVEN, "birth_date": who.BORN, "sex": "female", "email": who.EMAIL}
        told |= {"email_for": "on", "mrn": who.MRN, "phone": who.PHONE, "line1": who.STREET, "note": TOLD["note"]}
        self.secretary.get(change)
        self.secretary.post(change, {**told, "version": self.patient.version})
        self.secretary.post(change, {**told, "version": self.patient.version, "city": "Verona"}, expect=409)
        contact = self.at.only(ContactPoint, system="phone", ends_on__isnull=True)
        self.secretary.post(self.at.url("patients:consent", contact.pk), {"purpose": "text", "is_given": "yes"})
        number = self.at.only(Identifier)
        self.secretary.post(self.at.url("patients:reveal", number.pk), {}, expect=200)

    def booked(self) -> None:
        """At the first free time; the same once more, which is refused."""
        openings = self.secretary.get(self.at.url("scheduling:openings", self.patient.pk))
        told = {"visit_type": self.at.ids["kind"], "reason": TOLD["reason"], "comment": TOLD["comment"]}
        book, slot = self.at.url("scheduling:book", self.patient.pk), openings.linked("slot")
        self.secretary.get(book, slot=slot, visit_type=self.at.ids["kind"])
        self.secretary.post(book, {**told, "slot": slot})
        self.secretary.post(book, {**told, "slot": slot}, expect=409)
        self.visit = self.at.only(Appointment)

    def called(self) -> None:
        """She calls, somebody speaks for her, a message is taken, a second visit booked, the call closed."""
        self.secretary.post("/calls/", {"practice": self.at.practice.slug, "number": who.PHONE})
        self._act("gate", expect=422, name=f"{who.GIVEN} Somebody", birth_date=who.BORN)
        self._act("gate", name=f"{who.GIVEN} {who.FAMILY}", birth_date=who.BORN, phone=who.PHONE, address=who.STREET)
        self._act("caller", relationship="spouse", authority="", name=TOLD["caller"], source=TOLD["caller"])
        self._act("caller", relationship="self", authority="")
        self._act("reason", reason="book")
        self._act("message", provider=self.at.ids["doctor"], priority="routine", text=TOLD["message"])
        slot = self.secretary.get(self._call_page()).hidden("slot")
        self._act("book", slot=slot, type=self.at.ids["kind"])
        self._act("transfer", to=TOLD["transfer"])
        self._act("hang-up")
        self._act("close", summary=TOLD["call_summary"], reason="book", outcome="resolved")
        self.secretary.get(self._call_page())

    def moved(self) -> None:
        """The first visit is moved, reminded of and confirmed; the one of the call is cancelled."""
        cancelled = self.at.only(Appointment)
        move = self.at.url("scheduling:move", self.visit.pk)
        slot = self.secretary.get(move).hidden("slot")
        self.secretary.post(move, {"slot": slot, "version": self.visit.version, "why": TOLD["why_moved"]})
        told = {"reason": "pat", "initiator": "patient", "told_by": "patient", "note": TOLD["why_cancelled"]}
        self.secretary.post(self.at.url("scheduling:cancel", cancelled.pk), {"version": cancelled.version, **told})
        self.visit = self.at.only(Appointment, status="booked")
        self.secretary.post(self.at.url("correspondence:send_now", self.visit.pk), {})
        self.secretary.post(self.at.url("scheduling:act", self.visit.pk, "confirm"), {"version": self.visit.version})

    def insured(self) -> None:
        """A coverage of a dependent, its card, a check, the member id revealed."""
        told = {"payer": self.at.ids["payer"], "member_id": who.MEMBER_ID, "group_id": who.GROUP_ID, "priority": "1"}
        told |= {"relationship": "child", "subscriber_name": TOLD["subscriber"]}
        self.secretary.post(self.at.url("insurance:add", self.patient.pk), told)
        coverage = self.at.only(Coverage)
        self.secretary.post(self.at.url("insurance:add", self.patient.pk), told, expect=422)
        self.secretary.post(self.at.url("insurance:card", coverage.pk), {"card": _picture()})
        self.secretary.post(self.at.url("insurance:reveal", coverage.pk), {}, expect=200)
        said = {"coverage": coverage.pk, "serviced_on": timezone.localdate(), "method": "phone", "is_in_force": "yes"}
        said |= {"representative": TOLD["subscriber"], "reference": who.GROUP_ID, "note": TOLD["check_note"]}
        self.secretary.post(self.at.url("insurance:check", self.patient.pk), said)
        self.secretary.get(self.at.url("insurance:readiness", self.patient.pk))

    def documented(self) -> None:
        """A file of hers, kept and handed out again."""
        content = BytesIO(PDF.replace(b"Catalog", f"Catalog/Title({TOLD['content']})".encode()))
        content.name = f"{TOLD['file_name']}.pdf"
        self.secretary.post(self.at.url("patients:upload", self.patient.pk), {"title": TOLD["title"], "file": content})
        self.secretary.get(self.at.url("patients:document", self.at.only(Document).pk))

    def worked_on(self) -> None:
        """A task about her: made, waited with, handed over, done."""
        told = {"summary": TOLD["summary"], "to": self.at.secretary.pk, "priority": "routine", "patient": self.patient.pk}
        self.secretary.post(self.at.url("compliance:new_case"), told)
        case = self.at.only(Case, kind="task")
        until = timezone.localtime() + timedelta(days=3)
        waits = {"on": "patient", "until": until.strftime("%Y-%m-%dT%H:%M"), "note": TOLD["case_note"]}
        done, note = self.at.url("compliance:done", case.pk), {"note": TOLD["case_note"]}
        self.secretary.post(self.at.url("compliance:wait", case.pk), {"version": case.version, **waits})
        self.secretary.post(done, {"version": case.version, **note}, expect=409)
        self.secretary.post(done, {"version": self.at.only(Case, kind="task").version, **note})
        self.secretary.get(self.at.url("compliance:case", case.pk))

    def refused(self) -> None:
        """Forms that come back with what was typed, and her things asked for by somebody who may not."""
        self.secretary.post(self.at.url("patients:register"), {"family": who.FAMILY, "birth_date": who.BORN}, expect=None)
        self.doctor.post(self.at.url("patients:register"), {"family": who.FAMILY}, expect=403)
        self.admin.post(self.at.url("admin:correspondence_wording_add"), {"name": who.FAMILY}, expect=422)

    def looked_at(self) -> None:
        """Every page that needs no argument, for each person; the pages about her; the audit trail and the admin site."""
        plain = {address.name for address in inside() if not address.converters}
        for browser in (self.secretary, self.doctor, self.admin):
            for name in sorted(plain):
                browser.get(self.at.url(name))
            browser.get("/my-work/")
        for name in ("patients:patient", "scheduling:of_patient", "correspondence:of_patient", "insurance:coverage"):
            self.secretary.get(self.at.url(name, self.patient.pk))
        self.doctor.get(self.at.url("scheduling:visit", self.visit.pk))
        self.admin.get(self.at.url("desk:audit"), patient=self.patient.pk)
        self.admin.post(self.at.url("desk:reveal", self.patient.pk), {}, expect=200)
        for model in django_admin.site._registry:
            self.admin.get(self.at.url(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))

    def failed(self) -> None:
        """Views that break with her in their hands."""
        for way in WAYS:
            answer = self.secretary.post(self.at.url("broken"), {"how": way, "words": TOLD["failed"]}, expect=None)
            assert answer.status in (500, 503), answer.status
            assert TOLD["failed"] not in answer.text

    def reminded(self) -> Message:
        """The reminder as it stands."""
        return self.at.only(Message)

    def _act(self, name: str, /, *, expect: int = 302, **told: Any) -> None:
        call = self.at.only(Call)
        url = self.at.url("correspondence:call_act", call.pk, name)
        self.secretary.post(url, {"version": call.version, **told}, expect=expect)

    def _call_page(self) -> str:
        return self.at.url("correspondence:call", self.at.only(Call).pk)


def import_file(folder: Path) -> Path:
    """One line that can be kept and three that cannot: broken JSON, a birth date that is no day, one line twice."""
    good = {
        "resourceType": "Patient",
        "identifier": [
            {"type": {"coding": [{"code": "MR"}]}, "system": "http://hospital.example", "value": who.IMPORTED_MRN}
        ],
        "name": [{"use": "official", "family": who.IMPORTED_FAMILY, "given": [who.GIVEN, TOLD["broken_line"]]}],
        "telecom": [{"system": "phone", "value": who.OTHER_PHONE}, {"system": "email", "value": "none of quillonette"}],
        "gender": "female",
        "birthDate": "1931-07-19",
        "address": [{"line": [who.STREET], "state": "WI", "postalCode": "00000"}],
    }
    cut = json.dumps(good)[:-20]
    lines = [json.dumps(good), cut, json.dumps(good | {"birthDate": f"1931-07-19{TOLD['broken_line']}"}), json.dumps(good)]
    path = folder / "patients.ndjson"
    path.write_text("\n".join(lines) + "\n")
    return path


def _picture() -> BytesIO:
    content = BytesIO()
    Image.new("RGB", (40, 20), "white").save(content, "PNG")
    content.seek(0)
    content.name = f"{who.FAMILY}.png"
    return content
