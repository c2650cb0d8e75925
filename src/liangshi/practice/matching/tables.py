"""Lists of a round and their Excel twins."""

from __future__ import annotations

from collections.abc import Container
from typing import Any
from uuid import UUID

import django_tables2 as columns
from django.urls import reverse
from django.utils.html import format_html

from liangshi.foundation.ui.tables import LongColumn, NumberColumn, ShortColumn, StateColumn, Table
from liangshi.practice.matching.models import Placement, RoundMentor, RoundStudent
from liangshi.practice.matching.queries.runs import Load


class MentorsTable(Table):
    name = columns.Column("导师", accessor="staff", order_by="staff__person__search")
    code = columns.Column("工号")
    subject = columns.Column("学科", accessor="staff__subject")
    lower = NumberColumn(verbose_name="至少")
    upper = NumberColumn(verbose_name="至多")
    only = columns.Column("范围", accessor="only_words", orderable=False)
    edit = columns.Column("", empty_values=(), orderable=False, exclude_from_export=True)

    def render_edit(self, record: RoundMentor) -> str:
        url = reverse("rounds:quota", args=[record.round_id, record.pk])
        return format_html('<a href="{}">改名额</a>', url)


class StudentsTable(Table):
    names_students = True
    name = columns.Column("学生", accessor="student", order_by="student__person__search")
    class_name = columns.Column("班级", order_by="class_group")
    done = StateColumn(
        verbose_name="填报", empty_values=(), accessor="pk", order_by="submitted_at",
        tones={
            "已填": "good", "未填": "warn", "已退出": "quiet", "跟社团": "good", "还没有选": "warn",
            "都不跟": "quiet", "没有社团": "quiet",
        },
    )  # fmt: skip
    edit = columns.Column("", empty_values=(), orderable=False, exclude_from_export=True)

    def __init__(
        self, *args: Any, correcting: bool, undecided: Container[UUID] | None = None, **kwargs: Any
    ) -> None:
        """`undecided`: in a round of clubs the keys of those who still have to choose."""
        super().__init__(*args, **kwargs)
        self.correcting = correcting
        self.undecided = undecided

    def word(self, record: RoundStudent) -> str:
        if self.undecided is not None and not record.left_at:
            chosen = "都不跟" if record.submitted_at else "没有社团"
            return "还没有选" if record.pk in self.undecided else "跟社团" if record.club_id else chosen
        return "已退出" if record.left_at else "已填" if record.submitted_at else "未填"

    def render_done(self, record: RoundStudent, column: StateColumn) -> str:
        return column.render(self.word(record))

    def value_done(self, record: RoundStudent) -> str:
        return self.word(record)

    def render_edit(self, record: RoundStudent) -> str:
        where = [record.round_id, record.pk]
        leave = (
            ""
            if record.left_at
            else format_html('<a href="{}">退出本轮</a>', reverse("rounds:drop", args=where))
        )
        if not self.correcting:
            return leave
        return format_html('<a href="{}">更正志愿</a> {}', reverse("rounds:correct", args=where), leave)


class PlacementsTable(Table):
    """Ids stand in the Excel twin only."""

    names_students = True
    name = ShortColumn("学生", accessor="round_student", order_by="round_student__student__person__search")
    school_no = ShortColumn("学号", accessor="round_student__student__school_no", visible=False)
    class_name = ShortColumn(
        "班级", accessor="round_student__class_name", order_by="round_student__class_group"
    )
    mentor = ShortColumn("导师", order_by="mentor__staff__person__search")
    code = ShortColumn("工号", accessor="mentor__code", visible=False)
    rank = ShortColumn("志愿", accessor="rank_label", order_by="rank")
    reason = LongColumn("为什么是TA", orderable=False)

    def render_class_name(self, record: Placement) -> str:
        return record.round_student.class_name

    value_class_name = render_class_name


class OutcomeTable(PlacementsTable):
    """The result of all rounds together."""

    round = ShortColumn("哪一轮", accessor="run__round__get_mode_display", order_by="run__round__seq")

    class Meta:
        sequence = ("name", "school_no", "class_name", "mentor", "code", "round", "...")


class ReleasedTable(Table):
    names_students = True
    name = ShortColumn("学生", accessor="student", order_by="student__person__search")
    class_name = ShortColumn("班级", order_by="class_group")
    present = ShortColumn("原来的导师", order_by="present__staff__person__search")


class LeftTable(Table):
    names_students = True
    name = ShortColumn("学生", accessor="student", order_by="student__person__search")
    class_name = ShortColumn("班级", order_by="class_group")
    cause = ShortColumn("类别", accessor="get_left_cause_display", order_by="left_cause")
    reason = LongColumn("说明", accessor="left_reason", orderable=False)


class LoadsTable(Table):
    names_students = True
    name = ShortColumn("导师", accessor="mentor")
    code = ShortColumn("工号")
    count = NumberColumn(verbose_name="人数")
    upper = NumberColumn(verbose_name="至多")
    students = LongColumn("学生", empty_values=(), orderable=False)

    def render_students(self, record: Load) -> str:
        return "、".join(f"{one.round_student}（{one.round_student.class_name}）" for one in record.students)

    value_students = render_students


class AdjustTable(Table):
    """The students of a proposal, each leading to the page on which he is given another mentor."""

    names_students = True
    name = ShortColumn(
        "学生",
        accessor="round_student",
        order_by="round_student__student__person__search",
        linkify=lambda record: reverse("rounds:move", args=[record.run.round_id, record.round_student_id]),
    )
    class_name = ShortColumn(
        "班级", accessor="round_student__class_name", order_by="round_student__class_group"
    )
    mentor = ShortColumn("导师", order_by="mentor__staff__person__search")
    rank = ShortColumn("志愿", accessor="rank_label", order_by="rank")
