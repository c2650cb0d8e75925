"""What lay open is sealed where it lies, broken off and begun again, and opened on the way back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from liangshi.foundation.base import sealing, wall
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.sealed import seal, unseal
from liangshi.foundation.base.sealing import seal_texts
from liangshi.practice.growth.models import Portrait, Shine
from tests.cast import Cast
from tests.foundation.test_classes import at_rest

pytestmark = [pytest.mark.django_db, pytest.mark.both]
EDITOR: Any = SimpleNamespace(connection=connection)
LABEL = "growth_portrait.strengths"
PLAIN = ("答应别人的事会做完", "", "v1.0 版就会了", "坐得住", "会听人说话")


@pytest.fixture
def portraits(cast: Cast) -> list[Portrait]:
    rows = [Portrait.objects.create(student=each) for each in cast.own.students[:5]]
    lay(rows, PLAIN)
    return rows


def lay(rows: list[Portrait], texts: Any, column: str = "strengths") -> None:
    with connection.cursor() as cursor:
        for row, text in zip(rows, texts, strict=True):
            key = Portrait._meta.pk.get_db_prep_value(row.pk, connection)
            cursor.execute(f"UPDATE growth_portrait SET {column} = %s WHERE id = %s", (text, key))


def lies(column: str = "strengths") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM growth_portrait ORDER BY id")
        return [text for (text,) in cursor.fetchall()]


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)


def test_every_text_is_sealed_and_comes_back(portraits: list[Portrait], monkeypatch: Any) -> None:
    monkeypatch.setattr(wall, "outside", wall.NONE)  # a migration that nobody has told how far it reaches
    step = seal_texts("growth_portrait", "strengths")
    step.code(None, EDITOR)
    with wall.everywhere("a test"):
        sealed = lies()
        assert [bool(text) for text in sealed] == [bool(text) for text in PLAIN]
        assert not set(sealed) & (set(PLAIN) - {""})
        assert tuple(text and unseal(text, LABEL) for text in sealed) == PLAIN
        held = Portrait.objects.as_system("a test").opening("strengths").order_by("pk")
        assert [row.strengths for row in held] == list(PLAIN)
    assert not [text for text in PLAIN if text and text.encode() in at_rest()], "nor left behind in the file"
    step.reverse_code(None, EDITOR)
    with wall.everywhere("a test"):
        assert tuple(lies()) == PLAIN


def test_what_is_deleted_leaves_no_word_in_the_file(db: None) -> None:
    words = "一句要删掉的话" * 20
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE spoken (words text)")
        cursor.executemany("INSERT INTO spoken VALUES (%s)", [(words,)] * 100)
        assert words.encode() in at_rest()
        cursor.execute("DELETE FROM spoken")
        assert words.encode() not in at_rest()


def test_a_run_that_was_broken_off_goes_on(portraits: list[Portrait]) -> None:
    half = [seal(PLAIN[0], LABEL), "", *PLAIN[2:]]
    lay(portraits, half)
    seal_texts("growth_portrait", "strengths").code(None, EDITOR)
    assert lies()[0] == half[0], "what is sealed is not sealed twice"
    assert tuple(text and unseal(text, LABEL) for text in lies()) == PLAIN


def test_another_key_is_found_out_before_anything_is_written(
    portraits: list[Portrait], settings: Any
) -> None:
    seal_texts("growth_portrait", "strengths").code(None, EDITOR)
    before = lies()
    settings.FIELD_KEY = "another key of at least thirty-two characters"
    for turn in ("code", "reverse_code"):
        with pytest.raises(ValueError, match="打不开"):
            getattr(seal_texts("growth_portrait", "strengths"), turn)(None, EDITOR)
        assert lies() == before


def test_an_empty_list_is_empty_and_comes_back_as_a_list(portraits: list[Portrait]) -> None:
    lists = ("[]", '["XL", "SY"]', "[]", '["SX"]', "[]")
    lay(portraits, lists, "wanted")
    step = seal_texts("growth_portrait", "wanted", empty="[]")
    step.code(None, EDITOR)
    held = Portrait.objects.as_system("a test").opening("wanted").order_by("pk")
    assert [row.wanted for row in held] == [[], ["XL", "SY"], [], ["SX"], []]
    step.reverse_code(None, EDITOR)
    assert tuple(lies("wanted")) == lists


def test_what_the_database_demands_of_a_text_holds_when_it_is_sealed(cast: Cast) -> None:
    """A moment says something, as ever; sealing makes nothing out of an empty one."""
    of: Any = {
        "student": cast.own.student,
        "author": cast.own.people["mentor"],
        "virtue": "moral",
        "on": today(),
    }
    row = Shine.objects.create(text="替生病的同学抄了笔记", **of)
    assert Shine.objects.as_system("a test").get(pk=row.pk).text == "替生病的同学抄了笔记"
    for nothing in ("", None):
        with pytest.raises(IntegrityError, match="shine_says_something"), transaction.atomic():
            Shine.objects.create(text=nothing, **of)
