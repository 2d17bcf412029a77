"""The index key exchanged while people search, register and change: nobody is missed, and no MRN is given twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from compliance import index_rotation
from compliance.crypto.tokens import Versions
from compliance.roles import Role
from compliance.tenancy import acting_in
from patients import registration, remaking, search, tokens
from patients.models import Patient
from patients.registration import MrnTaken
from tests.factories import patients, people, rings
from tests.factories.patients import NOW

THERE = 16


class House:
    """A committed practice of sixteen Lopezes with known MRNs, and what people found and did meanwhile."""

    def __init__(self) -> None:
        self.practice = people.practice()
        self.secretary = people.member(self.practice, Role.SECRETARY)
        self.over, self.wrong, self.new, self.searches = threading.Event(), [], [], 0
        with acting_in(self.practice.pk, self.secretary.pk):
            self.made = [patients.patient(mrn=f"M-{n}", phone=f"+1608555{n:04d}") for n in range(THERE)]

    def until_over(self, act: Callable[[int], None]) -> None:
        """In a thread: again and again, each time a request of its own."""
        try:
            turn = 0
            while not self.over.is_set() or turn == 0:
                with acting_in(self.practice.pk, self.secretary.pk):
                    act(turn)
                turn += 1
        finally:
            connection.close()

    def look(self, turn: int) -> None:
        row = self.made[turn % THERE]
        by_mrn = [one.pk for one in search.find(f"M-{turn % THERE}", user=self.secretary).patients]
        if by_mrn != [row.pk] or search.find("lopez", user=self.secretary).total < THERE:
            self.wrong.append(f"not found in turn {turn}")
        self.searches += 1

    def register(self, turn: int) -> None:
        self.new.append(patients.patient(family="Okafor", mrn=f"N-{turn}", phone=None).pk)

    def register_twice(self, turn: int) -> None:
        try:
            patients.patient(mrn=f"M-{turn % THERE}")
        except MrnTaken:
            return
        self.wrong.append(f"MRN given twice in turn {turn}")

    def change(self, turn: int) -> None:
        row = Patient.objects.get(pk=self.made[turn % THERE].pk)
        details = registration.details_of(row)
        changed = patients.details(mrn=details.mrn, phone=details.contacts[0].value, middle=f"Turn{turn % 7}")
        registration.change(row, changed, version=row.version, by=None, now=NOW)


def test_nobody_is_missed_and_no_mrn_is_given_twice(committed, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(remaking, "BATCH", 5)
    house, before = House(), settings.KEY_RING
    rings.copied(settings, tmp_path)
    acts = (house.look, house.register, house.register_twice, house.change)
    try:
        with ThreadPoolExecutor(len(acts)) as pool:
            running = [pool.submit(house.until_over, act) for act in acts]
            job = exchanged_twice(house, settings)
            house.over.set()
            errors = [one.exception() for one in running if one.exception()]
        assert (errors, house.wrong, job.state, house.searches > 0) == ([], [], "done", True)
        assert left_behind(house) == (Versions(3, None), {3}, [])
    finally:
        rings.put_back(house.practice, settings, before)


def exchanged_twice(house: House, settings):
    for _ in range(2):
        version = rings.new_index_key(settings)
        job = index_rotation.run(house.practice.pk, index_rotation.begin(house.practice.pk, to=version))
    return job


def left_behind(house: House) -> tuple:
    """The versions, and whoever was registered meanwhile and is not found."""
    with acting_in(house.practice.pk, house.secretary.pk):
        lost = [pk for turn, pk in enumerate(house.new) if rings.found_by(tokens.mrn(f"N-{turn}")) != [pk]]
        return (*rings.versions_in_use(house.practice), lost)
