"""What rosters show on the pages of others: where to import, and where a student's standing is changed."""

from __future__ import annotations

from collections.abc import Iterable

from liangshi.foundation.ui.shell import Button
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import HEADING_DEEDS, Deeds, Reader, link, nav
from liangshi.registry.access.links import address

nav(40, "rosters:list", "名册", "file-spreadsheet")
link("rosters:list", "名册", {Role.CLERK: 30}, icon="upload", sub="导入、核对、发启用字条")


def _edit(reader: Reader) -> Iterable[Button]:
    if url := address(reader.actor, "rosters:student", reader.student.pk):
        yield Button("登记变动", url, "pencil", "quiet")


HEADING_DEEDS.put("edit", Deeds(_edit), 40)
