"""The keeping of keys by the operator: new ones, old ones retired, a leaving practice's destroyed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from compliance import index_rotation, leaving, revocations, rotation
from compliance.audit import events
from compliance.crypto import data_keys, ring, tokens
from compliance.factor import Adapter
from compliance.models import DataKey, Practice
from compliance.revocations import What
from compliance.tenancy import SYSTEM, acting_in

REST = timedelta(minutes=10)  # after an exchange: so long somebody may still write what she read before it
SECRETS = ("secret", "seed", "migrated_codes")


class StillNeeded(Exception):
    """Something cannot be read without the key; the text says what and how much."""


def rotate_wrapping() -> tuple[int, int, int]:
    """A new key-encryption key, and everything that the older ones wrapped under it.

    Answers its version, how many data keys and how many second factors were wrapped anew. Raises BadRing, OSError.
    """
    version = ring.add(Path(settings.KEY_RING), "wrapping", secret_key=settings.SECRET_KEY)
    keys = sum(_rewrap(practice) for practice in Practice.objects.order_by("pk"))
    factors = sum(_reseal_factor(one) for one in Authenticator.objects.order_by("pk").values_list("pk", flat=True))
    data_keys.forget()
    with acting_in(None, SYSTEM):
        events.record("key.rotated", action=events.UPDATE, body={"kind": "wrapping", "version": version})
    return version, keys, factors


def _rewrap(practice: Practice) -> int:
    with acting_in(practice.pk, SYSTEM):
        rows = list(DataKey.objects.select_for_update(no_key=True))
        for row in rows:
            DataKey.objects.filter(pk=row.pk).update(**data_keys.rewrapped(bytes(row.wrapped), row.wrapped_with))
        if rows:
            events.record("key.wrapped_anew", action=events.UPDATE, body={"keys": len(rows)})
    return len(rows)


@transaction.atomic
def _reseal_factor(pk: Any) -> bool:
    row = Authenticator.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        return False
    adapter = Adapter()
    sealed = {name: row.data[name] for name in SECRETS if isinstance(row.data.get(name), str)}
    row.data |= {name: adapter.encrypt(adapter.decrypt(text)) for name, text in sealed.items()}
    row.save(update_fields=["data"])
    return bool(sealed)


def retire_wrapping(version: int) -> None:
    """Take an old key-encryption key out of the ring. Raises StillNeeded, BadRing, OSError."""
    held = ring.the_ring()
    held.key("wrapping", version)
    if version == held.newest("wrapping"):
        raise StillNeeded(f"Version {version} is the newest wrapping key; new data keys are wrapped with it.")
    keys = sum(_wrapped_with(practice, version) for practice in Practice.objects.all())
    data = Authenticator.objects.values_list("data", flat=True)
    factors = sum(any(str(one.get(name, "")).startswith(f"{version}:") for name in SECRETS) for one in data)
    if keys or factors:
        raise StillNeeded(f"{keys} data keys and {factors} second factors need it. Run: manage.py keys rotate wrapping")
    ring.remove(Path(settings.KEY_RING), "wrapping", version, secret_key=settings.SECRET_KEY)
    data_keys.forget()
    with acting_in(None, SYSTEM):
        events.record("key.retired", action=events.DELETE, body={"kind": "wrapping", "version": version})


def _wrapped_with(practice: Practice, version: int) -> int:
    with acting_in(practice.pk, SYSTEM):
        return DataKey.objects.filter(wrapped_with=version).count()


def index_target(practices: list[Practice]) -> int:
    """The version to make their search tokens with: the newest, or, where all are there already, a new one.

    So a command that was killed goes on with the key that it had made. Raises BadRing, OSError.
    """
    newest = ring.the_ring().newest("index")
    if any(practice.index_version < newest for practice in practices):
        return newest
    version = ring.add(Path(settings.KEY_RING), "index", secret_key=settings.SECRET_KEY)
    with acting_in(None, SYSTEM):
        events.record("key.made", action=events.CREATE, body={"kind": "index", "version": version})
    return version


def retire_index(version: int) -> None:
    """Take an old index key out of the ring. Raises StillNeeded, BadRing, OSError."""
    held = ring.the_ring()
    held.key("index", version)
    if version == held.newest("index"):
        raise StillNeeded(f"Version {version} is the newest index key; new practices' search tokens are made with it.")
    needed = [one.slug for one in Practice.objects.order_by("slug") if _uses(one, version)]
    if needed:
        named = ", ".join(needed)
        raise StillNeeded(f"The search tokens of these practices need it: {named}. Run: manage.py keys rotate index")
    ring.remove(Path(settings.KEY_RING), "index", version, secret_key=settings.SECRET_KEY)
    data_keys.forget()
    with acting_in(None, SYSTEM):
        events.record("key.retired", action=events.DELETE, body={"kind": "index", "version": version})


def _uses(practice: Practice, version: int) -> bool:
    if version in (practice.index_version, practice.coming_index_version):
        return True
    with acting_in(practice.pk, SYSTEM):
        return bool(index_rotation.needing(version))


def retire_data(practice: Practice, number: int, *, now: datetime) -> None:
    """Delete a practice's old data key. Raises StillNeeded."""
    with acting_in(practice.pk, SYSTEM):
        keys = {row.number: row for row in DataKey.objects.select_for_update(no_key=True)}
        if number not in keys:
            raise StillNeeded(f"The practice has no data key number {number}.")
        if number == max(keys):
            raise StillNeeded(f"Number {number} is the newest data key; everything new is sealed with it.")
        needed = rotation.needing(practice.pk, number)
        if needed:
            raise StillNeeded(f"{needed} values are sealed with it. Run: manage.py keys rotate data {practice.slug}")
        ended = rotation.finished_at(practice.pk)
        if ended and now - ended < REST:
            raise StillNeeded("The exchange ended less than ten minutes ago; what was read before it may still be written.")
        keys[number].delete()
        events.record("key.retired", action=events.DELETE, body={"kind": "data", "version": number})
    data_keys.forget()


def destroy(practice: Practice, export: Path, *, now: datetime) -> str:
    """Destroy the data keys and search tokens of a practice that leaves; answers the signed certificate, a line of JSON.

    The tokens go too: their key is made from the ring, which stays, so names and birth dates could be guessed from them.
    Raises NoExport when the archive is not this practice's, not signed by this portal, not whole, or older than a change.
    """
    archive = leaving.checked(export, practice=practice.pk)
    with acting_in(practice.pk, SYSTEM):
        tokens.hold_versions(practice.pk)
        numbers = sorted(DataKey.objects.select_for_update(no_key=True).values_list("number", flat=True))
        if not numbers:
            raise leaving.NoExport("The practice's data keys were destroyed before.")
        leaving.refuse_stale(archive, practice=practice.pk)
        gone = forget_keys()
        text = leaving.certificate(practice.pk, numbers=numbers, tokens=gone, export=archive.digest, now=now)
        said = {"keys": numbers, "tokens": gone, "export": archive.digest, "certificate": text}
        events.record("key.destroyed", action=events.DELETE, body=said)
        revocations.note(What.KEYS, practice.pk, practice=practice.pk, now=now)
    data_keys.forget()
    return text


def forget_keys() -> int:
    """Delete every data key and search token of the practice acted in; answers how many tokens."""
    DataKey.objects.all().delete()
    return sum(maker.forget() for maker in tokens.makers())
