"""For the tests: real servers from the environment, a ring of their own, a cheap password hash."""

from .base import *

SECRET_KEY = "only-for-tests-" + "x" * 40
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CHANNELS = {"email": "correspondence.channels.memory.MemoryChannel"}
LOGGING = logs.config(level="WARNING", as_json=True)

# Only what `make check` asks; the tables of the first release are made empty, so nothing in them can block or be lost.
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "project_root_path": str(BASE_DIR),
    "include_apps": ["compliance", "patients", "scheduling", "correspondence", "insurance"],
    "ignore_initial_migrations": True,
    "sql_analyser": "postgresql",
    "no_cache": True,
}
