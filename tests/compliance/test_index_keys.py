"""`manage.py keys rotate index`, `retire index`, and what `status` and the start of the portal say of index keys."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from compliance import index_rotation
from compliance import people as founding
from compliance.crypto import ring, tokens
from compliance.models import AuditEvent, DataKey, Practice
from compliance.starting import check_ring
from compliance.tenancy import SYSTEM, acting_in
from patients import search
from tests.factories import patients, rings

pytestmark = pytest.mark.django_db


def said(*command) -> str:
    out = StringIO()
    call_command("keys", *command, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def alone(settings, tmp_path, db):
    """A ring of its own, and no practices of runs under other rings: inside this test's transaction."""
    before = settings.KEY_RING
    rings.copied(settings, tmp_path)
    newest = ring.the_ring().newest("index")
    Practice.objects.update(index_version=newest + 5, coming_index_version=None)
    for other in Practice.objects.all():
        with acting_in(other.pk, SYSTEM):
            DataKey.objects.all().delete()
    yield
    settings.KEY_RING = before
    rings.read_again()


@pytest.fixture
def maria(inside):
    return patients.patient()


def test_a_practice_gets_a_new_key_and_its_tokens(maria, inside, secretary):
    newest = ring.the_ring().newest("index") + 1

    told = said("rotate", "index", inside.slug)

    assert (ring.the_ring().newest("index"), tokens.versions(inside.pk)) == (newest, tokens.Versions(newest, None))
    assert f"search tokens are made with index key {newest}; " in told
    assert [one.pk for one in search.find("lopez", user=secretary).patients] == [maria.pk]


def test_a_command_that_was_killed_goes_on_with_the_key_it_had_made(maria, inside):
    said("rotate", "index", inside.slug, "--key-only")
    newest = ring.the_ring().newest("index")

    said("rotate", "index", inside.slug)

    assert (ring.the_ring().newest("index"), tokens.versions(inside.pk).made) == (newest, newest)


def test_an_exchange_on_the_way_to_an_older_key_is_ended_first(maria, inside, settings):
    index_rotation.begin(inside.pk, to=rings.new_index_key(settings))
    newest = rings.new_index_key(settings)

    said("rotate", "index", inside.slug)

    assert rings.versions_in_use(inside) == (tokens.Versions(newest, None), {newest})


def test_an_old_key_is_refused_while_a_practice_needs_it_and_then_goes(maria, inside, secretary, settings):
    index_rotation.begin(inside.pk, to=rings.new_index_key(settings))
    with pytest.raises(CommandError, match=f"The search tokens of these practices need it: .*{inside.slug}"):
        said("retire", "index", "1")
    said("rotate", "index")

    told = said("retire", "index", "1")

    assert told.startswith("The index key of version 1 is gone.")
    assert (1 in ring.the_ring().keys["index"], len(search.find("lopez", user=secretary).patients)) == (False, 1)


def test_the_newest_index_key_is_never_retired():
    with pytest.raises(CommandError, match="is the newest index key"):
        said("retire", "index", str(ring.the_ring().newest("index")))


def test_the_exchange_is_recorded(maria, inside):
    said("rotate", "index", inside.slug)

    kinds = AuditEvent.objects.filter(kind__startswith="key.index").order_by("at", "pk").values_list("kind", flat=True)
    assert list(kinds) == ["key.index_begun", "key.index_rotated"]


def test_status_says_which_practices_use_which_key(maria, inside, settings):
    index_rotation.begin(inside.pk, to=rings.new_index_key(settings))

    assert f"search tokens with index key 1, on the way to 2: {inside.slug}\n" in said("status")


def test_a_new_practice_begins_with_the_newest_key(settings):
    newest = rings.new_index_key(settings)

    practice = founding.found(
        slug="founded-now", name="Now", time_zone="America/Chicago", state="IL", now=datetime(2026, 11, 20, tzinfo=UTC)
    )

    assert practice.index_version == newest


@pytest.mark.parametrize("column", ["index_version", "coming_index_version"])
def test_the_portal_does_not_start_without_the_index_key_of_a_practice(practice, column):
    Practice.objects.update(**{"index_version": 1, column: 99})

    with pytest.raises(ring.BadRing, match="The key ring has no index key of version"):
        check_ring()


def test_a_process_that_has_read_the_ring_before_hears_of_a_new_key(maria, inside, secretary, settings):
    before = dict(ring.the_ring().keys["index"])
    said("rotate", "index", inside.slug)
    rings.read_again()
    ring.the_ring().keys["index"] = before  # as a process holds it that started earlier

    assert [one.pk for one in search.find("lopez", user=secretary).patients] == [maria.pk]
