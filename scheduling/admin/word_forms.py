"""Which of the practice's own each word of a file means: a select for each, with what is likely."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.crypto import salted_hmac

from compliance.boxes import Form, settle
from scheduling.cutover import proposing
from scheduling.cutover.mapping import LEFT_OUT, Words
from scheduling.cutover.matching import Names
from scheduling.cutover.survey import Said

OUT = "-"  # in a select; LEFT_OUT in a mapping
OURS = {  # part: heading, what a word is called in a sentence
    "providers": ("Providers", "provider"),
    "kinds": ("Types of visit", "type of visit"),
    "places": ("Places", "place"),
}
STATES = [("", "Choose"), ("on", "Takes place"), ("off", "Does not take place")]


@dataclass(frozen=True)
class Line:
    """One word of the file: how many visits to come say it, the select, and where its proposal comes from."""

    word: str
    visits: int
    bound: Any
    note: str


class WordsForm(Form):
    """A select for each word. Its names are HMACs of the words, so that a page of other columns answers nothing wrong."""

    def __init__(self, data: Any, *, said: Said, words: Words, names: Names) -> None:
        super().__init__(data)
        self.said, self.kept = said, words
        self.told = {part: names.told(part) for part in OURS}
        for part, (_, what) in OURS.items():
            own = sorted(set(self.told[part].values()), key=str.casefold)
            choices = [("", "Choose"), *((name, name) for name in own), (OUT, "Leave these visits out")]
            for word in getattr(said, part):
                meant = proposing.ours(word, getattr(words, part), self.told[part])
                meant = OUT if meant == LEFT_OUT else meant
                self._ask(part, word, choices, meant, f"choose the {what} here, or leave them out")
        for state in said.states:
            is_off = proposing.is_off(state, words)
            meant = "" if is_off is None else "off" if is_off else "on"
            self._ask("states", state, STATES, meant, "choose whether these visits take place")

    def _ask(self, part: str, word: str, choices: list[tuple[str, str]], meant: str | None, what: str) -> None:
        required = f"Visits {f'with “{shown(word)}”' if word else 'that say nothing there'}: {what}."
        field = forms.ChoiceField(choices=choices, initial=meant, label=shown(word), error_messages={"required": required})
        settle(part, field)
        self.fields[name_of(part, word)] = field

    def tables(self) -> Iterator[tuple[str, str, list[Line]]]:
        """(heading, name of the part, its lines), those that need a choice first, then by how many visits say them."""
        for part, heading in (*((part, OURS[part][0]) for part in OURS), ("states", "Status")):
            lines = [self._line(part, word, visits) for word, visits in getattr(self.said, part).items()]
            if lines:
                yield heading, part, sorted(lines, key=lambda line: (bool(line.note), -line.visits, line.word))

    def _line(self, part: str, word: str, visits: int) -> Line:
        bound = self[name_of(part, word)]
        known = getattr(self.kept, part) if part in OURS else self.kept.cancelled | self.kept.standing
        is_kept = (word if part in OURS else _folded(word)) in known
        note = "" if not bound.initial else "As last time" if is_kept else "By its name"
        return Line(shown(word), visits, bound, note)

    def words(self) -> Words:
        """The mapping with what was chosen so far, and what it said of all other words; of a form that was judged."""
        tables = {part: self._table(part) for part in OURS}
        chosen = self._chosen("states")
        off = {_folded(state) for state, answer in chosen.items() if answer == "off"}
        on = {_folded(state) for state in chosen} - off
        cancelled, standing = (self.kept.cancelled - on) | off, (self.kept.standing - off) | on
        return replace(self.kept, cancelled=cancelled, standing=standing, **tables)

    def _table(self, part: str) -> dict[str, str]:
        """Without words of ours that are none any more. A word that is our own name needs no line."""
        told, chosen = self.told[part], self._chosen(part)
        kept = {word: meant for word, meant in getattr(self.kept, part).items() if word not in chosen}
        table = {word: meant for word, meant in kept.items() if meant == LEFT_OUT or meant.casefold() in told}
        for word, meant in chosen.items():
            if meant != told.get(word.casefold()):
                table[word] = LEFT_OUT if meant == OUT else meant
        return table

    def _chosen(self, part: str) -> dict[str, str]:
        answers = {word: self.cleaned_data.get(name_of(part, word)) for word in getattr(self.said, part)}
        return {word: answer for word, answer in answers.items() if answer}


def name_of(part: str, word: str) -> str:
    """The name of a word's select, which tells nothing of it."""
    return f"{part}-{salted_hmac('cut_over.word', word, algorithm='sha256').hexdigest()[:16]}"


def shown(word: str) -> str:
    """A word on the page."""
    text = " ".join(word.split())
    return (text if len(text) <= 80 else f"{text[:79]}…") or "Nothing (empty)"


def _folded(state: str) -> str:
    return state.strip().casefold()
