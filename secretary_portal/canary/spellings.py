"""How a word may stand in a stream of bytes: as text, in hexadecimal, in base64 at any alignment, quoted for a URL."""

import base64
from urllib.parse import quote, quote_plus


def spellings(word: str) -> set[bytes]:
    """All of them, in lower case."""
    raw = word.encode()
    said = {raw, word.lower().encode(), quote(word).encode(), quote_plus(word).encode()}
    hexed = {raw.hex().encode(), word.lower().encode().hex().encode()}
    coded = {_core(raw, shift) for shift in range(3)} if len(raw) > 7 else set()
    return {form.lower() for form in said | hexed | coded}


def _core(raw: bytes, shift: int) -> bytes:
    """What stands in a base64 text wherever the word begins at such an offset: without the letters its neighbours share."""
    whole = base64.b64encode(b"\0" * shift + raw)
    start = 0 if shift == 0 else 4
    end = len(whole) - (4 if (shift + len(raw)) % 3 else 0)
    return whole[start:end]
