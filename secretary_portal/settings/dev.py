"""For developing: debug pages, mail on the console, a secret that is none."""

from .base import *

SECRET_KEY = environment.SECRET_KEY or "only-for-developing-" + "x" * 40
DEBUG = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
LOGGING = logs.config(level=environment.LOG_LEVEL, as_json=False)
