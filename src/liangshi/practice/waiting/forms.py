"""Untrusted input of the pages about students without a mentor."""

from __future__ import annotations

from django import forms

from liangshi.foundation.ui.forms import DateInput
from liangshi.registry.mentorships.choices import Exempt


class ExemptForm(forms.Form):
    reason = forms.ChoiceField(
        label="原因",
        choices=Exempt,
        widget=forms.RadioSelect,
        error_messages={"required": "请从列表里选一个原因。"},
    )
    until = forms.DateField(
        label="到哪一天",
        widget=DateInput(),
        help_text="一年以内。到期还没有导师，他会重新出现在名单里。",
        error_messages={"required": "请写到哪一天为止。", "invalid": "请写成年月日，比如 2027-02-20。"},
    )
