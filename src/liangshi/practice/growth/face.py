"""What growth shows on the pages of others: goals, shining moments, the portrait, the choice of subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.faces import Due, Form, fills_in, fixed
from liangshi.foundation.ui.shell import Button
from liangshi.practice.growth import audit
from liangshi.practice.growth.choices import COMPULSORY, GoalState
from liangshi.practice.growth.policy import (
    CAREER_READ,
    CAREER_WRITE,
    GOAL_WRITE,
    PORTRAIT_READ,
    PORTRAIT_WRITE,
    SHINE_COUNT,
    SHINE_READ,
    SHINE_WRITE,
    SUBJECT_READ,
    SUBJECT_WRITE,
)
from liangshi.practice.growth.queries.goals import due_goals, goals_of, room_for_goal
from liangshi.practice.growth.queries.portraits import activities_of, career_of, portrait_for
from liangshi.practice.growth.queries.shining import count_of, shines_of, unnoticed
from liangshi.practice.growth.queries.subjects import choice_of, choices_of, window_of
from liangshi.practice.growth.queries.timeline import timeline
from liangshi.practice.growth.queries.wheel import wheel
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import (
    HEADING_DEEDS,
    PARTS,
    TALKED_BY_TERM,
    TIMELINES,
    Context,
    Deeds,
    Desk,
    Part,
    Place,
    Reader,
    card,
    due,
    link,
)
from liangshi.registry.access.links import address
from liangshi.registry.people.models import Student

# What is due, and the home pages


@due("goal", GOAL_WRITE)
def _goals(actor: Actor) -> Iterable[Due]:
    for goal in due_goals(actor):
        url = f"{reverse('dossier:student', args=[goal.student_id])}?part=aims"
        yield Due(f"{goal.pk}", "回头看一个目标", "回头看一个目标", url, "flag", goal.review_on)


link(
    "growth:shine",
    "闪光点",
    {Role.MENTOR: 10, Role.GRADE_HEAD: 30, Role.STAFF: 10, Role.LEADER: 120, Role.CLERK: 120},
    icon="sparkles",
    sub="看到学生的好，随手记一笔",
)
link(
    "growth:windows",
    "选科填报",
    {Role.LEADER: 100, Role.CLERK: 100},
    icon="book-open",
    sub="设定学生自己填的日子",
)


@card(Place.SIDE, "growth/cards/goals.html", {Role.MENTOR: 30}, private=True)
def _due_goals(desk: Desk) -> Context:
    goals = due_goals(desk.actor)
    desk.names(goal.student_id for goal in goals)
    return {"due_goals": goals}


@card(Place.BELOW, "growth/cards/shining.html", {Role.ADVISER: 10})
@card(Place.UNDER_LINKS, "growth/cards/waiting.html", {Role.STAFF: 10})
def _unnoticed(desk: Desk) -> Context:
    """Who waits for the first good word of this term."""
    return {
        "waiting": len(unnoticed(desk.actor)),
        "waiting_url": address(desk.actor, "growth:unnoticed"),
        "shine_url": address(desk.actor, "growth:shine"),
    }


@card(Place.UNDER_MENTEES, "growth/cards/waiting.html", {Role.MENTOR: 10})
def _unnoticed_in_peace(desk: Desk) -> Context | None:
    return None if desk.lighter else _unnoticed(desk)


@card(Place.BELOW, "growth/cards/own.html", {Role.STUDENT: 30}, private=True)
def _own(desk: Desk) -> Context | None:
    """A student's own portrait, open goals, subjects, and the latest shining moments that are for his eyes."""
    if not desk.students:
        return None
    actor, student = desk.actor, desk.students[0]
    portrait, window = portrait_for(actor, student), window_of(student)
    return {
        "page": reverse("dossier:student", args=[student.pk]),
        "portrait_url": address(actor, "growth:portrait"),
        "portrait_empty": portrait is None or portrait.empty,
        "goals": goals_of(actor, student.pk).filter(state=GoalState.OPEN),
        "choice": choice_of(actor, student),
        "may_choose": window is not None and window.is_open,
        "shines": shines_of(actor, student.pk)[:3],
    }


# The page of a student


