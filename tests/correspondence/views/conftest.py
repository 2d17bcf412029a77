"""A canary who calls, and the page of her call."""

import pytest
from django.utils import timezone

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from patients.details import Place
from tests.correspondence.views.pages import now_of
from tests.factories import calls as made
from tests.factories import patients, scheduling


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
