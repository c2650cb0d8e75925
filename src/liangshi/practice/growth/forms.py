"""What is typed: by the student of himself, by both of goals, by the school of choices, by any adult of good things.

A form asks for as little as `choices.COMPULSORY` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import new_key
from liangshi.foundation.ui.forms import DateInput, TimedForm
from liangshi.practice.growth.choices import OUTCOMES, SHINE_LENGTH, Owner, Virtue
from liangshi.registry.people.subjects import First, Second
from liangshi.registry.schools.choices import Strategy


def _short_choice() -> forms.RadioSelect:
    """Options of one or two characters, side by side."""
    return forms.RadioSelect(attrs={"class": "in-a-row"})


def _words(label: str, longest: int, help_text: str = "", *, rows: int = 2, **more: Any) -> forms.CharField:
    """A text of several lines, as long as its column."""
    return forms.CharField(
        label=label,
        max_length=longest,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": longest}),
        **more,
    )


class FieldByField(forms.Form):
    """Knows what the page showed and what was typed, so that only that is saved."""

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Field → (shown, typed) for the fields that were changed on this page."""
        return {name: (self._shown(name), self.cleaned_data[name]) for name in self.changed_data}

    def _shown(self, name: str) -> Any:
        bound, field = self[name], self.fields[name]
        raw = field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
        return field.clean(raw)

    def renew(self, kept: Mapping[str, Any]) -> None:
        """Show the form again: what is typed stays, what the page is compared with becomes what is kept now."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        for name, value in kept.items():
            shown = self[name].html_initial_name
            data.setlist(shown, value) if isinstance(value, list) else data.__setitem__(shown, value)
        self.data = data


class PortraitForm(FieldByField):
    interests = _words(
        "兴趣", 200, "喜欢做什么，什么事能让你忘了时间。", required=False, show_hidden_initial=True
    )
    strengths = _words("我的优势", 200, "你自己觉得拿得出手的。", required=False, show_hidden_initial=True)
    wanted = forms.MultipleChoiceField(
        label="希望得到帮助的方面",
        choices=Strategy.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        show_hidden_initial=True,
    )
    talk_style = _words(
        "希望怎样交流",
        200,
        "例如：边走边聊，先写下来再说，别当着同学的面。",
        required=False,
        show_hidden_initial=True,
    )
    to_tell = _words("希望老师知道的事", 500, rows=3, required=False, show_hidden_initial=True)
    worries = _words(
        "困扰",
        500,
        "只有你的导师看得到，加密保存；代管的老师看不到。",
        rows=3,
        required=False,
        show_hidden_initial=True,
    )
    unspoken = _words(
        "不希望提起的事", 500, "写下来，导师就会绕开。只有你的导师看得到，加密保存。", required=False,
        show_hidden_initial=True,
    )  # fmt: skip


class GoalForm(TimedForm):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)
    text = forms.CharField(
        label="目标",
        max_length=100,
        help_text="说得具体一点，例如：每周三、周日各跑一次三公里。",
        error_messages={"required": "请写下目标是什么。"},
    )
    strategy = forms.ChoiceField(
        label="方面",
        choices=Strategy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个方面。"},
    )
    owner = forms.ChoiceField(
        label="谁来推动",
        choices=Owner.choices,
        widget=_short_choice(),
        error_messages={"required": "请选谁来推动。"},
    )
    review_on = forms.DateField(
        label="哪天回头看",
        widget=DateInput,
        help_text="到那一天一起看看做得怎么样。",
        error_messages={"required": "请定一个回头看的日期，到那一天一起看看做得怎么样。"},
    )


class GoalCloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label="怎么样了",
        choices=[(each.value, each.label) for each in OUTCOMES],
        widget=_short_choice(),
        error_messages={"required": "请选达成、调整或放下。"},
    )
    closing = forms.CharField(
        label="一句话",
        max_length=100,
        help_text="做得怎么样，接下来怎么办。",
        error_messages={"required": "请写一句话：做得怎么样，接下来怎么办。"},
    )


class SubjectsForm(forms.Form):
    """How many second subjects there are is the business of the one rule, `subjects.combo`."""

    first = forms.ChoiceField(
        label="首选（一门）",
        choices=First.choices,
        widget=_short_choice(),
        error_messages={"required": "请选一门首选：物理或历史。"},
    )
    seconds = forms.MultipleChoiceField(
        label="再选（两门）",
        choices=[
            (each.value, each.label)
            for each in (Second.POLITICS, Second.GEOGRAPHY, Second.CHEMISTRY, Second.BIOLOGY)
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选两门再选。"},
    )


class WindowForm(forms.Form):
    opens_on = forms.DateField(
        label="开始", widget=DateInput, error_messages={"required": "请填开始的日期。"}
    )
    last_on = forms.DateField(
        label="截止（含当天）", widget=DateInput, error_messages={"required": "请填截止的日期。"}
    )


class CareerForm(FieldByField):
    leanings = _words(
        "职业兴趣",
        500,
        "对哪些工作好奇，想过什么样的日子。",
        rows=3,
        required=False,
        show_hidden_initial=True,
    )
    majors = _words("意向专业", 200, "想到什么写什么，以后随时改。", required=False, show_hidden_initial=True)


class ActivityForm(forms.Form):
    title = forms.CharField(
        label="做了什么",
        max_length=40,
        help_text="例如：参观船厂，听一位医生讲工作。",
        error_messages={"required": "请写一句做了什么。"},
    )
    on = forms.DateField(label="哪一天", widget=DateInput, initial=today)
    note = forms.CharField(label="收获", max_length=200, required=False)


class ShineForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)
    virtue = forms.ChoiceField(
        label="五育",
        choices=Virtue.choices,
        widget=_short_choice(),
        error_messages={"required": "请点一项：德、智、体、美、劳。"},
    )
    text = _words(
        "看到了什么",
        SHINE_LENGTH,
        f"写一件具体的事，{SHINE_LENGTH} 字以内。",
        rows=3,
        error_messages={"required": "请写一句你看到了什么。"},
    )
    shared = forms.BooleanField(
        label="可以给TA看", required=False, help_text="不勾，学生就看不到；导师和班主任看得到。"
    )
    on = forms.DateField(label="哪一天", widget=DateInput, initial=today)
