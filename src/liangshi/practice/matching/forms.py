"""Untrusted input of the round's pages. Saving and permission are elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from liangshi.foundation.ui.forms import PickOption, RankedField, Ranking, offer
from liangshi.practice.matching.choices import LEFT_CAUSES, MoveReason
from liangshi.practice.matching.models import Placement, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries.students import MentorCard, Saved
from liangshi.practice.plans.choices import (
    MAX_AVOID,
    MAX_WISHES,
    MODE_WORDS,
    Mode,
)
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.people.choices import Gender
from liangshi.registry.people.models import Club
from liangshi.registry.schools.models import ClassGroup, Cohort

NO_CLUB = "none"


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


class NewProgrammeForm(forms.Form):
    """A programme with its first round, in one form."""

    title = forms.CharField(label="名称", max_length=40)
    cohorts = forms.MultipleChoiceField(
        label="哪些年级",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一个年级。"},
    )
    mode = forms.ChoiceField(
        label="第一轮的方式", help_text="以后还可以再加几轮，每轮接着安排上一轮没有安排到的学生。"
    )
    closes_at = deadline_field()
    wish_limit = forms.TypedChoiceField(
        label="每人最多填几个志愿",
        coerce=int,
        help_text="填得越多，落到志愿外的可能越小。不填志愿的方式用不到它。",
    )

    def __init__(
        self,
        data: Any,
        *,
        cohorts: Sequence[tuple[Cohort, str]],
        modes: Sequence[str],
        wishes: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.by_key = {str(cohort.pk): cohort for cohort, _ in cohorts}
        offer(self, "cohorts", [(str(cohort.pk), label) for cohort, label in cohorts])
        offer(self, "mode", [(mode, str(Mode(mode).label)) for mode in modes])
        offer(self, "wish_limit", [(n, f"{n} 个") for n in range(1, wishes + 1)])
        self.fields["closes_at"].required = False  # 行政指派 has nothing to fill in

    def clean_cohorts(self) -> list[Cohort]:
        return [self.by_key[key] for key in self.cleaned_data["cohorts"]]


class AddRoundForm(forms.Form):
    mode = forms.ChoiceField(label="方式", widget=forms.RadioSelect)
    closes_at = deadline_field()

    def __init__(self, data: Any, *, modes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "mode", [(mode, f"{Mode(mode).label}：{MODE_WORDS[Mode(mode)]}") for mode in modes])
        self.fields["closes_at"].required = False
        self.fields["closes_at"].help_text = "行政指派不用填。"


class SettingsForm(forms.Form):
    """What a round decides for itself; the aim and the weights are the school's, in the policy of the year."""

    title = forms.CharField(label="名称", max_length=40)
    closes_at = deadline_field()
    wish_limit = forms.IntegerField(label="每人最多填几个志愿", min_value=1, max_value=MAX_WISHES)
    avoid_limit = forms.IntegerField(label="每人最多回避几位老师", min_value=0, max_value=MAX_AVOID)
    lower = forms.IntegerField(label="每位导师至少带几名", min_value=0, max_value=POLICY_CAP)
    upper = forms.IntegerField(
        label="每位导师至多带几名",
        min_value=0,
        max_value=POLICY_CAP,
        help_text="改了这两项，会给每位导师都换成新的数；个别老师可以在名额表里再调。",
    )

    def __init__(self, data: Any, *, listing: bool, deadline: bool, first: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        unused = [] if listing else ["wish_limit", "avoid_limit"]
        unused += [] if deadline else ["closes_at"]
        unused += [] if first else ["lower", "upper"]  # a later round takes the places that are left
        for name in unused:
            del self.fields[name]


class AnswersForm(forms.Form):
    answers_until = forms.DateTimeField(
        label="导师回应的截止时间",
        widget=MomentInput(),
        help_text="到这时没有回应的，都算愿意。",
        error_messages={"invalid": "请写成年月日加时间，比如 2026-12-01 18:00。"},
    )


class DeadlineForm(forms.Form):
    closes_at = deadline_field()


OVER_CAP = {"max_value": f"每位导师至多 {POLICY_CAP} 人（1:15）。还不够，请增加导师。"}


class QuotaForm(forms.Form):
    lower = forms.IntegerField(label="至少", min_value=0, max_value=POLICY_CAP, error_messages=OVER_CAP)
    upper = forms.IntegerField(
        label="至多",
        min_value=0,
        max_value=POLICY_CAP,
        help_text="写 0，学生就看不到这位老师。",
        error_messages=OVER_CAP,
    )
    only_cohort = forms.ModelChoiceField(
        Cohort.objects.none(), label="只带这个年级", required=False, empty_label="不限"
    )
    only_gender = forms.ChoiceField(
        label="只带男生或女生",
        choices=[("", "不限"), (Gender.MALE, "男生"), (Gender.FEMALE, "女生")],
        required=False,
        help_text="只用于管宿舍的老师等确有需要的情况。",
    )

    def __init__(self, data: Any, *, row: Round, limits: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cohorts = self.fields["only_cohort"]
        assert isinstance(cohorts, forms.ModelChoiceField)
        cohorts.queryset = row.cohorts.all()
        if not limits:
            del self.fields["only_cohort"], self.fields["only_gender"]


class LeaveForm(forms.Form):
    cause = forms.ChoiceField(label="类别", choices=LEFT_CAUSES, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="原因",
        max_length=100,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )


class SayForm(forms.Form):
    """One tap of a mentor about one student."""

    student = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.CharField(max_length=10)


class ClubForm(forms.Form):
    club = forms.ChoiceField(label="跟哪个社团的指导老师", widget=forms.RadioSelect)

    def __init__(self, data: Any, *, clubs: Sequence[Club], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        options = [(str(club.pk), f"{club} · {club.adviser}") for club in clubs]
        offer(self, "club", [*options, (NO_CLUB, "都不跟，参加后面的轮次")])

    @property
    def chosen(self) -> UUID | None:
        key = self.cleaned_data["club"]
        return None if key == NO_CLUB else UUID(key)


class KeepForm(forms.Form):
    answer = forms.ChoiceField(
        label="你的想法",
        choices=[("keep", "愿意继续跟现在的导师"), ("no", "想换一位导师")],
        widget=forms.RadioSelect,
        help_text="不用写理由，导师不会知道你选了什么。",
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
    """One optional reason per wish, kept with its mentor: the wishes may have been put in another order meanwhile."""

    def __init__(self, data: Any, *, held: Saved) -> None:
        super().__init__(data)
        wishes = zip(held.wishes, held.names, held.reasons, strict=True)
        for rank, (key, name, reason) in enumerate(wishes, 1):
            self.fields[f"why_{key}"] = forms.CharField(
                label=f"第 {rank} 志愿 · {name}",
                max_length=100,
                required=False,
                initial=reason,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        for name in self.data:
            text = self.data[name].strip()
            if name.startswith("why_") and name not in self.fields and text:
                raise forms.ValidationError(
                    f"志愿刚在另一处改过，「{text}」写的那位老师已经不在你的志愿里，这一条没有存。别的都还在，再点一次就保存。"
                )
        return super().clean() or {}

    @property
    def reasons(self) -> dict[UUID, str]:
        """Mentor of the round → why."""
        return {UUID(name.removeprefix("why_")): text for name, text in self.cleaned_data.items()}


CLUB_STANDINGS = [("no", "参加了几个社团，还没有选"), ("yes", "跟社团指导老师")]


class StudentFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    class_group = filters.ModelChoiceFilter(label="班级", queryset=ClassGroup.objects.none())
    done = filters.ChoiceFilter(
        label="填报", choices=[("yes", "已填"), ("no", "未填")], method="by_done", empty_label="全部"
    )

    class Meta:
        model = RoundStudent
        fields = ("class_group", "done")

    def __init__(
        self,
        data: Any,
        queryset: QuerySet[RoundStudent],
        classes: QuerySet[ClassGroup],
        *,
        undecided: Collection[UUID] | None = None,
    ) -> None:
        """`undecided`: in a round of clubs the keys of those who still have to choose."""
        super().__init__(data, queryset=queryset)
        self.undecided = undecided
        self.filters["class_group"].field.queryset = classes
        self.filters["class_group"].field.empty_label = "全部"
        if undecided is not None:
            self.filters["done"].extra["choices"] = CLUB_STANDINGS

    def by_done(self, rows: QuerySet[RoundStudent], name: str, value: str) -> QuerySet[RoundStudent]:
        if self.undecided is not None:
            waiting = rows.filter(pk__in=self.undecided)
            return waiting if value == "no" else rows.filter(club__isnull=False)
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
