"""Every text has a class, what is sensitive is sealed, and nothing of it lies open where the database keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models

from liangshi.config.env import ROOT
from liangshi.foundation.base import checks, guard
from liangshi.foundation.base.classes import (
    NOT_TEXT,
    SEALED_FROM,
    DataClass,
    Holds,
    class_of,
    plain_because,
    text_columns,
)
from liangshi.foundation.base.management.commands import data_map
from liangshi.foundation.base.sealed import Sealed, SealedField, SealedList
from liangshi.practice.growth.models import Goal, Portrait
from liangshi.practice.relations.models import HandOver
from liangshi.practice.relations.queries.handovers import Part, opened
from liangshi.practice.talks.models import Talk
from liangshi.registry.people.models import Person, Student
from tests.walk.test_walk import World, world

__all__ = ["world"]

pytestmark = [pytest.mark.django_db, pytest.mark.both]

# Sensitive, and not sealed: each with its reason beside the model. Whoever adds one has a second look here.
LIES_OPEN = {
    "audit.Entry.detail",
    "matching.Answer.verdict",
    "matching.ManualMove.reason",
    "mentorships.NotMentoringSpan.reason",
    "people.Staff.state",
    "relations.Absence.kind",
}


def field(name: str) -> Any:
    label, column = name.rsplit(".", 1)
    return apps.get_model(label)._meta.get_field(column)


def found() -> list[tuple[str, str]]:
    return [(str(each.id), str(each.msg)) for each in checks.every_text_has_a_class(None)]


@contextmanager
def said(model: Any, holds: Holds | None) -> Iterator[None]:
    before = model.holds
    model.holds = holds
    try:
        yield
    finally:
        model.holds = before


def test_every_text_of_every_table_has_a_class_and_only_these_lie_open() -> None:
    assert found() == []
    columns = list(text_columns())
    assert len(columns) > 150
    high = [each for each in columns if (held := class_of(each)) is not None and held >= SEALED_FROM]
    assert {str(each) for each in high if not isinstance(each, SealedField)} == LIES_OPEN
    assert all(len(plain_because(field(name))) > 10 for name in LIES_OPEN)


def test_a_text_without_a_class_stops_the_start() -> None:
    with said(Goal, Holds(c2="strategy owner state", c3="text")):
        assert found() == [("classes.E001", "growth.Goal.closing has no class")]
        with pytest.raises(CommandError, match=r"Goal\.closing has no class"):
            call_command("check")


def test_a_sensitive_text_that_lies_open_stops_the_start() -> None:
    with said(Goal, Holds(c2="owner state", c3="strategy text closing")):
        assert found() == [("classes.E002", "growth.Goal.strategy is C3 and not sealed")]
    with said(Goal, Holds(c2="owner state", c3="strategy text closing", plain={"strategy": "for a reason"})):
        assert found() == []


def test_a_sealed_text_is_sensitive_or_one_of_the_two_is_wrong() -> None:
    with said(Goal, Holds(c2="strategy owner state text", c3="closing")):
        assert [code for code, _ in found()] == ["classes.E003"]
    with said(Goal, Holds(c2="strategy owner state", c3="text closing", plain={"text": "for a reason"})):
        assert [code for code, _ in found()] == ["classes.E003"]


def test_a_class_for_no_text_has_been_left_behind() -> None:
    with said(Goal, Holds(c2="strategy owner state mood", c3="text closing")):
        assert found() == [("classes.E004", "Goal holds mood, which is no text")]


def test_what_is_said_twice_or_excused_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Holds(c2="text", c3="text")
    with pytest.raises(ValueError, match="need not"):
        Holds(c2="text", plain={"text": "why"})


def test_a_column_of_an_unknown_kind_counts_as_text() -> None:
    class Odd(models.Field):  # type: ignore[type-arg]
        pass

    assert not isinstance(Odd(), NOT_TEXT)
    assert isinstance(field("talks.Talk.level"), NOT_TEXT)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("schools.School.name", DataClass.PUBLIC),
        ("schools.ClassGroup.track", DataClass.SCHOOL),
        ("people.Person.name", DataClass.PERSONAL),
        ("people.Person.mobile", DataClass.SENSITIVE),
        ("people.Student.national_no", DataClass.RESTRICTED),
        ("growth.Shine.void_reason", DataClass.SENSITIVE),  # of a base
        ("matching.Run.error", DataClass.PERSONAL),
        ("sessions.Session.session_data", DataClass.PERSONAL),
    ],
)
def test_the_class_of_a_field(name: str, wanted: DataClass) -> None:
    assert class_of(field(name)) == wanted


def test_the_written_table_is_the_one_that_holds() -> None:
    """Else: `.venv/bin/liangshi data-map > docs/data.md`."""
    said = (ROOT / "docs" / "data.md").read_text().splitlines()
    assert said == f"{data_map.HEAD}{chr(10).join(data_map.lines())}".splitlines()


# At rest


def at_rest() -> bytes:
    """All that the database keeps: SQLite's file, byte by byte, with what the transaction has written; of PostgreSQL
    every row of every table as text."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        return bytes(connection.connection.serialize())
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")
            rows += [line for (line,) in cursor.fetchall()]
    return "\n".join(rows).encode()


