"""The one writer of Feed: secret addresses at which calendar programs read a provider's or a room's time."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from compliance import revocations
from compliance.access import standing_of
from compliance.audit import events
from compliance.models import Practice, User
from compliance.revocations import What
from compliance.tenancy import LINK, acting_in
from scheduling.enums import TAKES_TIME, DayKind, Mode, ResourceKind
from scheduling.hours import Hours
from scheduling.ical import Entry, calendar
from scheduling.local import days, moment
from scheduling.models import Appointment, Closure, DayException, Feed, Occupation, Provider, Resource, Transition

BACK = timedelta(days=30)  # and as long a cancelled visit stays, so that every program has seen it go
AHEAD = timedelta(days=400)
DAY = timedelta(days=1)
NEEDED = "scheduling.view_schedule"
AWAY = "Not available"


class NoSuchFeed(Exception):
    """The address leads nowhere: never given out, revoked, or its owner may not look any more."""


def make(resource: Resource, *, by: User, now: datetime) -> tuple[Feed, str]:
    """A feed of a provider's or a room's time, and the secret of its address, which nobody can read again."""
    secret = secrets.token_urlsafe(32)  # 256 bits
    feed = Feed.objects.create(resource=resource, owner=by, secret_hash=_hashed(secret))
    events.record("feed.made", feed, action=events.CREATE, by=by, body={"resource": str(resource.pk)})
    return feed, secret


def revoke(feed: Feed, *, by: User, now: datetime) -> bool:
    """End a feed at once. Answers False when it had ended."""
    ended = Feed.objects.filter(pk=feed.pk, revoked_at__isnull=True).update(revoked_at=now, updated_at=now)
    if ended:
        revocations.note(What.FEED, feed.pk, practice=feed.practice_id, now=now)
        events.record("feed.revoked", feed, action=events.UPDATE, by=by)
    return bool(ended)


def read(*, slug: str, secret: str, now: datetime) -> bytes:
    """The calendar of an address, read as the feed's owner. Raises NoSuchFeed."""
    practice = Practice.objects.filter(slug=slug).first()
    if practice is None:
        raise NoSuchFeed
    with acting_in(practice.pk, LINK):
        feed = _in_force(secret)
    if feed is None:
        raise NoSuchFeed
    with acting_in(practice.pk, feed.owner_id):
        Feed.objects.filter(pk=feed.pk).update(read_at=now)
        events.record("feed.read", feed, by=feed.owner)
        zone = ZoneInfo(practice.time_zone)
        return calendar(f"{feed.resource.name} – {practice.name}", _entries(feed.resource, now), zone=zone)


def _in_force(secret: str) -> Feed | None:
    """The feed of a secret, while its owner may look at the schedule. The wall would not let her in to be refused."""
    found = Feed.objects.filter(secret_hash=_hashed(secret), revoked_at__isnull=True)
    feed = found.select_related("owner", "resource").first()
    if feed is not None and not standing_of(feed.owner).may(NEEDED):
        events.record("feed.refused", feed, refused=True)
        return None
    return feed


def _entries(resource: Resource, now: datetime) -> Iterator[Entry]:
    yield from _visits(resource, now)
    yield from _closures(resource, now)
    for provider in Provider.objects.filter(resource=resource):
        yield from _places_closed(provider, now)
        yield from _days_off(provider, now)


def _visits(resource: Resource, now: datetime) -> Iterator[Entry]:
    """Of everybody, also of charts that are closed to the owner: an event says that time is taken and no more."""
    span = Q(starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)
    lately = Q(status__in=TAKES_TIME) | Q(status_since__gte=now - BACK)
    here = Q(provider__resource=resource) | Q(room=resource) | Exists(_takes(resource))
    rows = Appointment.objects.annotate(is_here=ExpressionWrapper(here, output_field=BooleanField()))
    rows = rows.filter(span, lately, Q(is_here=True) | Q(pk__in=_left(resource, now))).order_by("starts_at", "pk")
    columns = ("pk", "version", "starts_at", "ends_at", "updated_at", "status", "mode", "room__name", "location__name")
    for pk, version, starts_at, ends_at, changed_at, status, mode, room, place, is_here in rows.values_list(
        *columns, "is_here"
    ):
        words = {Mode.VIDEO: "Video visit", Mode.PHONE: "Phone visit"}.get(mode, "Visit")
        yield Entry(
            uid=str(pk),
            sequence=version - 1,
            starts_at=starts_at,
            ends_at=ends_at,
            changed_at=changed_at,
            summary=f"{words} – {room}" if room else words,
            place=place,
            is_gone=status not in TAKES_TIME or not is_here,
        )


