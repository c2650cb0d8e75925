"""The parts of a student's page: which there are for this reader, and what each of them shows.

A part is a tab of the same address (`?part=`). Which tabs there are, and what stands in them, follows from the
policy table for this actor and this student; a tab that is not offered answers like the first one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from liangshi.foundation.ui.shell import Tab
from liangshi.portal.dossier import queries
from liangshi.portal.dossier.queries import joins
from liangshi.practice.growth import queries as growth
from liangshi.practice.growth.choices import GoalState
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
from liangshi.practice.needs.policy import NEED_PROPOSE
from liangshi.practice.relations.queries.absences import caretakers
from liangshi.practice.relations.queries.changes import may_ask
from liangshi.practice.rosters.policy import STUDENT_WRITE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import MENTOR_ASSIGN
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.people.actions import GONE
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Student

ASKED = (
    PORTRAIT_READ,
    PORTRAIT_WRITE,
    GOAL_WRITE,
    CAREER_READ,
    CAREER_WRITE,
    SUBJECT_READ,
    SUBJECT_WRITE,
    SHINE_READ,
    SHINE_WRITE,
    SHINE_COUNT,
    STUDENT_WRITE,
    NEED_PROPOSE,
    MENTOR_ASSIGN,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who opens the page of whom, and what he may do with it."""

    actor: Actor
    student: Any
    may: frozenset[Permission[Student]]

    def link(self, permission: Permission[Student], route: str, *keys: Any) -> str:
        """The address of a deed on this student, or ""."""
        return address(self.actor, route, *keys) if permission in self.may else ""


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    label: str
    needs: frozenset[Permission[Student]]  # any of these; none: everybody who may open the page
    context: Callable[[Reader], dict[str, Any]]


def _overview(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    bonds = queries.mentors_now(row)
    return {
        "mentors": [(bond, address(actor, "dossier:staff_member", bond.mentor_id)) for bond in bonds],
        "care": next(iter(caretakers(bond.pk for bond in bonds).values()), None),
        "paused": row.state == StudentState.SUSPENDED,
        "gone": StudentState(row.state).label if row.state in GONE else "",
        "need_url": reader.link(NEED_PROPOSE, "needs:new", row.pk) if bonds else "",
        "needs_url": address(actor, "needs:needs"),
        # Whoever has co-mentors may have one of them take over; everybody else's mentor is changed by request.
        "primary_url": reader.link(MENTOR_ASSIGN, "needs:end_primary", row.pk)
        if any(bond.kind == Kind.CO for bond in bonds)
        else "",
        "ask_url": address(actor, "relations:ask", row.pk) if may_ask(actor, row.pk) else "",
        "responsible": queries.responsible(row, row.class_id),
        "contacts": queries.contacts(actor, row),
        "guardians": queries.guardians(actor, row),
    }


def _timeline(reader: Reader) -> dict[str, Any]:
    reasons = STUDENT_WRITE in reader.may
    return {"history": queries.happenings(reader.actor, reader.student, reasons=reasons)}


def _aims(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    goals = list(growth.goals_of(actor, row.pk))
    choices = growth.choices_of(actor, row)
    career = growth.career_of(actor, row)
    goal_url = reader.link(GOAL_WRITE, "growth:goal_new", row.pk)
    own = PORTRAIT_WRITE in reader.may
    window = growth.window_of(row) if own else None
    opened = window is not None and window.is_open
    return {
        "sees_goals": GOAL_WRITE in reader.may,
        "open_goals": [
            (goal, reader.link(GOAL_WRITE, "growth:goal_close", row.pk, goal.pk))
            for goal in goals
            if goal.state == GoalState.OPEN
        ],
        "past_goals": [goal for goal in goals if goal.state != GoalState.OPEN],
        "goal_url": goal_url if goal_url and growth.room_for_goal(row) else "",
        "sees_subjects": choices is not None,
        "choice": next((each for each in choices or () if each.ends_on is None), None),
        "choices": choices or (),
        "subjects_url": reader.link(SUBJECT_WRITE, "growth:subjects", row.pk) if opened or not own else "",
        "window": window,
        "own": own,
        "career": career,
        "activities": growth.activities_of(row) if career else (),
        "career_url": reader.link(CAREER_WRITE, "growth:career"),
        "activity_url": reader.link(CAREER_WRITE, "growth:activity_new"),
    }


def _shines(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    return {
        "shines": growth.shines_of(actor, row.pk),
        "shine_count": growth.count_of(actor, row.pk),
        "shine_url": reader.link(SHINE_WRITE, "growth:shine_new", row.pk),
        "own": PORTRAIT_WRITE in reader.may,
        "sees_all": SHINE_READ in reader.may,
        "actor_id": actor.person_id,
    }


def _portrait(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    own = PORTRAIT_WRITE in reader.may
    talks = joins.TALKS[0] if joins.TALKS else None
    return {
        "portrait": growth.portrait_for(actor, row),
        "own": own,
        "portrait_url": reader.link(PORTRAIT_WRITE, "growth:portrait"),
        "clear_url": reader.link(PORTRAIT_WRITE, "growth:portrait_clear"),
        # For the mentor alone: what he talks about beside what the student wants.
        "wheel": None if own else growth.wheel(actor, row, talks),
    }


PARTS = (
    Part("overview", "概况", frozenset(), _overview),
    Part("timeline", "时间线", frozenset(), _timeline),
    Part("aims", "目标选科", frozenset({GOAL_WRITE, SUBJECT_READ, CAREER_READ}), _aims),
    Part("shines", "闪光点", frozenset({SHINE_READ, SHINE_WRITE, SHINE_COUNT}), _shines),
    Part("portrait", "自画像", frozenset({PORTRAIT_READ}), _portrait),
)


def offered(reader: Reader) -> list[Part]:
    """The parts that this reader finds."""
    return [part for part in PARTS if not part.needs or part.needs & reader.may]


def chosen(parts: list[Part], key: str) -> Part:
    """The part that was asked for; the first one when it is not offered."""
    return next((part for part in parts if part.key == key), parts[0])


def tabs(parts: list[Part], current: Part) -> list[Tab]:
    return [Tab(part.label, f"?part={part.key}", current=part is current) for part in parts]


def reader_of(actor: Actor, student: Any) -> Reader:
    return Reader(actor, student, queries.rights(actor, student.pk, ASKED))
