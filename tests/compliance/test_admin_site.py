"""The admin site: who gets in, whose rows are there, and what happens to a change."""

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client

from compliance import people
from compliance.crypto.sealed import SealedField
from compliance.models import AuditEvent, FieldChange, Invitation, Location, Membership, OfficeHours, Practice
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import plain_url, practice_url
from tests.counting import queries
from tests.factories import people as factory

LOCATION = "compliance_location"


def url(practice: Practice, page: str, *args: object, model: str = LOCATION) -> str:
    return practice_url(practice, f"admin:{model}_{page}", *args)


def location_of(practice: Practice) -> Location:
    with acting_in(practice.pk, SYSTEM):
        return Location.objects.get()


def typed(client: Client, address: str, **values: object) -> HttpResponse:
    """Post what a page shows, with some values changed."""
    shown = client.get(address).context["adminform"].form
    kept = {bound.name: bound.value() for bound in shown if bound.value() not in (None, False)}
    return client.post(address, kept | values)


@pytest.fixture
def elsewhere(db) -> Location:
    return location_of(factory.practice(name="Elsewhere"))


def test_nothing_with_a_sealed_field_is_registered():
    sealed = [model for model in admin.site._registry for field in model._meta.fields if isinstance(field, SealedField)]

    assert sealed == []


def test_every_page_of_the_admin_site_asks_for_its_permission():
    from compliance.admin_site import ENTER, _each

    asked = {pattern.name: getattr(pattern.callback, "permission", None) for pattern in _each(admin.site.get_urls())}

    assert {name for name, permission in asked.items() if permission != ENTER} == {"login"}


def test_a_secretary_is_refused_and_that_is_recorded(practice, as_secretary, secretary):
    answer = as_secretary.get(url(practice, "changelist"))

    assert answer.status_code == 403
    with acting_in(practice.pk, SYSTEM):
        assert AuditEvent.objects.filter(kind="access.refused", page=f"admin:{LOCATION}_changelist").count() == 1


def test_the_admin_sign_in_is_the_portals(client, db):
    answer = client.get("/admin/login/")

    assert answer.headers["Location"] == f"/accounts/login/?next={plain_url('admin:index')}"


def test_outside_a_practice_one_goes_straight_to_the_only_one(practice, as_admin):
    answer = as_admin.get("/admin/")

    assert answer.headers["Location"] == practice_url(practice, "admin:index")


def test_outside_a_practice_one_chooses_among_several(practice, admin, signed_in):
    other = factory.practice(name="Elsewhere")
    factory.member(other, Role.PRACTICE_ADMIN, who=admin)

    answer = signed_in(admin).get("/admin/")

    assert [at.name for at, _ in answer.context["links"]] == ["Elsewhere", practice.name]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_every_list_and_every_form_opens_without_a_row(practice, as_admin, model):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    pages = ["changelist", "add"] if admin.site._registry[model].can_add else ["changelist"]

    answers = [as_admin.get(url(practice, page, model=name), follow=True) for page in pages]

    current = [
        one["name"]
        for answer in answers
        for group in answer.context["available_apps"]
        for one in group["models"]
        if one["is_current"]
    ]
    assert (
        current == ["People", "Invitations"] if model is Membership else [admin.site._registry[model].heading] * len(pages)
    )


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_another_practices_row_is_not_there(practice, as_admin, elsewhere, page):
    assert as_admin.get(url(practice, page, elsewhere.pk)).status_code == 404


def test_another_practices_row_is_not_in_the_list(practice, as_admin, elsewhere):
    answer = as_admin.get(url(practice, "changelist"))

    assert [row.pk for row in answer.context["cl"].result_list] == [location_of(practice).pk]


def test_another_practices_row_cannot_be_chosen(practice, as_admin, elsewhere):
    values = {"kind": "room", "name": "Room 1", "capacity": 1, "location": elsewhere.pk}

    answer = as_admin.post(url(practice, "add", model="scheduling_resource"), values)

    assert answer.status_code == 422
    assert list(answer.context["adminform"].form.errors) == ["location"]


def test_another_practices_settings_are_not_there(practice, as_admin, elsewhere):
    assert as_admin.get(url(practice, "change", elsewhere.practice_id, model="compliance_practice")).status_code == 404


def test_practice_and_version_cannot_be_typed_into_a_row(practice, as_admin, elsewhere):
    values = {"name": "Annex", "time_zone": "America/Chicago", "practice": elsewhere.practice_id, "version": 9}

    as_admin.post(url(practice, "add"), values)

    with acting_in(practice.pk, SYSTEM):
        assert Location.objects.get(name="Annex").version == 1


def test_a_change_is_kept_with_who_and_what(practice, as_admin, admin):
    row = location_of(practice)

    typed(as_admin, url(practice, "change", row.pk), city="Madison")

    with acting_in(practice.pk, SYSTEM):
        change = FieldChange.objects.of(row).first()
        event = AuditEvent.objects.get(kind="location.changed")
        assert (change.actor_id, change.changes_dict) == (admin.pk, {"city": ["", "Madison"]})
        assert (event.actor, event.body) == (admin.pk, {"fields": ["city"]})
        assert Location.objects.get().version == 2


