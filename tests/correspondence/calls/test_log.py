"""The log of a call in words."""

from correspondence.calls import log


def test_every_step_has_words_and_an_icon():
    assert set(log.LOOKS) == set(log._WORDS)
