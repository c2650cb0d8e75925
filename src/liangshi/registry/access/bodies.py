"""What is sent is measured before anybody reads it.

Stands behind the gate, so that who is not let in has sent nothing that was read, and before whatever looks into a form.
A form is at most `settings.DATA_UPLOAD_MAX_MEMORY_SIZE` bytes; a route that takes a file says how many (`routes(…,
bodies=…)`). Without a length (chunked) or packed (`Content-Encoding`) nothing is taken: no browser sends a form so. A
body that ends before its length breaks off as an error, where the server itself would call it whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import LimitedStream, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liangshi.registry.access.policy import BODIES

LENGTH_REQUIRED, TOO_LARGE, UNSUPPORTED = 411, 413, 415
KIBI, MEBI = 2**10, 2**20


class Whole(LimitedStream):
    """The stream of a request that says how long it is; OSError when it ends earlier."""

    limit: int
    _pos: int

    def read(self, size: int | None = -1, /) -> bytes:
        left = self.limit - self._pos
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted > 0:
            parts.append(self._something(super().read(wanted)))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._something(super().readline(size)) if self._pos < self.limit else b""

    def _something(self, data: bytes) -> bytes:
        if not data:
            raise OSError("the body broke off")
        return data


class Measure:
    """Middleware. Refused is answered with 411, 413 or 415 and a page that says what may be sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: WSGIRequest, *_view: Any) -> HttpResponse | None:
        route = request.resolver_match.view_name if request.resolver_match else ""
        most = BODIES.get(route, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if status := _refusal(request, most):
            return render(request, "413.html", {"most": _words(most), "file": route in BODIES}, status=status)
        request._stream = Whole(request.environ["wsgi.input"], _length(request))  # type: ignore[assignment]
        return None


def _refusal(request: WSGIRequest, most: int) -> int:
    """The status with which a body is refused by what its head says; 0 when it is not."""
    if "Transfer-Encoding" in request.headers:
        return LENGTH_REQUIRED
    if "Content-Encoding" in request.headers:
        return UNSUPPORTED
    return TOO_LARGE if _length(request) > most else 0


def _length(request: WSGIRequest) -> int:
    """How many bytes the framework will read at most: what the head says, 0 where that is no number."""
    length: int = request._stream.limit  # type: ignore[attr-defined]
    return length


def _words(size: int) -> str:
    return f"{size // MEBI} MB" if size >= MEBI else f"{size // KIBI} KB"
