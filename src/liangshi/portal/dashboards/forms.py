from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.forms import DateInput, offer
from liangshi.portal.dashboards.queries import cohorts_of, counties
from liangshi.registry.access.choices import Role
from liangshi.registry.schools.choices import EventKind, Ownership
from liangshi.registry.schools.grades import GRADES
from liangshi.registry.schools.models import Bureau, Cohort, School, SchoolYear


class BureauForm(forms.Form):
    official_name = forms.CharField(
        label="全称", max_length=60, help_text="和公章一致，例如「某县社会事业局」「某区教育文体局」。"
    )
    short_name = forms.CharField(label="简称", max_length=20, help_text="名单里用，例如「某县」。")
    region_code = forms.RegexField(
        label="区划代码",
        regex=r"^\d{6}$",
        required=False,
        help_text="6 位数字；开发区没有自己的代码，可以不填。",
        error_messages={"invalid": "区划代码是 6 位数字，没有可以不填。"},
    )


class SchoolForm(forms.Form):
    name = forms.CharField(label="学校全称", max_length=60)
    short_name = forms.CharField(label="简称", max_length=20)
    code = forms.RegexField(
        label="学校标识码",
        regex=r"^\d{10}$",
        help_text="10 位数字，在教育统计报表的封面上。",
        error_messages={"invalid": "学校标识码是 10 位数字，请核对有没有多一位、少一位。"},
    )
    ownership = forms.ChoiceField(label="办学性质", choices=Ownership.choices, widget=forms.RadioSelect)
    direct = forms.BooleanField(label="市直属", required=False)
    county: forms.ModelChoiceField[Bureau] = forms.ModelChoiceField(
        label="主管的县区教育局",
        queryset=None,
        required=False,
        empty_label="不归县区（市直属）",
        help_text="市直属和县区只选一个。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].queryset = counties()  # type: ignore[attr-defined]


def _a_year_hence() -> dict[str, dt.date]:
    return {"ends_on": today() + dt.timedelta(days=300)}


class ExtendForm(forms.Form):
    """Until when somebody goes on."""

    ends_on = forms.DateField(
        label="到哪天为止（含当天）", widget=DateInput, help_text="最长一年，到期可以续。"
    )
    reason = forms.CharField(label="依据", max_length=100, help_text="例如任命文件的名称和文号。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _a_year_hence(), **kwargs})

    def clean_ends_on(self) -> dt.date:
        """A person names the last day that counts; a grant ends with it."""
        last: dt.date = self.cleaned_data["ends_on"]
        return last + dt.timedelta(days=1)


class SuccessorForm(ExtendForm):
    """Who it is to be: at a school by 工号 and name, at a bureau by name."""

    name = forms.CharField(label="姓名", max_length=60)
    staff_no = forms.CharField(
        label="工号",
        max_length=20,
        help_text="名册里的工号。还没有名册的新学校，填将来名册里的工号。",
    )
    field_order = ("name", "staff_no", "role", "cohort")

    def __init__(self, *args: Any, school: School | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if school is None:
            del self.fields["staff_no"]


class GrantForm(SuccessorForm):
    role = forms.ChoiceField(label="身份", widget=forms.RadioSelect)
    cohort: forms.ModelChoiceField[Cohort] = forms.ModelChoiceField(
        label="哪一级", queryset=None, required=False, empty_label="不选", help_text="只有年级组长要选。"
    )

    def __init__(self, *args: Any, school: School | None, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, school=school, initial={**_a_year_hence(), "role": roles[0]}, **kwargs)
        offer(self, "role", [(each.value, each.label) for each in roles])
        if school and Role.GRADE_HEAD in roles and cohorts_of(school).exists():
            self.fields["cohort"].queryset = cohorts_of(school)  # type: ignore[attr-defined]
        else:
            del self.fields["cohort"]


class YearForm(forms.Form):
    start_year = forms.IntegerField(
        label="从哪一年的秋季开始", help_text="例如 2026 表示 2026-2027 学年。最早 2022。"
    )


class TermForm(forms.Form):
    opens_on = forms.DateField(label="开学日", widget=DateInput)
    closes_on = forms.DateField(label="放假日", widget=DateInput)


class EventForm(forms.Form):
    kind = forms.ChoiceField(
        label="类别",
        choices=EventKind.choices,
        help_text="开学、考试和选科会开关键节点，请导师找学生谈；月考、家长会、假期、调休上课和其他不开。",
    )
    title = forms.CharField(label="名称", max_length=40, help_text="例如「期中考试」。")
    starts_on = forms.DateField(label="从哪天", widget=DateInput)
    last_on = forms.DateField(label="到哪天", widget=DateInput, help_text="只有一天，就填同一天。")
    entry_years = forms.TypedMultipleChoiceField(
        label="年级",
        coerce=int,
        required=False,
        empty_value=[],
        widget=forms.CheckboxSelectMultiple,
        help_text="都不勾就是全校。「选科」不勾算高一的，「选考、高考」不勾算高三的。",
    )

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = ((str(year.start_year - step), name) for step, name in enumerate(GRADES))
        offer(self, "entry_years", grades)
