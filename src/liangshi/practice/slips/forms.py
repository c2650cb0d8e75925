from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from liangshi.foundation.ui.forms import offer
from liangshi.practice.slips.choices import Whom
from liangshi.registry.schools.models import ClassGroup


class SlipsForm(forms.Form):
    """For whom slips are asked. Who may not ask for a class asks for the staff."""

    whom = forms.ChoiceField(label="给谁", widget=forms.RadioSelect)
    group = forms.ModelChoiceField(
        ClassGroup.objects.none(),
        label="班级",
        required=False,
        empty_label="全校",
        help_text="教职工不用选。",
        error_messages={"invalid_choice": "没有这个班。请从列表里选一个。"},
    )

    def __init__(self, *args: Any, classes: QuerySet[ClassGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if classes:
            self.fields["group"].queryset = classes  # type: ignore[attr-defined]
            offer(self, "whom", Whom.choices)
        else:
            del self.fields["group"]
            offer(self, "whom", [(Whom.STAFF.value, Whom.STAFF.label)])
