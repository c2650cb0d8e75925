"""A list: a table on a page, filtered, sorted and paged by the query string, and the file that may be taken of it.

Taking the file is written into the log here, with the students whom it names; no list does it by itself, and none can
forget it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.audit.types import Leaves, declare
from liangshi.foundation.deeds import noted
from liangshi.foundation.documents.writing import sheet_bytes
from liangshi.foundation.ui.tables import PER_PAGE, Table, arrange, unpaged

TAKEN = declare("list.taken", "下载名单", Leaves.NONE, read=True)
EXCEL = "xlsx"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wants_excel(request: HttpRequest) -> bool:
    return request.GET.get("format") == EXCEL


def list_page(
    request: HttpRequest,
    template: str,
    table: Table,
    context: Mapping[str, Any] | None = None,
    *,
    excel: str = "",
    about: models.Model | None = None,
    per_page: int = PER_PAGE,
) -> HttpResponse:
    """`template` with the table as the query string wants it, or the whole list as a download named `excel`.xlsx.

    Without `excel` nothing is offered for download. `about` is the row that the list belongs to. A page that does not
    exist shows the nearest.
    """
    if excel and wants_excel(request):
        rows = list(unpaged(request, table).as_values())
        return taken(request, excel, rows, about=about, subjects=table.subjects())
    shown = {"table": arrange(request, table, per_page), "excel": bool(excel)}
    return render(request, template, {**(context or {}), **shown})


def taken(
    request: HttpRequest,
    title: str,
    rows: Sequence[Sequence[Any]],
    *,
    about: models.Model | None = None,
    subjects: Iterable[UUID] = (),
) -> HttpResponse:
    """`title`.xlsx of one sheet whose first row is the heading, written into the log of who takes it."""
    doer: Doer = request.actor  # type: ignore[attr-defined]  # behind the gate
    where = request.resolver_match.view_name if request.resolver_match else ""
    noted(TAKEN, doer, about=about, subjects=subjects, list=where)
    return workbook_response(title, sheet_bytes(title, rows))


def workbook_response(title: str, data: bytes) -> HttpResponse:
    """A download of an .xlsx whose taking the caller's own deed has written into the log."""
    response = HttpResponse(data, content_type=EXCEL_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.{EXCEL}") or ""
    return response
