"""The verbs of growth and what they refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.models import new_key
from liangshi.foundation.notices.models import Notice
from liangshi.practice.growth.actions import goals as goal_actions
from liangshi.practice.growth.actions import shining as shining_actions
from liangshi.practice.growth.actions import subjects as subject_actions
from liangshi.practice.growth.actions.goals import close_goal
from liangshi.practice.growth.actions.portraits import (
    add_activity,
    clear_portrait,
    remove_activity,
    write_portrait,
)
from liangshi.practice.growth.actions.shining import void
from liangshi.practice.growth.actions.subjects import set_window
from liangshi.practice.growth.choices import GoalState
from liangshi.practice.growth.models import Goal, Portrait, Shine, SubjectChoice
from liangshi.practice.growth.queries.portraits import activities_of, portrait_for
from liangshi.practice.growth.queries.shining import own_shine, own_shines, shines_of
from liangshi.practice.growth.queries.subjects import choice_of
from liangshi.registry.people.models import ClassPost
from liangshi.registry.schools.models import Term
from tests.cast import Cast
from tests.inboxes import heard
from tests.practice.relations.bonds import actor_of

SOON = today() + dt.timedelta(30)


def refused(deed: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        deed()
    return caught.value


def set_goal(cast: Cast, by: str = "mentor", **change: Any) -> Goal:
    fields: dict[str, Any] = {
        "strategy": "XY", "text": "每天读半小时书", "owner": "student", "review_on": SOON, "key": new_key(),
        **change,
    }  # fmt: skip
    return goal_actions.set_goal(cast.own.student, **fields, actor=cast.actor(by))


def drop(cast: Cast, by: str = "worker", **change: Any) -> Shine:
    fields: dict[str, Any] = {
        "text": "主动扶起摔倒的同学", "virtue": "moral", "on": today(), "shared": False, "key": new_key(), **change,
    }  # fmt: skip
    return shining_actions.drop(cast.own.student, **fields, actor=cast.actor(by))


def choose(cast: Cast, first: str, *seconds: str, by: str = "clerk") -> SubjectChoice:
    return subject_actions.choose(cast.own.student, first=first, seconds=seconds, actor=cast.actor(by))


# Portrait


def test_fields_are_saved_one_by_one_and_none_is_lost(cast: Cast) -> None:
    who, actor = cast.own.student, cast.actor("student")
    write_portrait(who, {"interests": ("", "长跑")}, actor=actor)
    # Two devices opened the empty form; each writes its own field.
    write_portrait(who, {"worries": ("", "睡不好")}, actor=actor)
    write_portrait(who, {"wanted": ([], ["XL"])}, actor=actor)
    held = Portrait.objects.get(student=who)
    assert (held.interests, held.worries, held.wanted) == ("长跑", "睡不好", ["XL"])
    problem = refused(lambda: write_portrait(who, {"interests": ("", "围棋")}, actor=actor))
    assert (problem.code, problem.field) == ("changed_elsewhere", "interests")
    assert "兴趣" in problem.message
    held.refresh_from_db()
    assert held.interests == "长跑"
    write_portrait(who, {"interests": ("长跑", "围棋")}, actor=actor)
    write_portrait(who, {"interests": ("长跑", "围棋")}, actor=actor)  # the second click
    write_portrait(who, {}, actor=actor)
    held.refresh_from_db()
    assert held.interests == "围棋"


def test_the_two_private_fields_are_sealed_and_the_log_holds_no_words(cast: Cast) -> None:
    who, actor = cast.own.student, cast.actor("student")
    words = {"worries": ("", "困扰之言"), "unspoken": ("", "不提之言"), "to_tell": ("", "告知之言")}
    write_portrait(who, words, actor=actor)
    with connection.cursor() as cursor:
        cursor.execute("select worries, unspoken from growth_portrait")
        stored = cursor.fetchone()
    assert all(text.startswith("v1.") and "之言" not in text for text in stored)
    assert not any("之言" in str(entry.detail) for entry in Entry.objects.all())
    assert Entry.objects.filter(type="portrait.written", subject=str(who.pk)).count() == 1


def test_a_student_clears_everything(cast: Cast) -> None:
    who, actor = cast.own.student, cast.actor("student")
    write_portrait(who, {"worries": ("", "睡不好")}, actor=actor)
    for _ in range(2):
        clear_portrait(who, actor=actor)
    assert not Portrait.objects.exists()
    assert Entry.objects.filter(type="portrait.cleared").count() == 1
    seen = portrait_for(cast.actor("mentor"), who)
    assert seen is not None
    assert seen.empty


# Goals


@pytest.mark.row("R20")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"review_on": None}, "goal_needs_review_date"),
        ({"review_on": today()}, "review_date_past"),
        ({"review_on": today() + dt.timedelta(400)}, "review_date_far"),
    ],
)
def test_a_goal_needs_a_day_to_look_back(cast: Cast, change: dict[str, Any], code: str) -> None:
    problem = refused(lambda: set_goal(cast, **change))
    assert (problem.code, problem.field) == (code, "review_on")
    assert not Goal.objects.exists()


@pytest.mark.row("R20")
def test_a_fourth_open_goal_is_refused_and_closing_makes_room(cast: Cast) -> None:
    goals = [set_goal(cast, by) for by in ("mentor", "student", "mentor")]
    problem = refused(lambda: set_goal(cast))
    assert problem.code == "three_goals"
    assert "收尾" in problem.message
    assert (
        refused(lambda: close_goal(goals[1], outcome="met", closing=" ", actor=cast.actor("mentor"))).code
        == "goal_needs_line"
    )
    close_goal(goals[1], outcome="adjusted", closing="改成每周三次", actor=cast.actor("student"))
    again = refused(
        lambda: close_goal(goals[1], outcome="met", closing="又一次", actor=cast.actor("student"))
    )
    assert again.code == "invalid_transition"
    closed = Goal.objects.get(pk=goals[1].pk)
    assert (closed.state, closed.closing, closed.seat, closed.closed_on) == (
        GoalState.ADJUSTED, "改成每周三次", None, today(),
    )  # fmt: skip
    assert set_goal(cast).seat == 2
    # The student hears of what somebody else wrote down; he needs no notice of his own.
    assert Notice.objects.filter(person=cast.own.student.person_id).count() == 3


def test_the_same_form_twice_is_one_goal(cast: Cast) -> None:
    """Also when the first tap took the last seat; the student hears of it once."""
    for _ in range(2):
        set_goal(cast, "student")
    once = new_key()
    first, second = set_goal(cast, key=once), set_goal(cast, key=once)
    assert first == second
    assert refused(lambda: set_goal(cast, key=once, text="每天跑步")).code == "saved_already"
    assert Goal.objects.count() == 3
    assert Notice.objects.filter(person=cast.own.student.person_id).count() == 1
    assert Entry.objects.filter(type="goal.set").count() == 3
    with pytest.raises(IntegrityError, match=r"goal_set_once|growth_goal.key"), transaction.atomic():
        Goal.objects.create(
            student=first.student, term=first.term, strategy="SX", text="又一个", owner="student", review_on=SOON,
            set_by=first.set_by, key=once, state=GoalState.MET, closing="好",
        )  # fmt: skip


def test_the_database_is_the_last_wall_of_three_goals(cast: Cast) -> None:
    goal = set_goal(cast)
    copy = {
        "student": goal.student, "term": goal.term, "strategy": "SX", "text": "又一个", "owner": "student",
        "review_on": SOON, "set_by": goal.set_by, "key": new_key(),
    }  # fmt: skip
    for seat in (1, 4, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            Goal.objects.create(**copy, seat=seat)


def test_without_a_term_no_goal(cast: Cast) -> None:
    Term.objects.all().delete()
    assert refused(lambda: set_goal(cast)).code == "no_term"


# Subjects


@pytest.mark.row("R29")
def test_a_change_keeps_history_and_prompts_the_mentor(cast: Cast) -> None:
    who, mentor = cast.own.student, cast.own.people["mentor"]
    assert choice_of(cast.actor("clerk"), who) is None
    for seconds in (("che", "che"), ("che",), ("phy", "che"), ("che", "bio", "geo")):
        assert refused(lambda seconds=seconds: choose(cast, "phy", *seconds)).code == "bad_combo"  # type: ignore[misc]
    assert refused(lambda: choose(cast, "che", "bio", "geo")).code == "bad_combo"
    assert not SubjectChoice.objects.exists()

    choose(cast, "phy", "che", "bio")
    choose(cast, "phy", "bio", "che", by="adviser")  # the same again
    assert SubjectChoice.objects.count() == 1
    assert not Notice.objects.filter(person=mentor.pk).exists()

    choose(cast, "his", "pol", "geo", by="adviser")
    now, before = SubjectChoice.objects.filter(student=who)
    assert (str(now), now.entered_by, now.ends_on) == ("史政地", cast.own.people["adviser"], None)
    assert (str(before), before.entered_by, before.ends_on) == ("物化生", cast.own.people["clerk"], today())
    ((role, title),) = heard(mentor)
    assert role == "mentor"
    assert "生涯" in title
    assert "史" not in title
    entry = Entry.objects.filter(type="subjects.chosen", subject=str(who.pk)).order_by("-seq")[0]
    assert (entry.detail["before"], entry.detail["after"]) == ("物化生", "史政地")


@pytest.mark.row("R29")
def test_a_student_chooses_only_while_the_school_has_opened_it(cast: Cast) -> None:
    assert refused(lambda: choose(cast, "phy", "che", "bio", by="student")).code == "choice_closed"
    day, clerk = today(), cast.actor("clerk")

    def window(start: int, end: int) -> None:
        opens_on, last_on = day + dt.timedelta(start), day + dt.timedelta(end)
        set_window(cast.own.cohort, opens_on=opens_on, last_on=last_on, actor=clerk)

    for start, end, code in ((2, 1, "window_order"), (-5, -1, "window_over"), (0, 200, "window_too_long")):
        assert refused(lambda start=start, end=end: window(start, end)).code == code  # type: ignore[misc]
    window(1, 5)
    problem = refused(lambda: choose(cast, "phy", "che", "bio", by="student"))
    assert problem.code == "choice_closed"
    assert "班主任" in problem.message
    window(-1, 0)
    row = choose(cast, "phy", "che", "bio", by="student")
    assert (row.source, row.entered_by) == ("student", cast.own.student.person)


def test_the_database_refuses_what_is_no_combination(cast: Cast) -> None:
    who = cast.own.student
    for first, one, two in (
        ("phy", "che", "che"),
        ("phy", "pol", "bio"),
        ("che", "bio", "geo"),
        ("phy", "his", "pol"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SubjectChoice.objects.create(
                student=who, first=first, second_one=one, second_two=two, source="school",
                entered_by=who.person, starts_on=today(),
            )  # fmt: skip


# Career


def test_activities_are_taken_back_once(cast: Cast) -> None:
    who, actor = cast.own.student, cast.actor("student")
    tomorrow = today() + dt.timedelta(1)
    assert (
        refused(lambda: add_activity(who, on=tomorrow, title="参观船厂", note="", actor=actor)).code
        == "date_in_future"
    )
    row = add_activity(who, on=today(), title="参观船厂", note="", actor=actor)
    for _ in range(2):
        remove_activity(row, actor=actor)
    assert activities_of(cast.actor("student"), who) == []
    assert Entry.objects.filter(type="career.activity_removed").count() == 1


# Shining moments


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": " "}, "shine_is_empty"),
        ({"text": "好" * 141}, "shine_too_long"),
        ({"on": dt.timedelta(1)}, "date_in_future"),
    ],
)
def test_what_no_shining_moment_is(cast: Cast, change: dict[str, Any], code: str) -> None:
    if "on" in change:  # from the day of the test, which may not be that of the collection
        change = {"on": today() + change["on"]}
    assert refused(lambda: drop(cast, **change)).code == code
    assert not Shine.objects.exists()


def test_a_double_tap_writes_one(cast: Cast) -> None:
    once = new_key()
    first, second = drop(cast, key=once), drop(cast, key=once)
    assert refused(lambda: drop(cast, key=once, text="另一件好事")).code == "saved_already"
    assert first.pk == second.pk
    assert Shine.objects.count() == 1
    assert Entry.objects.filter(type="shine.written").count() == 1
    assert drop(cast, by="mentor", key=once).pk != first.pk  # a key is its writer's own
    assert drop(cast, text="好" * 140).text == "好" * 140


@pytest.mark.both
@pytest.mark.parametrize("by", ["mentor", "adviser"])
def test_what_was_seen_while_he_had_the_student_goes_with_him(cast: Cast, by: str) -> None:
    """A colleague keeps what he saw as a colleague, also the mentor of before."""
    student = cast.own.student
    with time_machine.travel(now() - dt.timedelta(1)):
        kept = drop(cast, by="worker")
        seen = drop(cast, by=by)
    assert [row.pk for row in own_shines(cast.actor(by), 9)] == [seen.pk]
    student.mentorships.update(ends_on=today(), seat=None)
    ClassPost.objects.filter(class_group=cast.own.class_1).update(ends_on=today())
    actor = actor_of(cast.own.people[by])
    assert own_shines(actor, 9) == []
    assert own_shine(actor, seen.pk) is None
    assert shines_of(actor, student.pk) == []
    later = shining_actions.drop(
        student, text="又一件好事", virtue="moral", on=today(), shared=False, key=new_key(), actor=actor
    )
    assert [row.pk for row in own_shines(actor, 9)] == [later.pk]
    assert [row.pk for row in own_shines(cast.actor("worker"), 9)] == [kept.pk]


def test_only_a_reason_voids_and_only_once(cast: Cast) -> None:
    row, actor = drop(cast), cast.actor("worker")
    assert refused(lambda: void(row, reason=" ", actor=actor)).code == "needs_reason"
    void(row, reason="记错了人", actor=actor)
    assert refused(lambda: void(row, reason="又一次", actor=actor)).code == "already_void"
    assert shines_of(cast.actor("mentor"), row.student_id) == []
