"""For the tests: real servers from the environment, a ring of their own, a cheap password hash."""

from .base import *

SECRET_KEY = "only-for-tests-" + "x" * 40
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CHANNELS = {
    "email": "correspondence.channels.memory.MemoryChannel",
    "text": "correspondence.channels.memory.MemoryTextChannel",
}
WHITENOISE_AUTOREFRESH = True  # files are served as they stand; nothing is collected
WHITENOISE_USE_FINDERS = True
LOGGING = logs.config(level="WARNING", as_json=True)

# For `make check`. The first release makes its tables empty: nothing in them can be locked or lost. Its second migration
# builds the wall by SQL that has no way back.
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "project_root_path": str(BASE_DIR),
    "include_apps": ["compliance", "patients", "scheduling", "correspondence", "insurance"],
    "ignore_initial_migrations": True,
    "ignore_name": [  # all of the first release
        *("0002_wall", "0003_chain", "0004_factor", "0005_sessions", "0006_bulk", "0007_sign_ins", "0008_accessreview"),
        *("0009_index_keys", "0003_token_versions"),
        *("0003_work", "0004_types", "0005_series", "0006_waiting", "0007_feeds", "0008_cutover", "0009_walk_ins"),
        *("0010_short_rows", "0011_open_elsewhere", "0012_offers_by_text", "0004_texts", "0013_held_kind", "0014_words"),
        *("0015_cutover_files", "0016_holidays", "0017_closed_things", "0018_chosen_columns", "0005_not_in_use"),
    ],
    "quiet": ["ok", "ignore"],
    "sql_analyser": "postgresql",
    "no_cache": True,
}
