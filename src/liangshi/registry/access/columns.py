"""Columns whose cells depend on who reads the list: what a record says, and what he may do with it. On the page alone,
never in the file.

    note = TextColumn("想说明的")                                   the sealed field `note`, as its level says
    act = MovesColumn(VISIT_STEPS, "visits", verbose_name="决定")   visits:agree, visits:refuse, as the row's state lets
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import django_tables2 as tables
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.base.workflow import Workflow
from liangshi.foundation.ui.tables import LongColumn, ShortColumn, Table
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import may_open
from liangshi.registry.access.reach import reads_text


class StudentTable(Table):
    """A list of records about a `student` each."""

    names_students = True
    student = ShortColumn(
        verbose_name="学生", orderable=False, linkify=("dossier:student", {"pk": tables.A("student_id")})
    )


class TextColumn(LongColumn):
    """A sealed field of `Levelled` records, called as the column; opened for whom the record's level lets read it."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, empty_values=(), orderable=False, exclude_from_export=True, **kwargs)

    def render(self, record: Any, table: Table, bound_column: Any) -> str:
        if not reads_text(table.request.actor, record):
            return "—"
        return getattr(hand_out(record, bound_column.name), bound_column.name) or "—"


class MovesColumn(tables.Column):  # type: ignore[misc]
    """A button for each move that a row may go through now, whose address is called like it and is open to the reader.
    Who has asked decides nothing (`Decided`). One that is in `why` leads to a page that asks for the reason."""

    def __init__(self, steps: Workflow, space: str, why: Collection[str] = (), **kwargs: Any) -> None:
        self.steps, self.space, self.why = steps, space, why
        super().__init__(empty_values=(), orderable=False, exclude_from_export=True, **kwargs)

    def render(self, record: Any, table: Table) -> SafeString:
        actor = table.request.actor
        possible = self.steps.possible(record.state)
        open_to_him = [event for event in possible if may_open(actor.role, f"{self.space}:{event}")]
        if open_to_him and record.asked_by_id == actor.person_id:
            return format_html('<span class="muted">{}</span>', "您申请的，由另一位决定")
        return format_html_join("", "{}", ((self._button(record, event, table),) for event in open_to_him))

    def offered(self, actor: Actor) -> bool:
        """Whether the column stands in his list at all."""
        return any(may_open(actor.role, f"{self.space}:{event}") for event in self.steps.moves)

    def _button(self, record: Any, event: str, table: Table) -> SafeString:
        context = {
            "label": self.steps.label(event),
            "url": reverse(f"{self.space}:{event}", args=[record.pk]),
            "style": "quiet",
            "csrf_token": get_token(table.request),
        }
        part = "button_link" if event in self.why else "post_button"
        return render_to_string(f"ui/parts/{part}.html", context)
