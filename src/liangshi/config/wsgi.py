"""The WSGI entry point: `granian --interface wsgi liangshi.config.wsgi:application`."""

import io
import os

from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demand_tables

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liangshi.config.settings")
application = get_wsgi_application()
# A server with a hole in its policy table or in the wall between schools, or without its tables, does not start.
try:
    demand_tables()
    call_command("check", stdout=io.StringIO())
except (DomainError, CommandError) as refusal:
    raise SystemExit(str(refusal)) from None
