"""The small page that asks who it is after half an hour, in the place of the page that was wanted (setting LOCKED_VIEW).

It stands at the same address, and its form is sent there: with the password, or the PIN of this device, the request goes
on under the same hat. A form that was being sent travels along in hidden fields and is sent with it; a chosen file
cannot, and what is longer than `CARRIED` does not.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from liangshi.foundation.ui.pages import accept
from liangshi.portal.home.forms import UnlockForm
from liangshi.portal.home.stopped import come_back
from liangshi.registry.access.actor import Actor
from liangshi.registry.accounts import sessions
from liangshi.registry.accounts.devices import check_pin, device_in, is_pin, visitor_of
from liangshi.registry.accounts.doors import Stopped, prove_again
from liangshi.registry.accounts.models import Account

CARRIED = 20_000  # characters of a form that is kept while somebody types his password: with it, it is sent again, and
# a Chinese one is nine bytes in a form, of which 256 KB are let in
SENT = "unlock-sent"  # in the form: what travels along was being sent
OWN_FIELDS = {"unlock-secret", SENT, "csrfmiddlewaretoken"}
HTML, SCRIPT = (
    "text/html",
    "草稿没存上：离开超过半小时，要再输一次密码。请先别关这一页，点「保存」，填好的都会在。",
)


def locked(request: HttpRequest) -> HttpResponse | None:
    """The page; None when somebody has shown who he is and what he was sending goes on."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if HTML not in request.headers.get("Accept", HTML):
        return HttpResponse(SCRIPT, status=422, content_type="text/plain; charset=utf-8")
    device = device_in(request)
    has_pin = bool(device and device.pin)
    asked = "unlock-secret" in request.POST
    form = UnlockForm(request.POST if asked else None, has_pin=has_pin)
    page = {"form": form, "carried": _carried(request), **_sending(request)}
    try:
        if asked and accept(request, form, lambda: _unlock(request, form.cleaned_data["secret"])):
            return _go_on(request)
    except Stopped as stop:
        return come_back(request, "home/locked.html", stop, **page)
    return render(request, "home/locked.html", page)


def _unlock(request: HttpRequest, secret: str) -> None:
    """Raises DomainError, and `Stopped`."""
    account, device = request.user, device_in(request)
    assert isinstance(account, Account)
    if device and device.pin and is_pin(secret):
        actor: Actor = request.actor  # type: ignore[attr-defined]
        check_pin(device, secret, actor=actor)
        sessions.awake(request.session)
        return
    prove_again(account.login, secret, visitor_of(request))
    sessions.prove(request.session)


def _go_on(request: HttpRequest) -> HttpResponse | None:
    """On to the view with the form that was being sent; a page that was only wanted is asked for again."""
    if SENT not in request.POST:
        return redirect(request.get_full_path())
    sent = request.POST.copy()
    for name in OWN_FIELDS & sent.keys():
        del sent[name]
    request.POST = sent  # type: ignore[assignment]
    return None


def _sending(request: HttpRequest) -> dict[str, Any]:
    """Whether a form was being sent, and what of it does not travel along."""
    asked = "unlock-secret" in request.POST
    return {
        "sending": request.method == "POST" and (not asked or SENT in request.POST),
        "files": bool(request.FILES),
        "too_long": not _fits(request),
    }


def _fits(request: HttpRequest) -> bool:
    return sum(len(name) + len(value) for name, value in _fields(request)) <= CARRIED


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    return _fields(request) if _fits(request) else []


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value) for name, values in request.POST.lists() if name not in OWN_FIELDS for value in values
    ]
