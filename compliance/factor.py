"""The second factor: its secrets sealed, each code good once, tries counted (security.md section 4).

django-allauth[mfa] does the ceremonies. Its secrets lie in clear and its memory of used codes in a cache; ours are sealed
under the ring, and the last used step of a TOTP (RFC 6238, section 5.2) stands in the row, under its lock.
"""

import base64
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth as recovery_codes
from allauth.mfa.totp.internal import auth as totp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance import revocations, sessions
from compliance.audit import events
from compliance.counter import Counter
from compliance.crypto.data_keys import derived
from compliance.crypto.ring import key_of, the_ring
from compliance.eligibility import FACTORS
from compliance.models import User
from compliance.revocations import What

TRIES = Counter("code", limit=5, window=timedelta(minutes=15))
NONCE = 12
LAST_STEP = "last_step"
PURPOSE = "second factor"


class SecretDamaged(RuntimeError):
    """The stored secret was not sealed by this portal's ring, or was changed."""


class Adapter(DefaultMFAAdapter):
    """allauth's adapter: sealed secrets, a QR code without `data:`, one sentence for every wrong code."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "This is your only second factor. Add another one first.",
        "incorrect_code": "This code is not right, or was used already. Codes change every 30 seconds: wait for the next.",
    }

    def encrypt(self, text: str) -> str:
        """`version:base64(nonce | ciphertext + tag)`, AES-256-GCM under a key derived from the ring."""
        version, nonce = the_ring().newest("wrapping"), os.urandom(NONCE)
        return f"{version}:{base64.b64encode(nonce + _cipher(version).encrypt(nonce, text.encode(), None)).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """The text again. Raises SecretDamaged."""
        version, _, packed = encrypted_text.partition(":")
        try:
            sealed = base64.b64decode(packed, validate=True)
            return _cipher(int(version)).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()
        except (ValueError, InvalidTag) as error:
            raise SecretDamaged("A second factor's secret cannot be opened.") from error

    def build_totp_svg(self, url: str) -> SafeString:
        """The QR code as one path of an inline SVG: the policy blocks pictures from `data:` and styles in attributes."""
        import qrcode

        code = qrcode.QRCode(border=4)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return format_html(
            '<svg class="qr" role="img" aria-label="QR code" viewBox="0 0 {0} {0}" shape-rendering="crispEdges">'
            '<rect width="{0}" height="{0}" fill="#fff"/><path d="{1}" fill="#000"/></svg>',
            len(rows),
            path,
        )

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth calls it by name
        """What the box for a passkey's name holds at first; allauth would call the first one a master key."""
        there = Authenticator.objects.filter(user=user.pk, type=type).count()
        return f"Passkey {there + 1} of {timezone.localdate():%b %-d, %Y}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last factor: who loses the phone asks an admin, who gets a new one adds it first."""
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTORS).exclude(pk=authenticator.pk)
        return authenticator.type not in FACTORS or others.exists()

    def get_totp_issuer(self) -> str:
        """What the app on the phone shows."""
        return "Secretary Portal"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the trail records it, and the settings page shows it."""


def is_enrolled(user: User) -> bool:
    """Whether the person has a second factor."""
    return Authenticator.objects.filter(user=user.pk, type__in=FACTORS).exists()


@dataclass(frozen=True)
class Held:
    """A person's factors as a page shows them."""

    app: Authenticator | None
    passkeys: list[Authenticator]
    codes_left: int

    @property
    def is_enrolled(self) -> bool:
        """There is a factor."""
        return self.app is not None or bool(self.passkeys)


def held(user: User) -> Held:
    """What a person has. One query."""
    rows = list(Authenticator.objects.filter(user=user.pk).order_by("created_at", "pk"))
    app = next((row for row in rows if row.type == Authenticator.Type.TOTP), None)
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    passkeys = [row for row in rows if row.type == Authenticator.Type.WEBAUTHN]
    return Held(app, passkeys, len(codes.wrap().get_unused_codes()) if codes else 0)


class LastFactor(Exception):
    """One way to prove oneself stays: who loses the phone asks an admin, who gets a new one adds it first."""


def ids_of(user: User) -> set[int]:
    """What a person has, by id."""
    return set(Authenticator.objects.filter(user=user.pk).values_list("pk", flat=True))


