"""Pages for what went wrong: our own faults, with a reference number that is also in the log, and the wrong way in."""

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

NOT_ALLOWED = 405
logger = logging.getLogger(__name__)

# No 0/O, 1/I/L: the number is read out on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. Renders without context processors: whatever failed may fail again."""
    reference = "".join(secrets.choice(ALPHABET) for _ in range(8))
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=True)
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


def wrong_way(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an address that is only for a button, opened by itself, says so instead of showing nothing."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != NOT_ALLOWED or response.content:
            return response
        page = render(request, "405.html", status=NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page

    return answer
