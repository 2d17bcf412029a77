"""The key ring: each bad one is refused in words."""

import base64
import json
from pathlib import Path

import pytest

from compliance.crypto import ring

GOOD = {kind: {"1": base64.b64encode(bytes([number + 1]) * 32).decode()} for number, kind in enumerate(ring.KINDS)}


def written(path, keys, mode=0o400):
    path.write_text(json.dumps({"portal": "key ring", "keys": keys}))
    path.chmod(mode)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ring.json"


def test_a_new_ring_is_readable_by_its_owner_only_and_holds_one_key_of_each_kind(path):
    ring.create(path)

    assert (path.stat().st_mode & 0o777, {kind: len(keys) for kind, keys in ring.load(path).keys.items()}) == (
        0o400,
        dict.fromkeys(ring.KINDS, 1),
    )


def test_a_ring_is_never_replaced(path):
    ring.create(path)

    with pytest.raises(FileExistsError):
        ring.create(path)


def test_a_ring_that_is_not_there_says_how_to_make_one(path):
    with pytest.raises(ring.BadRing, match=r"manage\.py keys new"):
        ring.load(path)


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644])
def test_a_ring_that_others_can_read_is_refused(path, mode):
    with pytest.raises(ring.BadRing, match="chmod 400"):
        ring.load(written(path, GOOD, mode))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"wrapping": {"1": base64.b64encode(b"short").decode()}}, "is 5 bytes long, not 32"),
        ({"index": {}}, "holds no index key"),
        ({"context": {"1": "no base64!"}}, "is damaged"),
        ({"audit": {"one": "AAAA"}}, "is damaged"),
        ({"audit": None}, "is damaged"),
    ],
)
def test_a_ring_with_a_bad_key_is_refused_in_words(path, change, sentence):
    with pytest.raises(ring.BadRing, match=sentence):
        ring.load(written(path, GOOD | change))


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe\x00", b"[]", b"{}", b'{"keys": {}}'])
def test_a_ring_that_is_none_is_refused(path, content):
    path.write_bytes(content)
    path.chmod(0o400)

    with pytest.raises(ring.BadRing, match="is damaged"):
        ring.load(path)


def test_a_ring_that_cannot_be_read_says_whose_it_must_be():
    with pytest.raises(ring.BadRing, match=r"cannot be read \(OSError\).* belong to whoever runs the portal"):
        ring.load(Path("/proc/self/mem"))


def test_a_ring_that_equals_the_secret_key_is_refused(path):
    secret = "s" * 32
    keys = GOOD | {"wrapping": {"1": base64.b64encode(secret.encode()).decode()}}

    with pytest.raises(ring.BadRing, match="equals SECRET_KEY"):
        ring.load(written(path, keys), secret_key=secret + "more")


def test_a_version_that_is_not_there_is_named(path):
    with pytest.raises(ring.BadRing, match="no wrapping key of version 7"):
        ring.load(written(path, GOOD)).key("wrapping", 7)


def test_a_ring_shows_no_key(path):
    assert repr(ring.load(written(path, GOOD))) == "<Ring wrapping 1, index 1, context 1, audit 1, signing 1>"
