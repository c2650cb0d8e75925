from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from liangshi.foundation.records.decisions import DECISION, Decision
from liangshi.foundation.ui.tables import LongColumn, StateColumn, Table
from liangshi.practice.slips.actions import SAYS_ABOVE
from liangshi.practice.slips.choices import Kind
from liangshi.practice.slips.models import SlipRequest
from liangshi.registry.access.columns import MovesColumn
from liangshi.registry.access.policy import BUREAUS

STOPPED = "本人叫停"


class SlipTable(Table):
    """Requests. Whom a single one is about, an office and a class adviser read, and of several of the staff who they are;
    a bureau reads how many."""

    names_students = True
    what = LongColumn(verbose_name="给谁", orderable=False)
    kind = tables.Column("事由", accessor="get_kind_display", order_by="kind")
    asked_by = tables.Column("申请人", accessor="asked_by__name", orderable=False)
    created_at = tables.DateTimeColumn(verbose_name="何时", format="n月j日 H:i")
    state = StateColumn(
        verbose_name="状态",
        accessor="get_state_display",
        order_by="state",
        tones={**DECISION.word_tones, STOPPED: "bad"},
    )
    act = MovesColumn(DECISION, "slips", verbose_name="")

    class Meta:
        empty_text = "还没有申请过启用字条"

    def named(self, record: Any) -> Iterable[UUID]:
        return () if self.request.actor.role in BUREAUS else super().named(record)

    def render_what(self, record: Any) -> str:
        if self.request.actor.role in BUREAUS:
            return f"{record.school}：{record.get_whom_display()} {record.people} 人"
        if len(record.colleagues) > 1:  # of one the request itself says who he is
            return f"{record.what}：{'、'.join(line.account.person.name for line in record.colleagues)}"
        return str(record.what)

    def render_asked_by(self, record: SlipRequest, value: str) -> str:
        hidden = self.request.actor.role in BUREAUS and not record.by_bureau
        return "学校" if hidden else value

    def render_state(self, record: SlipRequest, value: str, column: StateColumn) -> str:
        return column.render(STOPPED if record.stopped_at else value)

    def render_act(self, record: SlipRequest, column: MovesColumn) -> str:
        """Print what is one's own and agreed to; decide what is another's."""
        if record.stopped_at:
            return ""
        actor = self.request.actor
        his = record.asked_by_id == actor.person_id or (record.by_bureau and actor.role in BUREAUS)
        if record.is_agreed and record.kind != Kind.MET and his:
            context = {
                "label": "再打印一次" if record.printed_at else "打印字条",
                "url": reverse("slips:print", args=[record.pk]),
                "icon": "printer",
            }
            return render_to_string("ui/parts/button_link.html", context)
        if record.above and record.state == Decision.ASKED and actor.role not in SAYS_ABOVE:
            return format_html('<span class="muted">{}</span>', "由校领导或教育局来定")
        return str(column.render(record, self))
