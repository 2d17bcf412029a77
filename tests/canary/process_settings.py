"""Settings of web and worker under test: real SMTP, a queue of their own, an address at which views fail, chatty logs."""

from secretary_portal import logs
from tests.correspondence.worker_settings import *  # noqa: F403

ROOT_URLCONF = "tests.canary.broken_urls"
LOGGING = logs.config(level="INFO", as_json=True)
