"""The list of unconfirmed visits: whoever was left no message is called first, however many there are."""

from datetime import timedelta

from scheduling import lists, visits
from scheduling.models import Appointment
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN


def test_whoever_was_left_no_message_is_first_then_who_comes_first(doctor, secretary):
    tried, soon, later = (
        make.visit(by=secretary, who=doctor, starts_at=TEN + timedelta(hours=number)) for number in range(3)
    )
    visits.left_message(tried, by=secretary, now=NOW)

    assert list(lists.to_confirm(Appointment.objects.all())) == [soon, later, tried]
