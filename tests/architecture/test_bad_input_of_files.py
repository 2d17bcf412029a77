"""The pages on which a file of visits is told what it holds, filled with what nobody should send."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.architecture.rows import rows_of
from tests.architecture.test_bad_input import attempts, faults
from tests.architecture.world import afterwards_undone
from tests.scheduling.test_cutover import HEADER, row, there
from tests.scheduling.test_cutover_choosing import at, hand_in, site, tell_columns

__all__ = ["site", "there"]


@pytest.fixture
def handed(practice, there, site):
    """The admin's browser, when a file was handed in and told its columns."""
    hand_in(practice, site, row(), row("2", state="X"))
    tell_columns(practice, site)
    site.raise_request_exception = False
    return site


def wrong_on(practice, site, url, valid, spread=1):
    before, found = rows_of(practice), {}
    for name, kind, data in attempts(valid, spread):
        with afterwards_undone():
            response = site.post(url, data)
            after = rows_of(practice)
        tables = [table for table in after if after[table] != before[table] and "audit" not in table]
        if wrong := faults(response, name, kind, data, tables):
            found[name, kind] = wrong
    return found


@pytest.mark.parametrize("step", ["columns", "words"])
def test_what_nobody_should_choose_is_refused_in_a_sentence(practice, handed, step):
    form = handed.get(at(practice, step)).context["form"]

    valid = {bound.name: bound.value() or "Follow-up" * (step == "words") for bound in form}

    assert wrong_on(practice, handed, at(practice, step), valid, spread=3) == {}


def test_what_nobody_should_hand_in_is_refused_in_a_sentence(practice, handed):
    file = SimpleUploadedFile("v.csv", f"{HEADER}\n{row()}".encode())
    add = at(practice, "change").replace(at(practice, "change").split("/")[-3], "add").replace("change/", "")

    assert wrong_on(practice, handed, add, {"file": file, "system": "Old One", "mapping": ""}) == {}
