"""Payers: what their one writer refuses."""

import pytest

from compliance import rows
from insurance import payers
from insurance.models import Payer


def test_a_payer_whom_no_coverage_names_is_removed(inside, secretary):
    payers.remove(payers.add(Payer(name="Blue Prairie"), by=secretary), by=secretary)

    assert not Payer.objects.exists()


def test_a_payer_changed_meanwhile_is_not_changed_again(inside, secretary, now):
    row = payers.add(Payer(name="Blue Prairie"), by=secretary)
    payers.change(row, {"name": "Blue"}, version=1, by=secretary, now=now)

    with pytest.raises(rows.Stale):
        payers.change(row, {"name": "Prairie"}, version=1, by=secretary, now=now)


@pytest.fixture
def now():
    from tests.factories.insurance import NOW

    return NOW
