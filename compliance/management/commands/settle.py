"""`manage.py settle`: after migrate, what the database needs beyond its tables."""

import hashlib
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from compliance import access
from compliance.audit import partitions
from compliance.crypto import ring
from compliance.models import Practice


class Command(BaseCommand):
    """Run as the owner of the tables, after each migrate; again changes nothing.

    Writes the HMAC pads of the context key, makes the audit trail's partitions 24 months ahead, and brings the
    permission rows and every practice's groups in step with the access matrix.
    """

    help = "After migrate: HMAC pads, audit partitions, permission rows."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Do all of it in one transaction."""
        inner, outer = hmac_pads(ring.context_key())
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sec.pads")
            cursor.execute("INSERT INTO sec.pads (inner_pad, outer_pad) VALUES (%s, %s)", [inner, outer])
        made = partitions.make(timezone.now().date())
        access.keep_permissions()
        for practice in Practice.objects.all():
            access.keep_groups(practice)
        self.stdout.write(f"Settled: {made} new partitions, {len(access.MATRIX)} permissions.")


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer pad of HMAC-SHA256 (RFC 2104), so that PostgreSQL can check it with `sha256()` alone."""
    block = key.ljust(hashlib.sha256().block_size, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
