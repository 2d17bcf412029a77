"""One contract for both: e-mail over a real SMTP server, and its in-memory twin."""

from dataclasses import replace

import pytest

from correspondence.channels import Outgoing, Refused, Unreachable, channel_for
from correspondence.channels.email import EmailChannel, message_id
from correspondence.channels.memory import MemoryChannel
from tests.correspondence import sink

MESSAGE = Outgoing(
    id="visit:1:24h:email",
    to="maria@patients.example",
    subject="A reminder from Lakeside",
    text="Hello María, see you on Monday.\n.\nLakeside",
    sender_name="Lakeside, Family & Medicine",
    language="en",
)


@pytest.fixture
def server(settings):
    with sink.listening() as (received, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield received


@pytest.fixture(params=["smtp", "memory"])
def channel(request, server):
    """(the channel, a function that answers what arrived as (to, subject, text))."""
    if request.param == "memory":
        return MemoryChannel(), lambda: [(m.to, m.subject, m.text) for m in MemoryChannel.sent]
    arrived = server.received
    return EmailChannel(), lambda: [(str(m["To"]), str(m["Subject"]), _text(m)) for m in arrived]


def _text(mail):
    return mail.get_content().replace("\r\n", "\n").rstrip("\n")


def test_what_is_sent_arrives(channel):
    way, arrived = channel

    way.send(MESSAGE)

    assert arrived() == [(MESSAGE.to, MESSAGE.subject, MESSAGE.text)]


def test_an_address_refused_for_good_is_told_from_one_refused_for_now(channel):
    way, arrived = channel

    with pytest.raises(Refused) as refused:
        way.send(replace(MESSAGE, to="refused@patients.example"))
    with pytest.raises(Unreachable) as later:
        way.send(replace(MESSAGE, to="later@patients.example"))

    assert (refused.value.code, later.value.code, arrived()) == ("550", "451", [])


def test_a_refusal_names_no_address(channel):
    with pytest.raises(Refused) as refused:
        channel[0].send(replace(MESSAGE, to="refused@patients.example"))

    assert str(refused.value) == "refused 550"


def test_a_repeat_has_the_same_message_id(server):
    EmailChannel().send(MESSAGE)
    EmailChannel().send(MESSAGE)

    first, second = [str(mail["Message-ID"]) for mail in server.received]
    assert first == second == message_id(MESSAGE.id)


def test_messages_of_two_purposes_have_two_ids():
    assert message_id("visit:1:24h:email") != message_id("visit:1:2h:email")


def test_a_mail_comes_from_the_practice_and_says_that_it_is_automatic(server):
    EmailChannel().send(MESSAGE)

    (mail,) = server.received
    assert (mail["From"].addresses[0].display_name, mail["Auto-Submitted"]) == (MESSAGE.sender_name, "auto-generated")


def test_a_server_that_does_not_answer_is_worth_another_try(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.free_port()

    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        EmailChannel().send(MESSAGE)


def test_the_settings_choose_the_channel():
    assert type(channel_for("email")) is MemoryChannel


def test_neither_address_nor_text_stands_in_what_a_log_would_show():
    assert "maria" not in repr(MESSAGE).casefold().replace("lakeside", "")
