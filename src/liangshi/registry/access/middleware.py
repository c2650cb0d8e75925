"""The gate: every request gets its actor, no view runs without a line in the policy table, and no answer that names
students goes out without its entry in the log. The lock: who was away shows again who he is before an address that is
confidential."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string

from liangshi.foundation.base import wall
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import closed
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.policy import PUBLIC, ROUTES, Need, Permission, allows, asks_again
from liangshi.registry.access.reads import deliver
from liangshi.registry.accounts import sessions
from liangshi.registry.accounts.devices import used
from liangshi.registry.accounts.models import Account

SESSION_KEY = "hat"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
RESTING = "休学期间没有保存：现在可以看自己的记录，遇到事情可以「上报」或「告诉学校」；别的等复学以后再办，有急事找学校办公室。"


def actor_of(account: Account, wanted: str) -> Actor | None:
    """The account's person under the hat `wanted`, or under his first; None when he has none today."""
    hats = hats_of(account.person, today(), account.narrowed_to)
    if not hats:
        return None
    hat = next((hat for hat in hats if hat.key == wanted), hats[0])
    others = tuple(other for other in hats if other is not hat)
    return Actor(account.pk, account.person_id, account.person.name, hat, others, account.locked)


def _way_back(request: HttpRequest) -> str:
    """Where to go on after signing in: a form that was sent when the session had ended goes back to its page."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path or "/"


def _waits(request: HttpRequest, need: Need) -> bool:
    """Whether what is sent waits until a student is back from 休学. Whatever concerns his own account does not."""
    return request.method not in READING and isinstance(need, Permission) and not need.pressing


class Gate:
    """Signed out, or for too long in: to the sign-in page. No hat today: to the page that says so. Role not listed: 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with closed(), wall.closed():
            response = self.get_response(request)
            deliver(request, response)
            return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        need = ROUTES.get(name)
        if need is None:
            raise Http404(name)
        if isinstance(request.user, Account) and sessions.is_over(request.session):
            logout(request)
        account = request.user
        actor = None
        if isinstance(account, Account) and (
            actor := actor_of(account, request.session.get(SESSION_KEY, ""))
        ):
            wall.narrow(actor.hat.reach)
        request.actor = actor  # type: ignore[attr-defined]
        if need is PUBLIC:
            return None
        if not isinstance(account, Account):
            return redirect_to_login(_way_back(request))
        if actor is None:
            return redirect("home:no_hat")
        if isinstance(need, Permission) and not allows(actor.role, need):
            raise PermissionDenied(need.code)
        if isinstance(need, Permission) and need.own and actor.locked:
            return redirect("account:proof")
        if actor.hat.paused and _waits(request, need):
            messages.info(request, RESTING)
            return redirect("home:home")
        return None


class Lock:
    """Away from a confidential address for half an hour: the page that asks who it is (setting LOCKED_VIEW), which lets
    the request go on (None) when it has been shown. After the token of the form has been looked at: the password is sent
    by a form like any other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if getattr(request, "actor", None) is None or ROUTES[name] is PUBLIC:
            return None
        if asks_again(name) and sessions.is_idle(request.session):
            locked: HttpResponse | None = import_string(settings.LOCKED_VIEW)(request)
            return locked
        if sessions.touch(request.session):
            used(request.session[sessions.DEVICE])
        return None
