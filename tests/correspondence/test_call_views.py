"""The call desk's pages: who may, what stands on them before and after the gate, what is refused."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.models import AuditEvent, Case
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from correspondence.enums import CallStatus
from correspondence.models import Call
from patients.details import Place
from scheduling.models import Appointment
from tests.factories import calls as made
from tests.factories import patients, people, scheduling

ON_FILE = ("Canaria", "Zebra Lane", "5550177", "555-0177", "1961", "Feb 3", "02/03", "ZK9941")


@pytest.fixture
def patient(practice, secretary):
    """A canary: nothing of her may stand on a page before the gate."""
    with acting_in(practice.pk, secretary.pk):
        return patients.patient(
            by=secretary,
            family="Canaria",
            given="Quinta",
            birth_date=timezone.datetime(1961, 2, 3).date(),
            phone="+16085550177",
            address=Place(line1="12 Zebra Lane", city="Madison", state="WI", postal_code="53703"),
            mrn="ZK9941",
        )


@pytest.fixture
def call(practice, secretary):
    return made.call(practice, by=secretary, number="+16085550177", now=timezone.now())


@pytest.fixture
def providers(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return scheduling.provider("Dr. Okafor"), scheduling.visit_type("Annual physical")


@pytest.fixture
def at(practice, call):
    return practice_url(practice, "correspondence:call", call.pk)


@pytest.fixture
def do(practice, call, secretary, as_secretary):
    """Post one act, as the page would: with the version that stands now."""

    def post(name, /, *, client=as_secretary, version=None, **fields):
        version = version or now_of(practice, secretary, call).version
        url = practice_url(practice, "correspondence:call_act", call.pk, name)
        return client.post(url, {"version": version, **fields})

    return post


@pytest.fixture
def verified(do, patient):
    assert do("gate", name="Quinta Canaria", birth_date="2/3/1961").status_code == 302


def now_of(practice, secretary, call):
    with acting_in(practice.pk, secretary.pk):
        return Call.objects.with_outcome().get(pk=call.pk)


def test_before_the_gate_a_candidate_is_initials_only(as_secretary, at, patient):
    html = as_secretary.get(at).content.decode()

    assert "Q. C." in html
    assert [text for text in ON_FILE if text in html] == []


def test_after_a_failed_try_still_nothing_stands_there(do, patient):
    answer = do("gate", name="Quinta Roma", birth_date="2/4/1961")

    html = re.sub(r'value="[^"]*"', "", answer.content.decode())  # what was typed is kept
    assert answer.status_code == 422
    assert [text for text in ON_FILE if text in html] == []


def test_each_identifier_is_answered(do, patient):
    html = do("gate", name="Quinta Canaria", birth_date="2/4/1961").content.decode()

    assert ("Full name matches" in html, "Date of birth: no match" in html) == (True, True)


def test_listing_candidates_is_recorded_as_listing(as_secretary, at, patient, practice, secretary):
    as_secretary.get(at)

    with acting_in(practice.pk, secretary.pk):
        event = AuditEvent.objects.filter(kind="patient.read").latest("at")
    assert (event.listed, event.opened) == ([patient.pk], [])


def test_after_the_gate_her_chart_is_open_and_recorded(as_secretary, at, verified, patient, practice, secretary):
    html = as_secretary.get(at).content.decode()

    with acting_in(practice.pk, secretary.pk):
        event = AuditEvent.objects.filter(kind="patient.read").latest("at")
    assert "Verified by name and birth date" in html
    assert event.opened == [patient.pk]


def test_somebody_without_the_number_on_file_is_found_by_what_she_says(practice, secretary, as_secretary, patient):
    other = made.call(practice, by=secretary, number=None, now=timezone.now())
    url = practice_url(practice, "correspondence:call_act", other.pk, "gate")

    as_secretary.post(url, {"version": other.version, "name": "Quinta Canaria", "birth_date": "02/03/1961"})

    assert now_of(practice, secretary, other).patient_id == patient.pk


def test_somebody_else_without_a_right_hides_the_chart_again(do, verified, as_secretary, at):
    do("caller", relationship="spouse", authority="")

    html = as_secretary.get(at).content.decode()
    assert "message only" in html
    assert [text for text in ON_FILE if text in html] == []


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.SCHEDULING_SECRETARY])
def test_secretaries_take_calls(role, practice, signed_in):
    client = signed_in(people.member(practice, role))

    answer = client.post("/calls/", {"practice": practice.slug, "number": "608 555 0177"})

    assert answer.status_code == 302
    assert answer.url.startswith(f"/p/{practice.slug}/calls/")


@pytest.mark.parametrize("role", [Role.BILLING, Role.PROVIDER, Role.PRACTICE_ADMIN, Role.PRIVACY_OFFICER])
def test_nobody_else_takes_calls(role, practice, signed_in, secretary):
    client = signed_in(people.member(practice, role))

    client.post("/calls/", {"practice": practice.slug})

    with acting_in(practice.pk, secretary.pk):
        assert Call.objects.count() == 0


@pytest.mark.parametrize(("role", "status"), [(Role.BILLING, 403), (Role.PRIVACY_OFFICER, 403), (Role.PRACTICE_ADMIN, 200)])
def test_who_reads_a_call(role, status, practice, signed_in, at):
    assert signed_in(people.member(practice, role)).get(at).status_code == status


@pytest.mark.parametrize("role", [Role.BILLING, Role.PROVIDER, Role.PRACTICE_ADMIN])
def test_who_only_reads_does_nothing_in_a_call(role, practice, signed_in, do):
    assert do("hang-up", client=signed_in(people.member(practice, role))).status_code == 403


def test_a_provider_reads_calls_about_her_patients_only(practice, secretary, signed_in, do, patient, at, call):
    doctor = people.member(practice, Role.PROVIDER)
    client = signed_in(doctor)
    do("gate", name="Quinta Canaria", birth_date="2/3/1961")
    before = client.get(at).status_code
    with acting_in(practice.pk, secretary.pk):
        who = scheduling.provider(user=doctor)
        scheduling.visit(by=secretary, who=who, whose=patient)

    assert (before, client.get(at).status_code) == (404, 200)


def test_a_provider_sees_no_form(practice, secretary, signed_in, verified, patient, at):
    doctor = people.member(practice, Role.PROVIDER)
    with acting_in(practice.pk, secretary.pk):
        scheduling.visit(by=secretary, who=scheduling.provider(user=doctor), whose=patient)

    html = signed_in(doctor).get(at).content.decode()
    assert "/hang-up/" not in html


def first_time(html):
    return re.search(r'name="time" value="([^"]+)"', html)[1]


def test_the_first_free_time_is_booked_with_one_click(as_secretary, at, do, providers, verified, practice, secretary):
    html = as_secretary.get(at).content.decode()

    answer = do("book", time=first_time(html), type=str(providers[1].pk))

    with acting_in(practice.pk, secretary.pk):
        assert (answer.status_code, Appointment.objects.count()) == (302, 1)


def test_a_time_that_was_just_taken_is_409_with_others(as_secretary, at, do, providers, verified, practice, secretary):
    time = first_time(as_secretary.get(at).content.decode())
    with acting_in(practice.pk, secretary.pk):
        starts_at = timezone.datetime.fromisoformat(time.partition("|")[2])
        scheduling.visit(by=secretary, who=providers[0], starts_at=starts_at, now=timezone.now())

    answer = do("book", time=time, type=str(providers[1].pk))

    assert answer.status_code == 409
    assert "just taken" in answer.content.decode()
    assert first_time(answer.content.decode()) != time


def visit_of(practice, secretary, patient, providers):
    with acting_in(practice.pk, secretary.pk):
        soon = timezone.now() + timedelta(days=3)
        starts_at = next(
            opening.starts_at
            for n in range(7)
            for opening in scheduling_openings(providers, (soon + timedelta(days=n)).date())
        )
        return scheduling.visit(
            by=secretary, who=providers[0], kind=providers[1], whose=patient, starts_at=starts_at, now=timezone.now()
        )


def scheduling_openings(providers, day):
    from scheduling import openings

    return openings.free_times(providers[0], day, providers[1], now=timezone.now())


def test_a_visit_is_confirmed_moved_and_cancelled(do, as_secretary, at, verified, patient, providers, practice, secretary):
    visit = visit_of(practice, secretary, patient, providers)
    do("confirm", visit=visit.pk)
    html = as_secretary.get(f"{at}?move={visit.pk}").content.decode()
    version = re.search(r'name="visit_version" value="(\d+)"', html)[1]
    do("move", time=first_time(html), type=str(providers[1].pk), visit=visit.pk, visit_version=version)
    with acting_in(practice.pk, secretary.pk):
        moved = Appointment.objects.upcoming().get()

    do("cancel", visit=moved.pk, reason="pat", initiator="patient")

    with acting_in(practice.pk, secretary.pk):
        assert sorted(Appointment.objects.values_list("status", flat=True)) == ["cancelled", "rescheduled"]


def test_another_patients_visit_is_not_chosen(do, verified, providers, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        other = scheduling.patient()
    visit = visit_of(practice, secretary, other, providers)

    assert do("cancel", visit=visit.pk, reason="pat", initiator="patient").status_code == 422
    assert do("move", time="x", type="", visit=visit.pk).status_code == 422


def test_a_message_becomes_a_case(do, verified, providers, practice, secretary):
    do("message", provider=providers[0].pk, priority="routine", text="Her knee hurts.")

    with acting_in(practice.pk, secretary.pk):
        assert Case.objects.get().summary == "For Dr. Okafor: Her knee hurts."


def test_a_red_flag_shows_what_to_do_at_once_and_the_call_cannot_close(
    do, verified, as_secretary, at, practice, secretary, call
):
    do("flags", signs=["Overdose"])

    answer = do("close", summary="Done.", reason="clinical", outcome="resolved")

    html = as_secretary.get(at).content.decode()
    assert ("call 911" in html, answer.status_code) == (True, 422)
    assert now_of(practice, secretary, call).status == CallStatus.IDENTIFIED


def test_an_answered_red_flag_lets_the_call_close(do, verified, practice, secretary, call):
    do("flags", signs=["Overdose"])
    do("answer", answer="911-agreed", who="", at="")

    do("close", summary="Told to call 911.", reason="clinical", outcome="escalated-emergency")

    assert now_of(practice, secretary, call).outcome == "escalated-emergency"


def test_a_routine_call_is_closed_with_what_the_page_suggests(
    do, as_secretary, at, providers, verified, practice, secretary, call
):
    time = first_time(as_secretary.get(at).content.decode())
    do("book", time=time, type=str(providers[1].pk))
    do("hang-up")
    html = as_secretary.get(at).content.decode()
    summary = re.search(r'<textarea name="summary"[^>]*>\s*([^<]+)</textarea>', html)[1]
    chosen = re.findall(r'<option value="([^"]+)" selected>', html.partition('name="summary"')[2])

    do("close", summary=summary, reason=chosen[0], outcome=chosen[1])

    closed = now_of(practice, secretary, call)
    assert (closed.status, closed.reason, closed.outcome) == ("closed", "book", "resolved")
    assert closed.hung_up_at is not None


def test_a_wrong_number_is_closed_with_one_click(do, practice, secretary, call):
    do("abandon")

    assert now_of(practice, secretary, call).outcome == "abandoned"


def test_a_second_tab_is_told_and_keeps_what_was_typed(do, verified, call, practice, secretary, providers):
    seen = now_of(practice, secretary, call).version
    do("reason", reason="book")

    answer = do("message", version=seen, provider=providers[0].pk, priority="routine", text="Her knee hurts.")

    html = answer.content.decode()
    assert (answer.status_code, "Her knee hurts." in html, "another tab" in html) == (409, True, True)
    assert f'name="version" value="{seen + 1}"' in html


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("gate", {}),
        ("gate", {"name": "Quinta"}),
        ("gate", {"name": "Q" * 201, "birth_date": "2/3/1961"}),
        ("gate", {"name": "Qui\x07nta", "birth_date": "2/3/1961"}),
        ("gate", {"name": "Quinta Canaria", "birth_date": "31/31/1961"}),
        ("gate", {"name": "Quinta Canaria", "birth_date": "2/3/2961"}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": "nonsense"}),
        ("flags", {"signs": ["Nonsense"]}),
        ("answer", {"answer": ""}),
        ("answer", {"answer": "warm-transfer", "who": ""}),
        ("answer", {"answer": "911-agreed", "at": "25:99"}),
        ("message", {"text": ""}),
        ("message", {"text": "x" * 1501}),
        ("message", {"text": "a\x00b"}),
        ("message", {"text": "Hello", "provider": "not-an-id", "priority": "routine"}),
        ("callback", {"at": "soon"}),
        ("callback", {"at": "2020-01-01T09:00"}),
        ("callback", {"at": "2099-01-01T09:00", "phone": "12"}),
        ("transfer", {"to": ""}),
        ("transfer", {"to": "x" * 121}),
        ("close", {"summary": "", "reason": "book", "outcome": "resolved"}),
        ("close", {"summary": "Done.", "reason": "", "outcome": "resolved"}),
        ("close", {"summary": "Done.", "reason": "book", "outcome": "closed"}),
        ("close", {"summary": "x" * 2001, "reason": "book", "outcome": "resolved"}),
        ("caller", {"relationship": "aunt"}),
        ("caller", {"relationship": "spouse", "authority": "consent", "source": ""}),
        ("hang-up", {"version": "0"}),
        ("hang-up", {"version": "x"}),
    ],
)
def test_what_cannot_be_is_a_sentence_and_changes_nothing(do, practice, secretary, call, name, fields):
    before = now_of(practice, secretary, call).version

    answer = do(name, **fields)

    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert now_of(practice, secretary, call).version == before


def test_direction_marks_of_a_pasted_number_are_no_hindrance(as_secretary, practice, secretary):
    as_secretary.post("/calls/", {"practice": practice.slug, "number": "\u202a+1 608‑555‑0177\u202c"})

    with acting_in(practice.pk, secretary.pk):
        assert Call.objects.get().phone == "+16085550177"


def test_what_was_typed_is_shown_escaped(do):
    html = do("transfer", to="<script>x</script>" * 10).content.decode()

    assert "<script>x" not in html


def test_an_unknown_act_is_not_there(do):
    assert do("nonsense").status_code == 404


def test_a_number_dialled_finds_the_practice(as_secretary, practice):
    practice.phone = "+16085550100"
    practice.save()

    answer = as_secretary.post("/calls/", {"dialled": "608-555-0100"})

    assert answer.url.startswith(f"/p/{practice.slug}/calls/")


@pytest.mark.parametrize(
    "fields", [{"number": "abc"}, {"dialled": "608 555 0199"}, {"practice": "not-mine"}, {"number": "6" * 70}]
)
def test_a_call_that_cannot_be_taken_says_why(as_secretary, practice, secretary, fields):
    answer = as_secretary.post("/calls/", fields)

    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()


def test_somebody_elses_practice_is_not_chosen(as_secretary, practice):
    other = people.practice()

    assert as_secretary.post("/calls/", {"practice": other.slug}).status_code == 422


def test_the_lobby_shows_each_practice_with_its_own_time(secretary, as_secretary, practice):
    honolulu = people.practice(name="Pacific Clinic", time_zone="Pacific/Honolulu")
    people.member(honolulu, Role.SECRETARY, who=secretary)

    lines = as_secretary.get("/calls/").context["lines"]

    assert [(line.practice.name, line.now.tzname()) for line in lines] == [
        ("Lakeside Family Medicine", "CST"),
        ("Pacific Clinic", "HST"),
    ] or lines[0].now.tzname() == "CDT"


def test_open_calls_of_mine_come_first_in_the_lobby(as_secretary, call, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        done = made.closed(practice, by=secretary, now=timezone.now())

    context = as_secretary.get("/calls/").context

    assert [row.call_id for row in context["mine"]] == [call.pk]
    assert [row.call_id for row in context["today"]] == [done.pk]


def test_the_list_pages_and_shows_names_of_the_verified(as_secretary, practice, verified, call):
    html = as_secretary.get(practice_url(practice, "correspondence:call_list"), {"page": "99"}).content.decode()

    assert "Canaria, Quinta" in html


def test_calls_of_a_patient_are_found_again(as_secretary, practice, verified, patient, call, secretary):
    made.call(practice, by=secretary, now=timezone.now())

    answer = as_secretary.get(practice_url(practice, "correspondence:of_patient", patient.pk))

    assert [row.call_id for row in answer.context["rows"]] == [call.pk]


def test_the_calls_of_a_patient_stand_under_her_banner(as_secretary, practice, patient):
    answer = as_secretary.get(practice_url(practice, "correspondence:of_patient", patient.pk))

    assert 'aria-label="Patient"' in answer.content.decode()


def queries_of(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def test_the_list_needs_the_same_queries_for_any_number_of_calls(as_secretary, practice, secretary, verified):
    url = practice_url(practice, "correspondence:call_list")
    one = queries_of(as_secretary, url)
    with acting_in(practice.pk, secretary.pk):
        for n in range(2):
            more = patients.patient(by=secretary, family=f"Other{n}", phone=None)
            made.verified(practice, more, by=secretary, said={"name": f"Maria Other{n}", "birth_date": "3/27/1985"})

    assert queries_of(as_secretary, url) == one


def test_a_call_needs_the_same_queries_for_any_number_of_candidates(as_secretary, practice, secretary, patient, at):
    one = queries_of(as_secretary, at)
    with acting_in(practice.pk, secretary.pk):
        for n in range(2):
            patients.patient(by=secretary, family=f"Other{n}", phone="+16085550177")

    assert queries_of(as_secretary, at) == one


def test_a_fragment_is_the_page_without_its_frame(as_secretary, at):
    html = as_secretary.get(at, headers={"HX-Request": "true"}).content.decode()

    assert (html.strip().startswith('<div id="call"'), "<html" in html) == (True, False)


def test_nothing_of_the_patient_stands_in_title_or_address(as_secretary, at, verified):
    html = as_secretary.get(at).content.decode()

    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1]
    assert not any(text in title for text in ON_FILE)
    assert not any(text in link for link in re.findall(r'href="([^"]+)"', html) for text in ON_FILE)
