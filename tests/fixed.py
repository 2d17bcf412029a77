"""What a page says, without what is drawn at random or told by the clock: an id may hold the digits of any year."""

import re

DRAWN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # ids of rows
    r"|(practice|person)-[0-9a-f]+"  # practices and people of the tests, numbered by the clock
    r"|\.[0-9]{6}\b"  # microseconds
    r"|\b[0-9A-Za-z]{64}\b"  # tokens of forms
    r'|nonce="[^"]*"'
)


def fixed(html: str) -> str:
    """The text with an ellipsis for each of them."""
    return DRAWN.sub("…", html)
