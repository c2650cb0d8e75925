"""What the pages about people show on the home pages, and the parts of a student's page that no other room brings."""

from __future__ import annotations

from collections.abc import Iterable

from liangshi.foundation.ui.shell import Button, ListRow
from liangshi.portal.dossier.queries import page
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import (
    HEADING_DEEDS,
    PARTS,
    Context,
    Deeds,
    Desk,
    Part,
    Place,
    Reader,
    card,
    link,
    nav,
    rows,
)
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import STUDENT_WRITE
from liangshi.registry.people.choices import GONE, StudentState

# The home pages

nav(80, "dossier:students", "学生", "users")
nav(100, "dossier:classes", "班级", "school")
nav(110, "dossier:staff", "教职工", "contact")
link("dossier:staff", "教职工", {Role.STAFF: 20}, icon="contact", sub="看谁是导师")


@card(Place.TOP, "dossier/cards/introduce.html", {Role.MENTOR: 20})
def _introduce(desk: Desk) -> Context | None:
    return None if desk.introduced else {"profile_url": address(desk.actor, "dossier:profile")}


@rows("dossier:profile", {Role.MENTOR: 70})
def _introduction(desk: Desk) -> Iterable[ListRow]:
    if desk.introduced:
        url = address(desk.actor, "dossier:profile")
        yield ListRow("我的介绍", url, sub="学生填志愿时会看到", icon="pencil")


# The page of a student


def _overview(reader: Reader) -> Context:
    actor, row = reader.actor, reader.student
    return {
        "mentors": [(bond, address(actor, "dossier:staff_member", bond.mentor_id)) for bond in reader.bonds],
        "under_mentors": page.under_mentors(reader),
        "mentor_deeds": page.mentor_deeds(reader),
        "paused": row.state == StudentState.SUSPENDED,
        "gone": StudentState(row.state).label if row.state in GONE else "",
        "stand_in": None if reader.bonds or row.state in GONE else page.stand_in(row),
        "responsible": page.responsible(row, row.class_id),
        "contacts": page.contacts(actor, row),
        "guardians": page.guardians(actor, row),
    }


def _timeline(reader: Reader) -> Context:
    reasons = STUDENT_WRITE in reader.may
    return {"history": page.happenings(reader.actor, reader.student, reasons=reasons)}


def _log(reader: Reader) -> Iterable[Button]:
    if url := address(reader.actor, "dossier:log", reader.student.pk):
        yield Button("谁看过", url, "eye", "quiet")


PARTS.put("overview", Part("概况", "dossier/parts/overview.html", _overview), 10)
PARTS.put(
    "timeline",
    Part("时间线", "dossier/parts/timeline.html", _timeline, asks=frozenset({STUDENT_WRITE})),
    20,
)
HEADING_DEEDS.put("log", Deeds(_log), 30)
