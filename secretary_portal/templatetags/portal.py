"""What every template may use: icons, times in the practice's zone, phone numbers, addresses in other practices."""

from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from compliance import charts
from compliance.models import Practice
from compliance.tenancy.urls import plain_url, practice_url

UNDONE_BY = {"undo": "compliance:undo", "undo-visit": "scheduling:undo"}
NOBODY = UUID(int=0)

register = template.Library()


@register.simple_tag
@cache  # a list shows the same few over and over
def icon(name: str) -> SafeString:
    """One icon of the sprite; it says nothing by itself, so words stand beside it or in `.vh`."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
def url_before(name: str) -> str:
    """The address of a page about one row as far as the row's id: worked out once for all rows of a list."""
    return reverse(name, args=[NOBODY]).partition(str(NOBODY))[0]


@register.simple_tag
def url_in(practice: Practice, name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page inside a practice, from wherever the template stands."""
    return practice_url(practice, name, *args, **kwargs)


@register.simple_tag
def url_outside(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page outside every practice, also from inside one."""
    return plain_url(name, *args, **kwargs)


@register.simple_tag(takes_context=True)
def glass_of(context: template.Context, patient: UUID) -> datetime | None:
    """Until when the glass over this chart, broken by whoever looks, stays open; None where there is none. One query."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return None
    found = charts.glass_of(request.user, patient, now=timezone.now())
    return found.expires_at if found else None


@register.simple_tag(takes_context=True)
def undo_of(context: template.Context, message: Any) -> str:
    """Where a message's Undo is posted to: `undo:<case id>` or `undo-visit:<visit id>` among its tags.

    Empty for a message without one, and outside every practice, where its address is not known.
    """
    if not context.get("practice"):
        return ""
    for tag in (message.extra_tags or "").split():
        kind, _, row = tag.partition(":")
        if kind in UNDONE_BY and row:
            return reverse(UNDONE_BY[kind], args=[row])
    return ""


@register.simple_tag
def labelled(cell: str, place: int, headers: list[dict[str, Any]]) -> SafeString:
    """A cell of Django's list with its column's name on it, for a phone where a row is a card. `cell` is Django's own."""
    name = escape(capfirst(headers[place]["text"])) if place < len(headers) else ""
    return mark_safe(str(cell).replace("<td", f'<td data-label="{name}"', 1))  # noqa: S308  # nosec B308 B703


@register.filter
def clock(moment: datetime | None, zone: str = "") -> str:
    """9:15 AM, in the zone named or the practice's (the one that is active)."""
    return f"{_local(moment, zone):%-I:%M %p}" if moment else ""


@register.filter
def share(part: float | None) -> str:
    """12 %; a dash where there was nothing to divide by."""
    return "–" if part is None else f"{part:.0%}".replace("%", " %")


@register.filter
def zone_letters(moment: datetime | None, zone: str = "") -> str:
    """CST: for a list over practices, where one zone cannot be named for all."""
    return f"{_local(moment, zone):%Z}" if moment else ""


@register.filter
def day(moment: datetime | date | None, zone: str = "") -> str:
    """Mon, Nov 23; with the year when it is not this one."""
    if not moment:
        return ""
    here = _local(moment, zone) if isinstance(moment, datetime) else moment
    year = f" {here.year}" if here.year != timezone.localdate().year else ""
    return f"{here:%a, %b %-d}{year}"


@register.filter
def long_day(moment: datetime | date | None, zone: str = "") -> str:
    """Monday, November 23, 2026."""
    if not moment:
        return ""
    here = _local(moment, zone) if isinstance(moment, datetime) else moment
    return f"{here:%A, %B %-d, %Y}"


@register.filter
def phone(number: Any) -> str:
    """(608) 555-0123 for a number of the United States, +44 20 … for another."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(str(number), "US")
    except phonenumbers.NumberParseException:
        return str(number)
    national = parsed.country_code == 1
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone) if zone else timezone.get_current_timezone())
