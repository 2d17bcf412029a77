"""Calendars and FHIR appointments: what is chosen of them, and mappings as text, which the selects read and write."""

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.cutover import calendar_words, files, mapping, proposing
from tests.scheduling.test_cutover import EVENT, MAPPING, row, there
from tests.scheduling.test_cutover_choosing import (
    at,
    errors,
    hand_in,
    kept,
    newest,
    shown,
    site,
    tell_columns,
    tell_words,
)
from tests.scheduling.test_cutover_files import hand_in as hand_in_text

__all__ = ["site", "there"]

MORE = 'ORGANIZER;CN="OKAFOR, N":mailto:n@old.example\nLOCATION:Main\\, 1st\n'
CALENDAR = EVENT.format(more="").replace("SUMMARY", f"{MORE}SUMMARY")
WAY = proposing.SUMMARIES["family-given-number"][1]


def visits(*whom: str) -> bytes:
    doctor = {"actor": {"reference": "Practitioner/1", "display": "OKAFOR, N"}}
    one = {"resourceType": "Appointment", "status": "booked", "start": "2027-03-01T10:00:00-06:00"}
    one |= {"appointmentType": {"text": "FU"}}
    made = [one | {"id": f"a{who[-1]}", "participant": [{"actor": {"reference": who}}, doctor]} for who in whom]
    return json.dumps(made).encode()


def answered(practice, site, chosen):
    """Whatever words are asked are answered by their shown label."""
    form = site.get(at(practice, "words")).context["form"]
    return site.post(at(practice, "words"), {bound.name: chosen.get(bound.label, bound.value()) for bound in form})


def test_how_a_calendar_names_its_patients_is_proposed(practice, there, site):
    hand_in(practice, site, content=CALENDAR.encode())

    assert shown(site.get(at(practice, "columns")))["summary"] == "family-given-number"


def test_a_calendar_is_chosen_checked_and_booked(practice, there, site):
    hand_in(practice, site, content=CALENDAR.encode())
    site.post(at(practice, "columns"), {"summary": "family-given-number", "kind": "Follow-up", "zone": "America/Chicago"})
    answered(practice, site, {"Main, 1st": practice.name})

    files.work(practice.pk, newest(practice).pk)

    assert (kept(practice).calendar, [outcome for _, outcome, _ in newest(practice).lines]) == (
        {"summary": WAY, "kind": "Follow-up"},
        ["booked"] * 3,
    )


def test_a_way_that_fits_no_event_is_said_at_its_place(practice, there, site):
    hand_in(practice, site, content=CALENDAR.encode())

    answer = site.post(at(practice, "columns"), {"summary": "given-family-day", "zone": "America/Chicago"})

    assert errors(answer) == {"summary": ["So no row of the file can be read. Each names no patient in its summary."]}


def test_an_expression_that_was_written_by_hand_is_kept(practice, there, site):
    hand_in_text(practice, site, content=CALENDAR.encode(), mapping=MAPPING.replace('kind = "Follow-up"', ""))
    hand_in(practice, site, content=CALENDAR.encode())

    site.post(at(practice, "columns"), {"summary": "kept", "zone": "America/Chicago"})

    assert kept(practice).calendar["summary"] == mapping.read(MAPPING.encode()).calendar["summary"]


def test_our_name_in_a_mapping_stays_chosen_however_it_is_written(practice, there, site):
    mapped = MAPPING.replace('provider = "Dr. Okafor"', 'provider = "dr. okafor"')
    hand_in_text(practice, site, content=CALENDAR.encode(), mapping=mapped)
    hand_in(practice, site, content=CALENDAR.encode())

    assert shown(site.get(at(practice, "columns")))["provider"] == "Dr. Okafor"


def test_fhir_is_asked_for_the_system_of_its_numbers(practice, there, site):
    hand_in(practice, site, content=visits("Patient/p4711", "Patient/p4712"))

    wrong = errors(site.post(at(practice, "columns"), {"patient_system": ""}))
    site.post(at(practice, "columns"), {"patient_system": "urn:old:patient"})
    answered(practice, site, {"FU": "Follow-up"})
    files.work(practice.pk, newest(practice).pk)

    assert (list(wrong), newest(practice).lines[0]) == (["patient_system"], [1, "booked", ""])


def test_a_mapping_that_was_pasted_is_proposed_by_the_selects(practice, there, site):
    hand_in_text(practice, site, row())
    hand_in(practice, site, row(state="X"))
    tell_columns(practice, site)

    form = site.get(at(practice, "words")).context["form"]

    assert {bound.label: bound.value() for bound in form} == {"OKAFOR, N": "Dr. Okafor", "FU": "Follow-up", "X": "off"}


def test_what_a_mapping_says_of_other_files_stays_in_it(practice, there, site):
    hand_in_text(practice, site, row())
    hand_in(practice, site, row())
    tell_columns(practice, site)
    tell_words(practice, site)

    before, after = mapping.read(MAPPING.encode()), kept(practice)

    assert (after.fhir, after.calendar, after.cancelled) == (before.fhir, before.calendar, before.cancelled)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TABLE = st.dictionaries(TEXT, TEXT, max_size=3)
STATES = st.frozensets(st.sampled_from(["x", "dna", "no show", 'a "quoted" one']), max_size=2)


@given(TEXT.filter(bool), TABLE, TABLE, TABLE, STATES)
def test_every_mapping_that_is_written_is_read_again(system, providers, kinds, places, states):
    tables = {"providers": providers, "kinds": kinds, "places": places}
    words = mapping.Words(system, ZoneInfo("America/Denver"), **tables, cancelled=states, standing=states)

    assert mapping.read(mapping.write(words)) == words


@pytest.mark.parametrize(
    ("title", "way"),
    [
        ("Lopez, Ada 4711", "family-given-number"),
        ("Lopez, Ada #4711 follow-up", "family-given-number"),
        ("De la Cruz, Ana Maria 03/27/1985", "family-given-day"),
        ("Ada Lopez (1985-03-27)", "given-family-day"),
        ("Ada Lopez MRN-4711", "given-family-number"),
        ("4711 Follow-up", "number"),
    ],
)
def test_the_way_that_fits_a_title_is_proposed(title, way):
    said = proposing.calendar([calendar_words.Event(summary=title)], {})

    assert said == {"summary": proposing.SUMMARIES[way][1]}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("dr. okafor", "Dr. Okafor"),
        ("OKAFOR, N", "Dr. Okafor"),
        ("Lind", None),
        ("New patient visit", "New patient"),
        ("Telephone visit", None),
        ("", None),
    ],
)
def test_a_word_is_proposed_only_where_one_name_fits(word, meant):
    ours = ["Dr. Okafor", "Ana Lind", "Bo Lind", "Follow-up", "New patient", "Video visit"]

    assert proposing.ours(word, {}, {name.casefold(): name for name in ours}) == meant
