"""What people do in the drill's house: `python -m tests.contingency.work seed | write | leave | look …`, one JSON line."""

import json
import select
import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import django

django.setup()

from django.utils import timezone  # noqa: E402

from compliance import charts, factor, trail  # noqa: E402
from compliance import people as staff  # noqa: E402
from compliance.models import Barred, ChartRestriction, Membership, Practice, Session, User  # noqa: E402
from compliance.models.charts import Relation  # noqa: E402
from compliance.roles import Role  # noqa: E402
from compliance.tasks import seal_trail  # noqa: E402
from compliance.tenancy import SYSTEM, acting_in  # noqa: E402
from patients import documents  # noqa: E402
from patients.models import HumanName, Patient  # noqa: E402
from scheduling import feeds  # noqa: E402
from scheduling.models import Feed, Resource  # noqa: E402
from tests.factories import patients, people, scheduling  # noqa: E402

LETTER = b"a line of a letter\n" * 8000


def seed() -> dict:
    """A practice with an admin, somebody who will leave, forty patients, a document, a visit of tomorrow; a signed root."""
    practice = people.practice()
    people.member(practice, Role.PRACTICE_ADMIN, name="Nora Berg")
    leaver = people.member(practice, Role.SECRETARY, name="Lea Ver")
    with acting_in(practice.pk, leaver.pk):
        made = [patients.patient(phone=None) for _ in range(40)]
        documents.store(made[0], kind="letter", title="A letter", content=LETTER, by=leaver)
        visit_of_tomorrow(made[0], by=leaver)
        feeds.make(Resource.objects.get(name="Dr. Okafor"), by=leaver, now=timezone.now())
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=timezone.now(), user=leaver.pk)
    seal_trail()
    return {"slug": practice.slug, "leaver": str(leaver.pk)}


def visit_of_tomorrow(patient: Patient, *, by: User) -> None:
    """At 10 AM of the practice, which is in Chicago, whatever the weekday."""
    now, here = timezone.now(), ZoneInfo("America/Chicago")
    doctor = scheduling.provider("Dr. Okafor", hours=False)
    for weekday in range(7):
        scheduling.works(doctor, weekday)
    starts_at = datetime.combine(now.astimezone(here).date() + timedelta(days=1), time(10), here)
    scheduling.visit(by=by, who=doctor, whose=patient, starts_at=starts_at, now=now)


def write(slug: str) -> dict:
    """Register patients until standard input closes."""
    practice, made = Practice.objects.get(slug=slug), 0
    while not made or not select.select([sys.stdin], [], [], 0)[0]:
        with acting_in(practice.pk, SYSTEM):
            patients.patient(phone=None)
        made += 1
        if made == 1:
            sys.stdout.write("at work\n")
            sys.stdout.flush()
    return {"made": made}


def leave(slug: str, leaver: str) -> dict:
    """The admin ends a membership, resets a stolen factor, bars and restricts, revokes; the minute's root is signed."""
    practice, admin, now = Practice.objects.get(slug=slug), User.objects.get(name="Nora Berg"), timezone.now()
    with acting_in(practice.pk, admin.pk):
        patient = Patient.objects.earliest("pk")
        feeds.revoke(Feed.objects.get(), by=admin, now=now)
        charts.bar(admin, patient.pk, relation=Relation.SELF, by=admin)
        charts.restrict(patient.pk, by=admin)
        staff.end(Membership.objects.here().get(user=leaver), by=admin, now=now)
    factor.forget(admin)
    seal_trail()
    return {}


def look(slug: str, leaver: str) -> dict:
    """What a restored house is like."""
    practice = Practice.objects.get(slug=slug)
    with acting_in(practice.pk, SYSTEM):
        patient = Patient.objects.get(pk__in=[one.patient_id for one in documents.Document.objects.all()])
        seen = {
            "names": len({name.given for name in HumanName.objects.all()}),
            "letter": b"".join(documents.chunks(patient.documents.get())) == LETTER,
            "in_force": Membership.objects.here().in_force(timezone.now()).filter(user=leaver).count(),
        }
        seen["kept_out"] = [
            Feed.objects.filter(revoked_at__isnull=True).count(),
            Barred.objects.filter(ended_at__isnull=True).count(),
            ChartRestriction.objects.filter(ended_at__isnull=True).count(),
            factor.is_enrolled(User.objects.get(name="Nora Berg")),
        ]
    with acting_in(practice.pk, leaver):
        seen["sees"] = Patient.objects.count()
    report = trail.verified(practice.pk, now=timezone.now())
    return seen | {"sessions": Session.objects.count(), "damages": [str(one) for one in report.damages]}


if __name__ == "__main__":
    word, *rest = sys.argv[1:]
    sys.stdout.write(json.dumps({"seed": seed, "write": write, "leave": leave, "look": look}[word](*rest)) + "\n")
