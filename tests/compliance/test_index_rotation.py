"""The index key exchanged: everybody is found and no MRN is given twice, before, between any two batches, and after."""

from datetime import timedelta

import pytest
from django.db import connection

from compliance import index_rotation, jobs
from compliance.crypto import data_keys
from compliance.crypto.tokens import Versions, makers
from compliance.models import DataKey, Job, Practice
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from insurance import coverage
from patients import registration, remaking, search
from patients.models import HumanName, Patient, SearchToken
from patients.registration import MrnTaken
from tests.factories import insurance, patients, people, rings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(remaking, "BATCH", 1)


@pytest.fixture(autouse=True)
def own_ring(settings, tmp_path):
    before = settings.KEY_RING
    yield rings.copied(settings, tmp_path)
    settings.KEY_RING = before
    rings.read_again()


@pytest.fixture
def house(inside, secretary):
    """Three patients with everything that finds them; two share a name."""
    maria = patients.patient(mrn="A-1001", email="maria@example.org")
    card = insurance.coverage(maria, by=secretary, member_id="XK-1")
    patients.patient(given="Mario", mrn="A-1002", phone="+16085550199")
    other = patients.patient(family="Nguyen", given="An", mrn="A-1003", phone=None)
    coverage.add(patient=other, payer=card.payer, member_id="ZZ-9", by=secretary)
    return maria


def begun(practice, settings) -> Job:
    return index_rotation.begin(practice.pk, to=rings.new_index_key(settings))


def half_way(practice, settings) -> Job:
    """Killed after the first of the patients."""
    job = begun(practice, settings)
    this = index_rotation.Run(practice.pk, jobs.start(job, now=job.created_at), job.checkpoint["to"])
    insurance_, patients_ = makers()
    while (after := this.after(index_rotation.MAKING, insurance_)) is not None:
        index_rotation.batch(this, insurance_, after)
    index_rotation.batch(this, patients_, index_rotation.FIRST)
    killed(job)
    return job


def killed(job: Job) -> None:
    """Its runner is gone: it stands as running, without a beat since more than five minutes."""
    Job.objects.filter(pk=job.pk).update(beat_at=job.created_at - timedelta(minutes=6))


def test_every_token_is_made_anew_and_the_old_ones_go(house, inside, settings):
    count = SearchToken.objects.count()
    job = begun(inside, settings)

    job = index_rotation.run(inside.pk, job)

    assert (job.state, job.step, job.total, job.findings) == ("done", 5, 5, {})
    assert (*rings.versions_in_use(inside), SearchToken.objects.count()) == (
        Versions(job.checkpoint["to"], None),
        {job.checkpoint["to"]},
        count,
    )


def test_the_same_are_found_before_between_all_batches_and_after(house, inside, secretary, settings):
    before = rings.answers(secretary)
    job = begun(inside, settings)
    this = index_rotation.Run(inside.pk, jobs.start(job, now=job.created_at), job.checkpoint["to"])
    between = []
    for maker in makers():
        while (after := this.after(index_rotation.MAKING, maker)) is not None:
            index_rotation.batch(this, maker, after)
            between.append(rings.answers(secretary))
    killed(job)
    index_rotation.run(inside.pk, job)

    assert (len(between), *between, rings.answers(secretary)) == (7, *[before] * 8)
    assert all(before)


def test_it_goes_on_where_it_was_killed(house, inside, secretary, settings):
    before = rings.answers(secretary)
    job = half_way(inside, settings)

    again = index_rotation.run(inside.pk, index_rotation.begin(inside.pk, to=job.checkpoint["to"]))

    assert (again.pk, again.state, again.step, Job.objects.filter(kind=index_rotation.KIND).count()) == (
        job.pk,
        "done",
        5,
        1,
    )
    assert (rings.versions_in_use(inside)[1], rings.answers(secretary)) == ({job.checkpoint["to"]}, before)


def test_it_is_not_begun_again_when_it_was_done(house, inside, settings):
    job = begun(inside, settings)
    index_rotation.run(inside.pk, job)

    assert index_rotation.begin(inside.pk, to=job.checkpoint["to"]) is None


