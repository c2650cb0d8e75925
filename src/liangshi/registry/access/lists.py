"""A list: a table on a page, filtered, sorted and paged by the query string, and the file that may be taken of it.

Who has read which names, on the page or in the file, is said here (`reads`): a table says whom its rows name
(`Table.named`), so that no list has to think of it. A route whose list may be taken says in its policy what it is
called (`File`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.documents.writing import sheet_bytes
from liangshi.foundation.ui.tables import PER_PAGE, Table, arrange, unpaged
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.audit import LIST_TAKEN
from liangshi.registry.access.policy import FILES
from liangshi.registry.access.reads import reading

EXCEL = "xlsx"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wants_excel(request: HttpRequest) -> bool:
    return request.GET.get("format") == EXCEL


def list_page(
    request: ActorRequest,
    template: str,
    table: Table,
    context: Mapping[str, Any] | None = None,
    *,
    excel: bool = False,
    of: str = "",
    about: models.Model | None = None,
    also: Iterable[UUID] = (),
    entry: EntryType | None = None,
    per_page: int = PER_PAGE,
) -> HttpResponse:
    """`template` with the table as the query string wants it, or the whole list as a download.

    Without `excel` nothing is offered for download; `of` stands in the file's name before what the list is called.
    `about` is the row that the list belongs to, `also` the students whom the page names beside the list; `entry` picks
    what the page leaves in the log where the route declares several. A page that does not exist shows the nearest.
    """
    if excel and wants_excel(request):
        rows = list(unpaged(request, table).as_values())
        return taken(request, rows, of=of, about=about, students=table.subjects())
    shown = {"table": arrange(request, table, per_page), "excel": excel}
    if table.names_students or also:
        reading(request, [*table.subjects(), *also], entry=entry, about=about or "")
    return render(request, template, {**(context or {}), **shown})


def taken(
    request: ActorRequest,
    rows: Sequence[Sequence[Any]],
    *,
    of: str = "",
    about: models.Model | None = None,
    students: Iterable[UUID] = (),
) -> HttpResponse:
    """The list of this route as an .xlsx of one sheet whose first row is the heading; the log says who has taken whose
    names. LookupError when the route does not say what it is called."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    title = f"{of} {FILES[route]}".strip()
    reading(request, list(students) or None, entry=LIST_TAKEN, about=about or "", list=route)
    return workbook_response(title, sheet_bytes(title, rows))


def tidy_name(title: str) -> str:
    """A file's name: no folder, nothing that is not seen."""
    return "".join(" " if sign in "/\\" or not sign.isprintable() else sign for sign in title)


def workbook_response(title: str, data: bytes) -> HttpResponse:
    """A download of an .xlsx, of which the view says the reading itself."""
    response = HttpResponse(data, content_type=EXCEL_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{tidy_name(title)}.{EXCEL}") or ""
    return response
