"""What tests of insurance's pages share."""

import pytest

from tests.factories import insurance, patients


@pytest.fixture
def patient(inside, secretary):
    """Maria Lopez."""
    return patients.patient(by=secretary)


@pytest.fixture
def coverage(patient, secretary):
    """Blue Prairie, billed first, member id XK123456."""
    return insurance.coverage(patient, by=secretary)
