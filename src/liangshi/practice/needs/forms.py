"""Untrusted input of the pages about needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from liangshi.foundation.ui.forms import DateInput, offer
from liangshi.practice.needs.choices import NeedCategory, NeedRefusal
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Staff
from liangshi.registry.schools.choices import Strategy


def review_field(help_text: str) -> forms.DateField:
    return forms.DateField(
        label="复核日期",
        widget=DateInput(),
        help_text=help_text,
        error_messages={
            "required": "请写一个复核日期，一年以内。",
            "invalid": "请写成年月日，比如 2027-06-30。",
        },
    )


class NeedForm(forms.Form):
    category = forms.ChoiceField(
        label="类别",
        choices=NeedCategory,
        widget=forms.RadioSelect,
        help_text="只给校领导、学校办公室、主导师和协同导师看。这里不写病情，也不写细节。",
        error_messages={"required": "请从列表里选一个类别。"},
    )
    strategies = forms.MultipleChoiceField(
        label="希望哪些方面有协同导师",
        choices=Strategy,
        widget=forms.CheckboxSelectMultiple,
        help_text="每个方面配一位老师，选真正需要的就好。",
        error_messages={"required": "请至少选一个方面。"},
    )
    review_on = review_field("到这一天学校再看一次：继续，还是结束。")


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label="决定",
        choices=[("approve", "批准"), ("refuse", "不批准")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选批准或不批准。"},
    )
    refusal = forms.ChoiceField(
        label="不批准的原因", choices=[("", "——"), *NeedRefusal.choices], required=False
    )


class ReviewForm(forms.Form):
    review_on = review_field("看过了、还要继续的，写下一次复核的日期。")


class EndPrimaryForm(forms.Form):
    """Promote a co-mentor, or name another teacher."""

    promote = forms.ChoiceField(label="由哪位协同导师接任", required=False, widget=forms.RadioSelect)
    successor = forms.ChoiceField(label="或者另请一位老师", required=False)

    def __init__(self, data: Any, *, co: Sequence[Mentorship], others: Sequence[tuple[Staff, str]]) -> None:
        super().__init__(data)
        self.staff = {str(bond.mentor_id): bond.mentor for bond in co} | {
            str(staff.pk): staff for staff, _ in others
        }
        if co:
            options = [(str(bond.mentor_id), f"{bond.mentor}") for bond in co]
            offer(self, "promote", [("", "都不是"), *options])
        else:
            del self.fields["promote"]
        offer(self, "successor", [("", "——"), *((str(staff.pk), label) for staff, label in others)])

    def chosen(self, name: str) -> Staff | None:
        return self.staff.get(self.cleaned_data.get(name, ""))
