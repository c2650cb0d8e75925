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
from liangshi.practice.relations import queries as relations
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.links import address
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.people.actions import GONE
from liangshi.registry.people.choices import StudentState

ASKED = (
    "portrait.read",
    "portrait.write",
    "goal.write",
    "career.read",
    "career.write",
    "subject.read",
    "subject.write",
    "shine.read",
    "shine.write",
    "shine.count",
    "student.write",
    "need.propose",
    "mentor.assign",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who opens the page of whom, and what he may do with it."""

    actor: Actor
    student: Any
    may: frozenset[str]

    def link(self, permission: str, route: str, *keys: Any) -> str:
        """The address of a deed on this student, or ""."""
        return address(self.actor, route, *keys) if permission in self.may else ""


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    label: str
    needs: frozenset[str]  # any of these; none: everybody who may open the page
    context: Callable[[Reader], dict[str, Any]]


def _overview(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    bonds = queries.mentors_now(row)
    return {
        "mentors": [(bond, address(actor, "dossier:staff_member", bond.mentor_id)) for bond in bonds],
        "care": next(iter(relations.caretakers(bond.pk for bond in bonds).values()), None),
        "paused": row.state == StudentState.SUSPENDED,
        "gone": StudentState(row.state).label if row.state in GONE else "",
        "need_url": reader.link("need.propose", "relations:need_new", row.pk) if bonds else "",
        "needs_url": address(actor, "relations:needs"),
        # Whoever has co-mentors may have one of them take over; everybody else's mentor is changed by request.
        "primary_url": reader.link("mentor.assign", "relations:end_primary", row.pk)
        if any(bond.kind == Kind.CO for bond in bonds)
        else "",
        "ask_url": address(actor, "relations:ask", row.pk) if relations.may_ask(actor, row.pk) else "",
        "responsible": queries.responsible(row, row.class_id),
        "contacts": queries.contacts(actor, row),
        "guardians": queries.guardians(actor, row),
    }


def _timeline(reader: Reader) -> dict[str, Any]:
    reasons = "student.write" in reader.may
    return {"history": queries.happenings(reader.actor, reader.student, reasons=reasons)}


def _aims(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    goals = list(growth.goals_of(actor, row.pk))
    choices = growth.choices_of(actor, row)
    career = growth.career_of(actor, row)
    goal_url = reader.link("goal.write", "growth:goal_new", row.pk)
    own = "portrait.write" in reader.may
    window = growth.window_of(row) if own else None
    opened = window is not None and window.is_open
    return {
        "sees_goals": "goal.write" in reader.may,
        "open_goals": [
            (goal, reader.link("goal.write", "growth:goal_close", row.pk, goal.pk))
            for goal in goals
            if goal.state == GoalState.OPEN
        ],
        "past_goals": [goal for goal in goals if goal.state != GoalState.OPEN],
        "goal_url": goal_url if goal_url and growth.room_for_goal(row) else "",
        "sees_subjects": choices is not None,
        "choice": next((each for each in choices or () if each.ends_on is None), None),
        "choices": choices or (),
        "subjects_url": reader.link("subject.write", "growth:subjects", row.pk) if opened or not own else "",
        "window": window,
        "own": own,
        "career": career,
        "activities": growth.activities_of(row) if career else (),
        "career_url": reader.link("career.write", "growth:career"),
        "activity_url": reader.link("career.write", "growth:activity_new"),
    }


def _shines(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    return {
        "shines": growth.shines_of(actor, row.pk),
        "shine_count": growth.count_of(actor, row.pk),
        "shine_url": reader.link("shine.write", "growth:shine_new", row.pk),
        "own": "portrait.write" in reader.may,
        "sees_all": "shine.read" in reader.may,
        "actor_id": actor.person_id,
    }


def _portrait(reader: Reader) -> dict[str, Any]:
    actor, row = reader.actor, reader.student
    own = "portrait.write" in reader.may
    talks = joins.TALKS[0] if joins.TALKS else None
    return {
        "portrait": growth.portrait_for(actor, row),
        "own": own,
        "portrait_url": reader.link("portrait.write", "growth:portrait"),
        "clear_url": reader.link("portrait.write", "growth:portrait_clear"),
        # For the mentor alone: what he talks about beside what the student wants.
        "wheel": None if own else growth.wheel(actor, row, talks),
    }


PARTS = (
    Part("overview", "概况", frozenset(), _overview),
    Part("timeline", "时间线", frozenset(), _timeline),
    Part("aims", "目标选科", frozenset({"goal.write", "subject.read", "career.read"}), _aims),
    Part("shines", "闪光点", frozenset({"shine.read", "shine.write", "shine.count"}), _shines),
    Part("portrait", "自画像", frozenset({"portrait.read"}), _portrait),
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
