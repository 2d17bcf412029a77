"""What stands in an address or a header: odd days and ids, targets elsewhere, strange hosts, no token."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.boxes import MomentField
from compliance.tenancy.urls import practice_url
from tests.architecture.addresses import addresses, inside
from tests.architecture.postings import POSTINGS, Posting
from tests.architecture.world import ZONE, World, afterwards_undone, count_rows, world
from tests.factories import people

DAYS = ["0001-01-01", "9999-12-31", "2026-02-30", "1" * 5000, "\x00", "\u202e", "<b>", "-1"]
PLACES = ["calls", "messages", "schedule", "my-day", "audit", "audit/mine", "patients/new", "people", "jobs", "cases/new"]
ASKED = ["date", "day", "page", "older", "on", "from", "first", "last", "after", "patient", "person", "provider", "visit"]
ASKED += ["slot", "visit_type", "call", "type", "with", "move", "part", "q", "p", "o", "from_day", "seen", "weekdays"]
ELSEWHERE = [
    "//evil.example",
    "https:evil",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "evil",
    "javascript:1",
]
ODD = ["0001-01-01", "9999-12-31"]
SHORT = settings(max_examples=34, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def here(db) -> World:
    return world()


@pytest.fixture
def desk(here, signed_in) -> Client:
    client = signed_in(here.who)
    client.raise_request_exception = False
    return client


def pages(here: World) -> list[str]:
    """Every page that reads something of its address."""
    named = [
        "scheduling:openings",
        "scheduling:together",
        "scheduling:walk_in",
        "insurance:readiness",
        "insurance:check",
        "correspondence:of_patient",
        "scheduling:book",
    ]
    own = [practice_url(here.practice, name, here.patient.pk) for name in named]
    rows = [("correspondence:call", here.call), ("scheduling:move", here.visit), ("scheduling:visit", here.visit)]
    own += [practice_url(here.practice, name, row.pk) for name, row in rows]
    places = [*PLACES, "schedule/book", "calls/past", "admin/scheduling/closure", "admin/scheduling/provider/add"]
    return own + [f"/p/{here.practice.slug}/{place}/" for place in places] + ["/my-work/", "/calls/", "/find/"]


@pytest.mark.parametrize("odd", DAYS, ids=lambda odd: repr(odd)[:20])
def test_an_odd_parameter_is_ignored_or_answered_in_a_sentence(here, desk, odd):
    asked = dict.fromkeys(ASKED, odd)

    answers = {page: desk.get(page, asked).status_code for page in pages(here)}

    assert {page: status for page, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("moment", ["9999-12-31T23:59-05:00", "0001-01-01T00:00+05:00", "2026-11-30T16:00:30Z", "x", ""])
@pytest.mark.parametrize("name", ["scheduling:book", "scheduling:openings"])
def test_an_odd_slot_is_no_slot(here, desk, name, moment):
    asked = {"slot": f"{here.provider.pk}@{moment}", "visit_type": str(here.kind.pk)}

    assert desk.get(practice_url(here.practice, name, here.patient.pk), asked).status_code in {200, 302}


@pytest.mark.parametrize("day", ODD)
@pytest.mark.parametrize("path", ["schedule/{}/", "schedule/{}/changes/", "my-day/{}/", "readiness/{}/"])
def test_a_day_of_another_age_is_not_there(here, desk, path, day):
    assert desk.get(f"/p/{here.practice.slug}/" + path.format(day)).status_code == 404


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("name", ["compliance:done", "scheduling:undo", "correspondence:send_now"])
def test_a_form_never_leads_elsewhere(here, desk, name, target):
    row = here.case if name == "compliance:done" else here.visit
    data = {"next": target, "version": row.version, "note": ""}

    response = desk.post(practice_url(here.practice, name, row.pk), data)

    assert response.status_code == 302
    assert response["Location"].startswith(f"/p/{here.practice.slug}/")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(here, client, target):
    here.who.set_password("correct horse battery staple")
    here.who.save()
    data = {"login": here.who.email, "password": "correct horse battery staple", "next": target}

    client.post("/accounts/login/", data)
    response = client.post("/accounts/factor/code/", {"code": people.code()})

    assert response["Location"] in {"/", "evil"}


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "testserver:80:80", "a b"])
def test_a_strange_host_is_refused(client, db, host):
    assert client.get("/accounts/login/", headers={"host": host}).status_code == 400


def test_no_form_is_taken_without_its_token(here):
    client = people.browser(here.who, enforce_csrf_checks=True)
    kinds = {"UUIDConverter": uuid4(), "DayConverter": "2026-11-23"}

    answers = {
        one.name: client.post(
            practice_url(here.practice, one.name, *(kinds.get(kind, "2026-11-23") for kind in one.converters.values()))
        ).status_code
        for one in inside()
    }

    assert set(answers.values()) == {403}, answers


def test_no_view_is_exempt_from_the_token_but_the_one_that_a_machine_signs():
    exempt = [one.name for one in addresses() if getattr(one.view, "csrf_exempt", False)]

    assert exempt == ["correspondence:received_text"]


SLIPPED = {
    "practice": "x",
    "practice_id": "x",
    "role": "privacy_officer",
    "status": "closed",
    "id": "x",
    "pk": "x",
    "by": "x",
}


@pytest.mark.parametrize(
    "name", ["patients:register", "compliance:new_case", "insurance:add", "compliance:enter_certificate"]
)
def test_what_a_form_does_not_ask_changes_nothing(here, desk, name):
    posting = next(one for one in POSTINGS if one.name == name)
    url, before = practice_url(here.practice, name, *posting.args(here)), count_rows(here.practice)
    written = []

    for slipped in ({}, {key: value for key, value in SLIPPED.items() if key not in posting.valid(here)}):
        with afterwards_undone():
            assert desk.post(url, posting.valid(here) | slipped).status_code == 302
            after = count_rows(here.practice)
            written.append({table: after[table] - before[table] for table in after if after[table] != before[table]})

    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-03-08T02:30", "does not exist"), ("2026-11-01T01:30", "comes twice"), ("9999-12-31T23:59", "Choose a year")],
)
def test_an_hour_that_the_clocks_skip_or_repeat_is_refused_in_words(text, said):
    with timezone.override(ZONE), pytest.raises(Exception, match=said):
        MomentField().clean(text)


def test_an_hour_beside_the_change_is_taken():
    with timezone.override(ZONE):
        assert MomentField().clean("2026-03-08T03:30").astimezone(UTC) == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)


CHANGE = "2027-03-14T02:30"  # 2 AM to 3 AM does not exist in Chicago


@pytest.mark.parametrize(
    ("name", "field"), [("compliance:new_case", "due_at"), ("compliance:wait", "until"), ("call callback", "at")]
)
def test_a_form_refuses_the_missing_hour(here, desk, name, field):
    posting = next(one for one in POSTINGS if str(one) == name)
    data = posting.valid(here) | {field: CHANGE}

    response = desk.post(practice_url(here.practice, posting.name, *posting.args(here)), data)

    assert response.status_code == 422
    assert "2:30 AM on March 14, 2027 does not exist" in response.content.decode()


def test_a_closed_time_refuses_the_missing_hour(here, desk):
    data = {"starts_at": CHANGE, "ends_at": "2027-03-14T12:00", "reason": "Holiday"}

    response = desk.post(f"/p/{here.practice.slug}/admin/scheduling/closure/add/", data)

    assert "2:30 AM on March 14, 2027 does not exist" in response.content.decode()


WALKED = [one for one in POSTINGS if str(one) in {"call book", "scheduling:book", "compliance:wait"}]


@pytest.mark.parametrize("posting", WALKED, ids=str)
@SHORT
@given(data=st.data())
def test_whatever_is_posted_is_answered(here, desk, posting: Posting, data):
    valid = posting.valid(here)
    anything = st.one_of(st.text(st.characters(codec="utf-8"), max_size=60), st.integers().map(str), st.sampled_from(DAYS))
    drawn = {name: data.draw(st.one_of(st.just(str(value)), anything), name) for name, value in valid.items()}

    with afterwards_undone():
        response = desk.post(practice_url(here.practice, posting.name, *posting.args(here)), drawn)

    assert response.status_code in {302, 404, 409, 422}
