"""The portal does not start on a bad key ring: checked by whoever serves, before the first request or task."""

import sys
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from compliance.crypto import ring
from compliance.crypto.data_keys import unwrapped
from compliance.models import DataKey, Practice
from compliance.tenancy import SYSTEM, acting_in

FORGED = "42501"  # insufficient_privilege, as sec.context() raises it


def refuse_bad_ring() -> None:
    """Say in words on standard error what is wrong with the ring, and raise BadRing."""
    try:
        check_ring()
    except ring.BadRing as error:
        sys.stderr.write(f"The portal does not start: {error}\n")
        raise
    finally:
        connection.close()


def check_ring() -> None:
    """Raises BadRing for a ring that cannot be used, or is of another installation than the database.

    A database that does not answer yet is no reason to stay away: each page says so then, and `/readyz`.
    """
    ring.load(Path(settings.KEY_RING), secret_key=settings.SECRET_KEY)
    try:
        _fits_context()
        _holds_index_keys()
        for practice in Practice.objects.order_by("pk").values_list("pk", flat=True):
            with acting_in(practice, SYSTEM):
                for wrapped, version in DataKey.objects.values_list("wrapped", "wrapped_with"):
                    unwrapped(bytes(wrapped), version)
    except DatabaseError:
        return


def _holds_index_keys() -> None:
    """Without the key of a practice's search tokens nobody of it is found."""
    for used in Practice.objects.values_list("index_version", "coming_index_version").distinct():
        for version in filter(None, used):
            ring.the_ring().key("index", version)


def _fits_context() -> None:
    try:
        with acting_in(None, SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT sec.actor()")
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == FORGED:
            raise ring.BadRing(
                "The key ring is of another installation: the database does not know its context key."
                " Put the right ring in place, or, after a restore, run manage.py settle as the owner."
            ) from error
        raise