def test_a_change_of_an_older_version_is_refused_and_nothing_typed_is_lost(practice, as_admin):
    row = location_of(practice)
    typed(as_admin, url(practice, "change", row.pk), city="Madison")

    answer = typed(as_admin, url(practice, "change", row.pk), city="Verona", version=1)

    form = answer.context["adminform"].form
    assert (answer.status_code, form["city"].value()) == (409, "Verona")
    assert "Rosa Diaz changed this meanwhile. Your change was not saved. City is now “Madison”." in str(form.errors)
    assert form["version"].value() == "2"


def test_settings_shown_before_somebody_changed_them_are_refused(practice, as_admin):
    address = url(practice, "change", practice.pk, model="compliance_practice")
    shown = as_admin.get(address).context["adminform"].form["version"].value()
    typed(as_admin, address, hold_minutes=7)

    answer = typed(as_admin, address, hold_minutes=9, version=shown)

    assert answer.status_code == 409
    assert Practice.objects.get(pk=practice.pk).hold_minutes == 7


def test_a_name_that_is_there_already_is_said_beside_its_field(practice, as_admin):
    answer = as_admin.post(url(practice, "add"), {"name": practice.name, "time_zone": "America/Chicago"})

    assert answer.status_code == 422
    assert answer.context["adminform"].form.errors["name"] == [
        "There is one like this already. Change it, or go back and use that one."
    ]


def test_the_only_location_stays_in_use(practice, as_admin):
    answer = typed(as_admin, url(practice, "change", location_of(practice).pk), is_active="")

    assert answer.status_code == 422
    assert "only location in use" in str(answer.context["adminform"].form.errors["is_active"])


def test_office_hours_that_overlap_are_refused_whole(practice, as_admin):
    address = url(practice, "add", model="compliance_officehours")
    as_admin.post(address, {"weekdays": ["2"], "opens": "08:00", "closes": "12:00"})

    answer = as_admin.post(address, {"weekdays": ["1", "2"], "opens": "11:00", "closes": "17:00"})

    assert answer.status_code == 422
    assert answer.context["adminform"].form.errors["weekdays"] == ["It is open already: Wednesday 08:00–12:00."]
    with acting_in(practice.pk, SYSTEM):
        assert OfficeHours.objects.count() == 1


def test_a_membership_is_ended_and_not_changed(practice, as_admin):
    secretary = factory.member(practice, Role.SECRETARY, name="Vera Lind")
    with acting_in(practice.pk, SYSTEM):
        row = Membership.objects.get(user=secretary)

    changed = as_admin.post(url(practice, "change", row.pk, model="compliance_membership"), {"role": "practice_admin"})
    as_admin.post(url(practice, "do", row.pk, "end", model="compliance_membership"))

    assert changed.status_code == 403
    with acting_in(practice.pk, SYSTEM):
        row.refresh_from_db()
        assert (row.role, row.ends_at is not None) == (Role.SECRETARY, True)


def test_the_last_admin_stays(practice, admin, as_admin):
    with acting_in(practice.pk, SYSTEM):
        own = Membership.objects.get(user=admin)

    answer = as_admin.post(url(practice, "do", own.pk, "end", model="compliance_membership"), follow=True)

    assert "You cannot end your own membership. Ask another practice admin." in answer.content.decode()


def test_nobody_invites_herself(practice, admin, as_admin):
    values = {"email": admin.email.upper(), "name": admin.name, "role": Role.PRIVACY_OFFICER}

    answer = as_admin.post(url(practice, "add", model="compliance_invitation"), values)

    assert list(answer.context["adminform"].form.errors) == ["email"]


def test_an_invitation_sent_again_has_another_link(practice, as_admin, mailoutbox, django_capture_on_commit_callbacks):
    values = {"email": "vera@staff.example", "name": "Vera Lind", "role": Role.SECRETARY}
    with django_capture_on_commit_callbacks(execute=True):
        as_admin.post(url(practice, "add", model="compliance_invitation"), values)
    with acting_in(practice.pk, SYSTEM):
        row = Invitation.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        as_admin.post(url(practice, "do", row.pk, "send-again", model="compliance_invitation"))

    with acting_in(practice.pk, SYSTEM):
        assert Invitation.objects.get().secret_hash != row.secret_hash
    assert [message.to for message in mailoutbox] == [["vera@staff.example"], ["vera@staff.example"]]
    assert mailoutbox[0].body != mailoutbox[1].body


def test_a_published_agreement_is_never_edited(practice, as_admin):
    with acting_in(practice.pk, SYSTEM):
        row = people.admission.current_agreement()

    answer = as_admin.post(url(practice, "change", row.pk, model="compliance_agreement"), {"text": "Be loud."})

    assert answer.status_code == 403


def test_a_list_needs_the_same_queries_for_any_number_of_rows(practice, as_admin):
    counts = []
    for number in range(3):
        counts.append(queries(lambda: as_admin.get(url(practice, "changelist"))))
        with acting_in(practice.pk, SYSTEM):
            Location.objects.create(name=f"Place {number}", time_zone="America/Chicago")

    assert counts == [counts[0]] * 3
