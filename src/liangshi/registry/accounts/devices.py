"""The browsers in which somebody has come in: made when he comes in, listed and ended by him."""

from __future__ import annotations

import re
import secrets
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.address import client_net
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import digest
from liangshi.foundation.base.typed import fold
from liangshi.foundation.deeds import Deed
from liangshi.registry.accounts import sessions
from liangshi.registry.accounts.audit import DEVICES_ENDED, PIN_ENDED, PIN_SET
from liangshi.registry.accounts.choices import Browser, DeviceKind
from liangshi.registry.accounts.doors import Visitor
from liangshi.registry.accounts.ending import end_devices_of
from liangshi.registry.accounts.models import PIN_TRIES, Account, Device

TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
BACKEND = "django.contrib.auth.backends.ModelBackend"
COOKIE_AGE = 400 * 86400  # what browsers allow
PIN = re.compile(r"[0-9]{6}")

KINDS = (("iPad", DeviceKind.TABLET), ("Tablet", DeviceKind.TABLET), ("iPhone", DeviceKind.PHONE),
         ("Mobile", DeviceKind.PHONE), ("Android", DeviceKind.TABLET))  # fmt: skip
BROWSERS = (
    ("wxwork", Browser.WECOM), ("MicroMessenger", Browser.WECHAT), ("DingTalk", Browser.DINGTALK), ("QQ/", Browser.QQ),
    ("MQQBrowser", Browser.QQ), ("QQBrowser", Browser.QQ), ("Quark", Browser.QUARK), ("UCBrowser", Browser.UC),
    ("Edg", Browser.EDGE), ("Firefox", Browser.FIREFOX), ("FxiOS", Browser.FIREFOX), ("Chrome", Browser.CHROME),
    ("CriOS", Browser.CHROME), ("Safari", Browser.SAFARI),
)  # fmt: skip


def kind_of(agent: str) -> DeviceKind:
    return next((kind for word, kind in KINDS if word in agent), DeviceKind.COMPUTER)


def browser_of(agent: str) -> Browser:
    return next((browser for word, browser in BROWSERS if word in agent), Browser.OTHER)


def visitor_of(request: HttpRequest) -> Visitor:
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return Visitor(client_net(request), token if TOKEN.fullmatch(token) else "")


def device_in(request: HttpRequest) -> Device | None:
    """The device of this session, whose account is signed in."""
    key = request.session.get(sessions.DEVICE)
    return Device.objects.filter(pk=key, account=request.user.pk).first() if key else None


def enter(request: HttpRequest, account: Account, *, own: bool) -> str:
    """Begin a session of `account`, which has just proved itself, on the device of this request. Returns the token for
    `keep`."""
    login(request, account, backend=BACKEND)
    sessions.begin(request.session, own=own)
    if request.session.session_key is None:
        request.session.create()
    device, token = remember(request, account, own=own)
    request.session[sessions.DEVICE] = str(device.pk)
    return token


def remember(request: HttpRequest, account: Account, *, own: bool) -> tuple[Device, str]:
    """The device of this request, in which `account` has just come in, and its token for `keep`.

    Its session before this one ends. A device that is no longer said to be one's own has no PIN.
    """
    visitor, agent = visitor_of(request), request.headers.get("User-Agent", "")
    token, session_key = visitor.token or secrets.token_urlsafe(32), request.session.session_key or ""
    held = Device.objects.filter(account=account, token_digest=digest(token)).first()
    if held is not None and held.session_key != session_key:
        Session.objects.filter(pk=held.session_key).delete()
    now_so = {
        "kind": kind_of(agent), "browser": browser_of(agent), "address": digest(visitor.address), "seen_on": today(),
        "session_key": session_key, "own": own, **({} if own else {"pin": ""}),
    }  # fmt: skip
    device, _ = Device.objects.update_or_create(account=account, token_digest=digest(token), defaults=now_so)
    return device, token


def moved(device: Device | None, session_key: str | None) -> None:
    """The session in hand has another key now."""
    if device is not None:
        Device.objects.filter(pk=device.pk).update(session_key=session_key or "")


def used(key: str) -> None:
    """The device with this key is in use today."""
    Device.objects.filter(pk=key).update(seen_on=today())


def keep(response: HttpResponse, token: str) -> None:
    """Hand the token to the browser, for as long as browsers keep one."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def end_devices(account: Account, *, actor: Doer, only: UUID | None = None, but: str = "") -> None:
    """End one device (`only`, its key), or all but the one with the session `but`: at their next request they are signed
    out, and they are strangers to the account."""
    rows = account.devices.filter(pk=only) if only else account.devices.exclude(session_key=but)
    with Deed(DEVICES_ENDED, actor) as deed:
        ended = end_devices_of(rows)
        deed.note(count=ended)
        if not ended:
            deed.nothing()


def demand_pin(pin: str, account: Account) -> str:
    """The PIN as it is kept. Raises DomainError `bad_pin` for what others would guess first."""
    pin = fold(pin).strip()
    if not PIN.fullmatch(pin):
        raise DomainError("bad_pin", "PIN 码是 6 位数字。", field="pin")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    born = account.person.birth_date
    days = {born.strftime(form) for form in ("%y%m%d", "%d%m%y", "%m%d%y", "%Y%m", "%m%Y")} if born else set()
    if len(steps) == 1 or pin[:3] == pin[3:] or pin in days:
        raise DomainError("bad_pin", "这个 PIN 码别人一猜就中（连号、重复，或生日）。请换一个。", field="pin")
    return pin


def set_pin(device: Device, pin: str, *, actor: Doer) -> None:
    """Raises DomainError `bad_pin`, and `not_own` for a device that is not one's own."""
    if not device.own:
        raise DomainError("not_own", "只有登录时勾了「这是我自己的手机」的设备，才能设 PIN 码。")
    with Deed(PIN_SET, actor):
        device.pin, device.pin_wrong = make_password(demand_pin(pin, device.account)), 0
        device.save(update_fields=["pin", "pin_wrong"])


def drop_pin(device: Device, *, actor: Doer) -> None:
    with Deed(PIN_ENDED, actor) as deed:
        if not Device.objects.filter(pk=device.pk).exclude(pin="").update(pin="", pin_wrong=0):
            deed.nothing()


def is_pin(text: str) -> bool:
    """Whether what was typed can be a PIN; a password is longer, and never digits alone."""
    return bool(PIN.fullmatch(fold(text).strip()))


def check_pin(device: Device, typed: str, *, actor: Doer) -> None:
    """Raises DomainError `wrong_pin`, and `pin_ended` with the fifth in a row: then the device has none any more.

    A try is counted before it is looked at, so that of many side by side no more than five are.
    """
    counted = Device.objects.filter(pk=device.pk, pin_wrong__lt=PIN_TRIES).exclude(pin="")
    if counted.update(pin_wrong=F("pin_wrong") + 1):
        device.refresh_from_db(fields=["pin", "pin_wrong"])
        if check_password(fold(typed).strip(), device.pin):
            Device.objects.filter(pk=device.pk).update(pin_wrong=0)
            return
        if device.pin_wrong < PIN_TRIES:
            raise DomainError(
                "wrong_pin", f"PIN 码不对，还可以试 {PIN_TRIES - device.pin_wrong} 次，也可以输密码。"
            )
    drop_pin(device, actor=actor)
    raise DomainError(
        "pin_ended", "这台设备的 PIN 码错了 5 次，已经取消。请输密码；以后可以在「我的」里重新设。"
    )
