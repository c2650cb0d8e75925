"""Untrusted input of the list of teachers without a mentee."""

from __future__ import annotations

from django import forms

from liangshi.foundation.ui.forms import DateInput
from liangshi.registry.mentorships.choices import NotMentoring


class ReasonForm(forms.Form):
    """The day may be missing here: the action refuses it, whoever sends it."""

    reason = forms.ChoiceField(
        label="原因",
        choices=NotMentoring,
        widget=forms.RadioSelect,
        error_messages={"required": "请从列表里选一个原因。"},
    )
    review_on = forms.DateField(
        label="结束或复核日期",
        widget=DateInput(),
        required=False,
        help_text="必填，一年以内。到期会提醒学校再看一次。",
        error_messages={"invalid": "请写成年月日，比如 2027-02-20。"},
    )
