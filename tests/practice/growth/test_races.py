"""Three goals, one choice, one moment: whoever clicks at the same time."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import new_key
from liangshi.practice.growth.actions.goals import set_goal
from liangshi.practice.growth.actions.shining import drop
from liangshi.practice.growth.actions.subjects import choose
from liangshi.practice.growth.models import Goal, Shine, SubjectChoice
from liangshi.practice.growth.queries.goals import term_at
from tests import cast as troupe
from tests.cast import Cast
from tests.races import at_once

AT_ONCE = 8


@pytest.fixture
def people() -> Cast:
    with transaction.atomic():
        return troupe.build()


def together(deed: Callable[[int], object]) -> Counter[str]:
    return at_once([lambda n=n: deed(n) for n in range(AT_ONCE)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("R20")
def test_of_many_goals_at_once_three_stand(people: Cast) -> None:
    actor, who = people.actor("mentor"), people.own.student

    def deed(number: int) -> None:
        set_goal(
            who, strategy="XY", text=f"目标{number}", owner="student", review_on=today() + dt.timedelta(9),
            key=new_key(), actor=actor,
        )  # fmt: skip

    assert together(deed) == {"done": 3, "three_goals": AT_ONCE - 3}
    assert sorted(Goal.objects.values_list("seat", flat=True)) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_counting_and_then_writing_would_not_do(people: Cast) -> None:
    """The naive way: all count none and take the first seat. The database lets one of them."""
    who = people.own.student
    term = term_at(who.school_id, today())
    counted = threading.Barrier(AT_ONCE)
    refusals: list[str] = []

    def naive(number: int) -> None:
        seen = Goal.objects.filter(student=who, state="open").count()
        counted.wait(timeout=30)
        try:
            Goal.objects.create(
                student=who, term=term, strategy="XY", text=f"目标{number}", owner="student",
                review_on=today() + dt.timedelta(9), seat=seen + 1, set_by=who.person, key=uuid.uuid4(),
            )  # fmt: skip
        except IntegrityError:
            refusals.append("taken")

    together(naive)
    assert len(refusals) == AT_ONCE - 1
    assert Goal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("R29")
def test_of_many_choices_at_once_one_holds(people: Cast) -> None:
    actor, who = people.actor("clerk"), people.own.student
    pairs = [("che", "bio"), ("che", "geo"), ("che", "pol"), ("bio", "geo")]

    def deed(number: int) -> None:
        choose(who, first="phy", seconds=pairs[number % 4], actor=actor)

    assert together(deed) == {"done": AT_ONCE}
    assert SubjectChoice.objects.filter(ends_on__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_taps_write_one_moment(people: Cast) -> None:
    actor, who, once = people.actor("worker"), people.own.student, new_key()

    def deed(number: int) -> None:
        drop(who, text="主动值日", virtue="work", on=today(), shared=True, key=once, actor=actor)

    assert together(deed) == {"done": AT_ONCE}
    assert Shine.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_taps_set_one_goal(people: Cast) -> None:
    actor, who, once = people.actor("student"), people.own.student, new_key()

    def deed(number: int) -> None:
        set_goal(
            who, strategy="XY", text="每天读半小时书", owner="student", review_on=today() + dt.timedelta(9),
            key=once, actor=actor,
        )  # fmt: skip

    assert together(deed) == {"done": AT_ONCE}
    assert Goal.objects.count() == 1
