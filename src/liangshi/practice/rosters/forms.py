"""What a clerk enters: a file, the meaning of columns, changes of people."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePath
from typing import Any

from django import forms
from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.names import tidy
from liangshi.foundation.ui.forms import DateInput, PhoneField
from liangshi.practice.rosters.choices import RosterKind
from liangshi.practice.rosters.parsing.cells import CellError, clean_name
from liangshi.practice.rosters.parsing.model import ColumnChoice
from liangshi.practice.rosters.parsing.reading import KINDS
from liangshi.registry.mentorships.choices import MAX_EXTRA, POLICY_CAP, NotMentoring
from liangshi.registry.people.choices import Gender, Relation, StaffState, StudentState
from liangshi.registry.schools.grades import year_start_of
from liangshi.registry.schools.models import ClassGroup

ENDINGS = {".xlsx", ".xls", ".csv", ".txt"}
UNREAD = "-"
UNCHOSEN = ("", "请选择")
SUMMER = 7  # from July on a roster is most likely the coming year's


def likely_year_start(day: dt.date) -> int:
    """The academic year that a roster of this day is about."""
    return day.year if day.month >= SUMMER else year_start_of(day)


class UploadForm(forms.Form):
    file = forms.FileField(
        label="名册文件",
        help_text="Excel（.xlsx、.xls）或 CSV，最大 20 MB。学校手里是什么样就传什么样，不用先整理。",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={"required": "还没有选文件。请选一个名册文件。"},
    )
    kind = forms.ChoiceField(
        label="名册种类", choices=[("", "从表头自动认出"), *RosterKind.choices], required=False
    )
    year_start = forms.TypedChoiceField(
        label="学年", coerce=int, help_text="高一、高二是哪一年的高一、高二。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = likely_year_start(today())
        self.fields["year_start"].choices = [  # type: ignore[attr-defined]
            (start, f"{start}-{start + 1} 学年") for start in (year, year - 1, year + 1)
        ]
        self.fields["year_start"].initial = year

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower() not in ENDINGS:
            raise forms.ValidationError("只能读 .xlsx、.xls 和 .csv。请用 Excel 或 WPS 另存为 .xlsx 再上传。")
        return file


class ColumnsForm(forms.Form):
    """One select box per heading of the file."""

    def __init__(self, *args: Any, kind: str, choices: tuple[ColumnChoice, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(UNREAD, "不读取"), *((column.identifier, column.label) for column in KINDS[kind].columns)]
        self.headings: dict[str, str] = {}
        for number, choice in enumerate(choices):
            name = f"column-{number}"
            self.headings[name] = choice.heading
            self.fields[name] = forms.ChoiceField(
                label=choice.heading,
                choices=columns,
                initial=choice.field or choice.suggestion or UNREAD,
                error_messages={"required": "请选这一列的意思，或选“不读取”。"},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen: dict[str, str] = {}
        for name, heading in self.headings.items():
            field = data.get(name)
            if not field or field == UNREAD:
                continue
            if field in seen:
                label = dict(self.fields[name].choices)[field]  # type: ignore[attr-defined]
                self.add_error(
                    name, f"“{seen[field]}”和“{heading}”都选成了{label}。请只留一列，另一列选“不读取”。"
                )
            seen.setdefault(field, heading)
        return data

    def answers(self) -> dict[str, str | None]:
        chosen = {heading: self.cleaned_data[name] for name, heading in self.headings.items()}
        return {heading: None if field == UNREAD else field for heading, field in chosen.items()}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="导出理由",
        max_length=100,
        help_text="例如：学籍核对。会和您的姓名一起记入操作记录。",
        error_messages={"required": "请写明为什么要导出完整号码。"},
    )


class DayMixin(forms.Form):
    on = forms.DateField(label="日期", widget=DateInput, initial=today, help_text="从这一天起算。")


class StudentStateForm(DayMixin):
    state = forms.ChoiceField(label="改为", choices=[UNCHOSEN, *StudentState.choices])
    note = forms.CharField(label="原因", max_length=100, help_text="一句话，例如：随父母迁往外市。")
    field_order = ("state", "on", "note")


class StudentClassForm(DayMixin):
    class_group = forms.ModelChoiceField(
        ClassGroup.objects.none(),
        label="转到",
        empty_label="请选择",
        error_messages={"invalid_choice": "没有这个班。请从列表里选一个。"},
    )
    field_order = ("class_group", "on")

    def __init__(self, *args: Any, classes: QuerySet[ClassGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["class_group"].queryset = classes  # type: ignore[attr-defined]


def _name(text: str) -> str:
    try:
        return clean_name(tidy(text))
    except CellError as fault:
        raise forms.ValidationError(fault.message) from fault


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50)
    gender = forms.ChoiceField(label="性别", choices=Gender.choices)

    def clean_name(self) -> str:
        return _name(self.cleaned_data["name"])


class StaffPersonForm(PersonForm):
    mobile = PhoneField(label="手机", required=False, help_text="不填就保持原来的号码。")


class GuardianForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50)
    relation = forms.ChoiceField(label="与学生的关系", choices=[UNCHOSEN, *Relation.choices])
    mobile = PhoneField(label="电话")

    def clean_name(self) -> str:
        return _name(self.cleaned_data["name"])


class StaffStateForm(forms.Form):
    state = forms.ChoiceField(label="改为", choices=StaffState.choices)


class LeaveOutForm(forms.Form):
    reason = forms.ChoiceField(label="原因", choices=[UNCHOSEN, *NotMentoring.choices])
    review_on = forms.DateField(label="复核日期", widget=DateInput, help_text="到这一天提醒学校再看一次。")


class QuotaForm(forms.Form):
    quota = forms.IntegerField(
        label="名额",
        min_value=0,
        max_value=POLICY_CAP,
        help_text=f"0 到 {POLICY_CAP}。现在的学生都会留下。",
        error_messages={
            "min_value": f"名额是 0 到 {POLICY_CAP} 之间的数。",
            "max_value": f"名额是 0 到 {POLICY_CAP} 之间的数；更多要校领导批准超额许可。",
        },
    )


class ExceptionForm(forms.Form):
    extra = forms.IntegerField(
        label="增加名额",
        min_value=1,
        max_value=MAX_EXTRA,
        error_messages={
            "max_value": f"一次最多增加 {MAX_EXTRA} 个名额。",
            "min_value": "至少增加 1 个名额。",
        },
    )
    reason = forms.CharField(label="理由", max_length=200, help_text="为什么一位导师要超过 1:15。")
    until = forms.DateField(label="到哪天为止（含当天）", widget=DateInput)
