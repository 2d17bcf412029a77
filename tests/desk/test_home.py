"""Where one begins, and what one sets for oneself."""

from compliance import people as people_writer
from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from tests.factories import people


def test_with_one_practice_one_goes_straight_in(as_secretary, practice):
    assert as_secretary.get("/")["Location"] == practice_url(practice, "desk:home")


def test_with_two_practices_one_chooses(signed_in, secretary, practice):
    other = people.practice(name="Harbor Pediatrics")
    people.member(other, Role.SECRETARY, who=secretary)

    page = signed_in(secretary).get("/").content.decode()

    assert f'href="{practice_url(other, "desk:home")}"' in page
    assert f'href="{practice_url(practice, "desk:home")}"' in page


def test_without_a_practice_the_page_says_how_one_comes(signed_in, db):
    page = signed_in(people.user()).get("/").content.decode()

    assert "You belong to no practice now." in page


def test_nobody_begins_without_signing_in(client, db):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_a_start_page_inside_is_the_first_way_of_the_role(as_secretary, practice):
    from secretary_portal.desk import ways

    first = as_secretary.get(practice_url(practice, "desk:home"))["Location"]

    assert f'<a href="{first}"' in as_secretary.get(practice_url(practice, "desk:palette")).content.decode()
    assert ways.MAIN[1].label == "Schedule"


def test_settings_are_kept(as_secretary, secretary):
    response = as_secretary.post("/settings/", {"theme": "dark", "time_zone": "Asia/Manila"})

    secretary.refresh_from_db()
    assert response["Location"] == "/settings/"
    assert (secretary.theme, secretary.time_zone, secretary.single_keys) == ("dark", "Asia/Manila", False)


def test_a_change_of_settings_is_an_event_of_the_person(inside, secretary):
    people_writer.set_preferences(secretary, theme="dark", time_zone="", single_keys=True)

    assert AuditEvent.objects.get(kind="preferences.changed").actor == secretary.pk


def test_an_unknown_zone_is_refused(as_secretary, secretary):
    response = as_secretary.post("/settings/", {"theme": "auto", "time_zone": "Mars/Olympus"})

    secretary.refresh_from_db()
    assert response.status_code == 422
    assert secretary.time_zone == ""


def test_settings_asked_for_inside_a_practice_stand_outside(as_secretary, practice):
    assert as_secretary.get(f"/p/{practice.slug}/settings/")["Location"] == "/settings/"
