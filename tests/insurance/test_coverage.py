"""Coverage: who is billed first, and what becomes of a stale change."""

from datetime import date

import pytest

from compliance.models import AuditEvent
from insurance import coverage as writer
from insurance.models import Coverage
from patients.enums import TokenKind
from patients.models import SearchToken
from tests.factories import insurance
from tests.factories.insurance import NOW


def test_the_member_id_is_kept_as_on_the_card_without_spaces(patient, secretary):
    assert insurance.coverage(patient, by=secretary, member_id="xk 123-456").member_id == "XK123456"


def test_a_patient_is_found_by_member_id(patient, secretary):
    insurance.coverage(patient, by=secretary)

    assert SearchToken.objects.get(kind=TokenKind.MEMBER_ID).subject == patient.pk


def test_a_patient_is_no_longer_found_by_a_member_id_that_was_corrected(patient, secretary):
    row = insurance.coverage(patient, by=secretary, member_id="OLD1")
    before = bytes(SearchToken.objects.get(kind=TokenKind.MEMBER_ID).token)

    writer.change(row, version=row.version, by=secretary, now=NOW, member_id="NEW1")

    assert [bytes(one.token) == before for one in SearchToken.objects.filter(kind=TokenKind.MEMBER_ID)] == [False]


def test_two_coverages_are_not_both_billed_first_on_one_day(patient, secretary):
    first = insurance.coverage(patient, by=secretary)

    with pytest.raises(writer.PriorityTaken) as taken:
        writer.add(patient=patient, payer=first.payer, member_id="Z9", by=secretary)

    assert taken.value.other == first


def test_two_coverages_follow_one_another(patient, secretary):
    first = insurance.coverage(patient, by=secretary, ends_on=date(2026, 10, 31))

    writer.add(patient=patient, payer=first.payer, member_id="Z9", by=secretary, starts_on=date(2026, 11, 1))

    assert Coverage.objects.count() == 2


def test_a_stale_change_is_refused_and_shows_theirs(patient, secretary):
    coverage = insurance.coverage(patient, by=secretary)
    seen = coverage.version
    writer.change(coverage, version=seen, by=secretary, now=NOW, group_id="THEIRS")

    with pytest.raises(writer.Stale) as stale:
        writer.change(Coverage.objects.get(), version=seen, by=secretary, now=NOW, group_id="MINE")

    assert stale.value.theirs.group_id == "THEIRS"


def test_the_event_names_the_changed_fields_and_no_value(patient, secretary):
    coverage = insurance.coverage(patient, by=secretary)

    writer.change(coverage, version=1, by=secretary, now=NOW, group_id="SECRET7")

    event = AuditEvent.objects.get(kind="coverage.changed")
    assert event.body == {"fields": ["group_id"]}


def test_a_refused_change_leaves_the_row_in_hand_as_it_was(patient, secretary):
    insurance.coverage(patient, by=secretary)
    second = insurance.coverage(patient, by=secretary, insurer=insurance.payer("Other"), priority=2)

    with pytest.raises(writer.PriorityTaken):
        writer.change(second, version=second.version, by=secretary, now=insurance.NOW, priority=1)

    assert (second.priority, second.version) == (2, 1)
