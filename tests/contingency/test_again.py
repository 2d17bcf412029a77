"""What was taken away after the backup is taken away again in what is restored. A savepoint stands for the backup."""

import uuid
from contextlib import contextmanager

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from compliance import charts, factor, keeping, ledgers, revocations
from compliance import people as staff
from compliance.models import AuditEvent, Barred, ChartGrant, ChartRestriction, DataKey, User
from compliance.models.charts import Relation
from compliance.revocations import LEDGER, What
from compliance.tenancy import SYSTEM, acting_in
from patients.models import SearchToken
from scheduling import feeds
from scheduling.models import Feed
from secretary_portal.contingency import again
from tests.factories import patients, people, scheduling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path):
    settings.AUDIT_ROOTS = tmp_path


@pytest.fixture
def after_the_backup(django_capture_on_commit_callbacks):
    """Inside, what happens after it; behind, the database is as it was."""

    @contextmanager
    def happens():
        with django_capture_on_commit_callbacks(execute=True):
            point = transaction.savepoint()
            yield
        transaction.savepoint_rollback(point)

    return happens


@pytest.fixture
def patient(inside):
    return patients.patient()


@pytest.fixture
def feed(inside, secretary):
    return feeds.make(scheduling.provider(hours=False).resource, by=secretary, now=timezone.now())[0]


def restored() -> int:
    count, failed = again.replay()
    assert failed == []
    return count


def test_a_second_factor_that_was_reset_does_not_come_back(secretary, after_the_backup):
    with after_the_backup():
        factor.forget(secretary)
    there = factor.is_enrolled(secretary)

    assert (there, restored(), factor.is_enrolled(secretary)) == (True, 1, False)


def test_a_factor_that_its_owner_removed_does_not_come_back_and_her_others_stay(as_secretary, secretary, after_the_backup):
    stolen = Authenticator.objects.create(user=secretary, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    people.proven(as_secretary)
    with after_the_backup():
        as_secretary.post(f"/accounts/factor/passkeys/{stolen.pk}/remove/")
    assert restored() == 1

    assert [row.type for row in Authenticator.objects.filter(user=secretary)] == [Authenticator.Type.TOTP]


def test_a_factor_that_came_later_stays(secretary, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        factor.forget(secretary)
        before = timezone.now()
        new = people.enrolled(secretary)
        revocations.note(What.FACTOR, new.pk, user=secretary.pk, now=before)  # an id that was given again

    assert (restored(), factor.is_enrolled(secretary)) == (0, True)


def test_a_closed_account_stays_closed(practice, secretary, admin, after_the_backup):
    with after_the_backup():
        staff.deactivate(secretary, now=timezone.now())

    assert restored() == 2  # her role and her account
    assert not User.objects.get(pk=secretary.pk).is_active


def test_an_account_that_was_opened_again_stays_open(secretary, admin, after_the_backup):
    with after_the_backup():
        staff.deactivate(secretary, now=timezone.now())
        staff.reactivate(secretary, now=timezone.now())
    restored()

    assert User.objects.get(pk=secretary.pk).is_active


def test_a_bar_stands_again_and_is_in_the_trail(inside, secretary, admin, patient, after_the_backup):
    with after_the_backup():
        charts.bar(secretary, patient.pk, relation=Relation.NEIGHBOUR, by=admin)
    assert (charts.is_barred(secretary, patient.pk), restored()) == (False, 1)

    row = Barred.objects.get(patient=patient.pk)
    event = AuditEvent.objects.filter(kind="chart.barred", object_id=str(row.pk)).get()
    assert (row.user, row.relation, row.by, event.opened) == (secretary, Relation.NEIGHBOUR, admin, [patient.pk])


def test_a_bar_that_was_lifted_before_the_backup_stays_lifted(
    inside, secretary, admin, patient, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        bar = charts.bar(secretary, patient.pk, relation=Relation.NEIGHBOUR, by=admin)
        charts.end(bar, by=admin, now=timezone.now())

    assert (restored(), charts.is_barred(secretary, patient.pk)) == (0, False)


def test_a_restricted_chart_is_closed_again_and_an_ended_grant_ends(inside, secretary, admin, patient, after_the_backup):
    grant = charts.name(secretary, patient.pk, by=admin)
    with after_the_backup():
        charts.restrict(patient.pk, by=admin)
        charts.end(grant, by=admin, now=timezone.now())

    assert restored() == 2
    assert charts.is_closed_to(secretary, patient.pk, now=timezone.now())
    assert (ChartRestriction.objects.get().by, ChartGrant.objects.get().ended_at is None) == (admin, False)


def test_a_revoked_feed_stays_revoked(feed, secretary, after_the_backup):
    with after_the_backup():
        feeds.revoke(feed, by=secretary, now=timezone.now())

    assert (restored(), Feed.objects.get(pk=feed.pk).revoked_at is None) == (1, False)


def test_keys_that_were_destroyed_go_again_with_their_tokens(practice, patient, after_the_backup):
    with after_the_backup():
        keeping.forget_keys()
        revocations.note(What.KEYS, practice.pk, practice=practice.pk, now=timezone.now())

    assert (DataKey.objects.count(), restored()) == (1, 1)
    assert (DataKey.objects.count(), SearchToken.objects.count()) == (0, 0)


def test_what_is_taken_away_already_is_not_told_twice(inside, secretary, admin, patient, after_the_backup):
    with after_the_backup():
        charts.bar(secretary, patient.pk, relation=Relation.FAMILY, by=admin)

    assert (restored(), restored()) == (1, 0)


def test_a_line_of_before_there_were_kinds_is_a_membership(practice, secretary):
    with acting_in(practice.pk, SYSTEM):
        held = secretary.memberships.get()
    said = {"at": timezone.now().isoformat(), "practice": str(practice.pk), "membership": str(held.pk)}
    ledgers.append(LEDGER, said)

    assert restored() == 1
    with acting_in(practice.pk, SYSTEM):
        assert secretary.memberships.get().ends_at is not None


def test_what_cannot_be_taken_away_again_is_said(inside, secretary, patient):
    more = {"patient": str(patient.pk), "user": str(secretary.pk), "relation": "family", "by": str(uuid.uuid4())}
    with transaction.atomic():
        said = {"what": "bar", "row": str(uuid.uuid4()), "at": timezone.now().isoformat(), "practice": str(inside.pk)}
        ledgers.append(LEDGER, said | {"more": more})

    count, [sentence] = again.replay()
    assert (count, sentence.startswith(f"bar {said['row']}, taken away on")) == (0, True)
