"""The list of students without a mentor, and its Excel twin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from liangshi.foundation.base.clock import spelled
from liangshi.foundation.ui.tables import LongColumn, ShortColumn, Table
from liangshi.practice.waiting.queries.students import Waiting


class WithoutMentorTable(Table):
    names_students = True
    name = tables.Column("姓名", accessor="student__person__name", orderable=False)
    group = ShortColumn(verbose_name="班级", accessor="class_name", orderable=False)
    how = ShortColumn(verbose_name="来由", empty_values=(), orderable=False)
    due = ShortColumn(verbose_name="配好的最后一天", orderable=False)
    interim = ShortColumn(verbose_name="这段时间由谁照看", orderable=False)
    why = LongColumn(verbose_name="暂不配的原因", empty_values=(), orderable=False)
    act = tables.Column("办理", empty_values=(), orderable=False, exclude_from_export=True)

    def __init__(self, data: Sequence[Waiting], *, assigns: bool) -> None:
        super().__init__(data)
        if not assigns:
            self.columns.hide("act")

    def named(self, record: Waiting) -> tuple[UUID, ...]:
        return (record.student.pk,)

    def render_name(self, record: Waiting) -> Any:
        return format_html(
            '<a href="{}">{}</a>', reverse("dossier:student", args=[record.student.pk]), record.student
        )

    def value_name(self, record: Waiting) -> str:
        return str(record.student)

    def render_how(self, record: Waiting) -> str:
        return f"{record.arrival.label} {record.since}" if record.arrival else "等匹配或接任"

    def render_due(self, record: Waiting) -> str:
        return f"{record.due}{'（已过）' if record.late else ''}" if record.due else "—"

    def render_why(self, record: Waiting) -> str:
        held = record.exemption
        return f"{held.get_reason_display()}，到 {spelled(held.until)}" if held else "—"

    def render_act(self, record: Waiting) -> Any:
        return format_html(
            '<a href="{}?student={}">配导师</a> · <a href="{}">登记原因</a>',
            reverse("waiting:waiting"),
            record.student.pk,
            reverse("waiting:exempt", args=[record.student.pk]),
        )
