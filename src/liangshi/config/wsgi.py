"""The WSGI entry point: `granian --interface wsgi liangshi.config.wsgi:application`."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liangshi.config.settings")
application = get_wsgi_application()
# A server with a hole in its policy table does not start.
call_command("check")
