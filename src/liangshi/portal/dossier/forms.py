from __future__ import annotations

from django import forms

from liangshi.registry.schools.choices import Strategy


class ProfileForm(forms.Form):
    intro = forms.CharField(
        label="自我介绍",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 300}),
        help_text="写给学生看，300 字以内。不要写电话、微信等联系方式。",
    )
    interests = forms.CharField(
        label="兴趣", max_length=100, required=False, help_text="例如：长跑、书法、养鱼。"
    )
    good_at = forms.MultipleChoiceField(
        label="擅长陪伴",
        choices=Strategy.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="选一两项最有把握的。",
    )
