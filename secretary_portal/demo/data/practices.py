"""The practices of the demo and who works for them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from compliance import admission, factor, people
from compliance.models import Invitation, Membership, Practice, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from patients.enums import Sex
from secretary_portal.demo.doors import PEOPLE


@dataclass(frozen=True)
class Person:
    """Somebody who works here, in one or more roles."""

    name: str
    email: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Doctor:
    """A provider and her week: weekdays, first and last hour."""

    name: str
    short_name: str
    credentials: str
    specialty: str
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: int = 8
    closes: int = 17
    email: str = ""


@dataclass(frozen=True)
class Plan:
    """What a practice is made of. The first member is its first admin; most patients live in `states`.

    `stories`: family, given name and sex of a mother, her child, one with an interpreter, one who calls, one who wants no
    messages, one who died.
    """

    slug: str
    name: str
    time_zone: str
    state: str
    phone: str
    address: tuple[str, str, str]
    members: tuple[Person, ...]
    doctors: tuple[Doctor, ...]
    rooms: tuple[str, ...]
    stories: tuple[tuple[str, str, Sex], ...]
    states: tuple[str, ...]
    payers: tuple[str, ...] = ("Aetna", "Blue Cross Blue Shield", "Cigna", "Medicare Part B", "UnitedHealthcare")


ROSA = Person("Rosa Diaz", PEOPLE["secretary"], (Role.SECRETARY,))
LAKESIDE = Plan(
    slug="lakeside",
    name="Lakeside Family Medicine",
    time_zone="America/Chicago",
    state="WI",
    phone="+16085550100",
    address=("210 Shore Drive", "Madison", "53703"),
    members=(
        Person("Helen Brandt", PEOPLE["admin"], (Role.PRACTICE_ADMIN,)),
        ROSA,
        Person("Amara Okafor", PEOPLE["provider"], (Role.PROVIDER,)),
        Person("Tom Keller", "tom.keller@lakeside.example", (Role.BILLING,)),
        Person("Ruth Adeyemi", PEOPLE["privacy"], (Role.PRIVACY_OFFICER,)),
    ),
    doctors=(
        Doctor("Amara Okafor, MD", "Dr. Okafor", "MD", "Family medicine", email=PEOPLE["provider"]),
        Doctor("Daniel Reyes, DO", "Dr. Reyes", "DO", "Family medicine"),
        Doctor("Priya Nair, MD", "Dr. Nair", "MD", "Pediatrics", opens=9),
        Doctor("Grace Lindqvist, NP", "G. Lindqvist", "NP", "Family medicine", closes=16),
        Doctor("Helena Marsh, MD", "Dr. Marsh", "MD", "Internal medicine"),
        Doctor("Tomás Ibarra, PA", "T. Ibarra", "PA", "Family medicine", opens=9),
    ),
    rooms=("Room 1", "Room 2", "Room 3", "Procedure room"),
    stories=(
        ("Lopez", "Maria", Sex.FEMALE),
        ("Lopez", "Mateo", Sex.MALE),
        ("Nguyễn", "Thảo", Sex.FEMALE),
        ("Hernández", "Rosa Elena", Sex.FEMALE),
        ("Brown", "Walter", Sex.MALE),
        ("Schröder", "Ingrid", Sex.FEMALE),
    ),
    states=("WI", "IL", "IN"),
)
DESERT_RIDGE = Plan(
    slug="desert-ridge",
    name="Desert Ridge Clinic",
    time_zone="America/Phoenix",
    state="AZ",
    phone="+14805550160",
    address=("4800 Ocotillo Road", "Phoenix", "85050"),
    members=(
        Person("Miguel Santos", "miguel.santos@desertridge.example", (Role.PRACTICE_ADMIN,)),
        ROSA,
        Person("Naomi Begay", "naomi.begay@desertridge.example", (Role.PROVIDER, Role.PRIVACY_OFFICER)),
    ),
    doctors=(
        Doctor("Naomi Begay, MD", "Dr. Begay", "MD", "Internal medicine", email="naomi.begay@desertridge.example"),
        Doctor("Samuel Cohen, MD", "Dr. Cohen", "MD", "Cardiology", opens=9),
        Doctor("Ana Whitehorse, NP", "A. Whitehorse", "NP", "Family medicine", closes=16),
    ),
    rooms=("Room A", "Room B"),
    stories=(
        ("Delgado", "Carmen", Sex.FEMALE),
        ("Delgado", "Leo", Sex.MALE),
        ("Petrova", "Galina", Sex.FEMALE),
        ("Yazzie", "Thomas", Sex.MALE),
        ("O'Neill", "Frances", Sex.FEMALE),
        ("Kowalski", "Stanley", Sex.MALE),
    ),
    states=("AZ", "TX", "HI"),
)
PLANS = (LAKESIDE, DESERT_RIDGE)


def found(plan: Plan, *, now: datetime) -> None:
    """A practice with its first admin."""
    first = plan.members[0]
    practice, secret = people.found_practice(
        slug=plan.slug,
        name=plan.name,
        time_zone=plan.time_zone,
        state=plan.state,
        admin_email=first.email,
        admin_name=first.name,
        now=now,
    )
    Practice.objects.filter(pk=practice.pk).update(phone=plan.phone)
    admin = account(first)
    people.accept(people.open_invitation(slug=practice.slug, secret=secret, now=now), user=admin, now=now)
    sign(practice, admin, now=now)


def staff(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """Whoever never worked here, by invitation of the first admin."""
    admin, *others = plan.members
    with acting_in(practice.pk, SYSTEM):
        known = {*Membership.objects.here().values_list("user__email", flat=True)}
    by = account(admin)
    for person in others:
        if User.objects.normalise(person.email) not in known:
            join(practice, person, by=by, now=now)


def join(practice: Practice, person: Person, *, by: User, now: datetime) -> None:
    """Invited, accepted, trained, signed."""
    who = account(person)
    for role in person.roles:
        with acting_in(practice.pk, by.pk):
            secret = people.invite(email=person.email, name=person.name, role=role, by=by, now=now)
        invitation: Invitation = people.open_invitation(slug=practice.slug, secret=secret, now=now)
        people.accept(invitation, user=who, now=now)
    sign(practice, who, now=now)
    with acting_in(practice.pk, who.pk):
        certificate = admission.enter_certificate(
            course="HIPAA Privacy and Security", number=f"HPS-{practice.slug}", by=who, **_a_year(now.date())
        )
    with acting_in(practice.pk, by.pk):
        admission.confirm(certificate, by=by, now=now)


def account(person: Person) -> User:
    """The person, made at her first practice. Nobody knows a password: the demo has its own door.

    The sign-in links stand for both factors of an enrolled person, so she has an app, and codes for when it is lost.
    """
    who = User.objects.filter(email=User.objects.normalise(person.email)).first()
    who = who or User.objects.create_user(person.email, name=person.name)
    factor.enrol(who)
    return who


def sign(practice: Practice, who: User, *, now: datetime) -> None:
    """Sign the practice's agreement."""
    with acting_in(practice.pk, who.pk):
        admission.sign(admission.current_agreement(), by=who, name_typed=who.name, now=now)


def _a_year(today: date) -> dict[str, date]:
    return {"completed_on": today - timedelta(days=30), "expires_on": today + timedelta(days=3650)}
