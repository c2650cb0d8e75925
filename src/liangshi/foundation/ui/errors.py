"""The page for our own faults: a reference number that is also in the log."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

# No 0/O, 1/I/L: the number is read out on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. Renders without context processors: whatever failed may fail again."""
    reference = "".join(secrets.choice(ALPHABET) for _ in range(8))
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=True)
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)
