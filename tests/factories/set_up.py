"""A row of each kind that a practice admin sets up."""

from datetime import UTC, datetime, time, timedelta

from compliance import cases, people
from compliance.ids import uuid7
from compliance.models import (
    AccessReview,
    Barred,
    BrokenGlass,
    ChartGrant,
    ChartRestriction,
    Draft,
    Export,
    ExportPiece,
    GlassReason,
    Location,
    OfficeHours,
    Practice,
    Relation,
    User,
)
from compliance.roles import Role
from compliance.tenancy import acting_in
from correspondence.models import InboundText, RedFlags
from scheduling import feeds, outside
from scheduling.cutover import files
from scheduling.enums import ResourceKind
from scheduling.models import Brought, CutOver, DailyLimit, Need, Resource
from tests.factories import insurance, reminders, scheduling, series, waiting
from tests.factories import people as factory

MONDAY_TEN = waiting.TEN
VISITS = b"id,mrn,start,provider,kind\n"
WORDS = b"""
system = "Old One"
zone = "America/Chicago"
columns = {id = "id", mrn = "mrn", start = "start", provider = "provider", kind = "kind"}
"""
NOON = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)


def rows_of_each_kind(at: Practice) -> None:
    """In a practice as `people.practice()` makes it; committed where the caller's transaction is."""
    admin = factory.member(at, Role.PRACTICE_ADMIN)
    with acting_in(at.pk, admin.pk):
        OfficeHours.objects.create(weekday=0, opens=time(8), closes=time(17))
        people.invite(email="new@staff.example", name="New", role=Role.SECRETARY, by=admin, now=NOON)
        hers = scheduling.provider().working_hours.order_by("weekday")[0]
        kind = scheduling.visit_type()
        scheduling.kept(hers, kind)
        scheduling.different(hers.provider, NOON.date())
        DailyLimit.objects.create(visit_type=kind, most=4, new_only=True)
        scheduling.closure(NOON, NOON.replace(hour=22))
        own = {"location": Location.objects.get(), "group": "exam room"}
        Need.objects.create(resource=Resource.objects.create(kind=ResourceKind.ROOM, name="Room 1", **own), visit_type=kind)
        reminders.wording()
        reminders.plan()
        InboundText.objects.create(key="0" * 64, heard="stop", at=NOON)
        RedFlags.objects.create(number=1, signs=["Chest pain"], published_at=NOON)
        insurance.payer()
        kind, doctor = scheduling.visit_type(), scheduling.provider()
        feeds.make(doctor.resource, by=admin, now=NOON)
        outside.add(doctor, name="Hospital", address=None, by=admin)
        Brought.objects.create(
            cut_over=CutOver.objects.create(system="Old One"), key="0" * 64, line=2, why="has a time that is taken"
        )
        files.drop(files.take(VISITS, WORDS, by=admin, now=NOON), by=admin)
        waiting.scene(kind, doctor, whose=scheduling.patient(), by=admin, starts_at=MONDAY_TEN, now=scheduling.NOW)
        series.booked(by=admin)
        _what_leaves_and_what_is_closed(admin)


def _what_leaves_and_what_is_closed(by: User) -> None:
    """A review of who has access, a draft, an export with its piece, and a glass that was broken."""
    AccessReview.objects.create(by=by, at=NOON, rows=1)
    Draft.objects.create(user=by, page="/incident/", body="{}")
    export = Export.objects.create(what="patients-csv", reason="Asked by a payer", patients=1, asked_by=by, asked_at=NOON)
    ExportPiece.objects.create(export=export, number=0, content=b"sealed")
    about = {"patient": uuid7(), "by": by}
    ChartRestriction.objects.create(**about)
    ChartGrant.objects.create(**about, user=by)
    Barred.objects.create(**about, user=by, relation=Relation.FAMILY)
    review = cases.open_case(kind="broken-glass", summary="Review", by=by, now=NOON, team=Role.PRIVACY_OFFICER)
    BrokenGlass.objects.create(
        patient=uuid7(),
        user=by,
        reason=GlassReason.values[0],
        words="In need",
        broken_at=NOON,
        expires_at=NOON + timedelta(minutes=30),
        review=review,
    )
