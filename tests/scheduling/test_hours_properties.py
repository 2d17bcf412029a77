"""Working time against the clock on the wall, in five zones, on the days on which the clocks change and beside them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling.hours import Hours
from scheduling.local import at, moment
from scheduling.openings import free_times
from scheduling.presence import OutsideHours, where_open
from tests.factories import people
from tests.factories import scheduling as make
from tests.reporting import EXACTLY, soak_row

ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "America/Indiana/Indianapolis", "Pacific/Honolulu")
DAYS = tuple(date(2026, *month_day) for month_day in ((3, 7), (3, 8), (3, 9), (10, 31), (11, 1), (11, 2)))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
QUARTERS = 95  # the last quarter of a day, whose end is still a time of that day
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(FEW, max_examples=1000)


def wall(quarter):
    return time(quarter // 4, quarter % 4 * 15)


@st.composite
def templates(draw):
    """(zone, day, [start, break from, break until, end] in quarters of an hour, release in hours or never)."""
    marks = sorted(draw(st.lists(st.integers(0, QUARTERS), min_size=4, max_size=4, unique=True)))
    return draw(st.sampled_from(ZONES)), draw(st.sampled_from(DAYS)), marks, draw(st.sampled_from([None, 0, 24]))


def laid_out(template, *, is_session):
    """A provider with these hours on that weekday, and inside them a break, or a session for a kind of her own."""
    zone, day, (start, first, last, end), release = template
    place = Location.objects.create(name=f"{zone} {next(make._number)}", time_zone=zone)
    who, kind, other = make.provider(hours=False), make.visit_type(minutes=15), make.visit_type(minutes=15)
    row = make.works(who, day.weekday(), f"{wall(start)}", f"{wall(end)}", location=place)
    span = {"starts": f"{wall(first)}", "ends": f"{wall(last)}"}
    made = make.kept(row, other, release=release, **span) if is_session else make.pause(row, **span)
    return SimpleNamespace(who=who, kind=kind, other=other, part=made, zone=ZoneInfo(zone))


def plain_quarters(day, zone):
    """Each quarter of a local day that the clock on the wall shows once."""
    second, end = at(day, time.min, zone.key), at(day + timedelta(days=1), time.min, zone.key)
    for each in range(second, end, 900):
        local = moment(each).astimezone(zone)
        if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
            yield each, local.time()


def contradictions(template):
    """Quarters at which the clock on the wall says otherwise than the pieces that were worked out, and pieces that meet."""
    made, (_, day, (start, first, last, end), _) = laid_out(template, is_session=False), template
    pieces = Hours([made.who], day, day).worked(made.who, day)
    found = [one for one, other in pairwise(pieces) if one.end > other.start]
    for second, shown in plain_quarters(day, made.zone):
        is_open = wall(start) <= shown < wall(end) and not wall(first) <= shown < wall(last)
        if is_open != any(piece.start <= second < piece.end for piece in pieces):
            found.append(shown)
    return found


def unbookable(template):
    """Times that are offered to a kind and refused when booked, and times in a kept session that are offered to it."""
    made, day = laid_out(template, is_session=True), template[1]
    now = moment(at(day, time.min, made.zone.key)) - timedelta(hours=12)
    plain, found = set(plain_quarters(day, made.zone)), []
    for one in free_times(made.who, day, made.kind, now=now):
        try:
            where_open(made.who, one.starts_at, made.kind, now=now)
        except OutsideHours:
            found.append(one.starts_at)
        shown = one.starts_at.astimezone(made.zone).time()
        is_kept = template[3] is None or template[3] == 0
        if is_kept and made.part.starts <= shown < made.part.ends and (one.starts_at.timestamp(), shown) in plain:
            found.append(one.starts_at)
    return found


@FEW
@given(template=templates())
def test_she_works_when_the_clock_on_the_wall_says_so(inside, template):
    assert contradictions(template) == []


@FEW
@given(template=templates())
def test_what_is_offered_around_a_session_can_be_booked(inside, template):
    assert unbookable(template) == []


@FEW
@given(template=templates())
def test_the_kind_that_a_session_is_kept_for_sees_the_whole_of_the_hours(inside, template):
    made, day = laid_out(template, is_session=True), template[1]

    hours = Hours([made.who], day, day)

    now = LONG_AGO.timestamp()
    assert [(p.start, p.end) for p in hours.of(made.who).open_to(day, made.other.pk, now)] == [
        (p.start, p.end) for p in hours.open(made.who, day)
    ]


@pytest.mark.soak
def test_hours_agree_with_the_clock_in_a_thousand_templates(committed):
    practice, wrong = people.practice(), []
    secretary = people.member(practice, Role.SECRETARY)

    @MANY
    @given(template=templates())
    def ask(template):
        with acting_in(practice.pk, secretary.pk), transaction.atomic():
            wrong.extend([*contradictions(template), *unbookable(template)])
            transaction.set_rollback(True)

    ask()
    assert soak_row("hours_against_the_wall_clock", len(wrong), 0, rule=EXACTLY)
