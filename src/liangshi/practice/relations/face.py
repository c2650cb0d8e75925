"""What relations show on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import SOON, Due, Form, fills_in, fixed
from liangshi.foundation.ui.shell import Button, ListRow
from liangshi.practice.relations import queries
from liangshi.practice.relations.choices import AWAY_NOW, COMPULSORY, NEED_LIVE, AbsenceState, NeedState
from liangshi.practice.relations.policy import (
    ABSENCE_MANAGE,
    CHANGE_ANSWER,
    CHANGE_DECIDE,
    HANDOVER_WRITE,
    MENTOR_ASSIGN,
    NEED_DECIDE,
    NEED_MANAGE,
    NEED_PROPOSE,
    NEED_READ,
)
from liangshi.practice.relations.queries.needs import needs
from liangshi.practice.relations.queries.transfers import paused, waiting_for
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import (
    MENTOR_CARDS,
    MENTOR_DEEDS,
    Context,
    Deeds,
    Desk,
    Lines,
    Place,
    Reader,
    Spot,
    StudentCard,
    bond_card,
    card,
    due,
    link,
    nav,
    rows,
)
from liangshi.registry.access.links import address
from liangshi.registry.access.policy import allows
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.people.models import Staff

# Relations: changes, absences, letters, first meetings

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
    for row in queries.waiting_letters(actor):
        yield Due(f"{row.pk}", "写、读交接信", "交接信", reverse("relations:handover", args=[row.pk]), "mail")


@due("change", CHANGE_DECIDE)
def _changes(actor: Actor) -> Iterable[Due]:
    """Requests for the office to decide."""
    for row in queries.changes_under_way(actor):
        if queries.waits_for_office(row):
            url = reverse("relations:change", args=[row.pk])
            yield Due(f"{row.pk}", "办理一份换导师申请", "换导师申请", url, "repeat", row.meet_on)


@due("offer", CHANGE_ANSWER)
def _offers_due(actor: Actor) -> Iterable[Due]:
    """Students whom a mentor is asked to take."""
    for row in queries.offers(actor):
        url = reverse("relations:offer", args=[row.pk])
        yield Due(f"{row.pk}", "学校请您接一名学生", "接一名学生", url, "repeat", row.answer_by)


@due("absence", ABSENCE_MANAGE)
def _absences(actor: Actor) -> Iterable[Due]:
    for row in queries.absences(actor).filter(state__in=sorted(AWAY_NOW)):
        url = reverse("relations:absence", args=[row.pk])
        if row.state == AbsenceState.WAITING:
            title = f"给{row.staff}的学生找接任导师"
            yield Due(f"{row.pk}", title, "安排接任导师", url, "users", row.starts_on)
        elif row.back_on:
            title = f"{row.staff}预计返岗"
            yield Due(f"{row.pk}:back", title, "一位导师预计返岗", url, "users", row.back_on)


@card(Place.TOP, "relations/cards/offers.html", {Role.MENTOR: 10})
def _offers(desk: Desk) -> Context:
    return {"offers": queries.offers(desk.actor)}


@card(Place.TOP, "relations/cards/meetings.html", {Role.STUDENT: 10})
@card(Place.SIDE, "relations/cards/meetings.html", {Role.MENTOR: 10})
def _meetings(desk: Desk) -> Context:
    return {"meetings": queries.first_meetings(desk.actor)}


@card(Place.TOP, "relations/cards/letters.html", {Role.STUDENT: 20, Role.STAFF: 10})
@card(Place.SIDE, "relations/cards/letters.html", {Role.MENTOR: 20})
def _letters(desk: Desk) -> Context:
    return {"letters": queries.waiting_letters(desk.actor)}


def _standing_in(bonds: Iterable[UUID]) -> Staff | None:
    """Who stands in for the first of these mentors who is away."""
    return next(iter(queries.caretakers(bonds).values()), None)


@bond_card(Spot.MENTOR_NOTES, "relations/cards/caretaker.html", 10)
def _caretakers(desk: Desk) -> Mapping[UUID, Context]:
    """Who stands in for the mentor of each student, said beside his primary one."""
    care = queries.caretakers(bond.pk for bonds in desk.bonds.values() for bond in bonds)
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
    if queries.may_ask(actor, student.pk) and (url := address(actor, "relations:ask", student.pk)):
        yield Button(ASK_WORDS.get(actor.role, "申请换导师"), url, style="quiet")


MENTOR_DEEDS.put("ask", Deeds(_ask), 10)


# Needs: several mentors for one student


@due("need", NEED_READ)
def _needs(actor: Actor) -> Iterable[Due]:
    """Needs that a leader decides, that the office staffs, that are to be looked at again."""
    decides, manages = allows(actor.role, NEED_DECIDE), allows(actor.role, NEED_MANAGE)
    for row in needs(actor).filter(state__in=sorted(NEED_LIVE)):
        url = reverse("relations:need", args=[row.pk])
        if decides and row.state == NeedState.PROPOSED and row.proposed_by_id != actor.person_id:
            yield Due(f"{row.pk}", f"决定{row.student}的多位导师", "决定一件特需", url, "users")
        elif manages and row.state == NeedState.APPROVED:
            yield Due(f"{row.pk}:staff", f"给{row.student}选协同导师", "选协同导师", url, "users")
        elif manages and row.state == NeedState.STAFFED and row.review_on <= today() + SOON:
            title = f"复核{row.student}的多位导师"
            yield Due(f"{row.pk}:review", title, "复核一件特需", url, "users", row.review_on)


def _primary(reader: Reader) -> Iterable[Button]:
    """Whoever has co-mentors may have one of them take over; everybody else's mentor is changed by request."""
    url = reader.link(MENTOR_ASSIGN, "relations:end_primary", reader.student.pk)
    if url and any(bond.kind == Kind.CO for bond in reader.bonds):
        yield Button("更换主导师", url, style="quiet")


