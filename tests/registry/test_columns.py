"""Columns whose cells depend on who reads the list."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory

from liangshi.foundation.records.levels import Level
from liangshi.foundation.ui.tables import Table, arrange, unpaged
from liangshi.practice.needs.choices import NEED, NeedState
from liangshi.practice.talks.models import LifeEvent, Talk
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.access.columns import MovesColumn, StudentTable, TextColumn
from tests.cast import Cast
from tests.practice.talks.desk import Desk

pytestmark = pytest.mark.django_db
SAID = "怕被同学笑话"


class TextTable(Table):
    gist = TextColumn("谈了什么")


class NeedTable(Table):
    act = MovesColumn(NEED, "needs", verbose_name="办理")


def asked(actor: Actor) -> ActorRequest:
    request: Any = RequestFactory().get("/list")
    request.actor = actor
    return request  # type: ignore[no-any-return]


def html(table: Table, actor: Actor) -> str:
    request = asked(actor)
    shown = arrange(request, table)
    return str(shown.as_html(request))


@pytest.mark.parametrize(
    ("name", "role", "level", "reads"),
    [
        ("mentor", Role.MENTOR, Level.AUTHOR, True),
        ("second", Role.MENTOR, Level.AUTHOR, False),
        ("second", Role.MENTOR, Level.SCHOOL, True),
        ("adviser", Role.ADVISER, Level.AUTHOR, False),
        ("leader", Role.LEADER, Level.SHARED, False),
    ],
)
def test_a_text_is_opened_as_its_level_says(
    cast: Cast, name: str, role: Role, level: Level, reads: bool
) -> None:
    Desk(cast).talk(level=level, gist=SAID)
    rows = Talk.objects.as_system("rows that the reader reaches")
    assert (SAID in html(TextTable(rows), cast.actor(name, role))) is reads


def test_neither_texts_nor_buttons_leave_in_a_file(cast: Cast) -> None:
    Desk(cast).talk(level=Level.SHARED, gist=SAID)
    request = asked(cast.actor("mentor", Role.MENTOR))
    rows = Talk.objects.as_system("rows that the reader reaches")
    assert list(unpaged(request, TextTable(rows)).as_values()) == [[], []]


def need(cast: Cast, state: NeedState, asked_by: str = "mentor") -> Any:
    return SimpleNamespace(pk=cast.own.student.pk, state=state, asked_by_id=cast.own.people[asked_by].pk)


def test_a_button_for_each_move_that_the_row_and_the_reader_may_make(cast: Cast) -> None:
    clerk = cast.actor("clerk")
    page = html(NeedTable([need(cast, NeedState.SEEKING)]), clerk)
    assert f'action="/needs/{cast.own.student.pk}/end"' in page
    assert "结束" in page
    assert "<form" not in html(NeedTable([need(cast, NeedState.ENDED)]), clerk)  # its last step
    own = html(NeedTable([need(cast, NeedState.SEEKING, "clerk")]), clerk)
    assert "<form" not in own
    assert "由另一位决定" in own


def test_a_reader_who_may_do_nothing_has_no_such_column(cast: Cast) -> None:
    assert "办理" not in html(NeedTable([need(cast, NeedState.SEEKING)]), cast.actor("mentor", Role.MENTOR))


class EventTable(StudentTable):
    pass


def test_a_list_about_students_names_and_links_them(cast: Cast) -> None:
    row = Desk(cast).report(0)
    rows = LifeEvent.objects.as_system("rows that the reader reaches").select_related("student__person")
    leader = cast.actor("leader")
    assert f'<a href="/students/{row.student_id}">{row.student}</a>' in html(EventTable(rows), leader)
    assert arrange(asked(leader), EventTable(rows)).subjects() == [row.student_id]
