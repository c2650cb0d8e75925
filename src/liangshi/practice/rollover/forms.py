"""Untrusted input of the rollover's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from liangshi.foundation.ui.forms import DateInput, offer
from liangshi.practice.rollover.queries import Options


class OptionsForm(forms.Form):
    graduated_on = forms.DateField(
        label="毕业日期",
        widget=DateInput(),
        help_text="从这一天起，高三学生是毕业生，导师关系结束。",
        error_messages={"required": "请写毕业日期。", "invalid": "请写成年月日，比如 2027-07-10。"},
    )
    kinds = forms.MultipleChoiceField(
        label="校历里照抄到下一学年的",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="日期推后一年，抄过去以后可以再改。",
    )
    close = forms.BooleanField(
        label="同时关闭这一学年", required=False, help_text="勾选了的，要等到 9 月 1 日才能结转。"
    )

    def __init__(self, data: Any, *, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "kinds", kinds)
        if not kinds:
            del self.fields["kinds"]

    def options(self) -> Options:
        data = self.cleaned_data
        return Options(data["graduated_on"], tuple(data.get("kinds", ())), data["close"])
