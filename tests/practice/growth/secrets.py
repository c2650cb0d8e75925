"""What growth plants: every field of a portrait, goals, career, and shining moments, shown and not shown to the student."""

from __future__ import annotations

import datetime as dt
from typing import Any

from liangshi.foundation.base.clock import now, today
from liangshi.practice.growth.models import Career, Goal, Portrait, Shine, SubjectChoice
from tests.walk.world import Side

PUBLIC = {"growth.Portrait.wanted": "codes of strategies"}
OPEN = ("interests", "strengths", "talk_style", "to_tell")
PRIVATE = ("worries", "unspoken")


def plant(side: Side) -> None:
    _portrait(side)
    _goals(side)
    _career(side)
    _subjects(side)
    _shines(side)


def _portrait(side: Side) -> None:
    """A caretaker sees nothing of the two private fields; nobody but mentors and the student sees anything."""
    texts = {name: side.mark(f"growth.Portrait.{name}", "student mentors") for name in OPEN}
    texts |= {name: side.mark(f"growth.Portrait.{name}", "student mentor co_mentor") for name in PRIVATE}
    Portrait.objects.create(student=side.student, wanted=["XL"], **texts)


def _goal(side: Side, what: str, **more: Any) -> Goal:
    who = side.student
    return Goal.objects.create(
        student=who, term=side.troupe.year.terms.order_by("opens_on")[0], strategy="XY", owner="student",
        text=side.mark("growth.Goal.text", "student mentors", what), review_on=today() + dt.timedelta(30),
        set_by=who.person, **more,
    )  # fmt: skip


def _goals(side: Side) -> None:
    goal = _goal(side, "open", seat=1)
    Goal.objects.filter(pk=_goal(side, "due", seat=2).pk).update(review_on=today())
    _goal(
        side,
        "closed",
        state="met",
        closed_on=today(),
        closing=side.mark("growth.Goal.closing", "student mentors"),
    )
    side.keys("growth:goal_close", ({"pk": side.student.pk, "goal": goal.pk}, side.student))


def _career(side: Side) -> None:
    who = side.student
    texts = {name: side.mark(f"growth.Career.{name}", "student mentors") for name in ("leanings", "majors")}
    Career.objects.create(student=who, **texts)
    row = who.career_activities.create(
        on=today(),
        title=side.mark("growth.CareerActivity.title", "student mentors"),
        note=side.mark("growth.CareerActivity.note", "student mentors"),
    )
    who.career_activities.create(
        on=today(),
        title=side.mark("growth.CareerActivity.title", what="voided"),
        voided_at=now(),
        void_reason=side.mark("growth.CareerActivity.void_reason"),
    )
    side.keys("growth:activity_remove", (row, who))


def _subjects(side: Side) -> None:
    row = SubjectChoice.objects.create(
        student=side.student, first="phy", second_one="bio", second_two="geo", source="school",
        entered_by=side.student.person, starts_on=today(),
    )  # fmt: skip
    assert row


def _shines(side: Side) -> None:
    told = {"for the student too": True, "for teachers": False}
    for what, shared in told.items():
        author = side.people["adviser" if shared else "far_mentor"]  # the mentor has been named by him
        readers = (
            f"mentors adviser far_mentor {'student' if shared else ''}"
            if not shared
            else "mentors adviser student"
        )
        row = Shine.objects.create(
            student=side.student, author=author, text=side.mark("growth.Shine.text", readers, what),
            virtue="moral", on=today(), shared=shared,
        )  # fmt: skip
        side.keys("shine", (row, author))
    gone = Shine.objects.create(
        student=side.student, author=side.people["mentor"], virtue="moral", on=today(), voided_at=now(),
        text=side.mark("growth.Shine.text", "mentor", "voided"),
        void_reason=side.mark("growth.Shine.void_reason", "mentor"),
    )  # fmt: skip
    side.keys("shine", (gone, side.people["mentor"]))
    # Written while he had the student, who is another's now; and at the school where the clerk worked before.
    passed = Shine.objects.create(
        student=side.student, author=side.people["former_mentor"], virtue="moral", on=today(),
        text=side.mark("growth.Shine.text", "mentors adviser", "of the former mentor"),
    )  # fmt: skip
    Shine.objects.filter(pk=passed.pk).update(created_at=now() - dt.timedelta(days=10))
    there = Shine.objects.create(
        student=side.elsewhere, author=side.people["clerk"], virtue="moral", on=today(),
        text=side.mark("growth.Shine.text", "", "elsewhere"),
    )  # fmt: skip
    side.keys("shine", (passed, ""), (there, ""))
    side.ask("growth:shine", f"q={side.student.person.search.split()[0]}")
