"""The data key that a practice's health data is sealed with."""

from django.db import models

from .base import PracticeModel


class DataKey(PracticeModel):
    """A data key, wrapped by a key of the ring (AES-KW, RFC 3394); worthless without it."""

    PLAIN = frozenset({"number", "wrapped", "wrapped_with"})
    VIEWED_BY = "compliance.view_keys"
    FIELD_CHANGES = False  # a changed key is an event of its own

    number = models.PositiveIntegerField()
    wrapped = models.BinaryField()
    wrapped_with = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="data_key_number_once")]
