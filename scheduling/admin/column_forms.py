"""What the parts of a file are: the columns of a CSV file, the titles of a calendar, the numbers of FHIR.

Each form writes what it asks into a mapping, and leaves there whatever else it says.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from compliance.admin_forms import zones
from compliance.boxes import Form, settle
from scheduling.cutover import proposing
from scheduling.cutover.mapping import Words
from scheduling.cutover.matching import Names
from scheduling.cutover.survey import PARTS, File, Said

ZONE = "Of times that say none themselves."
GROUPS = (
    ("Each visit", ("id", "start", "date", "time")),
    ("Its patient", ("mrn", "family", "given", "birth_date")),
    ("With whom, for what, where", ("provider", "kind", "place")),
    ("What else it says", ("status", "reason")),
)
COLUMNS = {  # label, hint
    "id": ("Number of the visit", "The old system’s own number: by it the next file knows the visit again."),
    "start": ("Date and time in one", "Or one column for each, below."),
    "date": ("Date", "As 11/30/2026 or 2026-11-30."),
    "time": ("Time", "As 1:30 PM or 13:30."),
    "mrn": ("Chart number (MRN)", "Or names and birth date. With both, both must fit."),
    "family": ("Family name", ""),
    "given": ("Given name", ""),
    "birth_date": ("Birth date", ""),
    "provider": ("Provider", ""),
    "kind": ("Type of visit", "How long a visit lasts follows from its type here."),
    "place": ("Place", "Without it, where the provider works at that time."),
    "status": ("Status", "Whether the visit takes place."),
    "reason": ("Reason", ""),
}
PROVIDED = {"id": "that numbers the visits", "provider": "that names the provider", "kind": "with the type of visit"}
PERSON = ("family", "given", "birth_date")
ALONE = frozenset({"id", "start", "date", "time", "mrn", *PERSON, "status"})  # of one thing each
MOMENT = ("date", "time", "day", "start", "years ahead")


class PartsForm(Form):
    """What every kind of file is asked. `asks`: for a part of its words, the field that chose where they stand."""

    zone = forms.ChoiceField(label="Time zone", help_text=ZONE)
    asks: dict[str, str] = {}

    def __init__(self, data: Any, *, words: Words, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={**initial, "zone": words.zone.key})
        self.kept = words
        self.fields["zone"].choices = zones(words.zone.key)  # type: ignore[attr-defined]

    def words(self) -> Words:
        """The mapping with what was chosen; of a valid form."""
        zone = self.cleaned_data.get("zone")
        return replace(self.kept, zone=ZoneInfo(zone)) if zone else self.kept

    def groups(self) -> Iterable[tuple[str, list[Any]]]:
        """Its fields as they stand together."""
        yield "", sorted(self, key=lambda bound: bound.name == "zone")

    def judge(self, said: Said) -> None:
        """Say at its field why the words of a file cannot be asked for as was chosen, or none of it can be read."""
        for part in PARTS:
            if problem := said.problem(part):
                self.add_error(self.asks.get(part), problem)
        if said.why and not said.read:
            why, count = said.why.most_common(1)[0]
            each = "Each" if len(said.why) == 1 else f"{count:,} of {said.why.total():,} rows: each"
            self.add_error(self.about(why), f"So no row of the file can be read. {each} {why}.")

    def about(self, why: str) -> str | None:
        """The field that a reason is about; None for none."""
        return None


class ColumnsForm(PartsForm):
    """Which column of a CSV file says what."""

    asks = {"providers": "provider", "kinds": "kind", "places": "place", "states": "status"}

    def __init__(self, data: Any, *, file: File, words: Words, names: Names) -> None:
        super().__init__(data, words=words, initial=dict(words.columns))
        columns = [(name, name) for name in file.columns]
        for name, (label, hint) in COLUMNS.items():
            first = "Choose" if name in PROVIDED else "Not in this file"
            field = forms.ChoiceField(label=label, help_text=hint, required=False, choices=[("", first), *columns])
            settle(name, field)
            self.fields[name] = field

    def groups(self) -> Iterable[tuple[str, list[Any]]]:
        """The zone beside the times."""
        for heading, names in GROUPS:
            yield heading, [self[name] for name in (*names, *(["zone"] if "time" in names else []))]

    def clean(self) -> dict[str, Any]:
        """A visit needs its number, when, who, with whom and of which type."""
        said = {name: self.cleaned_data.get(name) for name in COLUMNS}
        for name, what in PROVIDED.items():
            if not said[name] and name not in self.errors:
                self.add_error(name, f"Choose the column {what}.")
        self._clean_moment(said)
        self._clean_person(said)
        seen: dict[str, str] = {}
        for name in (name for name in COLUMNS if name in ALONE and said[name]):
            if (column := str(said[name])) in seen:
                self.add_error(name, f"“{column}” is chosen for “{COLUMNS[seen[column]][0]}” already. Choose another.")
            seen.setdefault(column, name)
        return self.cleaned_data

    def _clean_moment(self, said: dict[str, Any]) -> None:
        if said["start"] and (said["date"] or said["time"]):
            self.add_error("start", "Choose either this column, or one for the date and one for the time.")
        elif said["date"] and not said["time"]:
            self.add_error("time", "Choose the column with the time as well.")
        elif said["time"] and not said["date"]:
            self.add_error("date", "Choose the column with the date as well.")
        elif not said["start"] and not said["date"]:
            self.add_error("start", "Choose the column that says when it begins, or one for date and one for time.")

    def _clean_person(self, said: dict[str, Any]) -> None:
        missing = [name for name in PERSON if not said[name]]
        if said["mrn"] or not missing:
            return
        if len(missing) == len(PERSON):
            self.add_error("mrn", "Choose the column with the chart number, or those with both names and the birth date.")
        for name in missing if len(missing) < len(PERSON) else ():
            self.add_error(name, f"Without a chart number, choose the column with the {COLUMNS[name][0].lower()} as well.")

    def words(self) -> Words:
        """With its columns."""
        chosen = {name: self.cleaned_data[name] for name in COLUMNS if self.cleaned_data.get(name)}
        return replace(super().words(), columns=chosen)

    def about(self, why: str) -> str | None:
        """By what it speaks of."""
        if why == "has no id":
            return "id"
        if not any(word in why for word in MOMENT):
            return None
        halves = "time" if "time" in why else "date"
        return "start" if self.cleaned_data.get("start") else halves


class CalendarForm(PartsForm):
    """How the events of a calendar name patients, and what holds for all of them."""

    asks = {"providers": "provider", "kinds": "kind"}
    summary = forms.ChoiceField(label="How a title names the patient", help_text="The first words of an event’s title.")
    provider = forms.ChoiceField(label="Provider", required=False)
    kind = forms.ChoiceField(label="Type of visit", required=False, help_text=COLUMNS["kind"][1])

    def __init__(self, data: Any, *, file: File, words: Words, names: Names) -> None:
        key = {pattern: key for key, (_, pattern) in proposing.SUMMARIES.items()}
        kept = words.calendar.get("summary", "")
        initial = {"summary": key.get(kept, "kept" if kept else "")}
        for name, part in (("provider", "providers"), ("kind", "kinds")):
            initial[name] = names.told(part).get(words.calendar.get(name, "").casefold(), "")
        super().__init__(data, words=words, initial=initial)
        own = [("kept", "As the mapping says it")] if kept and kept not in key else []
        ways = [(key, f"Like “{example}”") for key, (example, _) in proposing.SUMMARIES.items()]
        self._choose("summary", [("", "Choose"), *own, *ways])
        self._choose("provider", [("", "Each event names its organizer"), *_pairs(names.told("providers"))])
        self._choose("kind", [("", "Each event names its category"), *_pairs(names.told("kinds"))])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def words(self) -> Words:
        """With its [calendar]."""
        said = self.cleaned_data
        way = proposing.SUMMARIES.get(said["summary"], ("", self.kept.calendar.get("summary", "")))
        own = {name: said[name] for name in ("provider", "kind") if said[name]}
        return replace(super().words(), calendar={"summary": way[1], **own})

    def about(self, why: str) -> str | None:
        """No event can be read for one reason only."""
        return "summary"


class FhirForm(PartsForm):
    """Of which system the numbers of patients are."""

    patient_system = forms.CharField(
        label="System of the patients’ numbers",
        max_length=200,
        required=False,
        help_text="Where an appointment names its patient as in Patient/4711: the system of that number, as it stands among "
        "the numbers of a patient here, like urn:oid:1.2.3. Not needed where it gives an identifier.",
    )

    def __init__(self, data: Any, *, file: File, words: Words, names: Names) -> None:
        super().__init__(data, words=words, initial=dict(words.fhir))
        del self.fields["zone"]  # each time says its offset

    def words(self) -> Words:
        """With its [fhir]."""
        said = self.cleaned_data["patient_system"]
        return replace(super().words(), fhir={"patient_system": said} if said else {})

    def about(self, why: str) -> str | None:
        """Whatever names no patient."""
        return "patient_system" if "patient" in why else None


FORMS: dict[str, Any] = {"csv": ColumnsForm, "calendar": CalendarForm, "fhir": FhirForm}


def _pairs(told: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(set(told.values()), key=str.casefold)]
