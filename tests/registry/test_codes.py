"""National codes and identity numbers (`domain.md` 4.6)."""

import datetime

import pytest

from liangshi.registry.people import codes

SOUND = "340200201103178849"


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (SOUND, None),
        ("34020020100822259X", None),
        (SOUND[:-1] + "1", "check"),
        (SOUND[:-1], "length"),
        ("340200201113178849", "birth"),
        ("３" + SOUND[1:], "length"),
        ("", "length"),
    ],
)
def test_id_numbers(number, fault):
    assert codes.id_number_fault(number) == fault


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("G" + SOUND, None),
        ("J" + SOUND, None),
        ("L" + SOUND[:-1] + "1", None),
        ("G" + SOUND[:-1] + "1", "check"),
        ("A" + SOUND, "letter"),
        (SOUND, "length"),
        ("G" + SOUND + "0", "length"),
    ],
)
def test_national_numbers(number, fault):
    assert codes.national_no_fault(number) == fault


def test_every_single_wrong_digit_is_found():
    for place in range(17):
        for digit in "0123456789":
            wrong = SOUND[:place] + digit + SOUND[place + 1 :]
            assert (codes.id_number_fault(wrong) is None) == (wrong == SOUND)


def test_what_a_number_says():
    assert codes.birth_date(SOUND) == datetime.date(2011, 3, 17)
    assert codes.gender_of(SOUND) == "2"


def test_words_and_codes():
    assert {codes.relation_code(word) for word in ("父亲", "爸爸", "父", "父子", "51")} == {"51"}
    assert {codes.gender_code(word) for word in ("男", "1", "m")} == {"1"}
    assert {codes.lodging_code(word) for word in ("住校", "2", "寄宿", "是")} == {"2"}
    assert [codes.left_behind_code(word) for word in ("否", "单亲留守", "2", "是", "飞")] == [
        "0", "1", "2", "9", None,
    ]  # fmt: skip
    assert codes.relation_code("邻居") is codes.gender_code("人") is codes.lodging_code("飞") is None
