"""A list on a page, and the file that may be taken of it."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import UUID

import django_tables2 as tables
import openpyxl
import pytest
from django.test import RequestFactory

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.ui.tables import StateColumn, Table, arrange, unpaged
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page, taken, workbook_response
from liangshi.registry.access.reads import deliver
from tests.cast import Cast

pytestmark = pytest.mark.django_db
KEYS = [UUID(int=number) for number in range(60)]
ROWS = [
    {"pk": key, "name": f"示范生{key.int:02}", "state": "=1+1" if key.int == 9 else "待匹配"} for key in KEYS
]


class PupilTable(Table):
    names_students = True
    name = tables.Column("姓名")
    state = StateColumn(verbose_name="状态", tones={"待匹配": "warn"})

    def named(self, record: Any) -> tuple[UUID, ...]:
        return (record["pk"],)


def asked(cast: Cast, query: str = "") -> ActorRequest:
    """A request of the clerk behind the gate."""
    request: Any = RequestFactory().get(f"/list?{query}")
    request.actor = cast.actor("clerk")
    request.resolver_match = SimpleNamespace(view_name="dossier:students")
    return request  # type: ignore[no-any-return]


def cells(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]]


def test_the_file_holds_every_page_as_sorted_and_the_log_who_took_whose_names(cast: Cast) -> None:
    request = asked(cast, "format=xlsx&sort=-name&page=2")
    response = list_page(
        request, "none.html", PupilTable(ROWS), excel=True, of="高一(1)班", about=cast.own.school
    )
    assert not Entry.objects.filter(type="list.taken").exists()  # the gate writes it when the answer goes out
    deliver(request, response)
    assert quote("高一(1)班 学生名单.xlsx") in response["Content-Disposition"]
    head, *rows = cells(response.content)
    assert head == ["姓名", "状态"]
    assert [row[0] for row in rows] == [row["name"] for row in reversed(ROWS)]
    assert rows[50][1] == "=1+1"
    entries = Entry.objects.filter(type="list.taken")
    assert {entry.subject for entry in entries} == {str(key) for key in KEYS}
    assert {(entry.object, entry.actor, entry.chain) for entry in entries} == {
        (str(cast.own.school.pk), request.actor.name, str(cast.own.school.pk))
    }


def test_a_list_of_no_student_is_taken_with_one_entry(cast: Cast) -> None:
    request = asked(cast)
    response = taken(request, [("班级",), ("高一(1)班",)])
    deliver(request, response)
    assert cells(response.content)[1] == ["高一(1)班"]
    assert [entry.subject for entry in Entry.objects.filter(type="list.taken")] == [""]


def test_what_is_not_offered_is_not_taken(cast: Cast) -> None:
    request = asked(cast, "format=xlsx")
    response = list_page(request, "ui/list.html", PupilTable(ROWS))
    deliver(request, response)
    assert "下载 Excel" not in response.content.decode()
    assert response["Content-Type"].startswith("text/html")
    assert not Entry.objects.filter(type="list.taken").exists()
    met = Entry.objects.filter(type="student.listed")
    assert {entry.subject for entry in met} == {str(key) for key in KEYS[:25]}


def test_a_page_names_those_whom_it_shows(cast: Cast) -> None:
    request = asked(cast, "page=3&sort=name")
    assert arrange(request, PupilTable(ROWS)).subjects() == KEYS[50:]
    assert unpaged(request, PupilTable(ROWS)).subjects() == KEYS
    assert arrange(request, Table([])).subjects() == []


def test_a_file_s_name_leads_nowhere() -> None:
    response = workbook_response("../../甲\u202e乙\r\n", b"")
    assert response["Content-Disposition"].endswith(quote(".. .. 甲 乙  .xlsx"))
