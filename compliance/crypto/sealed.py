"""A model field whose value lies sealed in the database and opens on read."""

import os
from datetime import date
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django import forms
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import IsNull

from compliance.audit import reads
from compliance.tenancy.context import PracticeContextMissing, current

from . import data_keys

FORMAT = b"\x01"
HEAD = 1 + 2 + 12  # format, key number, nonce
labels: dict[str, str] = {}


class Tampered(Exception):
    """A sealed value was changed, or moved here from another row, field or practice. It is never shown."""


class Sealed(bytes):
    """Ciphertext as it came from the database."""

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


def seal(text: str, *, label: str, practice: UUID, row: UUID) -> Sealed:
    """`01 | key number u16 | nonce 12 | ciphertext + tag`, bound to `label|practice|row` (AES-256-GCM)."""
    number = data_keys.newest(practice)
    nonce = os.urandom(12)
    bound = f"{label}|{practice}|{row}".encode()
    closed = data_keys.cipher(practice, number, label).encrypt(nonce, text.encode(), bound)
    return Sealed(FORMAT + number.to_bytes(2, "big") + nonce + closed)


def unseal(value: bytes, *, label: str, practice: UUID, row: UUID) -> str:
    """The text of a sealed value. Raises Tampered when it does not belong exactly here."""
    if value[:1] != FORMAT or len(value) < HEAD:
        raise Tampered(f"A value of {label} is not in a known format.")
    cipher = data_keys.cipher(practice, int.from_bytes(value[1:3], "big"), label)
    try:
        return cipher.decrypt(value[3:HEAD], value[HEAD:], f"{label}|{practice}|{row}".encode()).decode()
    except InvalidTag as error:
        raise Tampered(f"A value of {label} does not belong to its row.") from error


class _Opening:
    """The attribute of a sealed field: opens what came from the database, and notes whose it was."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        return self.field.open(instance, value) if isinstance(value, Sealed) else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.Field):
    """Text that lies sealed (bytea). `label` is its name for ever: never derived, never changed, unique.

    Only `isnull` can be asked of it; searching goes by tokens. `max_length` (characters) holds in forms.
    """

    def __init__(self, label: str, *args: Any, **options: Any) -> None:
        self.label = label
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, list, dict]:
        """Migrations keep the label, because it is part of what the ciphertext is bound to."""
        name, path, args, options = super().deconstruct()
        return name, path, [self.label, *args], options

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Install the opening attribute, and refuse a label that another field has."""
        super().contribute_to_class(cls, name, private_only)
        where, is_real = f"{cls.__qualname__}.{name}", not cls._meta.abstract and cls.__module__ != "__fake__"
        if is_real and labels.setdefault(self.label, where) != where:
            raise FieldError(f"Two sealed fields have the label {self.label}.")
        setattr(cls, self.attname, _Opening(self))

    def open(self, instance: models.Model, value: Sealed) -> Any:
        """The value in clear; the reading is noted for the audit event. Raises Tampered, PracticeContextMissing."""
        context = current()
        practice = instance.practice_id  # type: ignore[attr-defined]
        if context is None or context.practice != practice:
            raise PracticeContextMissing(f"{self.label} was opened outside its practice's context.")
        reads.note(instance.patient_ref(), instance.READ_AS)  # type: ignore[attr-defined]
        return self.from_text(unseal(value, label=self.label, practice=practice, row=instance.pk))

    def to_text(self, value: Any) -> str:
        """How a value is written before it is sealed."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """The value from its text."""
        return text

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal what was assigned; what was not touched keeps its ciphertext."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        practice = model_instance.practice_id  # type: ignore[attr-defined]
        sealed = seal(self.to_text(value), label=self.label, practice=practice, row=model_instance.pk)
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def db_type(self, connection: Any) -> str:
        """Sealed values are bytes."""
        return "bytea"

    def get_internal_type(self) -> str:
        """As Django knows bytes."""
        return "BinaryField"

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Sealed | None:
        """Wrap, never open: a value is opened by its attribute only."""
        return None if value is None else Sealed(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> bytes | None:
        """Refuse anything that is not sealed already: there is no row to bind it to here."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise FieldError(f"{self.label} is written by saving its row, and searched by tokens.")
        return bytes(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`."""
        return IsNull if lookup_name == "isnull" else None

    def formfield(self, **options: Any) -> forms.Field | None:  # type: ignore[override]
        """A text box; left empty it means None, not ''."""
        return forms.CharField(
            required=not self.blank,
            label=self.verbose_name.capitalize(),
            help_text=self.help_text,
            max_length=self.max_length,
            empty_value=None,
            **options,
        )


class SealedDate(SealedField):
    """A day that lies sealed, written as ISO 8601."""

    def to_text(self, value: date) -> str:
        """ISO 8601."""
        return value.isoformat()

    def from_text(self, text: str) -> date:
        """From ISO 8601."""
        return date.fromisoformat(text)
