"""Every environment variable that the portal knows, read here and nowhere else.

NAME_FILE=/run/secrets/name is read like NAME, so that a secret can lie in a file. README.md explains each in a table,
which a test holds equal to this module.
"""

from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.FileAwareEnv()


def _text(name: str, default: str = "") -> str:
    """One value without the line end that editors leave in a secret's file."""
    return env.str(name, default=default).strip()


SECRET_KEY = _text("SECRET_KEY")
DATABASE_URL = _text("DATABASE_URL")
DATABASE_POOL = env.int("DATABASE_POOL", default=0)
REDIS_URL = _text("REDIS_URL")
KEY_RING = _text("KEY_RING")
AUDIT_ROOTS = _text("AUDIT_ROOTS")
AUDIT_TAIL = _text("AUDIT_TAIL")
BACKUP_KEY = _text("BACKUP_KEY")
DOWNTIME_FILES = _text("DOWNTIME_FILES")
OUTSIDE_HOSTS = env.list("OUTSIDE_HOSTS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
ORIGIN = _text("ORIGIN")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
EMAIL_URL = _text("EMAIL_URL")
DEFAULT_FROM_EMAIL = _text("DEFAULT_FROM_EMAIL", "portal@localhost")
TEXT_GATEWAY = _text("TEXT_GATEWAY")
TEXT_GATEWAY_KEY = _text("TEXT_GATEWAY_KEY")
TEXT_GATEWAY_BAA = env.bool("TEXT_GATEWAY_BAA", default=False)
TEXT_SENDER = _text("TEXT_SENDER")
TEXT_WEBHOOK_SECRET = _text("TEXT_WEBHOOK_SECRET")
CANARY_FILES = env.list("CANARY_FILES", default=[])
CLAMD = _text("CLAMD")
LOG_LEVEL = _text("LOG_LEVEL", "INFO")
DEMO_DIRECTORY = _text("DEMO_DIRECTORY")

REQUIRED = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "KEY_RING", "AUDIT_ROOTS", "AUDIT_TAIL", "ALLOWED_HOSTS")


def missing() -> list[str]:
    """Which variables production cannot do without and that are empty."""
    return [name for name in REQUIRED if not globals()[name]]


def host_only(*cookies: str) -> None:
    """Refuse cookies that a neighbouring host could set. Raises ImproperlyConfigured."""
    for name in cookies:
        if not name.startswith("__Host-"):
            raise ImproperlyConfigured(f"The cookie {name} must be named __Host-{name}, or another host could set it.")


def has_texts() -> bool:
    """Whether texts can be sent, and STOP be heard: all of it is set, or nothing is. Raises ImproperlyConfigured.

    What is texted is health data, so that the gateway is a business associate (45 CFR 164.308(b), 164.502(e)).
    """
    if not TEXT_GATEWAY:
        return False
    needed = ("TEXT_GATEWAY_KEY", "TEXT_SENDER", "TEXT_WEBHOOK_SECRET")
    if absent := [name for name in needed if not globals()[name]]:
        raise ImproperlyConfigured(f"Set {', '.join(absent)} with TEXT_GATEWAY, or leave TEXT_GATEWAY empty.")
    if not TEXT_GATEWAY_BAA:
        raise ImproperlyConfigured(
            "With TEXT_GATEWAY, sign a business associate agreement with it and set TEXT_GATEWAY_BAA=yes; or leave it empty."
        )
    parts = urlsplit(TEXT_GATEWAY)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ImproperlyConfigured("TEXT_GATEWAY must begin with https://.")
    return True
