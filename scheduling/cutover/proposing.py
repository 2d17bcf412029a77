"""What is likely meant: a column by its name, a word of another system by ours. An admin looks at it before it counts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from scheduling.cutover.calendar_rows import LONGEST
from scheduling.cutover.calendar_words import Event
from scheduling.cutover.mapping import LEFT_OUT, Words

COLUMNS = {  # ours: how other systems call it, without case, spaces and signs; the likeliest first
    "id": (
        *("appointmentid", "apptid", "visitid", "bookingid", "eventid", "appointmentnumber", "apptnumber", "apptno"),
        *("confirmationnumber", "encounterid", "appointment", "appt", "visit", "booking", "uid", "id", "number"),
    ),
    "mrn": (
        *("mrn", "medicalrecordnumber", "chartnumber", "chartno", "chartid", "chart", "patientid", "patientnumber"),
        *("patientmrn", "patno", "accountnumber", "recordnumber"),
    ),
    "family": ("familyname", "lastname", "patientlastname", "surname", "last", "family", "ptlastname"),
    "given": ("givenname", "firstname", "patientfirstname", "first", "given", "ptfirstname"),
    "birth_date": ("birthdate", "dateofbirth", "dob", "patientdob", "patientdateofbirth", "born", "ptdob"),
    "date": ("appointmentdate", "apptdate", "visitdate", "startdate", "dateofservice", "day", "date"),
    "time": ("appointmenttime", "appttime", "visittime", "starttime", "timeofday", "begintime", "time"),
    "start": (
        *("start", "startdatetime", "appointmentdatetime", "apptdatetime", "datetime", "dateandtime", "begins"),
        *("startsat", "scheduledstart", "scheduledfor", "when", "starttime", "appointmenttime", "startdate"),
    ),
    "provider": (
        *("provider", "providername", "doctor", "physician", "clinician", "practitioner", "resource", "resourcename"),
        *("seenby", "scheduledwith", "with", "calendar", "staff"),
    ),
    "kind": (
        *("appointmenttype", "appttype", "visittype", "typeofvisit", "eventtype", "visitkind", "service", "type", "kind"),
        *("category", "typename"),
    ),
    "place": ("location", "locationname", "place", "office", "site", "clinic", "facility", "department"),
    "reason": ("reason", "reasonforvisit", "visitreason", "chiefcomplaint", "complaint", "appointmentreason"),
    "status": ("status", "appointmentstatus", "apptstatus", "visitstatus", "state"),
}
OFF = re.compile(r"cancel|no.?show|did not|deleted|resched|moved|void|^c$|^x$|^dna$|^ns$", re.IGNORECASE)
ON = re.compile(r"book|schedul|confirm|arriv|check|pending|active|open|remind|room|plan|^ok$|^new$", re.IGNORECASE)
LOOKED_AT = 2000  # events of a calendar, to see how they name patients
_NUMBER = r"#?(?P<mrn>[\w-]*\d[\w-]*)(?![\w/-])"
_DAY = r"\(?(?P<birth_date>\d{1,4}[-/]\d{1,2}[-/]\d{2,4})\)?"
SUMMARIES = {  # how a calendar's events name patients: an example, and the expression; the surer first
    "family-given-day": ("Lopez, Ada 03/27/1985", rf"^(?P<family>[^,]+),\s*(?P<given>[^\d(,]+?)\s+{_DAY}"),
    "given-family-day": ("Ada Lopez 03/27/1985", rf"^(?P<given>[^\s,]+)\s+(?P<family>[^,\d(]+?)\s+{_DAY}"),
    "family-given-number": ("Lopez, Ada 4711", rf"^(?P<family>[^,]+),\s*(?P<given>[^\d#,]+?)\s+{_NUMBER}"),
    "given-family-number": ("Ada Lopez 4711", rf"^(?P<given>[^\s,]+)\s+(?P<family>[^,\d#]+?)\s+{_NUMBER}"),
    "number": ("4711 at its beginning", rf"^{_NUMBER}"),
}
TITLES = frozenset({"the", "and", "dnp", "mrs", "jr", "sr", "phd", "facp", "fnp"})


def columns(header: Sequence[str], kept: Mapping[str, str]) -> dict[str, str]:
    """Our names to columns of a file: those of last time where all of them are there, else by their names."""
    if kept and set(kept.values()) <= set(header):
        return dict(kept)
    plain = {_plain(name): name for name in reversed(header)}
    found: dict[str, str] = {ours: theirs for ours, theirs in kept.items() if theirs in header}
    for ours, names in COLUMNS.items():
        if ours == "start" and {"date", "time"} <= found.keys():
            continue
        free = (plain[name] for name in names if name in plain and plain[name] not in found.values())
        if ours not in found and (theirs := next(free, None)):
            found[ours] = theirs
    return _one_of_both(found)


def _one_of_both(found: dict[str, str]) -> dict[str, str]:
    """A start beside a date is its time. A date or a time alone is the start; a start needs neither."""
    if "date" in found and "time" not in found and "start" in found:
        found["time"] = found.pop("start")
    halves = [found.pop(name) for name in ("date", "time") if name in found and not {"date", "time"} <= found.keys()]
    if halves:
        found.setdefault("start", halves[0])
    return found


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def ours(word: str, kept: Mapping[str, str], told: Mapping[str, str]) -> str | None:
    """Which of our names (`Names.told`) a word means, LEFT_OUT, or None for nobody knows: as last time, else by the name.

    Else by whole words that only one of our rows shares, where all of either's are the other's too.
    """
    if kept.get(word) == LEFT_OUT:
        return LEFT_OUT
    for text in (kept.get(word, word), word):
        if text.casefold() in told:
            return told[text.casefold()]
    theirs = _words(word)
    alike = {told[text] for text in told if (its := _words(text)) and theirs and (its <= theirs or theirs <= its)}
    return alike.pop() if len(alike) == 1 else None


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{3,}", text.casefold())) - TITLES


def is_off(state: str, kept: Words) -> bool | None:
    """Whether a state says that a visit does not take place, as last time or by its name; None for nobody knows."""
    folded = state.strip().casefold()
    if folded in kept.cancelled | kept.standing:
        return folded in kept.cancelled
    if OFF.search(state):
        return True
    return False if ON.search(state) else None


def calendar(events: Iterable[Event], kept: Mapping[str, str]) -> dict[str, str]:
    """How events name patients: as last time, else the way that fits most of them, and at least every other."""
    if "summary" in kept:
        return dict(kept)
    shown = [event.summary[:LONGEST] for event in islice(events, LOOKED_AT)]
    fits = {pattern: sum(bool(re.search(pattern, text)) for text in shown) for _, pattern in SUMMARIES.values()}
    best = max(fits, key=lambda pattern: fits[pattern])
    return {**kept, "summary": best} if fits[best] * 2 >= len(shown) else dict(kept)