def _more_mentors(reader: Reader) -> Iterable[Button]:
    new = reader.link(NEED_PROPOSE, "relations:need_new", reader.student.pk)
    if new and reader.bonds:
        yield Button("申请多位导师", new, style="quiet")
    if url := address(reader.actor, "relations:needs"):
        yield Button("特需与协同", url, style="quiet")


MENTOR_DEEDS.put("primary", Deeds(_primary, asks=frozenset({MENTOR_ASSIGN})), 20)
MENTOR_DEEDS.put("need", Deeds(_more_mentors, asks=frozenset({NEED_PROPOSE})), 30)
fills_in(
    110,
    Form(
        "need",
        "提出一名学生需要多位导师",
        0.05,
        "很少用到",
        fixed(
            COMPULSORY["need"],
            category="类别",
            strategies="希望哪些方面有协同导师",
            review_on="复核日期",
        ),
    ),
)


# Waiting: who has no mentor, and whose bond rests


@due("waiting", MENTOR_ASSIGN)
def _without_mentor(actor: Actor) -> Iterable[Due]:
    """Students who came by themselves and are to have a mentor within five school days: one line for all."""
    found = [row for row in waiting_for(actor) if row.due]
    if found:
        words, url = f"给 {len(found)} 名学生配导师", reverse("relations:waiting")
        first = min(row.due for row in found if row.due)
        yield Due(f"{actor.own_school}", words, words, url, "users", first)


@rows("paused", {Role.MENTOR: 10}, Lines.MORE_MENTEES)
def _paused(desk: Desk) -> Iterable[ListRow]:
    for row in paused(desk.actor):
        student = row.bond.student
        yield ListRow(
            str(student),
            reverse("dossier:student", args=[student.pk]),
            sub=row.class_name,
            person=student.person.name,
            state="休学，关系保留",
            tone="info",
        )
