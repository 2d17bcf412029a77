"""Every address says who may enter."""

import pytest

from compliance.access import MATRIX
from tests.architecture.addresses import addresses

MARKS = {"membership alone", "signed in", "public"}


@pytest.mark.parametrize("address", addresses(), ids=str)
def test_every_address_declares_who_may_enter(address):
    assert getattr(address.view, "permission", "nobody said") in MATRIX.keys() | MARKS


@pytest.mark.parametrize("address", addresses(), ids=str)
def test_only_what_is_public_is_entered_without_signing_in(address):
    is_open = getattr(address.view, "login_required", True) is False

    assert is_open is (getattr(address.view, "permission", "") == "public")


@pytest.mark.parametrize("address", addresses(), ids=str)
def test_a_permission_of_the_matrix_is_asked_inside_a_practice_only(address):
    permission = getattr(address.view, "permission", "")

    assert permission in MARKS or getattr(address.view, "in_practice", None) is True


def test_a_name_leads_to_one_view():
    views: dict[str, set] = {}
    for address in addresses():
        views.setdefault(address.name, set()).add(address.view)

    assert [name for name, leads_to in views.items() if len(leads_to) > 1] == []
