"""One half of a letter."""

from __future__ import annotations

from django import forms

from liangshi.practice.relations.models import LONGEST_HALF


class HalfForm(forms.Form):
    text = forms.CharField(
        label="写给新导师",
        max_length=LONGEST_HALF,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
