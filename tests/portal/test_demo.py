import json
import smtplib
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.urls import NoReverseMatch, reverse

from compliance import factor
from compliance.models import Membership, OfficeHours, Practice, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from correspondence.models import RedFlags, ReminderStep, Wording
from insurance.models import Payer
from scheduling.models import Provider, Resource, VisitType, WorkingHours
from secretary_portal import processes
from secretary_portal.demo import data, doors, mail_sink
from secretary_portal.demo.data.practices import LAKESIDE

NOW = datetime.now(UTC)  # the database asks the clock whether a membership is in force


@pytest.fixture
def private(settings, tmp_path):
    settings.ROOT_URLCONF = "secretary_portal.demo.urls"
    settings.DEMO_DIRECTORY = tmp_path
    return tmp_path


@pytest.fixture
def loaded(db):
    data.load(NOW, subjects=data.SET_UP)


def test_link_signs_in_as_its_person(client, private, db):
    rosa = User.objects.create_user(doors.PEOPLE["secretary"], name="Rosa Diaz")

    answer = client.get(f"/demo/sign-in/{doors.keep(private)['secretary']}/")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(rosa.pk)
    assert client.session["_auth_user_backend"] == "allauth.account.auth_backends.AuthenticationBackend"


def test_link_with_another_secret_is_not_there(client, private, db):
    User.objects.create_user(doors.PEOPLE["secretary"], name="Rosa Diaz")

    assert client.get("/demo/sign-in/guessed/").status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("name", "args"), [("demo_sign_in", ["x"]), ("demo_mail", [])])
def test_door_is_absent_under_other_settings(name, args):
    with pytest.raises(NoReverseMatch):
        reverse(name, args=args)


def test_door_answers_nothing_under_other_settings(client, tmp_path):
    secret = doors.keep(tmp_path)["secretary"]

    answer = client.get(f"/demo/sign-in/{secret}/")

    assert answer.status_code == 404


def test_secrets_are_kept_and_nobody_else_can_read_them(tmp_path):
    assert doors.keep(tmp_path) == doors.keep(tmp_path)
    assert stat.S_IMODE((tmp_path / "doors.json").stat().st_mode) == 0o400


def test_a_kind_that_came_later_gets_its_secret_and_the_others_keep_theirs(tmp_path):
    before = doors.keep(tmp_path)
    older = {name: secret for name, secret in before.items() if name != "privacy"}
    (tmp_path / "doors.json").unlink()
    (tmp_path / "doors.json").write_text(json.dumps(older))

    after = doors.keep(tmp_path)

    assert (after | older, len(after["privacy"]), after["privacy"] != before["privacy"]) == (after, 32, True)


def test_mail_that_was_sent_is_shown(client, private, db):
    port = processes.free_port()
    command = [sys.executable, "-m", "secretary_portal.demo.mail_sink", str(port), str(private / "mail")]
    sink = subprocess.Popen(command)
    letter = EmailMessage()
    letter["Subject"], letter["To"], letter["From"] = "Your visit", "ada@example.org", "portal@example.org"
    letter.set_content("Monday at 9:15 AM")

    send(letter, port)

    page = client.get("/demo/mail/").content.decode()
    sink.terminate()
    assert sink.wait(10) == 0
    assert [text in page for text in ("Your visit", "ada@example.org", "Monday at 9:15 AM")] == [True] * 3
    assert [stat.S_IMODE(file.stat().st_mode) for file in (private / "mail").iterdir()] == [0o600]


def send(letter: EmailMessage, port: int) -> None:
    def answered() -> bool:
        try:
            smtplib.SMTP("127.0.0.1", port).close()
        except ConnectionError:
            return False
        return True

    processes.wait_for(answered, seconds=20, trouble="The mail server did not start.")
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(letter)


def test_newest_letters_come_first(tmp_path):
    for number in (1, 2, 3):
        (tmp_path / f"{number:020d}-abc.eml").write_bytes(f"Subject: {number}\n\nhello\n".encode())

    assert [letter.subject for letter in mail_sink.letters(tmp_path, limit=2)] == ["3", "2"]


