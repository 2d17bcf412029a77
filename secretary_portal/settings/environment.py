"""Every environment variable that the portal knows, read here and nowhere else.

NAME_FILE=/run/secrets/name is read like NAME, so that a secret can lie in a file. README.md explains each in a table,
which a test holds equal to this module.
"""

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