def test_somebody_registered_meanwhile_is_found_meanwhile_and_after(house, inside, secretary, settings):
    job = half_way(inside, settings)

    new = patients.patient(family="Okafor", given="Ada", mrn="A-2000", phone=None)
    meanwhile = [one.pk for one in search.find("okafor", user=secretary).patients]
    index_rotation.run(inside.pk, job)

    assert ([new.pk], [new.pk]) == (meanwhile, [one.pk for one in search.find("A-2000", user=secretary).patients])


def test_what_is_changed_meanwhile_no_longer_finds_and_the_new_does(house, inside, secretary, settings):
    job = half_way(inside, settings)
    card = house.coverages.get()

    coverage.change(card, version=card.version, by=secretary, now=insurance.NOW, member_id="NEW-7")
    index_rotation.run(inside.pk, job)

    found = [rings.found_by(coverage.said(member_id)) for member_id in ("XK-1", "NEW-7")]
    assert found == [[], [house.pk]]


@pytest.mark.parametrize("is_told", [False, True])
def test_only_since_writers_are_told_is_what_they_change_meanwhile_found_after(house, inside, secretary, settings, is_told):
    job = half_way(inside, settings)
    if not is_told:
        Practice.objects.filter(pk=inside.pk).update(coming_index_version=None)
    first = Patient.objects.order_by("pk")[0]

    registration.change(first, patients.details(family="Okafor"), version=first.version, by=secretary, now=patients.NOW)
    index_rotation.run(inside.pk, job)

    assert [one.pk for one in search.find("okafor", user=secretary).patients] == ([first.pk] if is_told else [])


@pytest.mark.parametrize("mrn", ["A-1001", "A-1002", "A-1003"])
def test_a_second_mrn_is_refused_while_it_runs(house, inside, settings, mrn):
    job = half_way(inside, settings)

    with pytest.raises(MrnTaken):
        patients.patient(mrn=mrn)

    assert index_rotation.run(inside.pk, job).state == "done"


def test_the_mrn_of_somebody_registered_meanwhile_is_refused_meanwhile_and_after(house, inside, settings):
    job = half_way(inside, settings)
    patients.patient(mrn="A-2000")
    with pytest.raises(MrnTaken):
        patients.patient(mrn="A-2000")
    index_rotation.run(inside.pk, job)

    with pytest.raises(MrnTaken):
        patients.patient(mrn="a 2000")


def test_a_patient_who_does_not_open_is_told_and_the_old_key_stays(house, inside, secretary, settings):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_humanname SET given = family WHERE patient_id = %s", [house.pk])
    before = rings.found_by(coverage.said("XK-1"))
    job = begun(inside, settings)

    job = index_rotation.run(inside.pk, job)

    assert (job.state, job.findings, rings.found_by(coverage.said("XK-1"))) == ("failed", {"not_opened": 1}, before)
    assert rings.versions_in_use(inside)[0] == Versions(1, job.checkpoint["to"])


def test_once_mended_it_is_started_again_and_ends(house, inside, settings):
    name = HumanName.objects.get(patient=house)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_humanname SET given = family WHERE id = %s", [name.pk])
    job = begun(inside, settings)
    job = index_rotation.run(inside.pk, job)
    name.given = "Maria"
    name.save()

    job = index_rotation.run(inside.pk, job)

    assert (job.state, job.findings, rings.versions_in_use(inside)[1]) == ("done", {}, {job.checkpoint["to"]})


def test_another_practice_keeps_its_tokens(house, inside, settings):
    other = people.practice()
    with acting_in(other.pk, people.member(other, Role.SECRETARY).pk):
        patients.patient()
    job = begun(inside, settings)
    index_rotation.run(inside.pk, job)

    with acting_in(other.pk, SYSTEM):
        assert rings.versions_in_use(other) == (Versions(1, None), {1})


def test_a_practice_whose_data_keys_were_destroyed_loses_its_tokens(house, inside, settings):
    DataKey.objects.all().delete()
    data_keys.forget()
    job = begun(inside, settings)

    job = index_rotation.run(inside.pk, job)

    assert (job.state, rings.versions_in_use(inside)) == ("done", (Versions(job.checkpoint["to"], None), set()))
