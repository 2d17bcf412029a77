"""What most tests of the schedule begin with."""

import pytest

from tests.factories import scheduling as make


@pytest.fixture
def doctor(inside):
    """Sees patients from 9 to 5, Monday to Friday."""
    return make.provider("Dr. Okafor")


@pytest.fixture
def kind(inside):
    """Half an hour."""
    return make.visit_type("Follow-up")
