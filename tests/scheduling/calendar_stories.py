"""Calendars drawn at random around both clock changes, and filled through the services that a practice works with."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from hypothesis import strategies as st

from compliance.models import Location, User
from scheduling import booking, outside, series, set_up, visits
from scheduling.booking import NotSchedulable, OutsideHours, SlotTaken
from scheduling.enums import TAKES_TIME, DayKind, Frequency, PartKind, ResourceKind
from scheduling.models import (
    Appointment,
    Closure,
    DailyLimit,
    DayException,
    HoursPart,
    Need,
    Provider,
    Resource,
    VisitType,
    WorkingHours,
)
from scheduling.series import SKIP, Choice, Conflicts
from scheduling.set_up import DoesNotFit, HoursOverlap
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.scheduling.plain_hours import PlainHours
from tests.scheduling.series_model import ZONES

CHANGES = (date(2026, 3, 8), date(2026, 11, 1))
CALLS = (None, UUID(int=1), UUID(int=2))
REFUSALS = (SlotTaken, OutsideHours, NotSchedulable, HoursOverlap, DoesNotFit, Conflicts, IntegrityError)
WHY = {"reason": "pat", "initiator": "patient", "told_by": "called"}
_nth = count()

TWO, DAY, BOTH = st.integers(0, 1), st.sampled_from([0, 0, 0, -1, 1]), st.booleans()
QUARTER, LENGTH, STEPS = st.integers(0, 60), st.integers(4, 24), st.integers(0, 30)
RELEASE = st.sampled_from([None, 0, 24, 60])
KINDS = st.fixed_dictionaries(
    {
        "minutes": st.sampled_from([15, 30, 50, 90]),
        "buffer_before": st.sampled_from([0, 0, 10]),
        "buffer_after": st.sampled_from([0, 0, 15]),
        "capacity": st.sampled_from([1, 1, 3]),
        "lead_hours": st.sampled_from([0, 0, 3]),
        "new_minutes": st.sampled_from([None, 60]),
    }
)
PARTS = st.tuples(st.sampled_from(PartKind.values), st.integers(0, 12), st.integers(1, 8), TWO, RELEASE)
HOURS = st.tuples(TWO, DAY, QUARTER, LENGTH, TWO, st.integers(1, 2), st.lists(PARTS, max_size=2))
DIFFERENT = st.tuples(TWO, DAY, st.sampled_from(DayKind.values), QUARTER, LENGTH, TWO)
LIMITS = st.tuples(st.sampled_from([None, 0, 1]), st.sampled_from([None, 0, 1]), BOTH, st.integers(1, 2))
SLOT = (TWO, TWO, DAY, STEPS)  # provider, kind, day, five minutes after she begins
ACTS = st.one_of(
    st.tuples(st.just("book"), *SLOT, BOTH, BOTH),
    st.tuples(st.just("book"), *SLOT, BOTH, BOTH),
    st.tuples(st.just("hold"), *SLOT, BOTH, st.sampled_from(CALLS), BOTH),
    st.tuples(st.just("repeat"), *SLOT, st.sampled_from([Frequency.DAILY, Frequency.WEEKLY])),
    st.tuples(st.just("close"), st.integers(0, 4), DAY, QUARTER, LENGTH),
    st.tuples(st.just("shut"), st.integers(0, 2), DAY, QUARTER, LENGTH),
    st.tuples(st.just("open"), st.integers(0, 3)),
    st.tuples(st.just("elsewhere"), TWO, DAY, QUARTER, LENGTH),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("need"), TWO, st.integers(0, 2)),
)
STORIES = st.fixed_dictionaries(
    {
        "zones": st.lists(st.sampled_from(ZONES), min_size=2, max_size=2),
        "day": st.sampled_from(CHANGES),
        "lanes": st.lists(st.sampled_from([1, 1, 2]), min_size=2, max_size=2),
        "kinds": st.lists(KINDS, min_size=2, max_size=2),
        "hours": st.lists(HOURS, min_size=3, max_size=6),
        "different": st.lists(DIFFERENT, max_size=2),
        "needs": st.lists(st.tuples(TWO, st.integers(0, 2)), max_size=2),
        "limits": st.lists(LIMITS, max_size=2),
        "acts": st.lists(ACTS, max_size=12),
        "hours_on": st.integers(-60, 20),
        "part": st.sampled_from(["", "", "", "morning", "afternoon"]),
        "place": st.sampled_from([None, None, None, 0, 1]),
        "is_new": BOTH,
        "call": st.sampled_from(CALLS[:2]),
    }
)


def wall(quarter: int) -> time:
    """Of a day, at most 23:45."""
    return time(min(quarter, 95) // 4, quarter % 4 * 15)


class Calendar:
    """Two places, two providers, two kinds, three rooms; what a service refuses is left out."""

    def __init__(self, said: dict[str, Any], me: User, colleague: User) -> None:
        self.said, self.me, self.colleague, self.day = said, me, colleague, said["day"]
        self.early = datetime.combine(self.day - timedelta(days=20), time(12), UTC)
        self.now = datetime.combine(self.day, time.min, UTC) + timedelta(hours=said["hours_on"], seconds=0.5)
        self.places = [Location.objects.create(name=f"Place {next(_nth)}", time_zone=zone) for zone in said["zones"]]
        self.doctors = [make.provider(hours=False, capacity=lanes) for lanes in said["lanes"]]
        self.kinds = [make.visit_type(**kind) for kind in said["kinds"]]
        self.patients = [make.patient(), make.patient()]
        self._rooms()
        for name in ("hours", "different", "needs", "limits"):
            for one in said[name]:
                self.attempt(name.removesuffix("s") if name in ("needs", "limits") else name, *one)
        for name, *more in said["acts"]:
            self.attempt(name, *more)

    @property
    def days(self) -> list[date]:
        """Those that are looked at."""
        return [self.day + timedelta(days=n) for n in (-1, 0, 1)]

    def _rooms(self) -> None:
        """Two of a group, one of which stands at the first place, and a machine with two lanes."""
        rows = [(ResourceKind.ROOM, "exam", 1, self.places[0]), (ResourceKind.ROOM, "exam", 1, None)]
        self.rooms = [
            Resource(kind=kind, name=f"Thing {next(_nth)}", group=group, capacity=lanes, location=place)
            for kind, group, lanes, place in [*rows, (ResourceKind.EQUIPMENT, "", 2, None)]
        ]
        for room in self.rooms:
            set_up.add(room, by=self.me)

    def attempt(self, name: str, *more: Any) -> None:
        """Do it, unless it is refused."""
        try:
            with transaction.atomic():
                getattr(self, f"do_{name}")(*more)
        except REFUSALS:
            pass

    def do_hours(self, who: int, on: int, start: int, length: int, place: int, every: int, parts: list[tuple]) -> None:
        """A template of a weekday, with its breaks and sessions."""
        span = {"starts": wall(start), "ends": wall(start + length), "location": self.places[place]}
        weekday = (self.day + timedelta(days=on)).weekday()
        row = WorkingHours(provider=self.doctors[who], weekday=weekday, valid_from=self.early.date(), **span)
        row.every_weeks, row.anchor_on = every, self.day
        set_up.add(row, by=self.me, now=self.early)
        for kind, after, lasts, keeps, release in parts:
            self.attempt("part", row, kind, start + after, start + after + lasts, keeps, release)

    def do_part(self, hours: WorkingHours, kind: str, start: int, end: int, keeps: int, release: int | None) -> None:
        """A break, or a session for one kind."""
        kept = {"visit_types": [self.kinds[keeps].pk], "release_hours": release} if kind == PartKind.KEPT else {}
        set_up.add(
            HoursPart(hours=hours, kind=kind, name="Part", starts=wall(start), ends=wall(end), **kept),
            by=self.me,
            now=self.early,
        )

    def do_different(self, who: int, on: int, kind: str, start: int, length: int, place: int) -> None:
        """A day that is not as the templates have it."""
        span = {"starts": wall(start), "ends": wall(start + length), "location": self.places[place]}
        day = self.day + timedelta(days=on)
        row = DayException(provider=self.doctors[who], day=day, kind=kind, **({} if kind == DayKind.OFF else span))
        set_up.add(row, by=self.me, now=self.early)

    def do_need(self, kind: int, what: int) -> None:
        """A kind needs any room of the group, the first of them, or the machine."""
        room = {"group": "exam"} if what == 0 else {"resource": self.rooms[0 if what == 1 else 2]}
        set_up.add(Need(visit_type=self.kinds[kind], **room), by=self.me)

    def do_limit(self, who: int | None, kind: int | None, new_only: bool, most: int) -> None:
        """At most so many a day."""
        of = {
            "provider": None if who is None else self.doctors[who],
            "visit_type": None if kind is None else self.kinds[kind],
        }
        set_up.add(DailyLimit(new_only=new_only, most=most, **of), by=self.me)

    def slot(self, who: int, kind: int, on: int, step: int) -> tuple[Provider, datetime, VisitType]:
        """So many five minutes after a provider begins to work on a day."""
        hours = sorted(PlainHours().worked(self.doctors[who], self.day + timedelta(days=on))) or [0]
        begins = datetime.fromtimestamp((hours[0] + step * 5) * 60, UTC)
        return self.doctors[who], begins, self.kinds[kind]

    def do_book(self, who: int, kind: int, on: int, step: int, over: bool, is_new: bool) -> None:
        """A visit, long before; over what is taken with a reason."""
        self.book(*self.slot(who, kind, on, step), now=self.early, is_new=is_new, overbook_reason="Urgent" if over else "")

    def book(self, who: Provider, begins: datetime, kind: VisitType, *, now: datetime, is_new: bool, **more: Any) -> Any:
        """Of the first patient, whatever else she has then."""
        said = {"is_new_patient": is_new, "despite_overlap": True, "by": self.me, "now": now, **more}
        return booking.book(patient=self.patients[0], provider=who, starts_at=begins, visit_type=kind, **said)

    def do_hold(self, who: int, kind: int, on: int, step: int, mine: bool, call: UUID | None, has_run_out: bool) -> None:
        """Somebody is on the phone, or was yesterday."""
        now = self.now - timedelta(days=1) if has_run_out else self.now
        by = self.me if mine else self.colleague
        booking.hold(*self.slot(who, kind, on, step), by=by, now=now, held_for=call)

    def do_repeat(self, who: int, kind: int, on: int, step: int, frequency: str) -> None:
        """A series; dates that cannot be booked are left out."""
        doctor, begins, of = self.slot(who, kind, on, step)
        place = self.places[0]
        local = begins.astimezone(ZoneInfo(place.time_zone))
        first_on = local.date() - timedelta(days=7 if frequency == Frequency.WEEKLY else 1)
        of_it = {"patient": self.patients[0], "provider": doctor, "visit_type": of, "location": place}
        wanted = again.unsaved(first_on=first_on, starts=local.time(), frequency=frequency, count=3, **of_it)
        lines = series.look(wanted, by=self.me, now=self.early)
        series.make(wanted, by=self.me, now=self.early, choices={row.on: Choice(SKIP) for row in lines if row.refusal})

    def do_close(self, whose: int, on: int, start: int, length: int) -> None:
        """A provider, a place, or the practice."""
        of = [{"provider": one} for one in self.doctors] + [{"location": one} for one in self.places] + [{}]
        begins = datetime.combine(self.day + timedelta(days=on), wall(start), UTC) + timedelta(hours=6)
        ends = begins + timedelta(minutes=15 * length)
        set_up.close_time(starts_at=begins, ends_at=ends, reason="Shut", by=self.me, now=self.early, **of[whose])

    def do_shut(self, which: int, on: int, start: int, length: int) -> None:
        """A room or the machine."""
        begins = datetime.combine(self.day + timedelta(days=on), wall(start), UTC) + timedelta(hours=6)
        span = {"starts_at": begins, "ends_at": begins + timedelta(minutes=15 * length)}
        set_up.close_time(**span, resource=self.rooms[which], reason="Repair", by=self.me, now=self.early)

    def do_open(self, nth: int) -> None:
        """One of the closed times again."""
        rows = list(Closure.objects.filter(outside=None).order_by("pk"))[nth : nth + 1]
        for row in rows:
            set_up.open_time(row, by=self.me, now=self.early)

    def do_elsewhere(self, who: int, on: int, start: int, length: int) -> None:
        """A provider's calendar outside says that she is busy."""
        begins = datetime.combine(self.day + timedelta(days=on), wall(start), UTC) + timedelta(hours=6)
        ends = begins + timedelta(minutes=15 * length)
        calendar = outside.add(self.doctors[who], name="Hospital", address=None, by=self.me)
        lines = ("VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z")
        lines += (f"DTSTART:{begins:%Y%m%dT%H%M%SZ}", f"DTEND:{ends:%Y%m%dT%H%M%SZ}", "END:VEVENT")
        text = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]).encode()
        outside.read_file(calendar, text, by=self.me, now=self.early)

    def do_cancel(self, nth: int) -> None:
        """One of the visits."""
        for visit in list(Appointment.objects.filter(status__in=TAKES_TIME).order_by("pk"))[nth : nth + 1]:
            visits.cancel(visit, by=self.me, now=self.early, **WHY)
