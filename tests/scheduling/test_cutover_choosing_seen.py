"""Who sees the pages on which a file is told what it holds, what they cost, and what is recorded of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import AuditEvent
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people
from tests.factories import scheduling as make
from tests.scheduling.test_cutover import HEADER, row, there
from tests.scheduling.test_cutover_choosing import at, hand_in, newest, site, tell_columns, tell_words

__all__ = ["site", "there"]


def test_each_step_is_an_event_without_anything_of_the_file(practice, there, site):
    hand_in(practice, site, row())
    tell_columns(practice, site)
    tell_words(practice, site)

    with acting_in(practice.pk, SYSTEM):
        said = list(AuditEvent.objects.filter(kind__startswith="cutover.").order_by("at").values_list("kind", "body"))
    assert said == [("cutover.file_taken", {"bytes": len(f"{HEADER}\n{row()}")}), ("cutover.file_chosen", {})]


@pytest.mark.parametrize("step", ["columns", "words"])
def test_a_secretary_and_another_practice_do_not_see_it(practice, there, site, secretary, step):
    hand_in(practice, site, row())
    other = people.practice(name="Hilltop")
    stranger = people.browser(people.member(other, "practice_admin"))

    url = practice_url(other, f"admin:scheduling_cutoverfile_{step}", newest(practice).pk)

    assert (people.browser(secretary).get(at(practice, step)).status_code, stranger.get(url).status_code) == (403, 404)


@pytest.mark.parametrize("step", ["columns", "words"])
def test_its_pages_need_the_same_queries_for_any_number_of_words(practice, there, site, admin, step):
    counts = []
    for many in (range(1), range(1, 40)):
        with acting_in(practice.pk, admin.pk):
            [make.visit_type(f"Kind {number}") for number in many]
        hand_in(practice, site, *(row(str(number), kind=f"Kind {number}") for number in many))
        tell_columns(practice, site)
        with CaptureQueriesContext(connection) as asked:
            site.get(at(practice, step))
        counts.append(len(asked))

    assert counts[0] == counts[1]
