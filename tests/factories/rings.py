"""A key ring of a test's own, and where a practice's tokens stand."""

from pathlib import Path

from compliance.crypto import data_keys, ring, tokens
from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from insurance.coverage import said as member_id
from patients import search
from patients.models import SearchToken
from patients.tokens import Said, sought


def copied(settings, folder: Path) -> Path:
    """The process's ring in a place of its own, so that what is taken out of it is missed by nobody else."""
    text = Path(settings.KEY_RING).read_text()
    settings.KEY_RING = folder / "ring.json"
    settings.KEY_RING.write_text(text)
    settings.KEY_RING.chmod(0o400)
    read_again()
    return settings.KEY_RING


def read_again() -> None:
    """The ring is read from its file anew."""
    ring.forget()
    data_keys.forget()


def new_index_key(settings) -> int:
    """A new index key in the ring; answers its version."""
    return ring.add(Path(settings.KEY_RING), "index")


def versions_in_use(practice: Practice) -> tuple[tokens.Versions, set[int]]:
    """Which the practice remembers, and which its tokens are made with."""
    held = SearchToken.objects.values_list("key_version", flat=True)
    return tokens.versions(practice.pk), set(held)


def found_by(said: Said) -> list:
    """The subjects of one token, as a search looks."""
    kind, token = sought().token(said)
    return sorted(SearchToken.objects.filter(kind=kind, token=token).values_list("subject", flat=True))


EVERYTHING = ("lopez", "mar", "maria lopez", "608 555 0123", "555-0123", "A-1001", "03/27/1985", "maria@example.org")


def answers(user) -> list:
    """Whom each of many searches finds: by name, prefix, phone, MRN, birth date, e-mail and member id."""
    searched = [sorted(one.pk for one in search.find(text, user=user).patients) for text in EVERYTHING]
    return [*searched, found_by(member_id("XK-1"))]


def put_back(practice: Practice, settings, path: Path) -> None:
    """The process's ring again. What was committed stays: the practice is one of the first index key, without tokens."""
    with acting_in(practice.pk, SYSTEM):
        SearchToken.objects.all().delete()
    Practice.objects.filter(pk=practice.pk).update(index_version=1, coming_index_version=None)
    settings.KEY_RING = path
    read_again()
