"""For the tests: real servers from the environment, a ring of their own, a cheap password hash."""

from .base import *

SECRET_KEY = "only-for-tests-" + "x" * 40
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CHANNELS = {"email": "correspondence.channels.memory.MemoryChannel"}
WHITENOISE_AUTOREFRESH = True  # files are served as they stand; nothing is collected
WHITENOISE_USE_FINDERS = True
