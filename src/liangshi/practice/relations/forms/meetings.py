"""Where the two mean to meet."""

from __future__ import annotations

from django import forms


class MeetingForm(forms.Form):
    note = forms.CharField(
        label="第一次见面约在",
        max_length=60,
        required=False,
        help_text="比如：周五大课间，图书馆二楼。两个人都看得到。",
    )
