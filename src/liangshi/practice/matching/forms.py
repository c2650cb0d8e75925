"""Untrusted input of the round's pages. Saving and permission are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from liangshi.foundation.ui.forms import PickOption, RankedField, Ranking
from liangshi.practice.matching.choices import MAX_AVOID, MAX_WISHES, Aim, MoveReason
from liangshi.practice.matching.models import Placement, RoundMentor, RoundStudent
from liangshi.practice.matching.queries import MentorCard, Saved
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.schools.models import ClassGroup, Cohort


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of day and time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def deadline_field() -> forms.DateTimeField:
    return forms.DateTimeField(
        label="截止时间",
        widget=MomentInput(),
        help_text="在这之前，学生可以随时修改。",
        error_messages={"invalid": "请写成年月日加时间，比如 2026-12-01 18:00。"},
    )


class NewRoundForm(forms.Form):
    title = forms.CharField(label="名称", max_length=40)
    cohorts = forms.MultipleChoiceField(
        label="哪些年级",
        widget=forms.CheckboxSelectMultiple,
        help_text="只算在校、还没有导师的学生。",
        error_messages={"required": "请至少选一个年级。"},
    )
    closes_at = deadline_field()
    wish_limit = forms.TypedChoiceField(
        label="每人最多填几个志愿",
        coerce=int,
        choices=[(n, f"{n} 个") for n in range(1, MAX_WISHES + 1)],
        help_text="填得越多，落到志愿外的可能越小。",
    )

    def __init__(self, data: Any, *, cohorts: Sequence[tuple[Cohort, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.by_key = {str(cohort.pk): cohort for cohort, _ in cohorts}
        field = self.fields["cohorts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(cohort.pk), label) for cohort, label in cohorts]

    def clean_cohorts(self) -> list[Cohort]:
        return [self.by_key[key] for key in self.cleaned_data["cohorts"]]


class SettingsForm(forms.Form):
    title = forms.CharField(label="名称", max_length=40)
    closes_at = deadline_field()
    aim = forms.ChoiceField(
        label="目标",
        choices=Aim,
        widget=forms.RadioSelect,
        help_text="三种都先让落到志愿外的学生最少。总体最优：志愿名次加起来最小；"
        "第一志愿最多：得到第一志愿的人最多；兜底最稳：得到最后志愿的人最少。开启时告诉学生；截止后可以三种比一比，再定用哪一种。",
    )
    wish_limit = forms.IntegerField(label="每人最多填几个志愿", min_value=1, max_value=MAX_WISHES)
    avoid_limit = forms.IntegerField(label="每人最多回避几位老师", min_value=0, max_value=MAX_AVOID)
    lower = forms.IntegerField(label="每位导师至少带几名", min_value=0, max_value=POLICY_CAP)
    upper = forms.IntegerField(
        label="每位导师至多带几名",
        min_value=0,
        max_value=POLICY_CAP,
        help_text="改了这两项，会给每位导师都换成新的数；个别老师可以在名额表里再调。",
    )


class DeadlineForm(forms.Form):
    closes_at = deadline_field()


class QuotaForm(forms.Form):
    lower = forms.IntegerField(label="至少", min_value=0, max_value=POLICY_CAP)
    upper = forms.IntegerField(
        label="至多", min_value=0, max_value=POLICY_CAP, help_text="写 0，学生就看不到这位老师。"
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="原因",
        max_length=100,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )


class RunForm(forms.Form):
    draw = forms.CharField(
        label="公开抽签的号码",
        max_length=100,
        required=False,
        help_text="截止后当众掷骰子，或用约定那一期彩票的开奖号码。同样好的安排由它决定先后，登记后不能换。",
    )


class WishForm(forms.Form):
    """The ranked picker. A mentor who is not in the request at all keeps his place: nothing is erased unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        cards: Sequence[MentorCard],
        held: Saved,
        version: int,
        limits: tuple[int, int],
        submit_label: str = "",
    ) -> None:
        now = Ranking(held.wishes, held.avoid)
        super().__init__(_complete(data, cards, now), initial={"version": version, "picks": now})
        wishes, avoid = limits
        self.fields["picks"] = RankedField(
            label="导师",
            options=[PickOption(card.key, card.name, card.lines, card.intro, card.search) for card in cards],
            wishes=wishes,
            avoid=avoid,
            required=False,
            submit_label=submit_label,
        )

    def renew(self, version: int) -> None:
        """Show what was typed once more, now knowing the version saved meanwhile."""
        self.data = {name: self.data[name] for name in self.data} | {"version": version}


