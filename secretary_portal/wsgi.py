"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secretary_portal.settings.prod")
application = get_wsgi_application()

from compliance.starting import refuse_bad_ring  # noqa: E402  # models can be asked only now

refuse_bad_ring()
