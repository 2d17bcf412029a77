"""Keys exchanged, retired and destroyed by the operator, and the rings that the portal does not start on."""

import json
import os
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import keeping, leaving, rotation
from compliance.crypto import data_keys, ring
from compliance.factor import Adapter
from compliance.models import AuditEvent, DataKey, Practice
from compliance.starting import check_ring
from compliance.tenancy import SYSTEM, acting_in
from patients.enums import TokenKind
from patients.models import HumanName, SearchToken
from tests.factories import patients, people

pytestmark = pytest.mark.django_db


def said(*command) -> str:
    out = StringIO()
    call_command("keys", *command, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def same_ring_afterwards(settings):
    """Later tests of the process read with what this one adds; another's ring must not stay."""
    path = settings.KEY_RING
    yield
    settings.KEY_RING = path
    ring.forget()
    data_keys.forget()


@pytest.fixture
def alone(practice):
    """Nothing is left of runs under another ring: inside this test's transaction."""
    Practice.objects.update(index_version=1, coming_index_version=None)
    for other in Practice.objects.exclude(pk=practice.pk):
        with acting_in(other.pk, SYSTEM):
            DataKey.objects.all().delete()
    Authenticator.objects.all().delete()


@pytest.fixture
def other_ring(settings, tmp_path) -> Path:
    """The ring of another installation in the place of ours."""
    settings.KEY_RING = tmp_path / "other.json"
    ring.create(settings.KEY_RING)
    ring.forget()
    data_keys.forget()
    return settings.KEY_RING


@pytest.fixture
def export(practice, tmp_path) -> Path:
    (tmp_path / "patients.ndjson").write_text("{}\n")
    path = tmp_path / "export.zip"
    with acting_in(practice.pk, SYSTEM):
        patients.patient(mrn="4711")
        reaches = leaving.reach(practice.pk)
    files = {"patients.ndjson": tmp_path / "patients.ndjson"}
    leaving.pack(path, files, practice=practice.pk, reaches=reaches, now=timezone.now())
    return path


def test_a_new_wrapping_key_stands_beside_the_old_ones_in_a_file_of_mode_0400(settings):
    before = ring.the_ring().keys["wrapping"]
    ring.add(Path(settings.KEY_RING), "wrapping")

    after = ring.load(Path(settings.KEY_RING)).keys["wrapping"]
    assert (after.items() > before.items(), os.stat(settings.KEY_RING).st_mode & 0o777) == (True, 0o400)


def test_rotating_the_wrapping_key_wraps_every_data_key_anew(practice, alone):
    said("rotate", "wrapping")

    with acting_in(practice.pk, SYSTEM):
        assert {row.wrapped_with for row in DataKey.objects.all()} == {ring.the_ring().newest("wrapping")}


def test_rotating_the_wrapping_key_seals_second_factors_anew(alone, secretary):
    row = Authenticator.objects.get(user=secretary)
    secret = Adapter().decrypt(row.data["secret"])
    said("rotate", "wrapping")

    row.refresh_from_db()
    assert row.data["secret"].startswith(f"{ring.the_ring().newest('wrapping')}:")
    assert Adapter().decrypt(row.data["secret"]) == secret


def test_a_process_that_has_read_the_ring_before_opens_what_the_new_key_sealed(alone, secretary):
    row, before = Authenticator.objects.get(user=secretary), dict(ring.the_ring().keys["wrapping"])
    said("rotate", "wrapping")
    row.refresh_from_db()
    ring.forget()
    newest = max(ring.the_ring().keys["wrapping"])
    ring.the_ring().keys["wrapping"] = {version: key for version, key in before.items() if version != newest}

    assert Adapter().decrypt(row.data["secret"])


def test_a_wrapping_key_that_something_needs_is_not_retired(practice, settings):
    with acting_in(practice.pk, SYSTEM):
        needed = DataKey.objects.get().wrapped_with
    ring.add(Path(settings.KEY_RING), "wrapping")

    with pytest.raises(CommandError, match=r"\d+ data keys and \d+ second factors need it"):
        said("retire", "wrapping", str(needed))


def test_the_newest_wrapping_key_is_never_retired(settings):
    with pytest.raises(CommandError, match="is the newest"):
        said("retire", "wrapping", str(ring.the_ring().newest("wrapping")))


def test_a_ring_that_cannot_be_replaced_is_said_in_words(settings, tmp_path):
    settings.KEY_RING = tmp_path / "folder"
    settings.KEY_RING.mkdir()

    with pytest.raises(CommandError, match="There is no key ring"):
        said("rotate", "wrapping")


def test_an_old_data_key_is_refused_until_nothing_needs_it_and_then_goes(inside):
    patients.patient()
    with pytest.raises(keeping.StillNeeded, match="is the newest data key"):
        keeping.retire_data(inside, 1, now=timezone.now())
    job = rotation.begin(inside.pk)
    with pytest.raises(keeping.StillNeeded, match=r"\d+ values are sealed with it"):
        keeping.retire_data(inside, 1, now=timezone.now())
    rotation.run(inside.pk, job, patience=0)
    with pytest.raises(keeping.StillNeeded, match="less than ten minutes"):
        keeping.retire_data(inside, 1, now=timezone.now())

    keeping.retire_data(inside, 1, now=timezone.now() + timedelta(minutes=11))

    assert [name.given for name in HumanName.objects.all()] == ["Maria"]


def test_a_practice_that_leaves_takes_a_signed_export_and_its_keys_are_destroyed(practice, export):
    text = said("destroy", practice.slug, "--export", str(export))

    with acting_in(practice.pk, SYSTEM):
        assert (DataKey.objects.count(), AuditEvent.objects.filter(kind="key.destroyed").count()) == (0, 1)
    assert json.loads(text.splitlines()[-1])["destroyed"] == [1]


def test_with_the_keys_go_the_search_tokens_of_every_kind(practice, export):
    with acting_in(practice.pk, SYSTEM):
        SearchToken.objects.all().delete()
        for kind in TokenKind:
            SearchToken.objects.create(practice=practice, kind=kind, token=b"12345678", subject=SYSTEM)
    text = said("destroy", practice.slug, "--export", str(export))

    with acting_in(practice.pk, SYSTEM):
        assert SearchToken.objects.count() == 0
    assert json.loads(text.splitlines()[-1])["search_tokens"] == len(TokenKind)


def test_the_tokens_of_other_practices_stay(practice, export):
    other = people.practice()
    with acting_in(other.pk, SYSTEM):
        patients.patient()
        before = SearchToken.objects.count()
    said("destroy", practice.slug, "--export", str(export))

    with acting_in(other.pk, SYSTEM):
        assert SearchToken.objects.count() == before > 0


def test_an_export_from_before_the_newest_change_destroys_nothing(practice, export):
    with acting_in(practice.pk, SYSTEM):
        patients.patient(given="Ana")

    with pytest.raises(CommandError, match=r"changed on .* UTC, after the export was begun"):
        said("destroy", practice.slug, "--export", str(export))


@pytest.mark.parametrize("harm", ["none", "torn", "changed"])
def test_without_a_whole_export_nothing_is_destroyed(practice, export, tmp_path, harm):
    path = tmp_path / f"{harm}.zip"
    if harm == "torn":
        path.write_bytes(export.read_bytes()[:200])
    if harm == "changed":
        with zipfile.ZipFile(export) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b"{}", b"[]"))

    with pytest.raises(CommandError, match=r"is no whole export|is not the file that was signed"):
        said("destroy", practice.slug, "--export", str(path))


def test_the_export_of_another_practice_does_not_count(practice, export):
    with pytest.raises(leaving.NoExport, match="of another practice"):
        leaving.checked(export, practice=SYSTEM)


def test_the_portal_starts_on_its_own_ring(alone):
    assert check_ring() is None


def test_the_portal_does_not_start_on_the_ring_of_another_installation(practice, other_ring):
    with pytest.raises(ring.BadRing, match="of another installation"):
        check_ring()


def test_the_portal_does_not_start_when_the_data_keys_do_not_unwrap(alone, settings, tmp_path):
    ours = json.loads(Path(settings.KEY_RING).read_text())
    ours["keys"]["wrapping"] = dict.fromkeys(ours["keys"]["wrapping"], ours["keys"]["index"]["1"])
    settings.KEY_RING = tmp_path / "ring.json"
    settings.KEY_RING.write_text(json.dumps(ours))
    settings.KEY_RING.chmod(0o400)
    ring.forget()

    with pytest.raises(ring.BadRing, match="does not open the practices' data keys"):
        check_ring()
