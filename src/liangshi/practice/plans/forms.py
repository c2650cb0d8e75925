"""Untrusted input of the year's policy. Saving and permission are elsewhere."""

from __future__ import annotations

from typing import Any

from django import forms

from liangshi.foundation.ui.forms import Grouped
from liangshi.practice.plans.choices import (
    ADVISER_PLACES_SUGGESTED,
    MAX_AVOID,
    MAX_DAYS,
    MAX_WEIGHT,
    MAX_WISHES,
    MODE_WORDS,
    Aim,
    Keep,
)
from liangshi.practice.plans.models import Policy
from liangshi.registry.mentorships.choices import MAX_CO, POLICY_CAP

GRADES = {"grade_1": "高一", "grade_2": "高二", "grade_3": "高三"}


def _weights(words: str) -> list[tuple[int, str]]:
    return [(0, "0，不起作用"), *((n, f"{n}，{words.format(n=n)}") for n in range(1, MAX_WEIGHT + 1))]


class PolicyForm(Grouped):
    """学年匹配办法, in the words of a school. `seen` is the version the page was made from."""

    parts = (
        ("方式", ("modes", "pass_on", "keep", "objection_days")),
        ("名额", ("teacher_places", "manager_places", "adviser_places", *GRADES)),
        ("填志愿", ("wish_limit", "avoid_limit")),
        ("怎样算好", ("aim", "meet", "even")),
        ("公布以后", ("trial_weeks", "change_limit", "co_limit")),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    modes = forms.MultipleChoiceField(
        label="用哪些方式",
        choices=[(mode.value, f"{mode.label}：{words}") for mode, words in MODE_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一种方式。"},
        help_text="先后在每次匹配的页面上排；没有选的方式，谁也不能拿来开一轮。",
    )
    teacher_places = forms.IntegerField(label="专任教师每人至多带几名", min_value=1, max_value=POLICY_CAP)
    manager_places = forms.IntegerField(label="行政兼课教师每人至多带几名", min_value=0, max_value=POLICY_CAP)
    adviser_places = forms.IntegerField(
        label="班主任每人至多带几名",
        min_value=0,
        max_value=POLICY_CAP,
        help_text=f"班主任已经有一个班，市里建议 {ADVISER_PLACES_SUGGESTED} 名左右；名额紧的学校可以到 {POLICY_CAP} 名。",
    )
    grade_1 = forms.IntegerField(
        label="高一的匹配里，每位导师至多带几名", min_value=1, max_value=POLICY_CAP, required=False
    )
    grade_2 = forms.IntegerField(
        label="高二的匹配里，每位导师至多带几名", min_value=1, max_value=POLICY_CAP, required=False
    )
    grade_3 = forms.IntegerField(
        label="高三的匹配里，每位导师至多带几名", min_value=1, max_value=POLICY_CAP, required=False
    )
    wish_limit = forms.IntegerField(label="每人最多填几个志愿", min_value=1, max_value=MAX_WISHES)
    avoid_limit = forms.IntegerField(label="每人最多回避几位老师", min_value=0, max_value=MAX_AVOID)
    aim = forms.ChoiceField(
        label="志愿优配的目标",
        choices=Aim,
        widget=forms.RadioSelect,
        help_text="三种都先让落到志愿外的学生最少。总体最优：志愿名次加起来最小；"
        "第一志愿最多：得到第一志愿的人最多；兜底最稳：得到最后志愿的人最少。",
    )
    meet = forms.TypedChoiceField(
        label="「见得到面」的分量",
        coerce=int,
        choices=_weights("教这个班的老师，相当于往前提 {n} 个志愿"),
        help_text="平时就教这名学生的老师，见面方便。",
    )
    even = forms.TypedChoiceField(
        label="「均衡」的分量",
        coerce=int,
        choices=_weights("老师每多带一名，相当于往后退 {n} 个志愿"),
        help_text="让老师们带的人数差不多。",
    )
    keep = forms.ChoiceField(
        label="复核时原有的师生",
        choices=[(Keep.FIRST, "先保留：尽量不动"), (Keep.NONE, "不保留：重新安排")],
        widget=forms.RadioSelect,
    )
    pass_on = forms.BooleanField(
        label="一轮里没有如愿的学生，转入下一轮", required=False, help_text="最后一轮总要把每名学生都安排好。"
    )
    trial_weeks = forms.IntegerField(label="试谈期几周", min_value=0, max_value=12)
    change_limit = forms.IntegerField(label="学生每学年可以申请换导师几次", min_value=0, max_value=9)
    co_limit = forms.IntegerField(label="每名学生最多几位协同导师", min_value=0, max_value=MAX_CO)
    objection_days = forms.IntegerField(label="续任征询几天", min_value=1, max_value=MAX_DAYS)

    @property
    def fields_of_policy(self) -> dict[str, Any]:
        held = {name: value for name, value in self.cleaned_data.items() if name not in {*GRADES, "seen"}}
        held["grade_places"] = {
            grade: self.cleaned_data[name] for name, grade in GRADES.items() if self.cleaned_data[name]
        }
        return held

    def renew(self, version: int) -> None:
        """Show what was typed once more, now knowing the version that somebody saved meanwhile."""
        held: Any = self.data
        held = held.copy()
        held["seen"] = version
        self.data = held

    @staticmethod
    def initial_of(policy: Policy) -> dict[str, Any]:
        grades = {name: policy.grade_places.get(grade) for name, grade in GRADES.items()}
        names = [name for name in PolicyForm.base_fields if name not in {*GRADES, "seen"}]
        return {name: getattr(policy, name) for name in names} | grades | {"seen": policy.version}
