"""选科: the twelve combinations, how rosters write them, and everything else."""

from __future__ import annotations

import itertools

import pytest

from liangshi.foundation.base.errors import DomainError
from liangshi.registry.people.subjects import ALL, SHORT, combo, read_combo

# As rosters write them: two orders each, and a long form.
TWELVE = {
    "物化生": ("phy", "bio", "che"),
    "物化政": ("phy", "che", "pol"),
    "物化地": ("phy", "che", "geo"),
    "物生政": ("phy", "bio", "pol"),
    "物生地": ("phy", "bio", "geo"),
    "物政地": ("phy", "geo", "pol"),
    "史化生": ("his", "bio", "che"),
    "史化政": ("his", "che", "pol"),
    "史化地": ("his", "che", "geo"),
    "史生政": ("his", "bio", "pol"),
    "史生地": ("his", "bio", "geo"),
    "史政地": ("his", "geo", "pol"),
}
WORDS = {"物": "物理", "史": "历史", "化": "化学", "生": "生物", "政": "政治", "地": "地理"}


def codes(text: str) -> tuple[str, ...]:
    read = read_combo(text)
    assert read.combo, read
    return (read.combo.first.value, *(each.value for each in read.combo.seconds))


def test_there_are_twelve() -> None:
    assert {each.short for each in ALL} == set(TWELVE)
    assert len(ALL) == 12


@pytest.mark.row("R29")
@pytest.mark.parametrize(("short", "wanted"), TWELVE.items())
def test_each_is_read_in_its_usual_spellings(short: str, wanted: tuple[str, ...]) -> None:
    first, one, two = short
    long = [WORDS[each] for each in short]
    for text in (
        short,
        f"{first}{two}{one}",
        f" {first}　{one} {two} ",
        "".join(long),
        "+".join(long),
        f"{long[0]}、{long[2]}、{long[1]}",
        f"{long[0]}类（{one}{two}）",
        f"首选{long[0]} 再选{long[1]}、{long[2]}",
        f"{short}组合",
    ):
        assert codes(text) == wanted, text
        assert read_combo(text).sure, text
    read = read_combo(short).combo
    assert read is not None
    assert read.short == short


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("理化生", "物化生"),
        ("政史地", "史政地"),
        ("化生物", "物化生"),
        ("文政地", "史政地"),
        ("地理、历史、政治", "史政地"),
        ("思想政治+地理+历史", "史政地"),
    ],
)
def test_what_could_be_meant_otherwise_is_to_be_confirmed(text: str, short: str) -> None:
    read = read_combo(text)
    # 「化生物」 says 化学 and 生物 only: two subjects are no combination.
    if text == "化生物":
        assert read.combo is None
        assert "不是可以选的组合" in read.problem
        return
    assert read.combo is not None
    assert (read.combo.short, read.sure) == (short, False)


@pytest.mark.parametrize("text", ["", "  ", "未选", "待定", "无", "—"])
def test_an_empty_cell_is_not_chosen(text: str) -> None:
    read = read_combo(text)
    assert (read.combo, read.problem) == (None, "")


@pytest.mark.row("R29")
@pytest.mark.parametrize(
    "text", ["物史地", "物化", "物化化", "物理化学生物政治", "化生地", "史物", "物化英", "ABC", "物理=化学"]
)
def test_everything_else_is_refused_with_what_is_possible(text: str) -> None:
    read = read_combo(text)
    assert read.combo is None
    assert text.strip() in read.problem
    assert "物理或历史" in read.problem


@pytest.mark.row("R29")
def test_no_other_codes_make_a_combination() -> None:
    every = [*SHORT, "eng", ""]
    codes: list[str] = []
    good = set()
    for first in every:
        for seconds in itertools.product(every, repeat=2):
            try:
                good.add((combo(first, seconds), seconds))
            except DomainError as refused:
                codes.append(refused.code)
    assert set(codes) == {"bad_combo"}
    assert len(good) == 24  # twelve, each in two orders
    assert {each for each, _ in good} == {*ALL}
    for seconds in ((), ("che",), ("che", "bio", "geo"), ("che", "che")):
        with pytest.raises(DomainError):
            combo("phy", seconds)