def _aims(reader: Reader) -> Context:
    actor, row = reader.actor, reader.student
    goals = list(goals_of(actor, row.pk))
    choices = choices_of(actor, row)
    career = career_of(actor, row)
    goal_url = reader.link(GOAL_WRITE, "growth:goal_new", row.pk)
    own = PORTRAIT_WRITE in reader.may
    window = window_of(row) if own else None
    opened = window is not None and window.is_open
    return {
        "sees_goals": GOAL_WRITE in reader.may,
        "open_goals": [
            (goal, reader.link(GOAL_WRITE, "growth:goal_close", row.pk, goal.pk))
            for goal in goals
            if goal.state == GoalState.OPEN
        ],
        "past_goals": [goal for goal in goals if goal.state != GoalState.OPEN],
        "goal_url": goal_url if goal_url and room_for_goal(row) else "",
        "sees_subjects": choices is not None,
        "choice": next((each for each in choices or () if each.ends_on is None), None),
        "choices": choices or (),
        "subjects_url": reader.link(SUBJECT_WRITE, "growth:subjects", row.pk) if opened or not own else "",
        "window": window,
        "own": own,
        "career": career,
        "activities": activities_of(actor, row) if career else (),
        "career_url": reader.link(CAREER_WRITE, "growth:career"),
        "activity_url": reader.link(CAREER_WRITE, "growth:activity_new"),
    }


def _shines(reader: Reader) -> Context:
    actor, row = reader.actor, reader.student
    return {
        "shines": shines_of(actor, row.pk),
        "shine_count": count_of(actor, row.pk),
        "shine_url": reader.link(SHINE_WRITE, "growth:shine_new", row.pk),
        "own": PORTRAIT_WRITE in reader.may,
        "sees_all": SHINE_READ in reader.may,
        "actor_id": actor.person_id,
    }


def _talked(actor: Actor, student: Student, terms: Sequence[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    """The sum over the rooms that record talking."""
    counts: dict[UUID, Counter[str]] = {term: Counter() for term in terms}
    for source in TALKED_BY_TERM:
        for term, found in source(actor, student, terms).items():
            counts[term].update(found)
    return counts


def _portrait(reader: Reader) -> Context:
    actor, row = reader.actor, reader.student
    own = PORTRAIT_WRITE in reader.may
    return {
        "portrait": portrait_for(actor, row),
        "own": own,
        "portrait_url": reader.link(PORTRAIT_WRITE, "growth:portrait"),
        "clear_url": reader.link(PORTRAIT_WRITE, "growth:portrait_clear"),
        # For the mentor alone: what he talks about beside what the student wants.
        "wheel": None if own else wheel(actor, row, _talked if len(TALKED_BY_TERM) else None),
    }


def _shine(reader: Reader) -> Iterable[Button]:
    if url := reader.link(SHINE_WRITE, "growth:shine_new", reader.student.pk):
        yield Button("记闪光点", url, "sparkles")


PARTS.put(
    "aims",
    Part(
        "目标选科",
        "growth/parts/aims.html",
        _aims,
        needs=frozenset({GOAL_WRITE, SUBJECT_READ, CAREER_READ}),
        asks=frozenset({PORTRAIT_WRITE, SUBJECT_WRITE, CAREER_WRITE}),
    ),
    30,
)
PARTS.put(
    "shines",
    Part(
        "闪光点",
        "growth/parts/shines.html",
        _shines,
        needs=frozenset({SHINE_READ, SHINE_WRITE, SHINE_COUNT}),
        asks=frozenset({PORTRAIT_WRITE}),
    ),
    40,
)
PARTS.put(
    "portrait",
    Part(
        "自画像",
        "growth/parts/portrait.html",
        _portrait,
        needs=frozenset({PORTRAIT_READ}),
        asks=frozenset({PORTRAIT_WRITE}),
        reads=audit.PORTRAIT_READ,
    ),
    50,
)
HEADING_DEEDS.put("shine", Deeds(_shine, asks=frozenset({SHINE_WRITE})), 20)
TIMELINES.put("growth", timeline, 10)

# What it costs

_GOAL_TIMES = "每名学生一年请导师代填 1 次，其余由学生自己填"
fills_in(
    60,
    Form(
        "goal",
        "和学生定目标",
        1,
        _GOAL_TIMES,
        fixed(COMPULSORY["goal"], text="目标", strategy="方面", owner="谁来推动", review_on="哪天回头看"),
        timed=True,
    ),
)
fills_in(
    70,
    Form(
        "goal_close",
        "回头看一个目标",
        1,
        _GOAL_TIMES,
        fixed(COMPULSORY["goal_close"], outcome="怎么样了", closing="一句话"),
    ),
)
fills_in(
    80,
    Form(
        "shine",
        "闪光点",
        1,
        "记不记随您，按每名学生一年 1 条算",
        fixed(COMPULSORY["shine"], virtue="五育", text="看到了什么", on="哪一天"),
    ),
)
fills_in(
    90,
    Form(
        "shine_void", "作废一个闪光点", 0.05, "很少用到", fixed(COMPULSORY["shine_void"], reason="为什么作废")
    ),
)
