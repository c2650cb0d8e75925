from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django import forms

from liangshi.foundation.ui.forms import offer
from liangshi.foundation.ui.tables import NumberColumn, StateColumn, Table
from liangshi.oversight.coverage.queries import SchoolFigures
from liangshi.registry.schools.choices import Ownership


class SchoolTable(Table):
    """Rows are `coverage.SchoolFigures`. Numbers only: no names of students or teachers."""

    name = tables.Column(
        "学校", accessor="school__name", linkify=("dashboards:school", {"pk": tables.A("school__pk")})
    )
    standing = tables.Column("性质", accessor="school__standing")
    state = StateColumn(verbose_name="导师", tones={}, orderable=False)
    active = NumberColumn(verbose_name="学生", accessor="share__active")
    matched = NumberColumn(verbose_name="有导师", accessor="share__matched_shown", order_by="share__matched")
    percent = NumberColumn(verbose_name="覆盖", accessor="share__words", orderable=False)
    teachers = NumberColumn(verbose_name="教师", accessor="mentoring__teachers")
    mentors = NumberColumn(verbose_name="导师数", accessor="mentoring__mentors")
    ratio = NumberColumn(verbose_name="配比", orderable=False)
    exceptions = NumberColumn(verbose_name="超额许可", accessor="mentoring__exceptions")

    class Meta:
        empty_text = "还没有学校"

    def render_state(self, record: SchoolFigures, column: Any) -> str:
        column.tones = {record.state: tone_of(record)}
        return str(column.render(record.state))

    def value_state(self, record: SchoolFigures) -> str:
        return record.state


def tone_of(row: SchoolFigures) -> str:
    """Red where any grade has nobody with a mentor."""
    if not row.share.active:
        return "quiet"
    if row.red:
        return "bad"
    return "warn" if row.share.missing else "good"


class SchoolChoices(forms.Form):
    ownership = forms.ChoiceField(
        label="办学性质", required=False, choices=[("", "全部"), *Ownership.choices]
    )
    place = forms.ChoiceField(label="主管", required=False)
    red = forms.ChoiceField(
        label="进展", required=False, choices=[("", "全部"), ("1", "有年级未开始"), ("0", "没有空白年级")]
    )


class SchoolFilter:
    """Filters figures that are already there; has the `form` that a list shows."""

    def __init__(self, data: Mapping[str, Any], rows: list[SchoolFigures]) -> None:
        self.form = SchoolChoices(data)
        places = {
            "city" if row.school.directly_affiliated else str(row.school.bureau_id): (
                "市直属" if row.school.directly_affiliated else row.school.bureau.short_name
            )
            for row in rows
        }
        offer(self.form, "place", [("", "全部"), *places.items()])
        self.rows = [row for row in rows if self._fits(row)] if self.form.is_valid() else rows

    def _fits(self, row: SchoolFigures) -> bool:
        wanted = self.form.cleaned_data
        place = "city" if row.school.directly_affiliated else str(row.school.bureau_id)
        return (
            wanted["ownership"] in ("", row.school.ownership)
            and wanted["place"] in ("", place)
            and wanted["red"] in ("", str(int(row.red)))
        )
