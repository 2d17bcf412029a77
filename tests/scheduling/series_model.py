"""A series as a plain table, edited beside the real one: what should be on each date of the rule after each act."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from compliance.models import Location, User
from compliance.tenancy import current_practice_id
from scheduling import booking, series, series_changes, series_filling, visits
from scheduling.booking import OutsideHours, PatientBusy, SlotTaken
from scheduling.enums import Scope, Status
from scheduling.models import Occurrence, Series
from scheduling.series import SKIP, Choice, Conflicts
from scheduling.series_changes import Terms
from tests.factories import scheduling as make
from tests.factories import series as again

ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "America/Indiana/Indianapolis", "Pacific/Honolulu")
NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
WHY = {"reason": "pat", "initiator": "patient", "told_by": "called"}
HOURS = (1, 2, 3, 10, 15)  # of which one is missing, and one comes twice, when the clock changes

SCOPES = st.sampled_from(list(Scope))
NUMBERS, HOUR = st.integers(0, 9), st.sampled_from(HOURS)
ACTS = st.one_of(
    st.tuples(st.just("move"), NUMBERS, st.integers(-1, 1), HOUR),
    st.tuples(st.just("cancel one"), NUMBERS),
    st.tuples(st.just("change"), NUMBERS, SCOPES, st.integers(-2, 2), HOUR, st.booleans()),
    st.tuples(st.just("cancel"), NUMBERS, SCOPES, st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 12)),
)
STORIES = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(ZONES),
        "first_on": st.sampled_from([date(2026, 10, 25), date(2026, 10, 30), date(2027, 3, 7), date(2027, 3, 12)]),
        "frequency": st.sampled_from(["daily", "weekly", "monthly-date", "monthly-weekday"]),
        "hour": HOUR,
        "count": st.integers(1, 10),
        "closed": st.sets(st.integers(0, 9), max_size=2),
        "acts": st.lists(ACTS, max_size=5),
    }
)


@dataclass
class Terms2:
    """What a run of dates follows."""

    hour: int
    shift: int = 0
    is_over: bool = False


@dataclass
class Date:
    """One date of the rule: `state` standing, cancelled or skipped."""

    state: str
    at: datetime
    terms: Terms2


@dataclass
class Story:
    """The real series (`runs`, by identity of the model's terms) beside the table `dates`."""

    said: dict[str, Any]
    by: User
    now: datetime = NOW
    dates: dict[date, Date] = field(default_factory=dict)
    closed: set[date] = field(default_factory=set)
    runs: dict[int, Series] = field(default_factory=dict)

    def begin(self) -> None:
        """Book the series; dates on closed days are left out."""
        self.zone = ZoneInfo(self.said["zone"])
        place = Location.objects.create(name="The place", time_zone=self.said["zone"])
        doctor = make.provider(hours=False)
        for weekday in range(7):
            make.works(doctor, weekday, "00:00", "23:00", location=place)
        first_on = self.said["first_on"]
        terms = {"provider": doctor, "location": place, "starts": time(self.said["hour"]), "count": self.said["count"]}
        wanted = again.unsaved(first_on=first_on, frequency=self.said["frequency"], **terms)
        rule = wanted.pattern.dates(date(2030, 1, 1))
        self.closed = {rule[n] for n in self.said["closed"] if n < len(rule)} if len(rule) > 2 else set()
        for day in self.closed:
            start = datetime.combine(day, time.min, self.zone)
            make.closure(start, datetime.combine(day + timedelta(days=1), time.min, self.zone))
        choices = {on: Choice(SKIP) for on in self.closed}
        self.terms = Terms2(self.said["hour"])
        self.runs[id(self.terms)] = series.make(wanted, by=self.by, now=self.now, choices=choices)
        for on in rule:
            self.dates[on] = Date("skipped" if on in self.closed else "standing", self.moment(on, self.terms), self.terms)
        self.kept = [self.terms]

    def moment(self, on: date, terms: Terms2) -> datetime:
        """The local time of a date, by the clock of the place."""
        return datetime.combine(on + timedelta(days=terms.shift), time(terms.hour), self.zone).astimezone(UTC)

    def play(self) -> int:
        """Act after act; answers how many dates are not as the table has them, over all of them."""
        self.begin()
        lost = self.lost()
        for name, *more in self.said["acts"]:
            getattr(self, name.replace(" ", "_"))(*more)
            lost += self.lost()
        return lost

    def lost(self) -> int:
        """Dates that are missing, double, or in another state or at another time than in the table."""
        found = {row.original_on: self.seen(row) for row in Occurrence.objects.select_related("visit")}
        wanted = {on: (one.state, one.at if one.state != "skipped" else None) for on, one in self.dates.items()}
        return sum(found.get(on) != said for on, said in wanted.items()) + len(found.keys() - wanted.keys())

    def seen(self, row: Occurrence) -> tuple[str, datetime | None]:
        """A real date as the table would have it."""
        if row.visit is None:
            return ("skipped" if row.skipped and row.why else "lost"), None
        if row.visit.status == Status.CANCELLED:
            return ("cancelled" if row.visit.cancel_reason else "lost"), row.visit.starts_at
        is_held = row.visit.occupations.count() == 1
        return ("standing" if row.visit.status == Status.BOOKED and is_held else "lost"), row.visit.starts_at

    # --- The acts

    def wait(self, days: int) -> None:
        """Days go by."""
        self.now += timedelta(days=days)
        series_filling.fill_all(current_practice_id(), now=self.now)

    def move(self, number: int, days: int, hour: int) -> None:
        """One visit goes elsewhere on its own."""
        on = self.chosen(number)
        one = self.dates[on]
        day = one.at.astimezone(self.zone).date() + timedelta(days=days)
        to = datetime.combine(day, time(hour), self.zone).astimezone(UTC)
        if not self.is_open(one) or to == one.at:
            return
        row = Occurrence.objects.select_related("visit__provider__resource").get(original_on=on)
        try:
            booking.move(row.visit, starts_at=to, by=self.by, now=self.now)
        except (SlotTaken, PatientBusy, OutsideHours, booking.NotSchedulable):
            assert self.is_refused(to, {on})
        else:
            one.at = to

    def cancel_one(self, number: int) -> None:
        """One visit is called off on its own."""
        on = self.chosen(number)
        if self.is_open(self.dates[on]):
            visits.cancel(Occurrence.objects.get(original_on=on).visit, by=self.by, now=self.now, **WHY)
            self.dates[on].state = "cancelled"

    def cancel(self, number: int, scope: Scope, with_edited: bool) -> None:
        """This, these, all."""
        on = self.chosen(number)
        real = self.runs[id(self.dates[on].terms)]
        series_changes.cancel(real, on, scope, by=self.by, now=self.now, with_edited=with_edited, **WHY)
        for each in self.reached(on, scope, with_edited):
            self.dates[each].state = "cancelled"

    def change(self, number: int, scope: Scope, shift: int, hour: int, with_edited: bool) -> None:
        """This, these, all go to another day and hour; what cannot, stays."""
        on = self.chosen(number)
        before = self.dates[on].terms
        after = Terms2(hour, before.shift + shift)
        stays = self.staying(self.reached(on, scope, with_edited), after)
        real = self.real_change(on, scope, Terms2(hour, shift), stays, with_edited)
        going = [one for one in self.reached(on, scope, with_edited) if one not in stays]
        if scope != Scope.THIS:
            self.kept.append(after)
            self.runs[id(after)] = real
            self.hand_over(on, scope, before, after, with_edited)
        for one in going:
            self.dates[one].at = self.moment(one, after)

    def real_change(self, on: date, scope: Scope, to: Terms2, stays: set[date], with_edited: bool) -> Series:
        """The act itself. Without the choices for what stays it is refused, and nothing is changed."""
        real = Series.objects.get(pk=self.runs[id(self.dates[on].terms)].pk)
        terms = Terms(time(to.hour), real.provider, real.visit_type, real.mode, to.shift)
        said = {"by": self.by, "now": self.now, "with_edited": with_edited}
        if stays:
            try:
                series_changes.change(real, on, scope, terms, **said)
            except Conflicts:
                assert self.lost() == 0
        return series_changes.change(real, on, scope, terms, choices={one: Choice(SKIP) for one in stays}, **said)

    # --- What the table says of itself

    def chosen(self, number: int) -> date:
        """One of the dates."""
        return sorted(self.dates)[number % len(self.dates)]

    def is_open(self, one: Date) -> bool:
        """Whether it stands and is still to come."""
        return one.state == "standing" and one.at > self.now

    def reached(self, on: date, scope: Scope, with_edited: bool) -> list[date]:
        """Whom an act is about."""
        run = self.dates[on].terms
        found = []
        for each, one in sorted(self.dates.items()):
            inside = each == on or (scope == Scope.ALL or (scope == Scope.FOLLOWING and each > on))
            edited = one.at != self.moment(each, run) and scope != Scope.THIS and not with_edited
            if one.terms is run and inside and self.is_open(one) and not edited:
                found.append(each)
        return found

    def hand_over(self, on: date, scope: Scope, before: Terms2, after: Terms2, with_edited: bool) -> None:
        """The later dates follow the new terms, whatever their state."""
        open_now = [each for each, one in self.dates.items() if one.terms is before and self.is_open(one)]
        first = on if scope == Scope.FOLLOWING else min(open_now, default=on)
        for each, one in self.dates.items():
            if one.terms is before and each >= first:
                one.terms = after

    def staying(self, reached: list[date], after: Terms2) -> set[date]:
        """Whose new time is past, closed, or another's: asked until it does not change, for who stays is in the way."""
        stays: set[date] = set()
        while more := set(self._stuck([one for one in reached if one not in stays], after)):
            stays |= more
        return stays

    def _stuck(self, going: list[date], after: Terms2) -> Iterator[date]:
        for each in going:
            if self.is_refused(self.moment(each, after), set(going)):
                yield each

    def is_refused(self, to: datetime, leaving: set[date]) -> bool:
        """Whether a moment is past, closed or taken by a date that stays."""
        taken = {one.at for each, one in self.dates.items() if one.state == "standing" and each not in leaving}
        return to < self.now or to.astimezone(self.zone).date() in self.closed or to in taken
