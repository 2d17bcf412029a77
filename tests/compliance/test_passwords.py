"""What a password must be."""

import pytest
from django.core.exceptions import ValidationError

from compliance.models import User
from compliance.passwords import LongAndUnguessable

IDA = User(email="ida.novak@staff.example", name="Ida Novak")


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "quiet lamp over seven fjords", "пять зелёных лодок плывут", "7vQ#m2Lr!9zXp4Ts"],
)
def test_long_and_unguessable_ones_pass(password):
    assert LongAndUnguessable().validate(password, IDA) is None


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("fourteen chars", "at least 15"),
        ("x" * 129, "at most 128"),
        ("passwordpassword", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("ida.novak ida.novak", "easy to guess"),
        ("Secretary Portal 2026", "easy to guess"),
        ("ﬁve" * 1 + " " * 9, "at least 15"),
    ],
)
def test_the_others_are_refused_in_words(password, sentence):
    with pytest.raises(ValidationError, match=sentence):
        LongAndUnguessable().validate(password, IDA)
