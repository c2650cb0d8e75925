"""One half of a letter, and the lines that a former mentor may take into it from what he has noted for himself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from liangshi.foundation.ui.forms import offer
from liangshi.practice.relations.models import LONGEST_HALF
from liangshi.registry.access.parting import Line


class HalfForm(forms.Form):
    text = forms.CharField(
        label="写给新导师",
        max_length=LONGEST_HALF,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    lines = forms.MultipleChoiceField(
        label="放进交接信：您的随手记",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="要留的，在前面勾一下，就放到信的末尾。没有勾的不会给任何人看。",
        error_messages={"invalid_choice": "勾上的有一行已经不在了，请看一遍再保存。"},
    )

    def __init__(self, data: Any = None, *, kept: Sequence[Line] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.kept = kept
        if kept:
            offer(self, "lines", [(line.key, line.text) for line in kept])
        else:
            del self.fields["lines"]

    @property
    def chosen(self) -> list[str]:
        """The lines that are to be moved. Only after `is_valid`."""
        keys = self.cleaned_data.get("lines", ())
        return [line.text for line in self.kept if line.key in keys]

    @property
    def moved(self) -> str:
        """The text with these lines at its end. Only after `is_valid`."""
        return "\n".join(filter(None, [self.cleaned_data["text"], *self.chosen]))
