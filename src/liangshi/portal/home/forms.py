from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.typed import fold
from liangshi.registry.accounts.models import Account

LENGTH_HELP = "至少 10 个字符，不能全是数字。可以用一句话的拼音，好记又安全。"


OWN_LABEL = "这是我自己的手机，30 天内不用再登录"


class SignInForm(forms.Form):
    login = forms.CharField(
        label="账号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    own = forms.BooleanField(label=OWN_LABEL, required=False)


class ActivateForm(forms.Form):
    login = forms.CharField(
        label="账号", max_length=40, help_text="字条第一行。",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    code = forms.CharField(
        label="启用码", max_length=30, help_text="字条第二行，12 位，不分大小写，横线可以不写。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )  # fmt: skip
    password = forms.CharField(
        label="给自己设一个密码",
        strip=False,
        help_text=LENGTH_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一遍密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "两遍密码不一样，请再输一次。")
        return data


class PasswordForm(PasswordChangeForm):
    """Change one's password; words and focus as everywhere else. The present one is asked at the door (`prove`)."""

    def __init__(self, account: Account, *args: Any, prove: Callable[[str], object], **kwargs: Any) -> None:
        super().__init__(account, *args, **kwargs)
        self.prove = prove
        self.fields["old_password"].label = "现在的密码"
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = LENGTH_HELP
        self.fields["new_password2"].label = "再输一遍新密码"
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        try:
            self.prove(old)
        except DomainError:
            raise forms.ValidationError("现在的密码不对，请再输一次。") from None
        return old


class PinForm(forms.Form):
    """A PIN for this device; whose password was not typed a moment ago types it, too."""

    pin = forms.CharField(
        label="PIN 码",
        max_length=6,
        help_text="6 位数字，不要连号、重复，也不要用生日。",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    again = forms.CharField(
        label="再输一遍 PIN 码",
        max_length=6,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    password = forms.CharField(
        label="登录密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, fresh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fresh:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("pin") and data.get("again") and fold(data["pin"]) != fold(data["again"]):
            self.add_error("again", "两遍 PIN 码不一样，请再输一次。")
        return data


class UnlockForm(forms.Form):
    """Who was away types his password, or the PIN of this device."""

    secret = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, data: Any, *, has_pin: bool) -> None:
        super().__init__(data, prefix="unlock")
        self.fields["secret"].label = "6 位 PIN 码，或登录密码" if has_pin else "登录密码"
