"""The ground that every room stands on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from liangshi.foundation.base import schedule
from liangshi.foundation.base.models import ScheduledRun, new_key
from liangshi.foundation.base.names import search_keys, tidy
from liangshi.foundation.base.sealed import digest, masked, seal, unseal
from liangshi.registry.people.models import Person


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张　三", "张三"),
        (" 张 三 ", "张三"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("Anna  Li", "Anna Li"),
    ],
)
def test_one_writing_for_one_name(written: str, name: str) -> None:
    assert tidy(written) == name
    assert tidy(tidy(written)) == name


@pytest.mark.parametrize(
    ("name", "initials", "full"),
    [("李晓明", "lxm", "lixiaoming"), ("欧阳雨桐", "oyyt", "ouyangyutong"), ("王芳", "wf", "wangfang")],
)
def test_names_are_found_by_initials_and_pinyin(name: str, initials: str, full: str) -> None:
    assert search_keys(name).split() == [initials, full]


@given(st.text(min_size=1, max_size=60))
def test_any_name_has_search_keys(name: str) -> None:
    assert " " in search_keys(name)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_what_is_sealed_opens_in_its_own_column_only(text: str) -> None:
    stored = seal(text, "people_person.mobile")
    assert unseal(stored, "people_person.mobile") == text
    with pytest.raises(ValueError, match="打不开"):
        unseal(stored, "people_student.national_no")


def test_equal_texts_seal_differently_and_digest_alike() -> None:
    assert seal("13900000000", "a.b") != seal("13900000000", "a.b")
    assert digest("13900000000") == digest("13900000000") != digest("13900000001")
    assert digest("") == ""


@pytest.mark.django_db
def test_phone_numbers_do_not_stand_in_the_database() -> None:
    person = Person.objects.create(name="王小明", mobile="13900001234")
    with connection.cursor() as cursor:
        cursor.execute("SELECT mobile FROM people_person")
        (stored,) = cursor.fetchone()
    assert "13900001234" not in stored
    person.refresh_from_db()
    assert person.mobile == "13900001234"
    assert person.masked_mobile == "139****1234"


@given(st.text(max_size=30))
def test_masking_never_shows_a_whole_number(text: str) -> None:
    assert len(masked(text)) == len(text)
    assert not text.strip("*") or masked(text) != text or len(text) == 0


def test_keys_grow_with_time_and_are_opaque() -> None:
    first, second = new_key(), new_key()
    assert first < second
    assert first.version == 7


@pytest.mark.django_db
def test_a_daily_job_runs_once_a_day_and_a_failing_one_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []

    def fails() -> None:
        ran.append("fails")
        raise RuntimeError("no")

    monkeypatch.setattr(schedule, "DAILY", {"good": lambda: ran.append("good"), "bad": fails})
    assert schedule.run_due() == 1
    assert schedule.run_due() == 0
    assert ran == ["good", "fails", "fails"]
    assert list(ScheduledRun.objects.values_list("job", flat=True)) == ["good"]
    monkeypatch.setattr(schedule, "today", lambda: dt.date(2030, 1, 1))
    assert schedule.run_due() == 1
