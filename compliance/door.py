"""Signing in: counted before the password is looked at (security.md section 4)."""

import hashlib
import unicodedata
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from compliance import factor, sessions
from compliance.audit import events
from compliance.counter import Counter
from compliance.edges import client_address
from compliance.models import User

SAME_WORDS = "The e-mail or the password is not right, or there were too many tries. Wait 15 minutes, or reset the password."
AT_ONE_ADDRESS = Counter("name and address", limit=5, window=timedelta(minutes=15))
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FOR_ONE_ACCOUNT = Counter("account", limit=50, window=timedelta(hours=24))
CONFIRMING = Counter("confirming who one is", limit=10, window=timedelta(minutes=1))
RESETS_FROM_HERE = Counter("resets from one address", limit=20, window=timedelta(minutes=1))
RESETS_OF_ONE = Counter("resets of one account", limit=5, window=timedelta(minutes=1))
PRESENT_PASSWORD = Counter("present password", limit=5, window=timedelta(minutes=15))
PROVEN_BY_LINK = "proven_by_link"  # in the session: the account whose new password this browser chose
ANOTHER_WAY = {
    "reauthenticate": "Use your password instead",
    "mfa_reauthenticate": "Use a code instead",
    "mfa_reauthenticate:webauthn": "Use a passkey instead",
}


def normalised_name(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name that counts: NFKC and casefolded, so that no spelling of it opens a second count."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username") or ""
    return unicodedata.normalize("NFKC", given).strip().casefold()


def account(name: str) -> str:
    """The key that tries of one account are counted by, whether there is one or not."""
    return hashlib.sha256(name.encode()).hexdigest()


def here(request: HttpRequest, name: str = "") -> str:
    """The key that tries from one address are counted by, of one name or of all."""
    return hashlib.sha256(f"{name}|{client_address(request)}".encode()).hexdigest()


def _known(request: HttpRequest, credentials: dict[str, Any]) -> User | None:
    """Whose name was given, if anybody's. One query."""
    return User.objects.filter(email__iexact=normalised_name(request, credentials)).order_by("pk").first()


def _admits(request: HttpRequest, name: str) -> bool:
    """Whether this try is among the first at this address, and of this account unless a link proved whose it is."""
    if not AT_ONE_ADDRESS.admits(here(request, name)):
        return False
    return request.session.get(PROVEN_BY_LINK) == account(name) or FOR_ONE_ACCOUNT.admits(account(name))


class Door(DefaultAccountAdapter):
    """allauth's adapter: no sign-up, one sentence for every refusal, and an atomic count before each check."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": SAME_WORDS,
        "too_many_login_attempts": SAME_WORDS,
        "account_inactive": SAME_WORDS,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up; people are invited."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the portal counts by; the library's own knows of no proxies and refuses a socket."""
        return client_address(request) or "-"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count this try before the password is checked, so that 40 at once are 40. Raises ValidationError.

        A refusal hashes the password all the same, and compares it with nothing: it costs what a check costs.
        """
        name = normalised_name(request, credentials)
        if not _admits(request, name) or not AxesProxyHandler.is_allowed(request, credentials):
            make_password(credentials.get("password", ""))
            by = _known(request, credentials)
            events.record("signin.refused", by=by, body={"why": "too many tries"}, refused=True)
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Check the credentials; a success gives back its own count and nobody else's.

        Whose account is closed is refused like a wrong password: the answer tells nobody that it was the right one.
        """
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        if user is not None:
            name = normalised_name(request, credentials)
            AT_ONE_ADDRESS.give_back(here(request, name))
            if request.session.pop(PROVEN_BY_LINK, None) != account(name):
                FOR_ONE_ACCOUNT.give_back(account(name))
        return user

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to confirm who it is, each as the words of a link; the password only for who has no second factor."""
        ways = [way | {"description": ANOTHER_WAY[way["id"]]} for way in super().get_reauthentication_methods(user)]
        return [way for way in ways if way["id"] != "reauthenticate"] or ways

    def set_password(self, user: User, password: str) -> None:
        """Keep the new password. Whoever chose it, by a link she was sent, may sign in from this browser."""
        super().set_password(user, password)
        self.request.session[PROVEN_BY_LINK] = account(normalised_name(None, {"email": user.email}))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, or an unknown name: an event of the portal, by the account's id where there is one.

        Looked for in either case, so that both cost the same; a name that nobody has is not written down.
        """
        events.record("signin.failed", by=_known(request, credentials), refused=True)

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session, held to the shortest idle limit of the person's practices; an event of the portal."""
        super().login(request, user)
        request.session.pop(sessions.ENDED, None)
        request.session[sessions.LOOK_FOR_DRAFTS] = True
        sessions.shorten_to_all(request, user)
        events.record("signin.succeeded", by=user)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a reset: at the configured origin, whatever host the request named."""
        url = super().get_reset_password_from_key_url(key)
        return settings.ORIGIN.rstrip("/") + urlsplit(url).path if settings.ORIGIN else url

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Always, but for setting up the first second factor: there is nothing yet that it could weaken."""
        return factor.is_enrolled(self.request.user)

    def _rollback_login_failed_rl_usage(self) -> None:
        """Do nothing: the counter of allauth is not used."""


def let_in(request: HttpRequest, user: User) -> None:
    """Sign in somebody whose right to it was just proven by a link she was sent. The session's key changes."""
    user.backend = BACKEND
    get_adapter().login(request, user)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """Answer as django-axes closes the door: the page that says the same words as for every other refusal."""
    return response
