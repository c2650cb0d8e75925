"""What relations show on the pages of others: changes, absences, letters, first meetings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import Due
from liangshi.foundation.ui.shell import Button, ListRow
from liangshi.practice.relations.choices import AWAY_NOW, AbsenceState
from liangshi.practice.relations.policy import (
    ABSENCE_MANAGE,
    CHANGE_ANSWER,
    CHANGE_DECIDE,
    CONCERN_CLOSE,
    HANDOVER_WRITE,
)
from liangshi.practice.relations.queries.absences import absences, caretakers
from liangshi.practice.relations.queries.changes import changes_under_way, may_ask, offers, waits_for_office
from liangshi.practice.relations.queries.concerns import standing
from liangshi.practice.relations.queries.exceptions import teachers_without
from liangshi.practice.relations.queries.family import family_with
from liangshi.practice.relations.queries.handovers import waiting_letters
from liangshi.practice.relations.queries.meetings import first_meetings
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import (
    MENTOR_CARDS,
    MENTOR_DEEDS,
    RELATIONS_ROWS,
    Context,
    Deeds,
    Desk,
    Place,
    Reader,
    Spot,
    StudentCard,
    bond_card,
    card,
    due,
    link,
    nav,
)
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import MENTOR_ASSIGN
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.people.models import Staff

nav(60, "relations:office", "师生关系", "handshake")
link(
    "relations:office",
    "师生关系",
    {Role.LEADER: 20, Role.CLERK: 20},
    icon="handshake",
    sub="换导师、离岗和接任、待配导师、特需与协同",
)


@due("letter", HANDOVER_WRITE)
def _letters_due(actor: Actor) -> Iterable[Due]:
    for row in waiting_letters(actor):
        yield Due(f"{row.pk}", "写、读交接信", "交接信", reverse("relations:handover", args=[row.pk]), "mail")


@due("concern", CONCERN_CLOSE)
def _concerns_due(actor: Actor) -> Iterable[Due]:
    """What concerns safety, before everything else."""
    for row in standing(actor):
        url = reverse("relations:concern", args=[row.pk])
        title = "处理一件关系到安全的事"
        yield Due(f"{row.pk}", title, "有一件急事", url, "triangle-alert", row.due_on, first=True)


@card(Place.TOP, "relations/cards/concerns.html", {Role.CLERK: 10, Role.LEADER: 10})
def _concerns(desk: Desk) -> Context | None:
    found = list(standing(desk.actor))
    late = sum(row.due_on < today() for row in found)
    return {"number": len(found), "late": late} if found else None


@card(Place.BELOW, "relations/cards/tell.html", {Role.STUDENT: 90, Role.GUARDIAN: 90})
def _tell_the_school(desk: Desk) -> Context | None:
    return {"students": desk.students} if desk.students else None


@due("change", CHANGE_DECIDE)
def _changes(actor: Actor) -> Iterable[Due]:
    """Requests for the office to decide."""
    for row in changes_under_way(actor):
        if waits_for_office(row):
            url = reverse("relations:change", args=[row.pk])
            yield Due(f"{row.pk}", "办理一份换导师申请", "换导师申请", url, "repeat", row.meet_on)


@due("offer", CHANGE_ANSWER)
def _offers_due(actor: Actor) -> Iterable[Due]:
    """Students whom a mentor is asked to take."""
    for row in offers(actor):
        url = reverse("relations:offer", args=[row.pk])
        yield Due(f"{row.pk}", "学校请您接一名学生", "接一名学生", url, "repeat", row.answer_by)


@due("absence", ABSENCE_MANAGE)
def _absences(actor: Actor) -> Iterable[Due]:
    for row in absences(actor).filter(state__in=sorted(AWAY_NOW)):
        url = reverse("relations:absence", args=[row.pk])
        if row.state == AbsenceState.WAITING:
            title = f"给{row.staff}的学生找接任导师"
            yield Due(f"{row.pk}", title, "安排接任导师", url, "users", row.starts_on)
        elif row.back_on:
            title = f"{row.staff}预计返岗"
            yield Due(f"{row.pk}:back", title, "一位导师预计返岗", url, "users", row.back_on)


@due("family", MENTOR_ASSIGN)
def _families(actor: Actor) -> Iterable[Due]:
    """Whoever accompanies his own child, because the kinship came to light afterwards."""
    for row in family_with(actor):
        title, named = f"给{row.student}另配一位：{row.person.name}是 TA 的家长", (row.student_id,)
        url = reverse("dossier:student", args=[row.student_id])
        yield Due(f"{row.pk}", title, "另配一位导师", url, "users", None, named)


@card(Place.TOP, "relations/cards/offers.html", {Role.MENTOR: 10})
def _offers(desk: Desk) -> Context:
    return {"offers": offers(desk.actor)}


@card(Place.TOP, "relations/cards/meetings.html", {Role.STUDENT: 10}, private=True)
@card(Place.SIDE, "relations/cards/meetings.html", {Role.MENTOR: 10}, private=True)
def _meetings(desk: Desk) -> Context:
    found = first_meetings(desk.actor)
    if len(found) == 1:  # several stand behind a link
        desk.names(each.bond.student_id for each in found)
    return {"meetings": found}


@card(Place.TOP, "relations/cards/letters.html", {Role.STUDENT: 20, Role.STAFF: 10})
@card(Place.SIDE, "relations/cards/letters.html", {Role.MENTOR: 20})
def _letters(desk: Desk) -> Context:
    found = waiting_letters(desk.actor)
    desk.names(row.ended.student_id for row in found)
    return {"letters": found}


def _standing_in(bonds: Iterable[UUID]) -> Staff | None:
    """Who stands in for the first of these mentors who is away."""
    return next(iter(caretakers(bonds).values()), None)


@bond_card(Spot.MENTOR_NOTES, "relations/cards/caretaker.html", 10)
def _caretakers(desk: Desk) -> Mapping[UUID, Context]:
    """Who stands in for the mentor of each student, said beside his primary one."""
    care = caretakers(bond.pk for bonds in desk.bonds.values() for bond in bonds)
    told: dict[UUID, Context] = {}
    for bonds in desk.bonds.values():
        caretaker = next((care[bond.pk] for bond in bonds if bond.pk in care), None)
        told |= {
            bond.pk: {"caretaker": caretaker} for bond in bonds if caretaker and bond.kind == Kind.PRIMARY
        }
    return told


@bond_card(Spot.MENTOR_DEEDS, "relations/cards/ask.html", 10)
def _asks(desk: Desk) -> Mapping[UUID, Context]:
    return {bond.pk: {} for bonds in desk.bonds.values() for bond in bonds if bond.kind == Kind.PRIMARY}


def _care(reader: Reader) -> Context | None:
    care = _standing_in(bond.pk for bond in reader.bonds)
    return {"care": care} if care else None


MENTOR_CARDS.put("care", StudentCard("relations/cards/care.html", _care), 10)
ASK_WORDS = {Role.MENTOR: "请学校另配导师", Role.CLERK: "登记换导师", Role.STUDENT: "想换导师"}


def _ask(reader: Reader) -> Iterable[Button]:
    actor, student = reader.actor, reader.student
    if may_ask(actor, student.pk) and (url := address(actor, "relations:ask", student.pk)):
        yield Button(ASK_WORDS.get(actor.role, "申请换导师"), url, style="quiet")
        if swap := address(actor, "relations:swap", student.pk):
            yield Button("和另一名学生互换导师", swap, style="quiet")


MENTOR_DEEDS.put("ask", Deeds(_ask), 10)


def _teachers(actor: Actor) -> Iterator[ListRow]:
    bare, _ = teachers_without(actor)
    url = address(actor, "relations:exceptions")
    yield ListRow("未任导师", url, sub="没有学生也没有原因的教师", icon="user-x", meta=f"{len(bare)} 位")


RELATIONS_ROWS.put("relations", _teachers, 40)
