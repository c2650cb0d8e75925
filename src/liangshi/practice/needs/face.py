"""What needs show on the pages of others: several mentors for one student."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import SOON, Due, Form, compulsory, fills_in
from liangshi.foundation.ui.shell import Button, ListRow
from liangshi.practice.needs.choices import COMPULSORY, NEED_LIVE, NeedState
from liangshi.practice.needs.forms import NeedForm
from liangshi.practice.needs.policy import NEED_DECIDE, NEED_MANAGE, NEED_PROPOSE, NEED_READ
from liangshi.practice.needs.queries.needs import needs, suggestible, to_grant
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.faces import MENTOR_DEEDS, RELATIONS_ROWS, Deeds, Reader, due
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import MENTOR_ASSIGN
from liangshi.registry.access.policy import allows
from liangshi.registry.mentorships.choices import Kind


@due("need", NEED_READ)
def _needs(actor: Actor) -> Iterable[Due]:
    """Needs that a leader decides, that the office staffs, that are to be looked at again."""
    decides, manages = allows(actor.role, NEED_DECIDE), allows(actor.role, NEED_MANAGE)
    seeking = {line.need_id for line in suggestible(actor) if not line.suggested_id} if manages else set()
    granted = {line.need_id for line in to_grant(actor)} if decides else set()
    for row in needs(actor).filter(state__in=sorted(NEED_LIVE)):
        url, named = reverse("needs:need", args=[row.pk]), (row.student_id,)
        if decides and row.state == NeedState.PROPOSED and row.asked_by_id != actor.person_id:
            yield Due(f"{row.pk}", f"决定{row.student}的多位导师", "决定一件特需", url, "users", None, named)
        elif row.pk in granted:
            title = f"批准{row.student}的协同导师"
            yield Due(f"{row.pk}:grant", title, "批准协同导师", url, "users", None, named)
        elif manages and (row.state == NeedState.APPROVED or row.pk in seeking):
            yield Due(
                f"{row.pk}:staff", f"给{row.student}选协同导师", "选协同导师", url, "users", None, named
            )
        elif manages and row.state == NeedState.STAFFED and row.review_on <= today() + SOON:
            title = f"复核{row.student}的多位导师"
            yield Due(f"{row.pk}:review", title, "复核一件特需", url, "users", row.review_on, named)


def _primary(reader: Reader) -> Iterable[Button]:
    """Whoever has co-mentors may have one of them take over; everybody else's mentor is changed by request."""
    url = reader.link(MENTOR_ASSIGN, "needs:end_primary", reader.student.pk)
    if url and any(bond.kind == Kind.CO for bond in reader.bonds):
        yield Button("更换主导师", url, style="quiet")


def _more_mentors(reader: Reader) -> Iterable[Button]:
    new = reader.link(NEED_PROPOSE, "needs:new", reader.student.pk)
    if new and reader.bonds:
        yield Button("申请多位导师", new, style="quiet")
    if url := address(reader.actor, "needs:needs"):
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
        compulsory(NeedForm, **COMPULSORY["need"]),
    ),
)


def _several_mentors(actor: Actor) -> Iterator[ListRow]:
    number = needs(actor).filter(state__in=sorted(NEED_LIVE)).count()
    url = address(actor, "needs:needs")
    yield ListRow("特需与协同", url, sub="一名学生，几位导师", icon="heart-handshake", meta=f"{number} 项")


RELATIONS_ROWS.put("needs", _several_mentors, 30)
