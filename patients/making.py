"""Invented patients as FHIR R4, for demos, tests and benchmarks: the same seed gives the same patients."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

MRN_SYSTEM = "urn:secretary-portal:made-patients"
SSN_SYSTEM = "http://hl7.org/fhir/sid/us-ssn"
V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
BORN_UNTIL = date(2026, 6, 30)
ODD = 0.04  # the share of patients that carries each trap

_WOMEN = """Maria Ana Lucía Rosa Elena Sofía Emma Olivia Ava Grace Hannah Chloe Nora Ruth Aisha Fatima Amina Zainab Mei Ling
Xiu Yuki Hana Priya Ananya Lakshmi Kavita Thảo Linh Hương Olga Natalia Svetlana Ingrid Astrid Freja Zoé Élodie
Chantal Aoife Siobhán Niamh Ayşe Elif Leilani Kaiulani Aiyana Dakota Rivka Esther Tamar Adaeze Ngozi Wanjiru Abena
Jo Kim Guadalupe"""
WOMEN = _WOMEN.split()
_MEN = """José Juan Luis Carlos Miguel Javier Liam Noah James William Henry Thomas Samuel Isaac Omar Yusuf Ibrahim Hassan Wei
Jun Hao Kenji Hiroshi Arjun Rohan Vikram Sanjay Minh Tuấn Dũng Ivan Dmitri Sergei Lars Søren Björn Étienne Rémy
Seán Ciarán Mehmet Emre Kai Keoni Takoda Ahanu Levi Ezra Chidi Emeka Kwame Kofi Jamal DeShawn Bo Ty Jesús"""
MEN = _MEN.split()
FAMILIES = """Lopez López García García-López Hernández Martínez Rodríguez González Pérez Sánchez
Ramírez Torres Flores Rivera
Gómez Díaz Cruz Morales Ortiz Gutiérrez Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore
Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young King Wright Scott Green Baker Adams Nelson Hill
Nguyễn Trần Phạm Huỳnh Võ Đặng
Li Wang Zhang Chen Liu Yang Huang Wu Ng Tanaka Suzuki Satō Kim Park Choi Patel Singh Sharma
Gupta Khan Ahmed Ali Hussain Abdi Mohamed Okafor Adeyemi Mensah Mwangi Tesfaye O'Brien O’Neill Murphy McCarthy Müller Weiß
Schröder Jørgensen Ødegård Åkesson Łukasik Wójcik Kowalski Novák Dvořák Đorđević Ivanov Petrova Kuznetsov Cohen Levy Yazzie
Begay Kealoha Kahananui Yılmaz Öztürk Le_Roux St._John Van_Dyke D'Angelo Rossi"""
PLACES = [
    ("Madison", "WI", "53703", "608"),
    ("Milwaukee", "WI", "53202", "414"),
    ("Chicago", "IL", "60614", "312"),
    ("Phoenix", "AZ", "85004", "602"),
    ("Honolulu", "HI", "96813", "808"),
    ("Indianapolis", "IN", "46204", "317"),
    ("Chattanooga", "TN", "37402", "423"),
    ("Boston", "MA", "02108", "617"),
    ("San Antonio", "TX", "78205", "210"),
    ("Springfield", "MA", "01103", "413"),
]
_STREETS = """Main Oak Maple Cedar Lake Washington Lincoln Park Hill River Spring Sunset Church Mill"""
STREETS = _STREETS.split()
LANGUAGES = ["en"] * 14 + ["es"] * 4 + ["es-MX", "vi", "zh", "ar", "fr-CA", "so", "hmn", "ru", "tlh"]


def families() -> list[str]:
    """Family names of many origins."""
    return [name.replace("_", " ") for name in FAMILIES.split()]


