"""The pages in words, for the audit page: where somebody was when it happened. An address is never shown."""

_WORDS = {
    "compliance": {
        "access review_access": "Who has access",
        "admission sign enter_certificate": "Admission",
        "approve_factor_reset ask_factor_reset stop_factor_reset": "Reset of a second factor",
        "ask_export decide_export exports fetch_export": "Exports",
        "case done hand_over new_case take undo wait": "A piece of work",
        "checks": "Audit jobs",
        "draft_used drafts keep_draft": "Kept drafts",
        "end_session sessions": "Where I am signed in",
        "report": "Compliance report",
        "report_incident": "Something went wrong",
        "confirm_certificate end_membership invite people": "People",
        "invitation": "An invitation",
        "job jobs": "Jobs",
        "matrix": "Who may do what",
    },
    "patients": {
        "banner patient": "A patient's page",
        "change deceased consent": "What is on file of a patient",
        "document upload": "A patient's documents",
        "find": "Finding patients",
        "read_day register": "Registering a patient",
        "reveal": "A patient's numbers",
        "bar end_bar end_chart_grant glass lift name_for_chart restrict restricted who": "Who may open a chart",
    },
    "scheduling": {
        "act cancel change undo visit": "A visit",
        "board board_changes flow month print_board week": "Schedule",
        "book book_at hold let_go openings together walk_in": "Booking a visit",
        "add_outside calendars make_feed remove_outside revoke_feed": "Calendars",
        "close": "Closing time",
        "closed moved_out print_moved still_full": "Visits in closed time",
        "day print_day": "A provider's day",
        "feed": "A calendar feed",
        "cancel_series change_series repeat series": "A series of visits",
        "move": "Moving a visit",
        "of_patient": "A patient's visits",
        "report": "Schedule report",
        "offer": "An offer's link",
        "of_case offer_answer wait_add wait_change wait_entry wait_list wait_matches wait_remove wait_settle": "Wait list",
        "left_message unconfirmed": "Unconfirmed visits",
        "recall recall_attempt recall_close recall_plan recalls recalls_of": "Recalls",
    },
    "correspondence": {
        "call call_act": "A call",
        "call_list": "Past calls",
        "lobby": "Calls",
        "message messages retry send_now": "Reminders",
        "received_text": "Texts that come in",
        "of_patient": "A patient's calls",
    },
    "insurance": {
        "add card change coverage end reveal": "A patient's coverage",
        "check": "An insurance check",
        "day_badges": "Insurance on the schedule",
        "payers": "Insurers",
        "readiness": "Insurance of a visit",
    },
    "desk": {
        "audit audit_of_patient reveal sign_ins": "Audit page",
        "home": "Start",
        "huddle print_huddle": "Huddle sheet",
        "keys": "Help and keys",
        "my_work": "My work",
        "own_events": "What I did",
        "palette": "Find or do",
        "settings": "Settings",
    },
}
PAGES = {f"{app}:{name}": words for app, pages in _WORDS.items() for names, words in pages.items() for name in names.split()}


def page_words(name: str) -> str:
    """Where it was, as the menus call it; nothing for a page that people do not see."""
    return "Admin site" if name.startswith("admin:") else PAGES.get(name, "")
