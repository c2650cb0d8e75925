"""Untrusted input of the pages about students without a mentor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from liangshi.foundation.ui.forms import DateInput
from liangshi.registry.mentorships.choices import Exempt

LATER = "-"  # the value of 「先不配」


class AssignForm(forms.Form):
    """One select box per student who waits; LATER leaves him as he is."""

    def __init__(
        self,
        data: Any,
        *,
        rows: Sequence[tuple[UUID, str, str]],
        options: Sequence[tuple[str, str]],
        chosen: dict[UUID, UUID],
    ) -> None:
        super().__init__(data)
        for key, label, help_text in rows:
            self.fields[str(key)] = forms.ChoiceField(
                label=label,
                help_text=help_text,
                choices=[(LATER, "先不配"), *options],
                initial=str(chosen.get(key, LATER)),
                error_messages={"invalid_choice": "这位老师现在不能选了，请另选。"},
            )

    def choice(self) -> dict[UUID, UUID]:
        return {UUID(key): UUID(value) for key, value in self.cleaned_data.items() if value != LATER}


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
