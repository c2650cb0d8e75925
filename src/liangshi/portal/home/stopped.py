"""What a door says when a limit holds: not now, but from when on, and what else helps. The same whichever limit it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liangshi.registry.accounts.doors import Stopped


def come_back(request: HttpRequest, template: str, stop: Stopped, **context: Any) -> HttpResponse:
    """The page again, with what was typed but for secrets; 429 with Retry-After."""
    answer = render(request, template, {**context, "stopped": stop}, status=429)
    answer["Retry-After"] = str(stop.seconds)
    return answer
