"""Class names as schools write them (`domain.md` 4.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liangshi.registry.schools.classnames import TRACKS, ClassName, parse

THIRD_OF_2024 = ClassName(2024, 3)
CHINESE = "零一二三四五六七八九"


@pytest.mark.parametrize(
    "text",
    [
        "高一(3)班",
        "高一（3）班",
        "高一3班",
        "高一三班",
        "高1.3",
        "2024级3班",
        "2024级(03)班",
        "G2403",
        "高2403班",
        "2027届3班",
        "24级3班",
        "高一（三）班",
        "高一年级(3)班",
        "高中一年级3班",
        "高一　３　班",
        "高一【3】班",
        "高一③班",
        "2024级高一(3)班",
        "二〇二四级三班",
        "2403班",
        "高103班",
        "高1-3班",
        "g2403",
    ],
)
def test_one_class_in_many_spellings(text):
    assert parse(text, year_start=2024) == THIRD_OF_2024


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("高三理1班", ClassName(2022, 1, "物理")),
        ("高三物理1班", ClassName(2022, 1, "物理")),
        ("高三1班（历史）", ClassName(2022, 1, "历史")),
        ("2023级文科(2)班", ClassName(2023, 2, "历史")),
        ("复读1班", ClassName(2022, 1, "复读")),
        ("高二二十一班", ClassName(2023, 21)),
        ("高二十三班", ClassName(2023, 13)),
        ("高一十班", ClassName(2024, 10)),
    ],
)
def test_tracks_and_chinese_numerals(text, expected):
    assert parse(text, year_start=2024) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "高四(77)班",
        "高一",
        "高一班",
        "高一(0)班",
        "高一(100)班",
        "3班",
        "高13班",
        "1903班",
        "2024级高二(3)班",
        "张三",
        "高一(3)班和高一(4)班",
    ],
)
def test_what_is_no_class_name(text):
    assert parse(text, year_start=2024) is None


def test_graduation_year_is_not_entry_year():
    assert parse("2027届3班", year_start=2026) == parse("2024级3班", year_start=2026)
    assert parse("2027级3班", year_start=2026) != parse("2027届3班", year_start=2026)


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else CHINESE[tens]) + "十" if tens else ""
    return head + (CHINESE[ones] if ones else "")


@given(st.integers(2022, 2090), st.integers(0, 2), st.integers(1, 99))
def test_every_spelling_of_every_class_agrees(year, grade, number):
    cohort, word = year - grade, "一二三"[grade]
    spellings = [
        f"高{word}({number})班",
        f"高{word}{chinese(number)}班",
        f"高{grade + 1}.{number}",
        f"{cohort}级{number}班",
        f"{cohort + 3}届({number:02d})班",
        f"G{cohort % 100:02d}{number:02d}",
        f"高{cohort % 100:02d}{number:02d}班",
    ]
    assert {parse(text, year_start=year) for text in spellings} == {ClassName(cohort, number)}


@given(st.integers(2022, 2090), st.integers(0, 2), st.integers(1, 99), st.sampled_from(["", *TRACKS]))
def test_what_we_display_we_understand(year, grade, number, track):
    name = ClassName(year - (2 if track == "复读" else grade), number, track)
    assert parse(name.display(year_start=year), year_start=year) == name


@given(st.text(max_size=50), st.integers(2000, 2099))
def test_no_text_breaks_it(text, year):
    found = parse(text, year_start=year)
    assert found is None or 1 <= found.number <= 99
