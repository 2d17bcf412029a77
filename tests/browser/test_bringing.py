"""A practice admin brings a file of visits without any script: chooses, sees what each row does, brings, releases."""

import pytest

from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling.cutover import files
from scheduling.models import Brought, CutOverFile
from tests.browser.conftest import in_each_light
from tests.factories import patients, people
from tests.factories import scheduling as make
from tests.scheduling.test_cutover import HEADER, row


@pytest.fixture
def practice(committed):
    """With a provider, a kind and a patient."""
    made = people.practice()
    made.admin = people.member(made, Role.PRACTICE_ADMIN, name="Nora Berg")
    with acting_in(made.pk, made.admin.pk):
        make.provider("Dr. Okafor"), make.visit_type("Follow-up", minutes=30)
        patients.patient(mrn="4711", given="Ada")
    return made


def work(practice) -> None:
    with acting_in(practice.pk, SYSTEM):
        waiting = files.under_way()
    for file in waiting:
        files.work(practice.pk, file)


def hand_in(practice, page, *, system="Old One", mapping="") -> None:
    page.goto(practice_url(practice, "admin:scheduling_cutoverfile_changelist"))
    page.get_by_role("link", name="Choose a file").click()
    content = "\n".join([HEADER, row(), row("2", "9999")]).encode()
    page.get_by_label("File", exact=True).set_input_files({"name": "v.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_label("Name of the other system").fill(system)
    if mapping:
        page.get_by_text("I have a mapping as text").click()
        page.get_by_label("Mapping (optional)").fill(mapping)
    page.get_by_role("button", name="Go on").click()


def choose(page) -> None:
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("FU").select_option("Follow-up")
    page.get_by_role("button", name="Check").click()


def test_a_file_is_brought_without_any_script(practice, page_as):
    page = page_as(practice.admin, scripts=False, strict=True)
    hand_in(practice, page)
    choose(page)
    work(practice)
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="Bring these visits").click()
    work(practice)
    page.get_by_role("link", name="Look again").click()

    page.get_by_role("link", name="release the reminders").click()
    page.get_by_role("link", name="Old One").click()
    page.get_by_role("button", name="Release reminders").click()

    assert "patients are reminded of 1 visit" in page.get_by_role("status").inner_text()
    with acting_in(practice.pk, SYSTEM):
        assert Brought.objects.get(visit__isnull=False).released_at


def test_each_of_its_pages_is_accessible_wide_and_narrow_light_and_dark(practice, page_as, axe):
    page, found = page_as(practice.admin), {}

    hand_in(practice, page, mapping="nonsense")
    found["refused"] = in_each_light(page, axe)
    hand_in(practice, page)
    found["columns"] = in_each_light(page, axe)
    page.get_by_label("Provider", exact=True).select_option("")
    page.get_by_role("button", name="Go on").click()
    found["columns refused"] = in_each_light(page, axe)
    page.get_by_label("Provider", exact=True).select_option("Resource")
    page.get_by_role("button", name="Go on").click()
    found["words"] = in_each_light(page, axe)
    page.get_by_role("button", name="Check").click()
    found["words refused"] = in_each_light(page, axe)
    page.get_by_label("FU").select_option("Follow-up")
    page.get_by_role("button", name="Check").click()
    found["being checked"] = in_each_light(page, axe)
    work(practice)
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="Bring these visits").wait_for()
    found["checked"] = in_each_light(page, axe)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_mapping_that_is_refused_leads_to_its_box_and_stays(practice, page_as):
    page = page_as(practice.admin)
    hand_in(practice, page, mapping="nonsense")

    page.get_by_role("link", name="The mapping is not written in TOML.").click()

    assert page.evaluate("[document.activeElement.name, document.activeElement.value.trim()]") == ["mapping", "nonsense"]
    with acting_in(practice.pk, SYSTEM):
        assert not CutOverFile.objects.exists()
