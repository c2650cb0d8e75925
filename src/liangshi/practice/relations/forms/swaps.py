"""Which student changes his mentor with this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from liangshi.foundation.ui.forms import offer
from liangshi.registry.mentorships.models import Mentorship


class SwapForm(forms.Form):
    """`bond` is the relation that was on the page: a second tap cannot swap back."""

    bond = forms.UUIDField(widget=forms.HiddenInput)
    other = forms.ChoiceField(
        label="和谁互换",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "这名学生刚刚换了导师，请重新选。", "required": "请选一名学生。"},
    )
    reason = forms.CharField(
        label="为什么",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="只留在记录里，学生、家长和导师看到的是「导师调整」。",
        error_messages={"required": "请写一句为什么互换。"},
    )

    def __init__(self, data: Any, *, partners: Sequence[tuple[Mentorship, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.bonds = {str(bond.pk): bond for bond, _ in partners}
        offer(self, "other", [(str(bond.pk), label) for bond, label in partners])

    def clean_bond(self) -> Any:
        if self.cleaned_data["bond"] != self.initial["bond"]:
            raise forms.ValidationError("导师刚刚已经调整过了，没有再换。请看现在的导师。", code="bond_ended")
        return self.cleaned_data["bond"]

    def clean_other(self) -> Mentorship:
        return self.bonds[self.cleaned_data["other"]]
