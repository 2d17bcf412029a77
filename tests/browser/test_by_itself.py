"""What a page does while one only looks at it."""

from datetime import timedelta

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment


def test_waiting_turns_to_a_warning_without_a_reload(made, page_as):
    with acting_in(made.practice.pk, made.secretary.pk):
        visit = Appointment.objects.filter(status="arrived", provider=made.providers[0]).earliest("starts_at")
    page = page_as(made.secretary, strict=True)
    page.clock.install(time=visit.status_since + timedelta(minutes=10))
    page.goto(practice_url(made.practice, "scheduling:board", made.day))
    wait = page.locator(f"[data-visit='{visit.pk}'] .wait:not(.long)")
    wait.wait_for()

    page.clock.fast_forward(11 * 60_000)

    page.locator(f"[data-visit='{visit.pk}'] .wait.long").wait_for()
    assert wait.count() == 0


def test_a_name_revealed_on_the_audit_page_is_covered_again(made, page_as):
    page = page_as(made.admin, strict=True)
    page.clock.install()
    page.goto(practice_url(made.practice, "desk:audit") + f"?patient={made.patients[0].pk}")

    page.get_by_role("button", name="Reveal").first.click()
    page.get_by_text("Lopez, Maria").wait_for()
    page.clock.fast_forward(31_000)

    page.get_by_text("Lopez, Maria").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent").startswith("Reveal the name")
