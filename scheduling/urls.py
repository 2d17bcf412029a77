"""Addresses of scheduling."""

from datetime import date

from django.urls import path, register_converter

from compliance.moments import read_day
from scheduling.views import (
    board,
    booking,
    calendars,
    closing,
    day,
    moving,
    offer,
    overview,
    reports,
    series,
    series_changes,
    visit,
)


class DayConverter:
    """A day in an address: 2026-11-23."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError for a day that is none, which answers 404."""
        day = read_day(value)
        if day is None:
            raise ValueError
        return day

    def to_url(self, value: date | str) -> str:
        """ISO 8601."""
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "schedule_day")

app_name = "scheduling"
urlpatterns = [
    path("offer/<slug:slug>/<str:secret>/", offer.offer, name="offer"),
    path("schedule/", board.board, name="board"),
    path("schedule/book/", booking.book_at, name="book_at"),
    path("schedule/close/", closing.close, name="close"),
    path("schedule/closed/", closing.still_full, name="still_full"),
    path("schedule/closed/<uuid:closure_id>/", closing.closed, name="closed"),
    path("schedule/<schedule_day:day>/", board.board, name="board"),
    path("schedule/week/", overview.week, name="week"),
    path("schedule/week/<schedule_day:day>/", overview.week, name="week"),
    path("schedule/month/", overview.month, name="month"),
    path("schedule/month/<schedule_day:day>/", overview.month, name="month"),
    path("schedule/flow/", overview.flow_of_day, name="flow"),
    path("schedule/flow/<schedule_day:day>/", overview.flow_of_day, name="flow"),
    path("schedule/<schedule_day:day>/changes/", board.board_changes, name="board_changes"),
    path("schedule/<schedule_day:day>/print/", board.print_board, name="print_board"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/feeds/", calendars.make_feed, name="make_feed"),
    path("calendars/feeds/<uuid:feed_id>/revoke/", calendars.revoke_feed, name="revoke_feed"),
    path("calendars/outside/", calendars.add_outside, name="add_outside"),
    path("calendars/outside/<uuid:calendar_id>/remove/", calendars.remove_outside, name="remove_outside"),
    path("feeds/<slug:practice>/<str:secret>.ics", calendars.feed, name="feed"),
    path("reports/schedule/", reports.report, name="report"),
    path("my-day/<schedule_day:day>/print/", day.print_day, name="print_day"),
    path("my-day/", day.day, name="day"),
    path("my-day/<schedule_day:day>/", day.day, name="day"),
    path("patients/<uuid:patient_id>/openings/", booking.find, name="openings"),
    path("patients/<uuid:patient_id>/hold/", booking.hold, name="hold"),
    path("patients/<uuid:patient_id>/book/", booking.book, name="book"),
    path("patients/<uuid:patient_id>/repeat/", series.repeat, name="repeat"),
    path("series/<uuid:series_id>/", series.one, name="series"),
    path("series/<uuid:series_id>/<schedule_day:on>/change/", series_changes.change, name="change_series"),
    path("series/<uuid:series_id>/<schedule_day:on>/cancel/", series_changes.cancel, name="cancel_series"),
    path("patients/<uuid:patient_id>/visits/", visit.of_patient, name="of_patient"),
    path("visits/<uuid:visit_id>/", visit.visit, name="visit"),
    path("visits/<uuid:visit_id>/move/", moving.move, name="move"),
    path("visits/<uuid:visit_id>/change/", visit.change, name="change"),
    path("visits/<uuid:visit_id>/cancel/", visit.cancel, name="cancel"),
    path("visits/<uuid:visit_id>/undo/", visit.undo, name="undo"),
    path("visits/<uuid:visit_id>/<slug:verb>/", visit.act, name="act"),
]
