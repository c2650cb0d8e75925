"""Untrusted input of the budget's pages."""

from __future__ import annotations

from django import forms


class CapForm(forms.Form):
    hours = forms.DecimalField(label="每位导师一年最多几小时", max_digits=4, decimal_places=1)
    note = forms.CharField(
        label="公开说明",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="全市教师都看得到：为什么调，调了做什么。",
        error_messages={"required": "调整上限要写公开说明。"},
    )
