"""Lists of talks, events and activities. None shows a word of a text, and none leaves as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_tables2 as tables

from liangshi.foundation.ui.tables import LongColumn, NumberColumn, ShortColumn, StateColumn, Table
from liangshi.practice.talks.choices import OPEN_STATES, EventState
from liangshi.practice.talks.models import LifeEvent
from liangshi.registry.access.columns import StudentTable
from liangshi.registry.access.queries import class_of


class TalkTable(Table):
    names_students = True
    who = tables.Column(
        "学生", empty_values=(), orderable=False, linkify=("talks:talk", {"pk": tables.A("pk")})
    )
    day = ShortColumn(verbose_name="日期", order_by=("day", "created_at"))
    mode = tables.Column(verbose_name="方式")
    about = LongColumn(verbose_name="哪方面", empty_values=(), orderable=False)
    author = ShortColumn(verbose_name="记录", orderable=False)
    mark = StateColumn(verbose_name="标记", empty_values=(), orderable=False, tones={"已作废": "quiet"})

    class Meta:
        empty_text = "没有您能看的谈话"
        order_by = "-day"

    def named(self, record: Any) -> list[UUID]:
        return [each.student_id for each in record.known]

    def render_day(self, value: Any) -> str:
        return f"{value:%Y-%m-%d}"

    def render_who(self, record: Any) -> str:
        names = [str(each) for each in record.known]
        others = record.heads - len(names)
        return "、".join(names) + (f" 等 {record.heads} 人" if others else "")

    def render_mode(self, record: Any) -> str:
        return str(record.get_mode_display())

    def render_about(self, record: Any) -> str:
        return "、".join(str(tag) for tag in record.tags.all())

    def render_mark(self, record: Any) -> Any:
        word = "已作废" if record.voided_at else record.late_words
        column = self.columns["mark"].column
        return StateColumn.render(column, word) if word else ""


class EventTable(StudentTable):
    student = ShortColumn(verbose_name="学生", linkify=("talks:event", {"pk": tables.A("pk")}))
    created_at = tables.DateTimeColumn(verbose_name="上报", format="Y-m-d H:i")
    state = StateColumn(
        verbose_name="办到哪一步",
        tones={
            EventState.REPORTED.label: "warn",
            EventState.ACCEPTED.label: "warn",
            EventState.STABLE.label: "good",
            EventState.CLOSED.label: "quiet",
            EventState.LED.label: "info",
            EventState.FOLLOWED.label: "info",
        },
    )
    lead = ShortColumn(verbose_name="主谈人", orderable=False, default="还没有定")

    class Meta:
        empty_text = "没有上报的事"

    def render_lead(self, record: LifeEvent) -> str:
        away = record.state in OPEN_STATES and not record.followed_by
        return f"{record.lead}（不在岗）" if away else str(record.lead)


class ActivityTable(Table):
    name = ShortColumn(verbose_name="活动", linkify=("talks:activity", {"pk": tables.A("pk")}))
    day = tables.DateColumn(verbose_name="日期", format="Y-m-d")
    place = tables.Column(verbose_name="地点", default="—")
    invited = NumberColumn(verbose_name="邀请")
    came = NumberColumn(verbose_name="到了")
    mark = StateColumn(verbose_name="状态", empty_values=(), orderable=False, tones={"已取消": "quiet"})

    class Meta:
        empty_text = "还没有小组活动"

    def render_mark(self, record: Any) -> Any:
        column = self.columns["mark"].column
        return StateColumn.render(column, "已取消") if record.voided_at else ""


class BlindSpotTable(Table):
    """In the order of grade and class, and in no other: nothing here leads to a teacher."""

    names_students = True
    person = ShortColumn(
        verbose_name="学生", linkify=("dossier:student", {"pk": tables.A("pk")}), orderable=False
    )
    group = ShortColumn(verbose_name="班级", empty_values=(), orderable=False)

    class Meta:
        empty_text = "每名学生都有人谈过"

    def named(self, record: Any) -> tuple[UUID, ...]:
        return (record.pk,)

    def render_group(self, record: Any) -> str:
        return class_of(record)
