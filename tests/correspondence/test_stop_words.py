"""What means no more texts, and what a person has to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correspondence.stop_words import OR_A_VISIT, POLITE, STOP, meaning_of

CASES = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])
AROUND = st.text(st.sampled_from(" .!?,;:-\n\t¡¿\"'*_👍"), max_size=6)


@pytest.mark.parametrize("word", ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"])
def test_each_word_of_the_fcc_ends_texts(word):
    assert meaning_of(word).ends_texts


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "Stop.", "stop please", "Please stop texting me!", "opt-out", "OptOut", "Don’t text me", "\nstop\n"),
        *("Alto", "Basta ya", "no más", "No me envíen más mensajes, por favor", "Dar de baja", "NO MÁS MENSAJES"),
    ],
)
def test_other_clear_wordings_end_them_too(text):
    assert meaning_of(text).ends_texts


@pytest.mark.parametrize("text", ["cancel", "Cancelar", "CANCEL please"])
def test_cancel_is_also_work_for_a_visit_may_be_meant(text):
    assert (meaning_of(text).ends_texts, meaning_of(text).is_for_a_person) == (True, True)


@pytest.mark.parametrize("text", ["stop", "unsubscribe", "baja"])
def test_a_plain_stop_is_nobodys_work(text):
    assert not meaning_of(text).is_for_a_person


@pytest.mark.parametrize("text", ["C", "yes", "Sí", "R", "👍", "", "START", "I will be late", "the end of the month"])
def test_everything_else_is_for_a_person(text):
    said = meaning_of(text)

    assert (said.ends_texts, said.is_for_a_person, said.may_end_texts) == (False, True, False)


@pytest.mark.parametrize(
    "text", ["Can I stop taking the pills?", "wrong number, quit it", "please cancel my visit on Monday"]
)
def test_a_stop_word_within_other_words_is_a_hint_and_no_more(text):
    said = meaning_of(text)

    assert (said.ends_texts, said.is_for_a_person, said.may_end_texts) == (False, True, True)


@given(st.sampled_from(sorted(STOP)), CASES, AROUND, AROUND, st.sampled_from(["", *sorted(POLITE)]))
def test_case_marks_and_politeness_change_nothing(word, cased, before, after, polite):
    said = meaning_of(f"{before}{cased(f'{word} {polite}')}{after}")

    assert (said.ends_texts, said.is_for_a_person) == (True, word in OR_A_VISIT)


@given(st.text())
def test_any_text_ends_texts_or_is_read_by_a_person(text):
    said = meaning_of(text)

    assert said.ends_texts or said.is_for_a_person


@given(st.text(), st.text(st.characters(categories=["Nd"]), min_size=1))
def test_no_text_with_a_number_in_it_ends_texts(text, digits):
    assert not meaning_of(f"{text} {digits}").ends_texts
