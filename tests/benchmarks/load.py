"""A large practice, written past the one-by-one writers: the same rows and tokens, many at a time."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection

from compliance.ids import uuid7
from compliance.tenancy import SYSTEM, acting_in, current_practice_id
from patients import tokens
from patients.details import Contact, Details, Name, Number
from patients.enums import ContactSystem, IdentifierKind, Sex
from patients.models import ContactPoint, HumanName, Identifier, Patient
from tests.benchmarks import bare

BATCH = 2000
ONSETS = ["b", "br", "c", "ch", "d", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w"]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ee", "ou"]
ENDS = ["n", "r", "l", "s", "ck", "tt", "nd", "son", "ez", "ski", "ova", "ard"]

TOKENS = """
INSERT INTO patients_searchtoken (practice_id, kind, token, subject, key_version)
SELECT %s, *, 1 FROM unnest(%s::smallint[], %s::bytea[], %s::uuid[])
"""


@dataclass
class Batch:
    """Rows that go in together."""

    key: tokens.Keyed
    patients: list[Patient] = field(default_factory=list)
    names: list[HumanName] = field(default_factory=list)
    contacts: list[ContactPoint] = field(default_factory=list)
    numbers: list[Identifier] = field(default_factory=list)
    tokens: list[tuple[int, bytes, UUID]] = field(default_factory=list)
    plain: list[tuple] = field(default_factory=list)


def patients(practice: UUID, number: int, *, seed: int = 1, beside: bool = True) -> list[UUID]:
    """So many patients with name, birth date, phone and MRN; `beside`: also as plain rows of `bare_patient`."""
    chance = random.Random(seed)
    families = ["Lopez", *(_name(chance, 2) for _ in range(4000))]
    givens = ["Maria", *(_name(chance, 1) for _ in range(900))]
    made: list[UUID] = []
    for start in range(0, number, BATCH):
        with acting_in(practice, SYSTEM):
            batch = Batch(tokens.sought())
            for n in range(start, min(start + BATCH, number)):
                made.append(_one(batch, n, chance.choice(families), chance.choice(givens), chance))
            _write(batch, beside)
    return made


def _name(chance: random.Random, syllables: int) -> str:
    text = "".join(chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(syllables)) + chance.choice(ENDS)
    return text.capitalize()


def _one(batch: Batch, n: int, family: str, given: str, chance: random.Random) -> UUID:
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(34_000))
    phone, mrn = f"+1608{2_000_000 + n:07d}", str(500_000 + n)
    patient = Patient(id=uuid7(), birth_date=born, sex=Sex.FEMALE)
    batch.patients.append(patient)
    batch.names.append(HumanName(patient=patient, family=family, given=given))
    batch.contacts.append(ContactPoint(patient=patient, system=ContactSystem.PHONE, value=phone))
    batch.numbers.append(Identifier(patient=patient, kind=IdentifierKind.MRN, value=mrn))
    details = Details(
        names=(Name(family, given),),
        birth_date=born,
        contacts=(Contact(phone),),
        numbers=(Number(mrn, IdentifierKind.MRN),),
    )
    batch.tokens += [(*batch.key.token(said), patient.pk) for said in tokens.said_of(details)]
    batch.plain.append((patient.pk, family, given, born, phone, mrn, "female"))
    return patient.pk


def _write(batch: Batch, beside: bool) -> None:
    for model, rows in ((Patient, batch.patients), (HumanName, batch.names), (ContactPoint, batch.contacts)):
        model.objects.bulk_create(rows)
    Identifier.objects.bulk_create(batch.numbers)
    kinds, values, subjects = (list(column) for column in zip(*batch.tokens, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(TOKENS, [current_practice_id(), kinds, values, subjects])
        if beside:
            cursor.execute(bare.COPY_PATIENTS, [list(column) for column in zip(*batch.plain, strict=True)])


VISITS = """
WITH made AS (
    INSERT INTO scheduling_appointment (
        id, practice_id, version, created_at, updated_at, patient_id, provider_id, visit_type_id, location_id,
        starts_at, ends_at, status, status_since, mode, source, is_new_patient, cancel_reason, cancel_initiator, told_by,
        is_late_cancel, confirmed_via, flags, prepared)
    SELECT gen_random_uuid(), %(practice)s, 1, now(), now(), (%(patients)s::uuid[])[1 + (n %% %(people)s)],
           provider, %(kind)s, %(location)s, at, at + %(length)s * interval '1 minute', 'booked', now(), 'office', 'phone',
           false, '', '', '', false, '', '[]', '{}'
      FROM unnest(%(providers)s::uuid[]) AS provider,
           LATERAL unnest(%(starts)s::timestamptz[]) WITH ORDINALITY AS t(at, n)
    RETURNING id, provider_id, starts_at, ends_at)
INSERT INTO scheduling_occupation (id, practice_id, version, created_at, updated_at, resource_id, lane, starts_at, ends_at,
       appointment_id)
SELECT gen_random_uuid(), %(practice)s, 1, now(), now(), p.resource_id, 0, m.starts_at, m.ends_at, m.id
  FROM made m JOIN scheduling_provider p ON p.id = m.provider_id
"""


def visits(practice: UUID, *, providers: list, people: list[UUID], kind, location, starts: list[datetime]) -> int:
    """A visit of each provider at each of the moments, booked for the people in turn; answers how many."""
    with acting_in(practice, SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            VISITS,
            {
                "practice": practice,
                "patients": people,
                "people": len(people),
                "providers": [provider.pk for provider in providers],
                "kind": kind.pk,
                "location": location.pk,
                "starts": starts,
                "length": kind.minutes,
            },
        )
    return len(starts) * len(providers)


def moments(first: datetime, *, days: int, of_day: int, minutes: int, free_every: int = 0) -> list[datetime]:
    """Beginnings on working days from `first` on, `of_day` of them back to back; each `free_every`-th is left free."""
    found = []
    for day in range(days):
        morning = first + timedelta(days=day)
        if morning.weekday() < 5:
            found += [morning + timedelta(minutes=minutes * n) for n in range(of_day)]
    return [at for n, at in enumerate(found, 1) if not free_every or n % free_every]


COPY_VISITS = """
INSERT INTO bare_occupation SELECT id, resource_id, lane, starts_at, ends_at, appointment_id FROM scheduling_occupation;
INSERT INTO bare_visit
SELECT a.id, a.patient_id, a.provider_id, a.starts_at, a.ends_at, a.status, k.name, a.mode, 'Follow-up', a.status_since,
       a.updated_at
  FROM scheduling_appointment a JOIN scheduling_visittype k ON k.id = a.visit_type_id;
INSERT INTO bare_provider SELECT id, short_name, resource_id FROM scheduling_provider;
INSERT INTO bare_hours SELECT provider_id, weekday, starts, ends FROM scheduling_workinghours;
"""


def copy_visits(practice: UUID) -> None:
    """Put what is on the practice's calendars into the plain tables."""
    with acting_in(practice, SYSTEM), connection.cursor() as cursor:
        cursor.execute(COPY_VISITS)


UTC_MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday, 9 AM in Chicago
