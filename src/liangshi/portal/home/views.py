"""Signing in, hats, the home page of each role, notices, and the page 「谁能做什么」."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.deeds import noted
from liangshi.foundation.notices.actions import mark_read
from liangshi.foundation.ui.pages import accept, attempt, found
from liangshi.portal.home.desks import desk
from liangshi.portal.home.forms import ActivateForm, PasswordForm, PinForm, SignInForm
from liangshi.portal.home.stopped import come_back
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.audit import HAT_CHANGED
from liangshi.registry.access.choices import Role
from liangshi.registry.access.inboxes import own_notices
from liangshi.registry.access.joining import widen
from liangshi.registry.access.middleware import SESSION_KEY
from liangshi.registry.access.policy import PERMISSIONS, may_open, written
from liangshi.registry.access.reads import reading
from liangshi.registry.accounts import actions as accounts
from liangshi.registry.accounts import devices, sessions
from liangshi.registry.accounts.audit import SIGNED_IN
from liangshi.registry.accounts.doors import Stopped, open_with_code, prove, prove_again
from liangshi.registry.accounts.models import Account
from liangshi.registry.accounts.queries import device_with, devices_of


def _enter(request: HttpRequest, account: Account, way: str, *, own: bool = False) -> HttpResponse:
    """Signed in, and on to `way`; this browser is known from now on."""
    token = devices.enter(request, account, own=own)
    with everywhere("who signs in has no hat yet, and the city's log notes it"):
        noted(SIGNED_IN, accounts.AccountDoer(account))
    response = redirect(way)
    devices.keep(response, token)
    return response


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method == "GET":
        return redirect("home:home")
    form = SignInForm(request.POST or None)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    page = {"form": form, "next": wanted}

    def deed() -> Account:
        data = form.cleaned_data
        return prove(data["login"], data["password"], devices.visitor_of(request))

    try:
        done = accept(request, form, deed)
    except Stopped as stop:
        return come_back(request, "home/sign_in.html", stop, **page)
    if done is None:
        return render(request, "home/sign_in.html", page)
    own = form.cleaned_data["own"]
    way = _in_the_house(request, wanted)
    return _enter(
        request, done.made, f"{reverse('home:pin')}?{urlencode({'next': way})}" if own else way, own=own
    )


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

    def deed() -> Account:
        data, visitor = form.cleaned_data, devices.visitor_of(request)
        with everywhere("who activates an account has no hat yet, and the city's log notes it"):
            return open_with_code(data["login"], data["code"], data["password"], visitor)

    said = "账号已启用。以后用这个账号和刚设的密码登录，字条可以撕掉了。"
    try:
        done = accept(request, form, deed, said)
    except Stopped as stop:
        return come_back(request, "home/activate.html", stop, form=form)
    if done is None:
        return render(request, "home/activate.html", {"form": form})
    widen(done.made)
    return _enter(request, done.made, reverse("home:home"))


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
    template, context, named = desk(request.actor, idle=sessions.is_idle(request.session))
    reading(request, named)
    return render(request, template, context)


@require_safe
def wake(request: ActorRequest) -> HttpResponse:
    """A confidential address that leads home: whoever was away shows who he is on the way."""
    return redirect("home:home")


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


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


@require_http_methods(["GET", "POST"])
def me(request: ActorRequest) -> HttpResponse:
    """One's own page: hats, devices, password."""
    account, here = _account(request), devices.device_in(request)
    form = PasswordForm(
        account,
        request.POST or None,
        prove=lambda old: prove(account.login, old, devices.visitor_of(request)),
    )
    page = {
        "form": form,
        "hats": (request.actor.hat, *request.actor.others),
        "here": here,
        "devices": [each for each in devices_of(account) if each != here],
    }

    def deed() -> None:
        accounts.change_password(account, form.cleaned_data["new_password1"], actor=request.actor)
        update_session_auth_hash(request, account)
        devices.moved(here, request.session.session_key)

    try:
        done = accept(request, form, deed, "密码已改好。在其他手机和电脑上的登录都已退出，要用新密码再登录。")
    except Stopped as stop:
        return come_back(request, "home/me.html", stop, **page)
    return redirect("home:me") if done else render(request, "home/me.html", page)


@require_POST
def device_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End one of one's devices; with the one in hand one signs out."""
    here = devices.device_in(request)
    row = found(device_with(_account(request), pk))
    attempt(
        request,
        lambda: devices.end_devices(row.account, only=row.pk, actor=request.actor),
        "那台设备已退出。",
    )
    return sign_out(request) if row == here else redirect("home:me")


@require_POST
def devices_end(request: ActorRequest) -> HttpResponse:
    """End all of one's devices but the one in hand."""
    account, key = _account(request), request.session.session_key or ""
    attempt(
        request,
        lambda: devices.end_devices(account, but=key, actor=request.actor),
        "其他设备都已退出，再用要重新登录。",
    )
    return redirect("home:me")


@require_http_methods(["GET", "POST"])
def pin(request: ActorRequest) -> HttpResponse:
    """A PIN for this device, if it is one's own; right after signing in, or later with the password."""
    device = devices.device_in(request)
    if device is None or not device.own:
        messages.error(request, "只有登录时勾了「这是我自己的手机」的设备，才能设 PIN 码。")
        return redirect("home:me")
    form = PinForm(request.POST or None, fresh=sessions.is_fresh(request.session))
    way = _in_the_house(request, request.POST.get("next") or request.GET.get("next") or "")

    def deed() -> None:
        if "password" in form.fields:
            prove_again(device.account.login, form.cleaned_data["password"], devices.visitor_of(request))
            sessions.prove(request.session)
        devices.set_pin(device, form.cleaned_data["pin"], actor=request.actor)

    page = {"form": form, "next": way, "device": device}
    try:
        done = accept(request, form, deed, "PIN 码设好了，只在这台设备上管用。")
    except Stopped as stop:
        return come_back(request, "home/pin.html", stop, **page)
    return redirect(way) if done else render(request, "home/pin.html", page)


@require_POST
def pin_end(request: ActorRequest) -> HttpResponse:
    device = found(devices.device_in(request))
    attempt(
        request,
        lambda: devices.drop_pin(device, actor=request.actor),
        "这台设备的 PIN 码取消了，以后输密码。",
    )
    return redirect("home:me")


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
