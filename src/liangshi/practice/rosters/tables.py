"""The list of imports, and of posts that wait for another."""

from __future__ import annotations

import django_tables2 as tables

from liangshi.foundation.records.decisions import DECISION
from liangshi.foundation.ui.tables import LongColumn, NumberColumn, ShortColumn, StateColumn, Table
from liangshi.practice.rosters.actions.own import DECISIONS
from liangshi.practice.rosters.choices import JOB
from liangshi.practice.rosters.models import ImportJob, OwnPost
from liangshi.registry.access.columns import MovesColumn


class ImportTable(Table):
    file_name = tables.Column("文件", linkify=("rosters:job", {"pk": tables.A("pk")}))
    kind = tables.Column("种类", accessor="get_kind_display", order_by="kind")
    state = StateColumn(
        verbose_name="状态", accessor="get_state_display", order_by="state", tones=JOB.word_tones
    )
    new = NumberColumn(verbose_name="新增")
    changed = NumberColumn(verbose_name="更改")
    unchanged = NumberColumn(verbose_name="不变")
    uploaded_by = tables.Column("谁", empty_values=(), order_by="uploaded_by__name")
    created_at = tables.DateTimeColumn(verbose_name="何时", format="Y-m-d H:i")

    class Meta:
        empty_text = "还没有导入过名册"

    def render_uploaded_by(self, record: ImportJob) -> str:
        return record.uploaded_by.name if record.uploaded_by else "命令行"

    def value_uploaded_by(self, record: ImportJob) -> str:
        return self.render_uploaded_by(record)


class OwnPostTable(Table):
    """Posts as class adviser that whoever brought a roster would have given himself."""

    asked_by = ShortColumn(verbose_name="谁", accessor="asked_by__name", orderable=False)
    class_group = tables.Column("班级", orderable=False)
    replaces = tables.Column("接替", orderable=False, empty_values=())
    asked_on = tables.DateColumn(verbose_name="哪天导入", format="n月j日")
    state = StateColumn(
        verbose_name="状态", accessor="get_state_display", order_by="state", tones=DECISION.word_tones
    )
    reason = LongColumn(verbose_name="为什么不同意", orderable=False)
    act = MovesColumn(DECISION, "rosters", why=DECISIONS.why, verbose_name="决定")

    class Meta:
        empty_text = "没有人在名册里把自己写成班主任"

    def render_replaces(self, record: OwnPost) -> str:
        return record.replaces.staff.person.name if record.replaces else "—"
