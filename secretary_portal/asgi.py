"""The same portal for a server that speaks ASGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secretary_portal.settings.prod")
application = get_asgi_application()

from compliance.starting import refuse_bad_ring  # noqa: E402  # models can be asked only now

refuse_bad_ring()
