from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.forms import PhoneField
from liangshi.registry.accounts.doors import Stopped


class ProofForm(forms.Form):
    secret = forms.CharField(
        label="重设以前的密码，或恢复码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class RecoveryForm(forms.Form):
    password = forms.CharField(
        label="现在的密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, prove: Callable[[str], object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prove = prove

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            self.prove(password)
        except DomainError:
            raise forms.ValidationError("密码不对，请再输一次。") from None
        except Stopped as stop:
            raise forms.ValidationError(f"错得太多了，请 {stop.clock} 以后再试。") from None
        return password


class MobileForm(RecoveryForm):
    """The phone under which the school reaches one, beside the password that shows that it is he."""

    mobile = PhoneField(label="电话")
    field_order = ("mobile", "password")


class JoinForm(forms.Form):
    login = forms.CharField(
        label="字条上的账号", max_length=40, widget=forms.TextInput(attrs={"autocapitalize": "none"})
    )
    code = forms.CharField(
        label="启用码",
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )
