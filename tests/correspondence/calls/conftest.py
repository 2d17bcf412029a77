"""A call at each stage, in the zone of its practice."""

import pytest
from django.utils import timezone

from tests.factories import calls as made
from tests.factories import patients
from tests.factories.calls import NOW


@pytest.fixture(autouse=True)
def in_chicago():
    """As the middleware does inside a practice."""
    with timezone.override("America/Chicago"):
        yield


@pytest.fixture
def call(inside, secretary):
    return made.call(inside, by=secretary)


@pytest.fixture
def patient(inside, secretary):
    return patients.patient(by=secretary)


@pytest.fixture
def verified(inside, secretary, patient):
    return made.verified(inside, patient, by=secretary)


@pytest.fixture
def seen(secretary):
    """Arguments of an act on a call as it stands."""
    return lambda call, now=NOW: {"version": call.version, "by": secretary, "now": now}
