from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest

from liangshi.registry.accounts.models import Account

LENGTH_HELP = "至少 10 个字符，不能全是数字。可以用一句话的拼音，好记又安全。"


class SignInForm(forms.Form):
    login = forms.CharField(
        label="账号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.account: Account | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("login") and data.get("password"):
            account = authenticate(
                self.request, username=data["login"].strip().lower(), password=data["password"]
            )
            if not isinstance(account, Account):
                raise forms.ValidationError(
                    "账号或密码不对。第一次使用请先用字条上的启用码启用账号；忘了密码，请到学校办公室换一张新字条。"
                )
            self.account = account
        return data


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
    """Change one's password; words and focus as everywhere else."""

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(account, *args, **kwargs)
        self.fields["old_password"].label = "现在的密码"
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = LENGTH_HELP
        self.fields["new_password2"].label = "再输一遍新密码"
        self.fields["new_password2"].help_text = ""
