"""One contract for both: texts over a real HTTP gateway, and their in-memory twin."""

from dataclasses import replace

import pytest

from correspondence.channels import Outgoing, Refused, Unreachable, channel_for
from correspondence.channels.memory import MemoryTextChannel
from correspondence.channels.sms import TextChannel, idempotency_key
from tests.correspondence import gateway, sink

MESSAGE = Outgoing(
    id="visit:1:24h:text",
    to="+16085550123",
    subject="",
    text="Lakeside: see you on Monday, María. Reply STOP to end.",
    sender_name="Lakeside",
    language="en",
)


@pytest.fixture
def there(settings):
    with gateway.listening() as (there, port):
        settings.TEXT_GATEWAY, settings.TEXT_GATEWAY_KEY = f"http://127.0.0.1:{port}/messages", "the key"
        settings.TEXT_SENDER = "+16085550100"
        yield there


@pytest.fixture(params=["http", "memory"])
def channel(request, there):
    """(the channel, a function that answers what arrived as (to, text))."""
    if request.param == "memory":
        return MemoryTextChannel(), lambda: [(one.to, one.text) for one in MemoryTextChannel.sent]
    return TextChannel(), lambda: [(one["to"], one["text"]) for one in there.received]


def test_what_is_sent_arrives(channel):
    way, arrived = channel

    way.send(MESSAGE)

    assert arrived() == [(MESSAGE.to, MESSAGE.text)]


def test_a_number_refused_for_good_is_told_from_one_refused_for_now(channel):
    way, arrived = channel

    with pytest.raises(Refused) as refused:
        way.send(replace(MESSAGE, to="+16085550199"))
    with pytest.raises(Unreachable) as later:
        way.send(replace(MESSAGE, to="+16085550198"))

    assert (refused.value.code, later.value.code, arrived()) == ("422", "503", [])


def test_a_refusal_names_neither_number_nor_text(channel):
    with pytest.raises(Refused) as refused:
        channel[0].send(replace(MESSAGE, to="+16085550199"))

    assert (str(refused.value), refused.value.__cause__) == ("refused 422", None)


def test_the_gateway_hears_who_sends_and_proves_it(there):
    TextChannel().send(MESSAGE)

    assert (there.received[0]["from"], there.headers[0]["Authorization"]) == ("+16085550100", "Bearer the key")


def test_a_repeat_has_the_same_key_and_tells_nothing_of_the_visit(there):
    TextChannel().send(MESSAGE)
    TextChannel().send(MESSAGE)

    ids = {one["id"] for one in there.received} | {one["Idempotency-Key"] for one in there.headers}
    assert ids == {idempotency_key(MESSAGE.id)}


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500, 503])
def test_an_answer_that_is_not_about_the_number_is_worth_another_try(there, status):
    there.status = status

    with pytest.raises(Unreachable, match=str(status)):
        TextChannel().send(MESSAGE)


def test_a_gateway_that_does_not_answer_is_worth_another_try(settings):
    settings.TEXT_GATEWAY = f"http://127.0.0.1:{sink.free_port()}/"

    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        TextChannel().send(MESSAGE)


def test_nothing_goes_out_in_the_clear(settings):
    settings.TEXT_GATEWAY = "http://gateway.example/messages"

    with pytest.raises(Unreachable, match="ValueError"):
        TextChannel().send(MESSAGE)


def test_without_a_gateway_there_is_no_channel(settings):
    settings.CHANNELS = {"email": settings.CHANNELS["email"]}

    assert channel_for("text") is None
