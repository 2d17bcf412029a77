"""Settings of a worker process under test: the test's database, ring and queue, and real SMTP."""

import os

from secretary_portal.settings.test import *  # noqa: F403

CHANNELS = {"email": "correspondence.channels.email.EmailChannel"}
CELERY_TASK_DEFAULT_QUEUE = os.environ["TEST_QUEUE"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
