"""Records about students: how far they reach by level, withdrawal and author, and who reads what they say."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from liangshi.foundation.records.levels import Level
from liangshi.practice.talks.actions.talks import void_talk
from liangshi.practice.talks.models import Talk
from liangshi.practice.talks.rules import _talks_about
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.access.policy import Scope
from liangshi.registry.access.queries import options
from liangshi.registry.access.reach import level_field, reached, reads_text
from tests.cast import Cast
from tests.practice.talks.desk import Desk

pytestmark = pytest.mark.django_db
READERS = {
    "leader": (Role.LEADER, Scope.SCHOOL),
    "mentor": (Role.MENTOR, Scope.MENTEES),
    "second": (Role.MENTOR, Scope.MENTEES),
    "adviser": (Role.ADVISER, Scope.CLASSES),
    "student": (Role.STUDENT, Scope.SELF),
    "guardian": (Role.GUARDIAN, Scope.CHILDREN),
    "other_mentor": (Role.MENTOR, Scope.MENTEES),
}


@pytest.fixture
def levels(cast: Cast) -> dict[str, Any]:
    """A talk of each level, and one that was withdrawn, about a student with a co-mentor."""
    desk = Desk(cast).co()
    rows = {level.name: desk.talk(level=level) for level in Level}
    rows["VOID"] = desk.talk(level=Level.SHARED)
    void_talk(rows["VOID"], reason="选错了学生", actor=desk.mentor)
    return rows


def reach(cast: Cast, levels: dict[str, Any], who: str, role: Role, scope: Scope) -> set[str]:
    rows = Talk.objects.as_system("the test").filter(
        reached(cast.actor(who, role), model=Talk, reach=scope, rows=_talks_about)
    )
    held = set(rows.values_list("pk", flat=True))
    return {name for name, row in levels.items() if row.pk in held}


@pytest.mark.parametrize(
    ("who", "names", "texts"),
    [
        ("leader", {"SHARED", "SCHOOL", "AUTHOR"}, set()),
        ("mentor", {"SHARED", "SCHOOL", "AUTHOR", "VOID"}, {"SHARED", "SCHOOL", "AUTHOR", "VOID"}),
        ("second", {"SHARED", "SCHOOL"}, {"SHARED", "SCHOOL"}),
        ("adviser", {"SHARED", "SCHOOL"}, {"SHARED", "SCHOOL"}),
        ("student", {"SHARED", "SCHOOL", "AUTHOR"}, set()),
        ("guardian", {"SHARED"}, {"SHARED"}),
        ("other_mentor", set(), set()),
    ],
)
def test_how_far_a_record_reaches(
    cast: Cast, levels: dict[str, Any], who: str, names: set[str], texts: set[str]
) -> None:
    role, scope = READERS[who]
    assert reach(cast, levels, who, role, scope) == names
    actor = cast.actor(who, role)
    assert {name for name in names if reads_text(actor, levels[name])} == texts


@pytest.mark.parametrize("who", ["guardian", "adviser", "second"])
def test_a_level_is_asked_for_again_where_a_row_is_in_hand(
    cast: Cast, levels: dict[str, Any], who: str
) -> None:
    actor = cast.actor(who, READERS[who][0])
    assert not reads_text(actor, levels["AUTHOR"])
    assert reads_text(actor, levels["SCHOOL"]) == (who != "guardian")


def test_a_former_author_reaches_nothing(cast: Cast, levels: dict[str, Any]) -> None:
    Desk(cast).part()
    assert reach(cast, levels, "mentor", *READERS["mentor"]) == set()


def test_a_form_offers_the_levels_that_have_readers() -> None:
    field = level_field(Level.SCHOOL, Level.AUTHOR)
    assert [value for value, _ in field.choices] == [1, 2]
    assert (field.initial, field.clean("2")) == (Level.SCHOOL, Level.AUTHOR)
    with pytest.raises(ValidationError, match="不在可以选的里面"):
        field.clean("0")
    assert len(level_field().choices) == len(Level)


def test_a_form_offers_one_s_students_of_today_homonyms_with_their_class(cast: Cast) -> None:
    Desk(cast).give(1)
    actor = cast.actor("mentor", Role.MENTOR)
    rows = options(actor, STUDENT_READ)
    assert {row.pk for row, _ in rows} == {cast.own.students[0].pk, cast.own.students[1].pk}
    assert {label for _, label in rows} == {row.person.name for row, _ in rows}
    type(rows[0][0].person).objects.as_system("the test").filter(pk=rows[1][0].person_id).update(
        name=rows[0][0].person.name
    )
    assert all("班" in label for _, label in options(actor, STUDENT_READ))
