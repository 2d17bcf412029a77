"""Attacks on what is sealed: moved ciphertexts, lost and foreign keys, stolen backups."""

import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import connection

from compliance.crypto import data_keys, ring
from compliance.crypto.sealed import Tampered
from compliance.models import DataKey
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from patients.models import HumanName
from secretary_portal.contingency import envelope
from tests.factories import patients, people

pytestmark = pytest.mark.django_db


def run(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_ciphertext_swapped_between_two_patients_is_refused(inside):
    first, second = (patients.patient(given=given).names.get().pk for given in ("Maria", "Ana"))
    run(
        "UPDATE patients_humanname t SET given = o.given FROM patients_humanname o WHERE t.id = %s AND o.id = %s",
        first,
        second,
    )

    with pytest.raises(Tampered):
        HumanName.objects.get(pk=first).given  # noqa: B018


def test_a_ciphertext_swapped_between_two_fields_is_refused(inside):
    name = patients.patient().names.get()
    run("UPDATE patients_humanname SET given = family WHERE id = %s", name.pk)

    with pytest.raises(Tampered):
        HumanName.objects.get(pk=name.pk).given  # noqa: B018


def test_a_ciphertext_of_another_practice_is_refused(inside):
    name, other = patients.patient().names.get(), people.practice()
    with acting_in(other.pk, people.member(other, Role.SECRETARY).pk):
        theirs = patients.patient().names.get()
        with connection.cursor() as cursor:
            cursor.execute("SELECT given FROM patients_humanname WHERE id = %s", [theirs.pk])
            stolen = cursor.fetchone()[0]
    run("UPDATE patients_humanname SET given = %s WHERE id = %s", stolen, name.pk)

    with pytest.raises(Tampered):
        HumanName.objects.get(pk=name.pk).given  # noqa: B018


def test_a_data_key_swapped_with_another_practices_opens_nothing(inside):
    name = patients.patient().names.get()
    run("UPDATE compliance_datakey SET wrapped = %s", data_keys.made()["wrapped"])
    data_keys.forget()

    with pytest.raises(Tampered):
        HumanName.objects.get(pk=name.pk).given  # noqa: B018


def test_a_lost_data_key_is_said_and_shows_nothing(inside):
    name = patients.patient().names.get()
    DataKey.objects.all().delete()
    data_keys.forget()

    with pytest.raises(data_keys.KeyMissing, match="has no data key"):
        HumanName.objects.get(pk=name.pk).given  # noqa: B018


def test_a_lost_wrapping_key_is_said_and_named(practice):
    with acting_in(practice.pk, SYSTEM):
        DataKey.objects.update(wrapped_with=77)
        data_keys.forget()

        with pytest.raises(ring.BadRing, match="no wrapping key of version 77"):
            data_keys.newest(practice.pk)


def test_a_stolen_backup_opens_to_nobody_without_the_private_key():
    file = io.BytesIO()
    envelope.write(file, X25519PrivateKey.generate().public_key(), [b"everything"])
    file.seek(0)

    with pytest.raises(envelope.Unreadable):
        b"".join(envelope.read(file, X25519PrivateKey.generate()))
