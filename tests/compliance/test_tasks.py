"""A task knows its practice by a header that nobody else can write."""

from uuid import UUID

import pytest

from compliance.ids import uuid7
from compliance.tenancy import SYSTEM, Context, PracticeContextMissing
from compliance.tenancy.tasks import ForgedTask, TenantTask, signed, verified

HERE = UUID("0190f3c2-0000-7000-8000-00000000000a")
THERE = UUID("0190f3c2-0000-7000-8000-00000000000b")


@pytest.fixture
def header(key_ring):
    return signed(Context(HERE, SYSTEM), "task-1")


def test_a_genuine_header_names_practice_and_principal(header):
    assert verified(header, "task-1") == (HERE, SYSTEM)


@pytest.mark.parametrize(
    "forge",
    [
        lambda genuine: genuine.replace(str(HERE), str(THERE)),
        lambda genuine: genuine.replace(str(SYSTEM), str(HERE)),
        lambda genuine: genuine[:-1],
        lambda genuine: "",
        lambda genuine: None,
        lambda genuine: "a:b",
    ],
)
def test_a_forged_one_is_refused(header, forge):
    with pytest.raises(ForgedTask):
        verified(forge(header), "task-1")


def test_one_of_another_task_is_refused(header):
    with pytest.raises(ForgedTask):
        verified(header, "task-2")


def test_outside_a_practice_nothing_is_queued():
    task = TenantTask()
    task.name = "tests.nothing"

    with pytest.raises(PracticeContextMissing):
        task.apply_async((str(uuid7()),))
