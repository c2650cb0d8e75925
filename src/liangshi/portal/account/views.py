"""One's own account: showing that it is he after a reset, a recovery code, a second slip, one's phone."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from liangshi.foundation.ui.pages import accept, form_page
from liangshi.portal.account.forms import JoinForm, MobileForm, ProofForm, RecoveryForm
from liangshi.registry.access import joining
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.accounts import actions as accounts
from liangshi.registry.accounts.devices import visitor_of
from liangshi.registry.accounts.doors import prove
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.actions import change_mobile


def _account(request: ActorRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _prove(request: ActorRequest) -> Callable[[str], object]:
    """What asks for one's password, at the door where its guesses count."""
    return lambda password: prove(_account(request).login, password, visitor_of(request))


@require_http_methods(["GET", "POST"])
def proof(request: ActorRequest) -> HttpResponse:
    """After a reset: what only the owner reads opens once he has shown that it is he."""
    account = _account(request)
    if not (account.locked or account.narrowed_to):
        return redirect("home:me")
    form = ProofForm(request.POST or None)
    if accept(
        request,
        form,
        lambda: accounts.prove(account, secret=form.cleaned_data["secret"], actor=request.actor),
        "核实好了，您的内容都打开了。",
    ):
        return redirect("home:home")
    return render(request, "account/proof.html", {"form": form, "locked": account.locked})


@require_http_methods(["GET", "POST"])
def recovery(request: ActorRequest) -> HttpResponse:
    """A code to keep on paper, for the day on which the password has to be reset."""
    account = _account(request)
    form = RecoveryForm(request.POST or None, prove=_prove(request))
    if done := accept(request, form, lambda: accounts.make_recovery_code(account, actor=request.actor)):
        return render(request, "account/recovery.html", {"code": done.made})
    return form_page(
        request,
        form,
        title="恢复码",
        verb="生成恢复码",
        back=reverse("home:me"),
        sub="忘了密码、换了新字条以后，用它核实是您本人。以前的恢复码随即作废。",
    )


@require_http_methods(["GET", "POST"])
def join(request: ActorRequest) -> HttpResponse:
    form = JoinForm(request.POST or None)

    def deed() -> None:
        data = form.cleaned_data
        places = joining.join(_account(request), login=data["login"], code=data["code"], actor=request.actor)
        messages.success(request, f"并好了：{'、'.join(places)}。在「换一个身份」里能看到。")

    if accept(request, form, deed):
        return redirect("home:me")
    return form_page(
        request,
        form,
        title="并入另一张字条",
        verb="并入",
        back=reverse("home:me"),
        sub="另一所学校也给了您一张字条，比如那里有您的另一个孩子。并入以后，一个账号就能看到两边；两所学校互相不知道。",
    )


@require_http_methods(["GET", "POST"])
def mobile(request: ActorRequest) -> HttpResponse:
    if _account(request).locked or _account(request).narrowed_to:
        return redirect("account:proof")
    form = MobileForm(request.POST or None, prove=_prove(request))

    def deed() -> None:
        change_mobile(request.actor.person_id, form.cleaned_data["mobile"], actor=request.actor)

    if accept(request, form, deed, "电话改好了。"):
        return redirect("home:me")
    return form_page(request, form, title="联系电话", verb="改电话", back=reverse("home:me"))
