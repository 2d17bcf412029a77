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
    moved,
    moving,
    offer,
    overview,
    own_visits,
    recalls,
    reports,
    series,
    series_changes,
    together,
    unconfirmed,
    visit,
    waitlist,
    walk_in,
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
    path("schedule/let-go/", booking.let_go, name="let_go"),
    path("schedule/close/", closing.close, name="close"),
    path("schedule/closed/", closing.still_full, name="still_full"),
    path("schedule/closed/<uuid:closure_id>/", closing.closed, name="closed"),
    path("schedule/closed/<uuid:closure_id>/moved/", moved.moved_out, name="moved_out"),
    path("schedule/closed/<uuid:closure_id>/moved/print/", moved.print_moved, name="print_moved"),
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
    path("patients/<uuid:patient_id>/walk-in/", walk_in.walk_in, name="walk_in"),
    path("patients/<uuid:patient_id>/together/", together.book_together, name="together"),
    path("patients/<uuid:patient_id>/hold/", booking.hold, name="hold"),
    path("patients/<uuid:patient_id>/book/", booking.book, name="book"),
    path("patients/<uuid:patient_id>/repeat/", series.repeat, name="repeat"),
    path("series/<uuid:series_id>/", series.one, name="series"),
    path("series/<uuid:series_id>/<schedule_day:on>/change/", series_changes.change, name="change_series"),
    path("series/<uuid:series_id>/<schedule_day:on>/cancel/", series_changes.cancel, name="cancel_series"),
    path("patients/<uuid:patient_id>/visits/", own_visits.of_patient, name="of_patient"),
    path("visits/<uuid:visit_id>/", visit.visit, name="visit"),
    path("visits/<uuid:visit_id>/move/", moving.move, name="move"),
    path("visits/<uuid:visit_id>/change/", visit.change, name="change"),
    path("visits/<uuid:visit_id>/cancel/", visit.cancel, name="cancel"),
    path("visits/<uuid:visit_id>/undo/", visit.undo, name="undo"),
    path("visits/<uuid:visit_id>/left-message/", unconfirmed.left_message, name="left_message"),
    path("unconfirmed/", unconfirmed.unconfirmed, name="unconfirmed"),
    path("cases/<uuid:case_id>/schedule/", waitlist.of_case, name="of_case"),
    path("wait-list/", waitlist.wait_list, name="wait_list"),
    path("wait-list/free/<uuid:freed_id>/", waitlist.matches, name="wait_matches"),
    path("wait-list/free/<uuid:freed_id>/done/", waitlist.settle, name="wait_settle"),
    path("wait-list/<uuid:entry_id>/", waitlist.entry, name="wait_entry"),
    path("wait-list/<uuid:entry_id>/change/", waitlist.change, name="wait_change"),
    path("wait-list/<uuid:entry_id>/remove/", waitlist.remove, name="wait_remove"),
    path("offers/<uuid:offer_id>/<slug:verb>/", waitlist.answer, name="offer_answer"),
    path("patients/<uuid:patient_id>/wait/", waitlist.add, name="wait_add"),
    path("patients/<uuid:patient_id>/recall/", recalls.plan, name="recall_plan"),
    path("patients/<uuid:patient_id>/recalls/", recalls.of_patient, name="recalls_of"),
    path("recalls/", recalls.recall_list, name="recalls"),
    path("recalls/<uuid:recall_id>/", recalls.recall, name="recall"),
    path("recalls/<uuid:recall_id>/attempt/", recalls.attempt, name="recall_attempt"),
    path("recalls/<uuid:recall_id>/close/", recalls.close, name="recall_close"),
    path("visits/<uuid:visit_id>/<slug:verb>/", visit.act, name="act"),
]
