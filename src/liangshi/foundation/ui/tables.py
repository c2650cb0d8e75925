"""Lists: one column definition for the page, the phone and the Excel twin."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.http import HttpRequest
from django.template.loader import render_to_string

PER_PAGE = 25


class Table(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Base of every list. On a phone each row is a card, titled by the first column.

    One whose rows name students says so (`names_students`), and which (`named`), for the log.
    """

    names_students = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Not in a Meta: a list's own Meta would have to remember to inherit it.
        kwargs.setdefault("template_name", "ui/table.html")
        kwargs.setdefault("attrs", {"class": "table"})
        kwargs.setdefault("empty_text", self._meta.empty_text or "这里还没有内容")
        super().__init__(*args, **kwargs)

    def before_render(self, request: HttpRequest) -> None:
        """Hide the columns that have nothing for this reader."""
        for bound in self.columns.all():
            offered = getattr(bound.column, "offered", None)
            if offered and not offered(request.actor):  # type: ignore[attr-defined]
                self.columns.hide(bound.name)

    def named(self, record: Any) -> Iterable[UUID]:
        """Keys of the students whom a row names: what the row itself says, its `student`, or a list whose rows cannot."""
        about = getattr(record, "student_id", None)
        named: Iterable[UUID] = getattr(record, "named", (about,) if about else ())
        return named

    def subjects(self) -> list[UUID]:
        """Keys of the students whom the rows name that are shown (all pages in the file, one page on the screen)."""
        if not self.names_students:
            return []
        rows = self.paginated_rows if getattr(self, "page", None) else self.rows
        return list(dict.fromkeys(key for row in rows for key in self.named(row.record)))


class NumberColumn(tables.Column):  # type: ignore[misc]
    """A number: right-aligned, tabular figures."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"th": {"class": "number"}, "td": {"class": "number"}})
        super().__init__(*args, **kwargs)


class ShortColumn(tables.Column):  # type: ignore[misc]
    """A name, a class, a number with a word: never broken over two lines on a desk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"th": {"class": "short"}, "td": {"class": "short"}})
        super().__init__(*args, **kwargs)


class LongColumn(tables.Column):  # type: ignore[misc]
    """A sentence or a list: takes the room that is left on a desk, a whole line on a phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "long"}})
        super().__init__(*args, **kwargs)


class StateColumn(tables.Column):  # type: ignore[misc]
    """A badge on the page, its word in Excel. `tones` maps the word to a tone of {% badge %}."""

    def __init__(self, *args: Any, tones: dict[str, str], **kwargs: Any) -> None:
        self.tones = tones
        kwargs.setdefault("attrs", {"td": {"class": "state"}})
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:
        word = str(value)
        return render_to_string("ui/parts/state.html", {"word": word, "tone": self.tones.get(word, "quiet")})

    def value(self, value: Any) -> str:
        return str(value)


def arrange(request: HttpRequest, table: Table, per_page: int = PER_PAGE) -> Table:
    """Sort and page `table` as the query string says; a page that does not exist shows the nearest."""
    tables.RequestConfig(request, paginate={"per_page": per_page, "silent": True}).configure(table)
    return table


def unpaged(request: HttpRequest, table: Table) -> Table:
    """Sort `table` as the query string says, all of it."""
    tables.RequestConfig(request, paginate=False).configure(table)
    return table
