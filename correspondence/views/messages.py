"""What went where: the list, one message, and the two things one does with reminders."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance.access import requires
from compliance.audit import reads
from compliance.moments import read_day
from compliance.posts import way_back
from correspondence import outbox, tasks
from correspondence.enums import Channel, MessageState
from correspondence.models import Message
from patients import names
from scheduling.models import Appointment

A_PAGE = 50


@dataclass(frozen=True)
class Filters:
    """`?state=&channel=&day=&visit=&patient=`; what is unknown is left out. Ids are opaque."""

    state: str
    channel: str
    day: str
    visit: str
    patient: str

    @classmethod
    def of(cls, asked: QueryDict) -> "Filters":
        """Read from the address."""
        state, channel, day = asked.get("state", ""), asked.get("channel", ""), asked.get("day", "")
        return cls(
            state=state if state in MessageState.values else "",
            channel=channel if channel in Channel.values else "",
            day=day if read_day(day) else "",
            visit=_id(asked.get("visit", "")),
            patient=_id(asked.get("patient", "")),
        )

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({name: value for name, value in vars(self).items() if value})

    def narrow(self, rows: Any) -> Any:
        """Those that fit. A day is the practice's, by when a message is due."""
        named = {"state": self.state, "channel": self.channel, "appointment_id": self.visit, "patient_id": self.patient}
        rows = rows.filter(**{name: value for name, value in named.items() if value})
        day = read_day(self.day)
        if day is None:
            return rows
        zone = timezone.get_current_timezone()
        start, end = datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)
        return rows.filter(due_at__gte=start, due_at__lt=end)


@requires("correspondence.view_reminder")
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The newest fifty, and the way to older ones (`?older=` the last one's id)."""
    filters = Filters.of(request.GET)
    visible = Message.objects.visible_to(request.user)
    last = visible.filter(pk=older).first() if (older := _id(request.GET.get("older", ""))) else None
    rows = list(filters.narrow(visible).for_a_list().newest_first(older_than=last)[: A_PAGE + 1])
    context = {
        "rows": [(row, names.listed(row.patient)) for row in rows[:A_PAGE]],
        "older": rows[A_PAGE - 1].pk if len(rows) > A_PAGE else None,
        "filters": filters,
        "states": MessageState.choices,
        "channels": Channel.choices,
        "may_send": request.user.may("correspondence.send_reminder"),
    }
    name = "correspondence/messages.html#results" if request.htmx else "correspondence/messages.html"
    return render(request, name, context)


@requires("correspondence.view_reminder")
@require_safe
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message as it went out. Its text is opened, and that is recorded."""
    row = get_object_or_404(Message.objects.visible_to(request.user).for_a_list(), pk=message_id)
    reads.opens_chart_of(row.patient_id)
    context = {
        "row": row,
        "name": names.listed(row.patient),
        "may_retry": row.appointment_id is not None
        and row.state in (MessageState.FAILED, MessageState.SKIPPED)
        and request.user.may("correspondence.send_reminder"),
    }
    return render(request, "correspondence/message.html", context)


@requires("correspondence.send_reminder")
@require_POST
def send_now(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Remind of a visit at once."""
    visit = get_object_or_404(Appointment.objects.visible_to(request.user), pk=visit_id)
    try:
        tasks.soon(outbox.send_now(visit, by=request.user, now=timezone.now()))
        toasts.success(request, "The reminder is on its way.")
    except outbox.NotUpcoming:
        toasts.error(request, "Nothing was sent: this visit is over, was cancelled or was moved.")
    except outbox.NoPlan:
        toasts.error(
            request, "Nothing was sent: no reminder plan holds for this kind of visit. A practice admin sets one up."
        )
    except outbox.JustSent:
        toasts.info(request, "Nothing more was sent: a reminder of this visit has just gone out, or is going out now.")
    return redirect(way_back(request, f"{reverse('correspondence:messages')}?visit={visit.pk}"))


@requires("correspondence.send_reminder")
@require_POST
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Try again what failed or was not sent, after what stood in its way was mended."""
    row = get_object_or_404(Message.objects.visible_to(request.user).select_related("appointment"), pk=message_id)
    try:
        tasks.soon([outbox.retry(row, by=request.user, now=timezone.now())])
        toasts.success(request, "It is tried again now.")
    except outbox.NotUpcoming:
        toasts.error(request, "Nothing was sent: its visit is over, was cancelled or was moved.")
    except outbox.NotFailed:
        toasts.error(request, "Nothing was changed: this message has gone out, or is waiting to.")
    return redirect("correspondence:message", row.pk)


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
