"""For trying out on one's own machine, over plain http: `make demo`. Installs a door that no other settings have."""

from .base import *

DEMO = True
SECRET_KEY = environment.SECRET_KEY
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DEMO_DIRECTORY = Path(environment.DEMO_DIRECTORY or BASE_DIR / "var/private/demo")

INSTALLED_APPS = [*INSTALLED_APPS, "secretary_portal.demo"]
ROOT_URLCONF = "secretary_portal.demo.urls"
STATIC_ROOT = DEMO_DIRECTORY.parent.parent / "demo/static"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "secretary_portal.storage.PlainPortalStatic"}}
LOGGING = logs.config(level=environment.LOG_LEVEL, as_json=False)
