"""Several mentors for one student, and one for who waits."""

from __future__ import annotations

from typing import Any

from bench._year.deeds.kinds import deed, mentor_of, seen
from bench._year.world import World
from liangshi.foundation.base.clock import today
from liangshi.practice.needs import actions as needs
from liangshi.practice.needs.choices import NEED_LIVE, NEED_OPEN, NeedCategory, NeedRefusal, NeedState
from liangshi.practice.needs.models import Need
from liangshi.practice.needs.policy import NEED_DECIDE, NEED_MANAGE, NEED_PROPOSE
from liangshi.practice.needs.queries.needs import co_teachers, need_for, suggestible, to_grant
from liangshi.practice.waiting import actions as waiting
from liangshi.practice.waiting.queries.engine import propose
from liangshi.practice.waiting.queries.students import listed, waiting_for
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.queries import student_for
from liangshi.registry.mentorships import actions as mentorships
from liangshi.registry.mentorships.choices import Exempt
from liangshi.registry.mentorships.models import (
    Exemption,
    Mentorship,
)
from liangshi.registry.mentorships.queries import places
from liangshi.registry.people.models import (
    OPEN,
    Person,
    Student,
)
from liangshi.registry.schools.choices import Strategy


@deed("need.proposed", 2)
def _need_proposed(w: World) -> str:
    student = w.student()
    actor = mentor_of(w, student) if w.chance(0.6) else w.clerk()
    student = seen(student_for(actor, student.pk, NEED_PROPOSE))
    strategies = w.dice.sample(Strategy.values, w.pick((1, 1, 2)))
    needs.propose_need(
        student, category=w.pick(NeedCategory.values), strategies=strategies, review_on=w.ahead(30, 120),
        by=Person.objects.get(pk=actor.person_id), actor=actor,
    )  # fmt: skip
    return f"{student} {strategies}"


def _need(w: World, actor: Actor, *states: str, permission: Any = NEED_MANAGE) -> Need:
    row = w.pick(Need.objects.filter(student__school=w.school, state__in=states).order_by("pk"))
    return seen(need_for(actor, row.pk, permission))


@deed("need.decided", 2)
def _need_decided(w: World) -> str:
    leader = w.leader()
    row = _need(w, leader, NeedState.PROPOSED, permission=NEED_DECIDE)
    approve, by = w.chance(0.8), Person.objects.get(pk=leader.person_id)
    needs.decide_need(
        row, approve=approve, refusal="" if approve else NeedRefusal.ENOUGH, by=by, actor=leader
    )
    return f"{row.student} {approve}"


@deed("need.chosen", 2)
def _need_chosen(w: World) -> str:
    """By the engine, or one by hand."""
    clerk = w.clerk()
    lines = suggestible(clerk)
    if w.chance(0.5):
        choice: dict[Any, Any] = dict(needs.propose_co_mentors(clerk).chosen)
    else:
        line = w.pick(lines)
        choice = {line.pk: w.pick(co_teachers(w.school.pk, today())).staff.pk}
    needs.choose_co_mentors(choice, actor=clerk)
    return f"{len(choice)}"


@deed("need.granted", 2.5)
def _need_granted(w: World) -> str:
    leader = w.leader()
    line = w.pick(to_grant(leader))
    need = seen(need_for(leader, line.need_id, NEED_DECIDE))
    shown = [each.suggested_id for each in to_grant(leader) if each.need_id == need.pk and each.suggested_id]
    needs.grant_co_mentors(need, seen=shown, actor=leader)
    return f"{need.student}: {line.suggested}"


@deed("need.renewed", 0.5)
def _need_renewed(w: World) -> str:
    office = w.clerk()
    row = _need(w, office, *sorted(NEED_OPEN))
    needs.renew_need(row, w.ahead(20, 90), actor=office)
    return f"{row.student}"


@deed("need.ended", 0.8)
def _need_ended(w: World) -> str:
    office = w.clerk()
    row = _need(w, office, *sorted(NEED_LIVE))
    needs.end_need(row, actor=office)
    return f"{row.student}"


@deed("need.primary", 0.8)
def _end_primary(w: World) -> str:
    """A co-mentor takes over as mentor, or another teacher."""
    clerk = w.clerk()
    co = w.pick(
        Mentorship.objects.filter(OPEN, kind="co")
        .select_related("student__person", "mentor__person")
        .order_by("pk")
    )
    student = co.student
    if w.chance(0.7):
        needs.end_primary(student, promote=co.mentor, actor=clerk)
        return f"{student}: {co.mentor} takes over"
    other = w.pick(places(w.school.pk, today())).staff
    needs.end_primary(student, successor=other, actor=clerk)
    return f"{student}: {other}"


@deed("waiting.assigned", 4)
def _assigned(w: World) -> str:
    """All as proposed, or one by hand."""
    clerk = w.clerk()
    rows = waiting_for(clerk)
    if rows and w.chance(0.6):
        choice = dict(propose(rows, places(w.school.pk, today()), w.school.pk).chosen)
    else:
        row = w.pick(listed(clerk, today()) if w.chance(0.3) else rows)
        choice = {row.student.pk: w.pick(places(w.school.pk, today())).staff.pk}
    waiting.assign(choice, actor=clerk)
    return f"{len(choice)}: " + "、".join(str(Student.objects.get(pk=key)) for key in choice)


@deed("waiting.exempt", 0.5)
def _exempt(w: World) -> str:
    office = w.officer()
    row = w.pick(listed(office, today()))
    mentorships.exempt(
        row.student, reason=w.pick(Exempt.values), until=w.ahead(5, 60), by=office.person_id, actor=office
    )
    return f"{row.student}"


@deed("waiting.exemption-over", 0.5)
def _exemption_over(w: World) -> str:
    row = w.pick(Exemption.objects.filter(OPEN).select_related("student__person").order_by("pk"))
    mentorships.end_exemption(row, actor=w.officer())
    return f"{row.student}"