def _complete(data: Any, cards: Sequence[MentorCard], held: Ranking) -> Any:
    if data is None:
        return None
    whole = data.copy()
    for key, mark in held.marks().items():
        if any(card.key == key for card in cards):
            whole.setdefault(f"picks-{key}", mark)
    return whole


class CorrectForm(WishForm):
    reason = forms.CharField(
        label="更正的原因",
        max_length=100,
        help_text="学生会收到通知，也会留下记录。",
        error_messages={"required": "请写明更正的原因，学生会收到通知。"},
    )


class WhyForm(forms.Form):
    """One optional reason per wish."""

    def __init__(self, data: Any, *, held: Saved) -> None:
        super().__init__(data)
        for rank, (name, reason) in enumerate(zip(held.names, held.reasons, strict=True), 1):
            self.fields[f"why_{rank}"] = forms.CharField(
                label=f"第 {rank} 志愿 · {name}",
                max_length=100,
                required=False,
                initial=reason,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def reasons(self) -> dict[int, str]:
        return {int(name.removeprefix("why_")): text for name, text in self.cleaned_data.items()}


class StudentFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    class_group = filters.ModelChoiceFilter(label="班级", queryset=ClassGroup.objects.none())
    done = filters.ChoiceFilter(
        label="填报", choices=[("yes", "已填"), ("no", "未填")], method="by_done", empty_label="全部"
    )

    class Meta:
        model = RoundStudent
        fields = ("class_group", "done")

    def __init__(self, data: Any, queryset: QuerySet[RoundStudent], classes: QuerySet[ClassGroup]) -> None:
        super().__init__(data, queryset=queryset)
        self.filters["class_group"].field.queryset = classes
        self.filters["class_group"].field.empty_label = "全部"

    def by_done(self, rows: QuerySet[RoundStudent], name: str, value: str) -> QuerySet[RoundStudent]:
        return rows.filter(submitted_at__isnull=value == "no")


class PlacementFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Finding a student of a proposal."""

    q = filters.CharFilter(label="姓名或拼音首字母", method="by_name")
    class_group = filters.ModelChoiceFilter(
        label="班级", field_name="round_student__class_group", queryset=ClassGroup.objects.none()
    )
    mentor = filters.ModelChoiceFilter(label="导师", queryset=RoundMentor.objects.none())

    class Meta:
        model = Placement
        fields = ("q", "class_group", "mentor")

    def __init__(
        self,
        data: Any,
        queryset: QuerySet[Placement],
        classes: QuerySet[ClassGroup],
        mentors: QuerySet[RoundMentor],
    ) -> None:
        super().__init__(data, queryset=queryset)
        for name, rows in (("class_group", classes), ("mentor", mentors)):
            self.filters[name].field.queryset = rows
            self.filters[name].field.empty_label = "全部"

    def by_name(self, rows: QuerySet[Placement], name: str, value: str) -> QuerySet[Placement]:
        return rows.filter(
            Q(round_student__student__person__name__icontains=value)
            | Q(round_student__student__person__search__icontains=value.lower())
        )


class MoveForm(forms.Form):
    """Why a student gets another mentor. `mentor` and `held` are what the page showed."""

    mentor = forms.UUIDField(widget=forms.HiddenInput)
    held = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label="原因",
        choices=[("", "请选择"), *MoveReason.choices],
        error_messages={"required": "请从列表里选一个调整的原因。"},
    )
    note = forms.CharField(
        label="说明",
        max_length=100,
        required=False,
        help_text="只有学校办公室和校领导看得到。选「其他」时必须写一句。",
    )