def made(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` Patient resources, one after another: the n-th of a seed is always the same."""
    names = families()
    for number in range(1, count + 1):
        yield _Maker(random.Random(f"{seed}:{number}"), number, seed, names).patient()  # noqa: S311  # nosec B311


class _Maker:
    """One patient out of her own dice."""

    def __init__(self, dice: random.Random, number: int, seed: int, names: list[str]) -> None:
        self.dice, self.number, self.seed, self.names = dice, number, seed, names
        self.is_woman = dice.random() < 0.52
        self.born = BORN_UNTIL - timedelta(days=int(dice.triangular(0, 95 * 365, 38 * 365)))
        self.place = dice.choice(PLACES)

    def odd(self) -> bool:
        """Whether she carries the trap asked about."""
        return self.dice.random() < ODD

    def patient(self) -> dict[str, Any]:
        """The resource, with what is unknown left out."""
        resource: dict[str, Any] = {
            "resourceType": "Patient",
            "id": str(UUID(int=self.dice.getrandbits(128), version=4)),
            "identifier": self.identifiers(),
            "name": self.human_names(),
            "telecom": self.telecom(),
            "gender": self.gender(),
            "birthDate": self.born.isoformat(),
            "address": [self.address()],
            "communication": [{"language": {"coding": [self.language()]}}],
        }
        if self.odd() and self.born < date(1960, 1, 1):
            resource["deceasedDateTime"] = f"{self.dice.randint(2015, 2025)}-0{self.dice.randint(1, 9)}-15T08:00:00-05:00"
        return {key: value for key, value in resource.items() if value}

    def identifiers(self) -> list[dict[str, Any]]:
        """Her MRN, and often an SSN that cannot be anybody's."""
        rows = [_identifier("MR", MRN_SYSTEM, f"{self.seed}-{self.number:07d}")]
        if self.dice.random() < 0.4:
            rows.append(_identifier("SS", SSN_SYSTEM, f"999-{self.dice.randint(10, 99)}-{self.dice.randint(1000, 9999)}"))
        return rows

    def human_names(self) -> list[dict[str, Any]]:
        """The official name; some have one name, digits in it, a maiden or a preferred one."""
        given = [self.dice.choice(WOMEN if self.is_woman else MEN)]
        if self.dice.random() < 0.3:
            given.append(self.dice.choice(WOMEN if self.is_woman else MEN))
        family = self.dice.choice(self.names)
        if self.odd():
            family += str(self.dice.randint(100, 999))
        names = [{"use": "official", "family": family, "given": given}]
        if self.dice.random() < 0.01:
            names = [{"use": "official", "family": family}]
        if self.is_woman and self.odd():
            names.append({"use": "maiden", "family": self.dice.choice(self.names), "given": given[:1]})
        if self.odd():
            names.append({"use": "usual", "given": [given[0][:3]]})
        return names

    def telecom(self) -> list[dict[str, Any]]:
        """Numbers of the exchange 555, which rings nowhere; some with 555 as area, some missing."""
        area = "555" if self.odd() else self.place[3]
        number = f"{area}-555-{self.dice.randint(0, 9999):04d}"
        rows = [] if self.odd() else [{"system": "phone", "value": number, "use": self.dice.choice(["home", "mobile"])}]
        if self.dice.random() < 0.35:
            rows.append({"system": "email", "value": f"patient{self.seed}.{self.number}@mail.example"})
        return rows

    def gender(self) -> str:
        """As FHIR writes it; a few unknown."""
        return "unknown" if self.dice.random() < 0.01 else ("female" if self.is_woman else "male")

    def address(self) -> dict[str, Any]:
        """One of a few towns in several zones; some with the ZIP 00000."""
        city, state, postal, _ = self.place
        line = f"{self.dice.randint(1, 9999)} {self.dice.choice(STREETS)} {self.dice.choice(['St', 'Ave', 'Rd'])}"
        code = "00000" if self.odd() else postal
        return {"use": "home", "line": [line], "city": city, "state": state, "postalCode": code, "country": "US"}

    def language(self) -> dict[str, str]:
        """English mostly."""
        return {"system": "urn:ietf:bcp:47", "code": self.dice.choice(LANGUAGES)}


def _identifier(kind: str, system: str, value: str) -> dict[str, Any]:
    return {"type": {"coding": [{"system": V2_0203, "code": kind}]}, "system": system, "value": value}
