"""The frame of every page: what it shows, and what it costs."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from compliance.zones import spoken
from secretary_portal.desk import ways
from secretary_portal.desk.chrome import Chrome
from tests.factories import people

WINTER = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def request_of(user, practice=None, path="/"):
    request = RequestFactory().get(path)
    request.user, request.practice, request.session, request.resolver_match = user, practice, {}, None
    return request


def labels(user, practice):
    with acting_in(practice.pk, user.pk):
        return [place.label for place in ways.main(request_of(user, practice))]


def test_a_fragment_that_shows_no_frame_asks_nothing(db, django_assert_num_queries, practice, secretary):
    with django_assert_num_queries(0):
        Chrome(request_of(secretary, practice))


@pytest.mark.parametrize("count", [1, 3])
def test_the_frame_costs_three_queries_for_any_number_of_practices(django_assert_num_queries, secretary, practice, count):
    for _ in range(count - 1):
        people.member(people.practice(), Role.SECRETARY, who=secretary)

    with acting_in(practice.pk, secretary.pk):
        frame = Chrome(request_of(secretary, practice))
        with django_assert_num_queries(3):  # two for what she may, one for the practices
            found = (len(frame.places) > 0, len(frame.account) > 0, len(frame.practices))

    assert found == (True, True, count)


def test_a_secretary_may_not_go_to_the_admin_site(secretary, practice):
    assert "Admin" not in labels(secretary, practice)


def test_an_admin_may_go_to_the_admin_site(admin, practice):
    assert labels(admin, practice)[-1] == "Admin"


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.PROVIDER, Role.BILLING, Role.PRIVACY_OFFICER])
def test_the_main_ways_are_six_at_most_whatever_the_roles(practice, role):
    who = people.member(practice, Role.PRACTICE_ADMIN)
    people.member(practice, role, who=who)

    assert len(labels(who, practice)) <= 6


def test_the_page_one_is_on_is_marked(as_secretary, practice):
    page = as_secretary.get("/settings/").content.decode()

    assert '<a href="/settings/" aria-current="page"' in page


def test_the_title_ends_with_the_practice(as_secretary, practice):
    page = as_secretary.get(practice_url(practice, "desk:palette")).content.decode()

    assert f"<title>Find or do – {practice.name}</title>" in page


def test_own_time_stands_beside_the_practices_only_where_they_differ(practice, secretary):
    frame = Chrome(request_of(secretary, practice))
    frame.now = WINTER

    secretary.time_zone = "America/Winnipeg"
    same = frame.own_time
    secretary.time_zone = "Asia/Manila"

    assert (same, frame.own_time) == ("", "1:30 PM Tue")


def test_the_frame_stands_for_nobody_too(practice):
    frame = Chrome(request_of(AnonymousUser()))

    assert (frame.user, frame.theme, frame.practices, frame.own_time) == (None, "", [], "")


def test_the_chosen_theme_is_on_the_page(as_secretary, secretary):
    secretary.theme = "dark"
    secretary.save()

    assert '<html lang="en" data-theme="dark">' in as_secretary.get("/help/keys/").content.decode()


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/Chicago", "Central"),
        ("America/Phoenix", "Mountain"),
        ("America/Indiana/Indianapolis", "Eastern"),
        ("Pacific/Honolulu", "Hawaii"),
        ("Asia/Manila", "PST"),
        ("America/Sao_Paulo", "Sao Paulo"),
    ],
)
def test_zones_are_named_as_people_say_them(zone, said):
    assert spoken(zone, WINTER) == said
