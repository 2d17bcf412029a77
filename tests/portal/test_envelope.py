"""A file for one reader: what is torn, changed, moved or another's is refused in words."""

import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from secretary_portal.contingency import envelope

KEY = X25519PrivateKey.generate()
TEXT = bytes(range(256)) * 4096  # four chunks


def closed(*pieces: bytes) -> bytes:
    file = io.BytesIO()
    envelope.write(file, KEY.public_key(), pieces)
    return file.getvalue()


def opened(data: bytes, key=KEY) -> bytes:
    return b"".join(envelope.read(io.BytesIO(data), key))


@pytest.mark.parametrize("pieces", [[], [b""], [b"one"], [TEXT], [TEXT[:100], TEXT[100:], b"end"], [b"x" * envelope.CHUNK]])
def test_what_was_closed_opens(pieces):
    assert opened(closed(*pieces)) == b"".join(pieces)


def test_nothing_of_it_stands_in_clear():
    assert b"canary" not in closed(b"canary" * 1000)


@pytest.mark.parametrize("left", [0, 5, 39, 41, 44, 100, envelope.CHUNK + 60, envelope.CHUNK * 3, 1_048_000])
def test_a_torn_file_is_refused(left):
    with pytest.raises(envelope.Unreadable):
        opened(closed(TEXT)[:left])


def test_a_file_torn_between_two_chunks_is_refused():
    with pytest.raises(envelope.Unreadable, match="is torn"):
        opened(closed(TEXT)[: 40 + 2 * (4 + envelope.CHUNK + envelope.TAG)])


def test_two_chunks_exchanged_are_refused():
    whole, size = closed(TEXT), 4 + envelope.CHUNK + envelope.TAG
    first, second = whole[40 : 40 + size], whole[40 + size : 40 + 2 * size]

    with pytest.raises(envelope.Unreadable):
        opened(whole[:40] + second + first + whole[40 + 2 * size :])


@pytest.mark.parametrize("place", [0, 20, 50, 300_000])
def test_a_changed_byte_is_refused(place):
    data = bytearray(closed(TEXT))
    data[place] ^= 1

    with pytest.raises(envelope.Unreadable):
        opened(bytes(data))


def test_another_key_does_not_open_it():
    with pytest.raises(envelope.Unreadable, match="key does not open"):
        opened(closed(TEXT), X25519PrivateKey.generate())


def test_a_private_key_is_made_once_and_for_its_owner_only(tmp_path):
    public = envelope.new_key(tmp_path / "key")

    assert ((tmp_path / "key").stat().st_mode & 0o777, envelope.public_text(envelope.private_key(tmp_path / "key"))) == (
        0o400,
        public,
    )
    with pytest.raises(FileExistsError):
        envelope.new_key(tmp_path / "key")


@pytest.mark.parametrize("text", ["", "no key", "AAAA"])
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(envelope.Unreadable, match="is no public key"):
        envelope.public_key(text)