def held_still(user: User) -> set[int]:
    """The same, and nobody else adds or removes one of hers meanwhile: two who remove one each see each other."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return ids_of(user)


def are_codes_of(user: User, codes: list[str]) -> bool:
    """Whether these are all the recovery codes that the person has left: all at once, so that none can be guessed here."""
    row = Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return row is not None and {*codes} == {*row.wrap().get_unused_codes()}


def use_code(user: User, code: str) -> Authenticator | None:
    """The authenticator that a code is good for, used up by this; None for a wrong, used or one too many.

    Of many at once with the same code one succeeds: the rows are locked, and the step is written before they are free.
    """
    if not TRIES.admits(str(user.pk)):
        events.record("signin.refused", by=user, body={"why": "too many codes"}, refused=True)
        return None
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=user.pk).exclude(type=Authenticator.Type.WEBAUTHN)
        found = next((row for row in rows.order_by("-type") if _uses(row, code)), None)
    if found is None:
        events.record("signin.failed", by=user, body={"why": "second factor"}, refused=True)
        return None
    TRIES.give_back(str(user.pk))
    return found


def _uses(row: Authenticator, code: str) -> bool:
    if row.type == Authenticator.Type.RECOVERY_CODES:
        return row.wrap().validate_code(code)
    step = step_of(Adapter().decrypt(row.data["secret"]), code)
    if step is None or step <= row.data.get(LAST_STEP, -1):
        return False
    row.data[LAST_STEP] = step
    row.save(update_fields=["data"])
    return True


def step_of(secret: str, code: str) -> int | None:
    """The time step that a code belongs to, within one step of now; None for a wrong one."""
    plain = "".join(code.split())
    now = int(time.time()) // app_settings.TOTP_PERIOD
    for step in (now, now - 1, now + 1):
        if totp.compare_user_code(actual=plain, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return step
    return None


def followed(request: HttpRequest, before: set[int]) -> None:
    """Do what must follow when factors were added or removed by this request; `before` are the ids that were there.

    The first code of an app is used up by setting it up, which also proves who it is; other sessions, which know of no
    factor, end; each is recorded. Raises LastFactor where none is left: the caller takes back what was done.
    """
    user = cast(User, request.user)
    rows = {row.pk: row for row in Authenticator.objects.filter(user=user.pk)}
    if before - rows.keys() and not any(row.type in FACTORS for row in rows.values()):
        raise LastFactor
    for row in (row for pk, row in rows.items() if pk not in before):
        if row.type == Authenticator.Type.TOTP:
            row.data[LAST_STEP] = int(time.time()) // app_settings.TOTP_PERIOD + 1
            row.save(update_fields=["data"])
        if row.type in FACTORS:
            record_authentication(request, user, "mfa", id=row.pk, type=row.type, reauthenticated=True)
            sessions.end_others(user, keep=request.session.session_key)
            user.forget_standings()
        events.record("factor.added", by=user, body={"type": row.type})
    for pk in before - rows.keys():
        events.record("factor.removed", by=user)
        revocations.note(What.FACTOR, pk, user=user.pk, now=timezone.now())


def prove(request: HttpRequest, user: User) -> None:
    """Note that the person of this session has used her second factor now."""
    record_authentication(request, user, "mfa", reauthenticated=True)


def was_used(request: HttpRequest) -> bool:
    """Whether the person of this session has used her second factor in it."""
    return any(row["method"] == "mfa" for row in get_authentication_records(request, cast(User, request.user)))


def enrol(user: User) -> None:
    """An app and recovery codes where there are none, without the ceremony: for the demo, whose links stand for both."""
    before = ids_of(user)
    if not is_enrolled(user):
        totp.TOTP.activate(user, totp.generate_totp_secret())
    recovery_codes.RecoveryCodes.activate(user)
    for row in Authenticator.objects.filter(user=user.pk).exclude(pk__in=before).order_by("pk"):
        events.record("factor.added", by=user, body={"type": row.type})


def forget(user: User) -> int:
    """Take every factor of a person away and end her sessions: she enrols again. Answers how many there were."""
    count, _ = Authenticator.objects.filter(user=user.pk).delete()
    sessions.end_all(user)
    user.forget_standings()
    revocations.note(What.FACTORS, user.pk, now=timezone.now())  # by the clock that dated the factors themselves
    return count


def _cipher(version: int) -> AESGCM:
    return AESGCM(derived(key_of("wrapping", version), PURPOSE))