def _takes(resource: Resource) -> QuerySet[Occupation]:
    """What of a resource the visit of the outer query takes: a kind may need a second room, or a machine."""
    return Occupation.objects.filter(resource=resource, appointment=OuterRef("pk"))


def _left(resource: Resource, now: datetime) -> QuerySet[Any]:
    """Visits that gave a room or machine back within 30 days: cancelled, or moved elsewhere. A provider's stay hers."""
    if resource.kind == ResourceKind.PROVIDER:
        return Transition.objects.none()
    freed = Transition.objects.filter(at__gte=now - BACK, before__occupations__contains=[[str(resource.pk)]])
    return freed.values("appointment")


def _closures(resource: Resource, now: datetime) -> Iterator[Entry]:
    """Without what came from a calendar outside: it is there already. Why somebody is away stays in the portal."""
    mine = Q(resource=resource) | Q(provider__resource=resource)
    mine |= Q(provider__isnull=True, location__isnull=True, resource__isnull=True)
    if resource.location_id:
        mine |= Q(provider__isnull=True, location=resource.location_id)
    rows = Closure.objects.filter(mine, outside__isnull=True, ends_at__gte=now - BACK, starts_at__lt=now + AHEAD)
    for row in rows.order_by("starts_at", "pk"):
        yield Entry(str(row.pk), row.version - 1, row.starts_at, row.ends_at, row.updated_at, AWAY)


def _places_closed(provider: Provider, now: datetime) -> Iterator[Entry]:
    """What is closed of the places where she works, in the hours that she works there."""
    rows = Closure.objects.filter(provider__isnull=True, location__isnull=False, outside__isnull=True)
    rows = rows.filter(ends_at__gte=now - BACK, starts_at__lt=now + AHEAD).order_by("starts_at", "pk")
    spans = [(row, row.starts_at.date() - DAY, row.ends_at.date() + DAY) for row in rows]
    if not spans:
        return
    hours = Hours([provider], min(first for _, first, _ in spans), max(last for *_, last in spans))
    for row, first, last in spans:
        worked = (one for day in days(first, last) for one in hours.worked(provider, day))
        here = (one for one in worked if one.location.pk == row.location_id)
        for n, one in enumerate(here):
            starts_at, ends_at = max(moment(one.start), row.starts_at), min(moment(one.end), row.ends_at)
            if starts_at < ends_at:
                yield Entry(f"{row.pk}-{one.day:%Y%m%d}-{n}", row.version - 1, starts_at, ends_at, row.updated_at, AWAY)


def _days_off(provider: Provider, now: datetime) -> Iterator[Entry]:
    """Single days on which she does not work at all, each as what her templates give of it."""
    rows = DayException.objects.filter(provider=provider, kind=DayKind.OFF)
    off = {row.day: row for row in rows.filter(day__gte=(now - BACK).date(), day__lte=(now + AHEAD).date())}
    if not off:
        return
    hours = Hours([provider], min(off), max(off)).of(provider)
    for day, row in sorted(off.items()):
        for n, one in enumerate(hours.template(day)):
            yield Entry(f"{row.pk}-{n}", row.version - 1, moment(one.start), moment(one.end), row.updated_at, AWAY)


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def mark_of(text: bytes) -> str:
    """What a calendar program shows again to learn that nothing changed (RFC 9110 section 8.8.3)."""
    return hashlib.sha256(text).hexdigest()[:32]
