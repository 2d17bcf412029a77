"""One patient goes through everything in process; nothing of her stands anywhere in clear."""

import io
import logging

import pytest
from django.test import override_settings
from django.utils import timezone

from correspondence import outbox
from correspondence.channels.memory import MemoryChannel
from correspondence.enums import MessageState
from patients import importing
from secretary_portal import logs
from tests.canary import places, traces, who
from tests.canary.browsers import Browser
from tests.canary.walk import Walk, house, import_file


@pytest.fixture
def log():
    """What the portal's loggers write."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(as_json=True))
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


@override_settings(ROOT_URLCONF="tests.canary.broken_urls")
def test_nothing_of_a_patient_stands_anywhere_in_clear(committed, log, tmp_path):
    at, sent = house(), len(MemoryChannel.sent)
    with places.server_log() as server, places.redis_commands() as commands, places.files() as files:
        walk = Walk(at, Browser)
        walk.everything()
        importing.run(at.practice, import_file(tmp_path))
        message = walk.reminded()
        assert outbox.deliver(at.practice.pk, message.pk, now=timezone.now()) == MessageState.SENT
        walk.failed()
    outgoing = MemoryChannel.sent[sent:]

    assert who.GIVEN in outgoing[0].text
    assert (
        traces.hits(
            {
                "the database": places.dump(),
                "PostgreSQL's log": server,
                "Redis": commands,
                "the sessions": places.sessions(),
                "the portal's log": [log.getvalue().encode()],
                "files": files,
                "mail subjects": [one.subject.encode() for one in outgoing],
                "addresses, headers and titles": walk.seen,
            }
        )
        == []
    )


@pytest.mark.parametrize("kept", [b"%s", b"\\x%h", b"eyJ%b"], ids=["text", "hexadecimal", "base64"])
def test_a_trace_is_found_in_each_spelling(kept):
    import base64

    word = who.FAMILY.encode()
    text = kept.replace(b"%s", word).replace(b"%h", word.hex().encode())
    text = text.replace(b"%b", base64.b64encode(b"ab" + word + b"cd"))

    assert traces.hits({"here": [text]}) == ["family in here"]
