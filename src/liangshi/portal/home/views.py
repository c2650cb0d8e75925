"""Signing in, hats, the home page of each role, notices, and the page 「谁能做什么」."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.deeds import noted
from liangshi.foundation.notices.actions import mark_read
from liangshi.foundation.ui.pages import accept, found
from liangshi.portal.home.desks import desk
from liangshi.portal.home.forms import ActivateForm, PasswordForm, SignInForm
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.audit import HAT_CHANGED
from liangshi.registry.access.choices import Role
from liangshi.registry.access.inboxes import own_notices
from liangshi.registry.access.middleware import SESSION_KEY
from liangshi.registry.access.policy import PERMISSIONS, may_open, written
from liangshi.registry.access.reads import reading
from liangshi.registry.accounts import actions as accounts
from liangshi.registry.accounts.audit import SIGNED_IN
from liangshi.registry.accounts.models import Account

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _enter(request: HttpRequest, account: Account) -> None:
    login(request, account, backend=BACKEND)
    with everywhere("who signs in has no hat yet, and the city's log notes it"):
        noted(SIGNED_IN, accounts.AccountDoer(account))


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method == "GET":
        return redirect("home:home")
    form = SignInForm(request, request.POST or None)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "POST" and form.is_valid() and form.account:
        _enter(request, form.account)
        return redirect(_in_the_house(request, wanted))
    return render(request, "home/sign_in.html", {"form": form, "next": wanted})


def _in_the_house(request: HttpRequest, wanted: str) -> str:
    """The address asked for, or the home page where it leads out of the house."""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe else reverse("home:home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("home:sign_in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    form = ActivateForm(request.POST or None)

    def deed() -> None:
        data = form.cleaned_data
        with everywhere("who activates an account has no hat yet, and the city's log notes it"):
            account = accounts.activate(login=data["login"], code=data["code"], password=data["password"])
        _enter(request, account)

    if accept(request, form, deed, "账号已启用。以后用这个账号和刚设的密码登录，字条可以撕掉了。"):
        return redirect("home:home")
    return render(request, "home/activate.html", {"form": form})


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many failed sign-ins (called by axes)."""
    form = SignInForm(request)
    problem = "密码错了太多次，这个账号先锁 15 分钟。请过一会儿再试，或到学校办公室换一张新的启用字条。"
    return render(request, "home/sign_in.html", {"form": form, "locked": problem}, status=429)


@require_http_methods(["GET", "POST"])
def hats(request: ActorRequest) -> HttpResponse:
    """Choose under which hat to act. Rights of two hats never add up."""
    actor = request.actor
    if request.method == "POST":
        wanted = request.POST.get("hat")
        chosen = found(next((hat for hat in (actor.hat, *actor.others) if hat.key == wanted), None))
        request.session[SESSION_KEY] = chosen.key
        noted(HAT_CHANGED, actor, to=chosen.label)
        return redirect(_in_the_house(request, request.POST.get("next", "")))
    return render(request, "home/hats.html", {"hats": (actor.hat, *actor.others)})


@require_safe
def home(request: ActorRequest) -> HttpResponse:
    template, context, named = desk(request.actor)
    reading(request, named)
    return render(request, template, context)


@require_safe
def no_hat(request: HttpRequest) -> HttpResponse:
    """Somebody who is signed in and has no hat today: graduated, left, or not begun yet."""
    if not request.user.is_authenticated:
        return redirect("home:sign_in")
    if getattr(request, "actor", None) is not None:
        return redirect("home:home")
    return render(request, "home/no_hat.html")


@require_safe
def who_may_what(request: ActorRequest) -> HttpResponse:
    """The policy table as a page to print: first what one's own role may do, then all roles, and what entry
    reading leaves, which need not name a student (a list of staff, numbers)."""
    role = request.actor.role
    context = {
        "mine": [(rule, rule.roles[role].label) for rule in PERMISSIONS.values() if role in rule.roles],
        "roles": list(Role),
        "rows": [
            (
                rule,
                "、".join(entry.label for entry in written(rule)),
                [(each, rule.roles[each].label if each in rule.roles else "") for each in Role],
            )
            for rule in PERMISSIONS.values()
        ],
    }
    return render(request, "home/who_may_what.html", context)


@require_safe
def notices(request: ActorRequest) -> HttpResponse:
    return render(request, "home/notices.html", {"notices": own_notices(request.actor)[:100]})


@require_POST
def notice(request: ActorRequest, pk: str) -> HttpResponse:
    """Open a notice: go where it leads, and mark it read if this hat may go there."""
    row = found(own_notices(request.actor).filter(pk=pk).first())
    if may_open(request.actor.role, resolve(urlsplit(row.url).path).view_name):
        mark_read(row)
    return redirect(row.url)


@require_http_methods(["GET", "POST"])
def me(request: ActorRequest) -> HttpResponse:
    """One's own page: hats, password."""
    account = request.user
    assert isinstance(account, Account)
    form = PasswordForm(account, request.POST or None)

    def deed() -> None:
        accounts.change_password(account, form.cleaned_data["new_password1"], actor=request.actor)
        update_session_auth_hash(request, account)

    if accept(request, form, deed, "密码已改好。"):
        return redirect("home:me")
    return render(request, "home/me.html", {"form": form, "hats": (request.actor.hat, *request.actor.others)})


def _problem(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, "400.html", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _problem(request, "403_csrf.html", 403)


def _other_hats(request: HttpRequest) -> dict[str, Any]:
    """The person's other hats whose role may open this address, and the way on under them."""
    actor: Actor | None = getattr(request, "actor", None)
    match = request.resolver_match
    if actor is None or match is None:
        return {}
    hats = [hat for hat in actor.others if may_open(hat.role, match.view_name)]
    way = request.get_full_path() if request.method == "GET" else ""
    return {"other_hats": hats, "hats_url": reverse("home:hats"), "way_on": way}


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, "403.html", 403, **_other_hats(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, "404.html", 404, **_other_hats(request))
