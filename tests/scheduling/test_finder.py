"""What can be asked of the finder: several kinds, providers and places at once, up to a last day."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.factories import scheduling as make

TODAY = timezone.now().date()
MONDAY = TODAY + timedelta(days=14 - TODAY.weekday())
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def kinds(inside):
    return make.visit_type("Check", minutes=30), make.visit_type("Physical", minutes=60)


@pytest.fixture
def ask(as_secretary, practice, kinds):
    """The page after asking; the first kind where none is named."""

    def answer(patient=None, **said):
        address = practice_url(practice, "scheduling:openings", (patient or make.patient()).pk)
        return as_secretary.get(address, {"visit_type": kinds[0].pk, "from_day": f"{MONDAY}", **said})

    return answer


def offered(page):
    return [one for _, rows in page.context["days"] for row in rows for one, _ in row.free]


def test_several_kinds_are_offered_by_time(ask, kinds):
    make.provider()

    first, second = offered(ask(or_kinds=[kinds[1].pk]))[:2]

    assert [first.visit_type.name, second.visit_type.name] == ["Check", "Physical"]
    assert first.starts_at == second.starts_at


def test_each_time_books_the_kind_that_it_was_offered_for(ask, kinds, as_secretary, practice):
    make.provider()
    patient = make.patient()
    page = ask(patient, or_kinds=[kinds[1].pk])
    slot = next(
        slot for _, rows in page.context["days"] for row in rows for one, slot in row.free if one.visit_type == kinds[1]
    )

    as_secretary.post(practice_url(practice, "scheduling:book", patient.pk), {"slot": slot, "visit_type": kinds[0].pk})

    made = Appointment.objects.get()
    assert (made.visit_type, made.ends_at - made.starts_at) == (kinds[1], timedelta(hours=1))


def test_where_the_patient_is_busy_the_kind_of_the_button_stands_in_its_own_box(
    ask, kinds, as_secretary, practice, secretary
):
    """So that what she chooses there counts, and not what the button said before."""
    doctor, patient = make.provider(), make.patient()
    ten = datetime.combine(MONDAY, time(10), CHICAGO)
    make.visit(by=secretary, who=make.provider(), kind=kinds[0], whose=patient, starts_at=ten, now=timezone.now())
    url = practice_url(practice, "scheduling:book", patient.pk)
    slot = f"{doctor.pk}@{ten.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%MZ}"

    page = as_secretary.post(url, {"slot": f"{slot}@{kinds[1].pk}", "visit_type": kinds[0].pk})

    assert (page.status_code, page.context["form"]["slot"].value()) == (409, slot)
    assert page.context["form"]["visit_type"].value() == f"{kinds[1].pk}"


def test_several_providers_and_no_other_are_looked_at(ask):
    first, second, _ = (make.provider(name) for name in ("Dr. A", "Dr. B", "Dr. C"))

    page = ask(provider=first.pk, or_providers=[second.pk, first.pk])

    assert {one.provider for one in offered(page)} == {first, second}


def test_only_the_places_that_were_chosen_are_looked_at(ask):
    north = Location.objects.create(name="North", time_zone="America/Chicago", state="WI")
    doctor = make.provider()
    make.works(doctor, 1, "18:00", "20:00", location=north)

    page = ask(places=[north.pk])

    assert {one.location for one in offered(page)} == {north}
    assert "North" in page.content.decode()


def test_a_practice_of_one_place_is_not_asked_where(ask):
    assert "places" not in ask().context["finder"].fields


def test_nothing_is_offered_after_the_last_day(ask):
    make.provider()

    days = [day for day, _ in ask(until_day=f"{MONDAY + timedelta(days=1)}").context["days"]]

    assert days == [MONDAY, MONDAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("days", "says"), [(-1, "This is before the first day."), (400, "Look at most a year ahead at a time.")]
)
def test_a_last_day_that_cannot_be_is_said_at_its_place(ask, days, says):
    page = ask(until_day=f"{MONDAY + timedelta(days=days)}")

    assert page.context["finder"].errors == {"until_day": [says]}


def test_why_nothing_is_free_is_said_of_each_kind(ask, kinds):
    make.provider("Dr. A")

    page = ask(or_kinds=[kinds[1].pk], weekdays="6").content.decode()

    assert "Check: Dr. A does not work on Sundays." in page
    assert "Physical: Dr. A does not work on Sundays." in page


def test_a_kind_that_is_not_offered_is_refused(ask):
    gone = make.visit_type("Old", is_active=False)

    assert ask(or_kinds=[gone.pk]).context["finder"].errors == {"or_kinds": ["Choose one of those that are offered."]}


def test_the_next_after_these_goes_on_without_leaving_anybody_out(ask, monkeypatch):
    """Three begin at each moment: a page that ended between them would lose the others."""
    for name in ("Dr. A", "Dr. B", "Dr. C"):
        make.provider(name)
    monkeypatch.setattr("scheduling.views.booking.SHOWN", 4)
    first = ask()

    second = ask(after=first.context["later"].rpartition("after=")[2].replace("%3A", ":"))

    seen = [(one.starts_at, one.provider.name) for page in (first, second) for one in offered(page)]
    assert len(seen) == len(set(seen)) == 12
    assert {name for _, name in seen[:3]} == {name for _, name in seen[3:6]} == {"Dr. A", "Dr. B", "Dr. C"}
