"""WSGI entry point."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from compliance.operate.engine.login import refuse_unbound_login

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")
refuse_unbound_login(settings.CONFIGURATION)
application = get_wsgi_application()
