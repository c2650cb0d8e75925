"""What concerns safety: told by a student or for him, closed by the school."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from liangshi.practice.relations.queries.concerns import Beside
from liangshi.practice.relations.rules import addressed
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role

OTHER = "other"


class ConcernForm(forms.Form):
    """`named` is the key of a person of `beside`, or OTHER: then the school asks by word of mouth."""

    named = forms.ChoiceField(
        label="说的是谁",
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项；想当面说，选最后一项。"},
    )
    reason = forms.CharField(
        label="发生了什么",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any, *, beside: Sequence[Beside], asker: Actor) -> None:
        super().__init__(data)
        self.beside = {str(each.staff.person_id): each for each in beside}
        you = addressed(asker)
        self.fields["named"].choices = [  # type: ignore[attr-defined]
            *((key, str(each.staff)) for key, each in self.beside.items()),
            (OTHER, "是别人，或者想当面说"),
        ]
        whom = "你" if asker.role == Role.STUDENT else "这名学生"
        self.fields["named"].help_text = f"选了谁，谁就什么都看不到，以后也不会再配给{whom}。"
        self.fields["reason"].help_text = f"不写也可以，会有老师当面听{you}说。只有学校里来处理的老师看得到。"

    @property
    def named_one(self) -> Beside | None:
        return self.beside.get(self.cleaned_data["named"])
