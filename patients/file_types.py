"""Which files are taken, and how they are looked into. What a file says of itself is not believed."""

import io
import warnings
from dataclasses import dataclass
from typing import Any

import puremagic
from PIL import Image, ImageSequence, UnidentifiedImageError

from compliance.texts import is_plain

LARGEST = 10 * 1024 * 1024  # bytes
PIXELS = 50_000_000  # of one page; more is a bomb
PAGES = 50  # of one TIFF

TOO_LARGE = "The file is larger than 10 MB. Scan it in grey, or in parts."
EMPTY = "The file is empty. Choose another."
NOT_TAKEN = "Choose a PDF, PNG, JPEG, TIFF or plain text file."
NOT_AS_NAMED = "The file is not what its name says. Save it anew under its right type."
BROKEN = "The file is damaged or cut off. Scan or save it again."
TWO_IN_ONE = "The file holds something else beside its picture or text. Save or scan it anew."


class UploadRefused(Exception):
    """The file is not taken; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class FileType:
    """One type that is taken. `picture` is Pillow's name of it; empty for what is no picture."""

    content_type: str
    endings: tuple[str, ...]
    starts: tuple[bytes, ...]
    picture: str = ""


PDF = FileType("application/pdf", ("pdf",), (b"%PDF-",))
PNG = FileType("image/png", ("png",), (b"\x89PNG\r\n\x1a\n",), "PNG")
JPEG = FileType("image/jpeg", ("jpg", "jpeg"), (b"\xff\xd8\xff",), "JPEG")
TIFF = FileType("image/tiff", ("tif", "tiff"), (b"II*\x00", b"MM\x00*"), "TIFF")
TEXT = FileType("text/plain", ("txt",), ())
TYPES = (PDF, PNG, JPEG, TIFF, TEXT)
_FOREIGN = (b"%PDF-", b"<script", b"<html", b"<!doctype", b"<svg", b"<?php")
_AS_DRAWN: dict[str, dict[str, Any]] = {"JPEG": {"quality": 90}, "TIFF": {"compression": "tiff_lzw"}}
_ZIP_END = b"PK\x05\x06"


def looked_into(content: bytes, *, name: str = "", content_type: str = "") -> tuple[FileType, bytes]:
    """(type, what to store): pictures written anew. Raises UploadRefused."""
    if not content:
        raise UploadRefused(EMPTY)
    if len(content) > LARGEST:
        raise UploadRefused(TOO_LARGE)
    found = _type_of(content)
    _agrees(found, name, content_type)
    if _ZIP_END in content[-66_000:]:
        raise UploadRefused(TWO_IN_ONE)
    if found.picture:
        return found, _drawn_anew(content, found)
    return found, _checked_pdf(content) if found is PDF else _checked_text(content)


def _type_of(content: bytes) -> FileType:
    for found in TYPES:
        if content.startswith(found.starts):
            return found
    if _magic_of(content[:4096]):
        raise UploadRefused(NOT_TAKEN)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise UploadRefused(NOT_TAKEN) from error
    return TEXT


def _magic_of(head: bytes) -> str:
    """What puremagic makes of the beginning; empty for text and what it does not know."""
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return ""
    return "" if found.startswith("text/") or not found else found


def _agrees(found: FileType, name: str, content_type: str) -> None:
    ending = name.rpartition(".")[2].casefold() if name else ""
    if name and ending not in found.endings:
        known = {ending for one in TYPES for ending in one.endings}
        raise UploadRefused(NOT_AS_NAMED if ending in known else NOT_TAKEN)
    if content_type and content_type.partition(";")[0].strip().casefold() != found.content_type:
        raise UploadRefused(NOT_AS_NAMED)


def _checked_pdf(content: bytes) -> bytes:
    end = content.rstrip(b"\r\n \t\x00")
    if not end.endswith(b"%%EOF") or b"startxref" not in end[-2048:]:
        raise UploadRefused(BROKEN if b"%%EOF" not in content else TWO_IN_ONE)
    if any(mark in content[:1024].lower() for mark in _FOREIGN[1:]):
        raise UploadRefused(TWO_IN_ONE)
    return content


def _checked_text(content: bytes) -> bytes:
    text = content.decode().removeprefix("\ufeff")
    if any(mark in content.lower() for mark in (mark.lower() for mark in _FOREIGN)):
        raise UploadRefused(TWO_IN_ONE)
    if not is_plain(text.replace("\f", "\n"), lines=True):
        raise UploadRefused("The text holds hidden characters. Save it anew as plain text (UTF-8).")
    return text.encode()


def _drawn_anew(content: bytes, found: FileType) -> bytes:
    """The picture without anything that is no picture: no place, no camera, no comment, no second file."""
    lower = content.lower()
    if b"%pdf-" in lower or any(mark in lower for mark in (b"<script", b"<!doctype", b"<?php")):
        raise UploadRefused(TWO_IN_ONE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=[found.picture]) as picture:
                pages = _pages(picture, found)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise UploadRefused(BROKEN) from error
    drawn = io.BytesIO()
    options = dict(_AS_DRAWN.get(found.picture, {}))
    if len(pages) > 1:
        options |= {"save_all": True, "append_images": pages[1:]}
    pages[0].save(drawn, found.picture, **options)
    return drawn.getvalue()


def _pages(picture: Image.Image, found: FileType) -> list[Image.Image]:
    if picture.width * picture.height > PIXELS or getattr(picture, "n_frames", 1) > PAGES:
        raise UploadRefused("The picture is too large. Scan it with fewer dots per inch, or in parts.")
    if found is not TIFF:
        return [_bare(picture)]
    return [_bare(page) for page in ImageSequence.Iterator(picture)]


def _bare(page: Image.Image) -> Image.Image:
    kept = page.mode if page.mode in ("1", "L", "RGB", "RGBA") else "RGB"
    if page.format == "JPEG" and kept not in ("L", "RGB"):
        kept = "RGB"
    same = page.convert(kept)
    bare = Image.new(kept, same.size)
    bare.paste(same)
    return bare
