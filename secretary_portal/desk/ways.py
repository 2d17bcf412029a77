"""The ways through the portal: which pages there are, who may go there, and by which key."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from compliance.access import standing_of
from compliance.tenancy.urls import plain_url

MOST_IN_NAV = 6


@dataclass(frozen=True)
class Way:
    """A page by its URL name. `permission` empty: everybody; `outside`: it stands outside every practice."""

    label: str
    icon: str
    name: str
    permission: str = ""
    outside: bool = False
    key: str = ""
    also: str = ""


@dataclass(frozen=True)
class Place:
    """A way that this person can go, now. `here` is the value of aria-current."""

    label: str
    icon: str
    url: str
    key: str
    here: str
    also: str = ""


PRACTICES = Way("Practices", "building-2", "desk:home", outside=True)
SCHEDULE = Way(
    "Schedule", "calendar-days", "scheduling:board", "scheduling.view_schedule", key="s", also="board today calendar"
)
UNDER_SCHEDULE = frozenset({"scheduling:wait_list", "scheduling:recalls", "scheduling:unconfirmed"})

MAIN = (
    Way("My day", "sun", "scheduling:day", "scheduling.view_own_day", key="d", also="today visits"),
    SCHEDULE,
    Way("Patients", "users", "patients:find", "patients.find_patient", key="p", also="find search"),
    Way(
        "Calls", "phone-call", "correspondence:lobby", "correspondence.view_call", outside=True, key="c", also="phone lobby"
    ),
    Way("Reminders", "send", "correspondence:messages", "correspondence.view_reminder", key="n", also="messages sent"),
    Way("My work", "list-checks", "desk:my_work", outside=True, key="i", also="inbox tasks cases"),
    Way("Admin", "settings-2", "admin:index", "compliance.enter_admin", also="set up people hours rules"),
)

TO_CALL = (
    Way("Wait list", "hourglass", "scheduling:wait_list", "scheduling.view_schedule", also="earlier time offers freed"),
    Way("Recalls", "calendar-sync", "scheduling:recalls", "scheduling.view_schedule", also="see again due attempts"),
    Way(
        "Unconfirmed visits", "phone-outgoing", "scheduling:unconfirmed", "scheduling.confirm_appointment", also="call list"
    ),
)

DAYS = (
    Way("Huddle sheet", "clipboard-list", "desk:huddle", "scheduling.view_schedule", also="day sheet print morning ready"),
    Way("Week", "calendar-range", "scheduling:week", "scheduling.view_schedule", also="load full"),
    Way("Flow of the day", "route", "scheduling:flow", "scheduling.view_schedule", also="waiting rooms late"),
    Way(
        "Schedule report",
        "chart-column",
        "scheduling:report",
        "scheduling.view_reports",
        also="utilisation no-shows cancellations figures third next available",
    ),
    Way("Calendars", "calendar-sync", "scheduling:calendars", "scheduling.keep_calendars", also="feeds ical outside busy"),
)

OF_PRACTICE = (
    Way("Audit trail", "scroll-text", "desk:audit", "compliance.view_audit", also="events who saw"),
    Way("Insurers", "shield-check", "insurance:payers", "insurance.view_coverage", also="payers phone numbers websites"),
    Way(
        "People",
        "users",
        "compliance:people",
        "compliance.view_people",
        also="members invite lost second factor certificates",
    ),
    Way("Restricted charts", "lock", "patients:restricted", "compliance.view_restrictions", also="glass vip barred review"),
    Way("Exports", "file-down", "compliance:exports", "compliance.view_exports", also="bulk download approve csv fhir"),
    Way("Audit jobs", "shield-check", "compliance:checks", "compliance.view_checks", also="checks proven compliance"),
    Way("Compliance report", "clipboard-check", "compliance:report", "compliance.view_checks", also="hipaa evaluation"),
    Way("Jobs", "loader", "compliance:jobs", "compliance.view_job", also="long work"),
    Way("Who may do what", "table-properties", "compliance:matrix", "compliance.view_matrix", also="access matrix roles"),
)

OWN = (
    Way("What I opened and did", "footprints", "desk:own_events", "compliance.view_own_events", also="own events audit"),
    Way("Kept drafts", "save", "compliance:drafts", "compliance.keep_draft", also="typed lost found again"),
    Way("Where I am signed in", "monitor", "compliance:sessions", outside=True, also="sessions browsers sign out end"),
    Way("Settings", "sliders-horizontal", "desk:settings", outside=True, also="theme dark light keys time zone password"),
    Way("Help and keys", "keyboard", "desk:keys", outside=True, also="shortcuts"),
)

MENU = (("To call", TO_CALL), ("Days", DAYS), ("Practice", OF_PRACTICE), ("You", OWN))
ACCOUNT = TO_CALL + DAYS + OF_PRACTICE + OWN

DEEDS = (
    Way("Register a patient", "user-plus", "patients:register", "patients.register_patient", also="new add"),
    Way("Take a call", "phone-incoming", "correspondence:lobby", "correspondence.take_call", outside=True, also="answer"),
    Way("Write down a task", "square-pen", "compliance:new_case", "compliance.work_case", also="new case to do remind"),
    Way(
        "Say that something went wrong",
        "triangle-alert",
        "compliance:report_incident",
        "compliance.report_incident",
        also="incident breach",
    ),
    Way("Change the password", "key-round", "account_change_password", outside=True),
)


def open_to(request: HttpRequest, ways: tuple[Way, ...]) -> list[Place]:
    """Those of the ways that this person may go from where she stands, in order.

    Outside every practice only ways outside; what a person may in a practice is not asked there.
    """
    return [_place(request, way) for way in ways if _may(request, way)]


def menu(request: HttpRequest) -> list[tuple[str, list[Place]]]:
    """The account menu by group, without groups in which this person may go nowhere."""
    groups = ((name, open_to(request, group)) for name, group in MENU)
    return [(name, places) for name, places in groups if places]


def main(request: HttpRequest) -> list[Place]:
    """The main navigation, six at most: who has a day of her own finds the whole schedule from there."""
    if request.practice is None:  # type: ignore[attr-defined]
        return open_to(request, (PRACTICES, *MAIN))
    places = open_to(request, MAIN)
    if len(places) > MOST_IN_NAV:
        places = [place for place in places if place.label != SCHEDULE.label]
    return places


def _may(request: HttpRequest, way: Way) -> bool:
    if request.practice is None:  # type: ignore[attr-defined]
        return way.outside
    return not way.permission or standing_of(request.user).may(way.permission)  # type: ignore[arg-type]


def _place(request: HttpRequest, way: Way) -> Place:
    url = plain_url(way.name) if way.outside else reverse(way.name)
    return Place(way.label, way.icon, url, way.key, _here(request, way, url), way.also)


def _here(request: HttpRequest, way: Way, url: str) -> str:
    match = request.resolver_match
    if match is not None and match.view_name == way.name:
        return "page"
    if match is not None and way is SCHEDULE and match.view_name in UNDER_SCHEDULE:
        return "true"
    return "true" if way is not PRACTICES and request.path.startswith(url) else ""