def test_demo_founds_two_practices_in_two_zones(loaded):
    assert dict(Practice.objects.filter(slug__in=["lakeside", "desert-ridge"]).values_list("name", "time_zone")) == {
        "Lakeside Family Medicine": "America/Chicago",
        "Desert Ridge Clinic": "America/Phoenix",
    }


@pytest.mark.parametrize("slug", ["lakeside", "desert-ridge"])
def test_secretary_of_the_demo_may_work_in_both(loaded, slug):
    rosa = User.objects.get(email=doors.PEOPLE["secretary"])

    with acting_in(Practice.objects.get(slug=slug).pk, rosa.pk):
        assert rosa.may("scheduling.book_appointment")


@pytest.mark.parametrize(
    ("kind", "role"), [("admin", Role.PRACTICE_ADMIN), ("provider", Role.PROVIDER), ("privacy", Role.PRIVACY_OFFICER)]
)
def test_others_of_the_demo_have_their_role(loaded, kind, role):
    person = User.objects.get(email=doors.PEOPLE[kind])

    with acting_in(Practice.objects.get(slug="lakeside").pk, SYSTEM):
        assert [membership.role for membership in Membership.objects.filter(user=person)] == [role]


def test_everybody_of_the_demo_has_an_app_and_recovery_codes(loaded):
    emails = {person.email for plan in data.practices.PLANS for person in plan.members}

    kept = {who.email: factor.held(who) for who in User.objects.filter(email__in=emails)}

    assert {email: (held.app is not None, held.codes_left) for email, held in kept.items()} == dict.fromkeys(
        emails, (True, 10)
    )


def test_a_person_who_came_later_joins_a_demo_that_is_there(db):
    older = replace(LAKESIDE, members=LAKESIDE.members[:-1])
    data.load(NOW, subjects=(), plans=[older])
    before = User.objects.filter(email=doors.PEOPLE["privacy"]).count()

    data.load(NOW, subjects=())

    with acting_in(Practice.objects.get(slug="lakeside").pk, SYSTEM):
        held = Membership.objects.filter(user__email=doors.PEOPLE["privacy"])
        assert (before, [row.role for row in held]) == (0, [Role.PRIVACY_OFFICER])


def test_the_privacy_officer_of_the_demo_lands_on_a_page_of_hers(client, private, loaded):
    page = client.get(f"/demo/sign-in/{doors.keep(private)['privacy']}/", follow=True)

    assert (page.status_code, "/accounts/" in page.request["PATH_INFO"]) == (200, False)


def test_somebody_who_left_the_demo_stays_out(loaded):
    ruth = User.objects.get(email=doors.PEOPLE["privacy"])
    lakeside = Practice.objects.get(slug="lakeside")
    with acting_in(lakeside.pk, SYSTEM):
        Membership.objects.filter(user=ruth).update(ends_at=datetime.now(UTC))

    data.load(NOW, subjects=())

    with acting_in(lakeside.pk, SYSTEM):
        assert Membership.objects.filter(user=ruth, ends_at=None).count() == 0


def counts() -> dict[str, int]:
    subjects = (OfficeHours, Payer, Provider, RedFlags, ReminderStep, Resource, VisitType, Wording, WorkingHours)
    with acting_in(Practice.objects.get(slug="lakeside").pk, SYSTEM):
        return {model.__name__: model.objects.count() for model in subjects}


def test_demo_practice_has_all_that_it_needs_to_work(loaded):
    assert [name for name, count in counts().items() if not count] == []


def test_loading_again_adds_nothing(loaded):
    before = counts()

    data.load(NOW, subjects=data.SET_UP)

    assert counts() == before


def test_provider_of_the_demo_is_the_person_who_signs_in(loaded):
    with acting_in(Practice.objects.get(slug="lakeside").pk, SYSTEM):
        assert Provider.objects.get(user__email=doors.PEOPLE["provider"]).short_name == "Dr. Okafor"


def test_links_are_those_of_four_kinds_of_people():
    assert json.loads(json.dumps(list(doors.PEOPLE))) == ["secretary", "admin", "provider", "privacy"]
