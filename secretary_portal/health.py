"""Whether the portal lives, and whether it can work. Asked by machines, without signing in."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.access import public
from compliance.audit import partitions
from compliance.crypto import ring

MONTHS_AHEAD = 2


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing about what it needs."""
    return HttpResponse("alive\n", content_type="text/plain")


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when everything is there; 503 naming what is missing."""
    found = {name: check() for name, check in CHECKS.items()}
    missing = [name for name, trouble in found.items() if trouble]
    answer = {"ready": not missing, "missing": missing, "checks": {name: trouble or "ok" for name, trouble in found.items()}}
    return JsonResponse(answer, status=503 if missing else 200)


def database() -> str:
    """The trouble in words; empty when it answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return ""


def redis_server() -> str:
    """The trouble in words; empty when it answers."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.RedisError:
        return "does not answer"
    finally:
        client.close()
    return ""


def migrations() -> str:
    """How many migrations of this version the database has not seen."""
    try:
        behind = len(_on_disk() - set(MigrationRecorder(connection).applied_migrations()))
    except DatabaseError:
        return "unknown: the database does not answer"
    return f"{behind} not applied: run manage.py migrate" if behind else ""


def key_ring() -> str:
    """Whether the ring can be used; the sentence names no path."""
    try:
        ring.load(Path(settings.KEY_RING), secret_key=settings.SECRET_KEY)
    except ring.BadRing:
        return "cannot be used: run manage.py keys status"
    return ""


def audit_partitions() -> str:
    """Whether the audit trail can be written for two more months."""
    try:
        months = partitions.months_ahead(timezone.now().date())
    except DatabaseError:
        return "unknown: the database does not answer"
    return f"{months} months ahead, {MONTHS_AHEAD} needed: run manage.py settle" if months < MONTHS_AHEAD else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "redis": redis_server,
    "migrations": migrations,
    "key_ring": key_ring,
    "audit_partitions": audit_partitions,
}


@cache
def _on_disk() -> set[tuple[str, str]]:
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
