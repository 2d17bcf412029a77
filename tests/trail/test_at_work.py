"""The trail is verified while people work: what is committed in its midst is no damage."""

import threading

from django.db import connection

from compliance import trail as proof
from compliance.audit import events
from compliance.audit.proof import links, verify
from compliance.ids import uuid7
from compliance.tenancy import SYSTEM, acting_in

ROUNDS = 25


def written(chain):
    with acting_in(chain, SYSTEM):
        events.record("test.act", listed=[uuid7()], body={})


def write_until(over: threading.Event, chain) -> None:
    try:
        while not over.is_set():
            written(chain)
    finally:
        connection.close()


def test_verifying_while_two_write_finds_no_damage(twelve):
    over = threading.Event()
    writers = [threading.Thread(target=write_until, args=[over, twelve.chain]) for _ in range(2)]
    for one in writers:
        one.start()
    found, rows = [], set()
    for _ in range(ROUNDS):
        with proof.on_chain(twelve.chain):
            found += verify.newest(twelve.chain)
            rows.add(links.last_number(twelve.chain))
    over.set()
    for one in writers:
        one.join()

    assert len(rows) > ROUNDS // 2  # they did write meanwhile
    assert found == []