def high_markers(world: World) -> dict[str, str]:
    """Planted text → field, of what has to be sealed."""
    return {
        marker.text: marker.field
        for marker in world.markers()
        if (held := class_of(field(marker.field))) is not None
        and held >= SEALED_FROM
        and not plain_because(field(marker.field))
    }


def lying_open(world: World) -> list[str]:
    bytes_ = at_rest()
    return sorted({name for text, name in high_markers(world).items() if text.encode() in bytes_})


def test_what_is_sensitive_is_nowhere_in_the_database(world: World) -> None:
    planted = set(high_markers(world).values())
    wanted = {
        str(each)
        for each in text_columns()
        if isinstance(each, SealedField) and not isinstance(each, SealedList) and not each.choices  # codes
    } - {"rosters.StagedFile.sealed"}  # bytes of a workbook
    assert sorted(wanted - planted) == [], "the walk plants every one of them"
    assert lying_open(world) == []
    names = {marker.text for marker in world.markers() if class_of(field(marker.field)) == DataClass.PERSONAL}
    assert any(name.encode() in at_rest() for name in names), (
        "what is not sealed is found, or nothing was searched"
    )


def test_one_field_made_plain_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SealedField, "get_prep_value", lambda self, value: getattr(value, "stored", value))
    goal = Goal.objects.as_system("a test").first()
    assert goal is not None
    word = next(text for text, name in high_markers(world).items() if name == "growth.Goal.text")
    Goal.objects.as_system("a test").filter(pk=goal.pk).update(text=word)
    assert lying_open(world) == ["growth.Goal.text"]


def test_codes_of_any_length_look_alike() -> None:
    """Or the length of what is sealed would tell a code from another."""
    sealed = field("needs.Need.category")
    assert len({len(sealed.get_prep_value(code)) for code, _ in sealed.choices}) == 1
    assert len(sealed.get_prep_value("字" * 11)) < len(sealed.get_prep_value("字" * 200))
    assert sealed.get_prep_value("") == ""


def test_a_sealed_column_is_asked_whether_it_is_empty_and_nothing_else() -> None:
    rows = Portrait.objects.as_system("a test")
    assert not rows.filter(strengths="").exists()
    with pytest.raises(ValueError, match="sealed"):
        rows.filter(strengths="画画").exists()
    for lookup in ("contains", "in", "gt", "startswith"):
        with pytest.raises(Exception, match="Unsupported lookup"):
            rows.filter(**{f"strengths__{lookup}": "画"}).exists()
    assert Talk._meta.get_field("gist").get_lookup("regex") is None
    assert Person.objects.as_system("a test").filter(mobile="").count() >= 0
    assert Student.objects.as_system("a test").exclude(left_behind="").count() >= 0


# Opening


def test_what_belongs_to_the_row_opens_on_a_row_that_was_handed_out(world: World) -> None:
    with guard.as_system("a test"):
        nowhere = Goal.objects.order_by("pk").first()
    with guard.closed():
        handed_out = Goal.objects.as_system("a test").order_by("pk").first()
        assert handed_out is not None
        assert handed_out.text.startswith("qz")
        assert nowhere is not None
        with pytest.raises(guard.NotSeen, match=r"growth_goal\.text"):
            _ = nowhere.text


@pytest.mark.parametrize(
    ("part", "opens"),
    [
        (Part("mentor", True, False, False, False), {"mentor_half"}),
        (Part("", True, True, True, False), {"mentor_half", "student_half"}),
        (Part("student", False, False, False, False), {"student_half"}),
        (Part("", False, False, False, True), set()),
    ],
)
def test_a_half_of_a_letter_opens_for_whom_it_concerns(world: World, part: Part, opens: set[str]) -> None:
    row = HandOver.objects.as_system("a test").exclude(mentor_half="").exclude(student_half="").first()
    assert row is not None
    with guard.closed():
        opened(row, part)
        for half in ("mentor_half", "student_half"):
            if half in opens:
                assert getattr(row, half).startswith("qz")
            else:
                with pytest.raises(guard.NotSeen, match=half):
                    getattr(row, half)


def test_a_list_of_a_hundred_opens_what_it_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing when the rows are read, one text when one is looked at, and that one once."""
    first = Goal.objects.as_system("a test").order_by("pk").first()
    assert first is not None
    made = [
        Goal(student=first.student, term=first.term, text=f"目标 {n}", closing="好", state="met", strategy="SX",
             owner="student", review_on=first.review_on, set_by=first.set_by)
        for n in range(100)
    ]  # fmt: skip
    Goal.objects.bulk_create(made)
    times: list[str] = []
    real = Sealed.open
    monkeypatch.setattr(Sealed, "open", lambda self: times.append(self.label) or real(self))
    with guard.closed():
        rows = list(Goal.objects.as_system("a test").filter(pk__in=[row.pk for row in made]))
        assert (len(rows), times) == (100, [])
        shown = {row.text for row in rows[:20]} | {row.text for row in rows[:20]}
    assert (len(shown), times) == (20, ["growth_goal.text"] * 20)
