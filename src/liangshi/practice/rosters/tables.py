"""The list of imports."""

from __future__ import annotations

import django_tables2 as tables

from liangshi.foundation.ui.tables import NumberColumn, StateColumn, Table
from liangshi.practice.rosters.choices import JOB
from liangshi.practice.rosters.models import ImportJob


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
