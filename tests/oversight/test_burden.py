"""The burden budget: the sum of what is asked, the city's cap, and how long forms really take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.models import FormTime
from liangshi.foundation.base.timing import FEWEST, LONGEST, medians, note_time, opened, since
from liangshi.oversight.burden import actions, queries
from liangshi.oversight.burden.choices import DEFAULT_CAP, FORMS, MENTEES
from liangshi.oversight.burden.models import BurdenCap
from liangshi.registry.schools.models import CompulsoryField
from liangshi.registry.schools.queries import compulsory_fields
from tests.cast import Cast, build
from tests.races import at_once

SignIn = Callable[..., Client]
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)


def refused(code: str, deed: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        deed()
    assert caught.value.code == code
    return caught.value.message


@pytest.mark.row("N1")
def test_a_field_over_the_cap_is_refused_with_the_sum(cast: Cast, sign_in: SignIn) -> None:
    actions.set_cap(Decimal("1.0"), "先从紧", actor=cast.actor("city"))
    client = sign_in("leader")
    answer = client.post("/burden/require", {"form": "talk", "field": "gist"}, follow=True).content.decode()
    assert "一年要填 1.5 小时，超过全市上限 1.0 小时，没有改" in answer
    assert not CompulsoryField.objects.exists()
    answer = client.post("/burden/require", {"form": "talk", "field": "place"}, follow=True).content.decode()
    assert "已改为必填" in answer
    assert compulsory_fields(cast.own.school.pk, "talk") == {"place"}
    assert compulsory_fields(cast.other.school.pk, "talk") == frozenset()


def test_asking_twice_and_giving_up_twice_change_nothing_more(cast: Cast) -> None:
    leader = cast.actor("leader")
    for _ in range(2):
        actions.require_field("talk", "place", actor=leader)
    assert CompulsoryField.objects.count() == 1
    for _ in range(2):
        actions.release_field("talk", "place", actor=leader)
    assert not CompulsoryField.objects.exists()


@pytest.mark.parametrize(
    ("form", "field"), [("talk", "students"), ("talk", "weather"), ("letter", "gist"), ("", "")]
)
def test_only_a_free_field_of_a_known_form_can_be_asked_for(cast: Cast, form: str, field: str) -> None:
    refused("unknown_field", lambda: actions.require_field(form, field, actor=cast.actor("leader")))


@pytest.mark.row("N1")
def test_the_city_raises_the_cap_only_with_a_note_that_all_can_read(cast: Cast, sign_in: SignIn) -> None:
    city = cast.actor("city")
    assert queries.cap() == DEFAULT_CAP
    refused("cap_needs_note", lambda: actions.set_cap(Decimal(8), "  ", actor=city))
    refused("cap_out_of_range", lambda: actions.set_cap(Decimal(0), "不填了", actor=city))
    refused("cap_unchanged", lambda: actions.set_cap(DEFAULT_CAP, "一样", actor=city))
    client = sign_in("city")
    assert "调整上限要写公开说明" in client.post("/burden/cap", {"hours": "8", "note": ""}).content.decode()
    client.post("/burden/cap", {"hours": "8", "note": "增加家访记录，减少报表"})
    assert queries.cap() == Decimal(8)
    for reader in ("mentor", "worker", "county", "other_leader"):
        assert "增加家访记录，减少报表" in sign_in(reader).get("/burden/").content.decode()


def test_a_lower_cap_is_said_and_nothing_more_can_be_added(cast: Cast, sign_in: SignIn) -> None:
    leader = cast.actor("leader")
    actions.require_field("talk", "gist", actor=leader)
    BurdenCap.objects.create(hours=Decimal("0.5"), note="减负", set_by=cast.person("city"))
    refused("burden_over_cap", lambda: actions.require_field("talk", "place", actor=leader))
    assert "已超过上限" in sign_in("leader").get("/burden/").content.decode()


@given(st.sets(st.sampled_from([f.code for form in FORMS for f in form.fields if not f.fixed])))
def test_the_sum_is_the_sum_of_what_is_asked(asked: set[str]) -> None:
    costs = [
        queries.FormCost(form, tuple(f for f in form.fields if f.fixed or f.code in asked), ())
        for form in FORMS
    ]
    hours = queries.Budget(tuple(costs), DEFAULT_CAP).exact_hours
    seconds = sum(
        f.seconds * form.times * MENTEES for form in FORMS for f in form.fields if f.fixed or f.code in asked
    )
    assert abs(float(hours) - seconds / 3600) < 1e-9


@pytest.mark.django_db(transaction=True)
def test_two_leaders_at_once_do_not_pass_the_cap_together() -> None:
    cast = build()
    BurdenCap.objects.create(hours=Decimal("1.3"), note="从紧", set_by=cast.person("city"))
    leader, fields = cast.actor("leader"), ("agreed", "place", "cause", "topics", "next_on")
    ends = at_once([lambda f=f: actions.require_field("talk", f, actor=leader) for f in fields])
    assert not queries.budget(queries.asked_by(cast.own.school.pk)).over
    assert ends["done"] == CompulsoryField.objects.count() < len(fields)


def test_times_are_kept_without_a_name_and_the_median_is_shown(cast: Cast, sign_in: SignIn) -> None:
    school = cast.own.school.pk
    with time_machine.travel(NOON, tick=False) as clock:
        for seconds in (10, 20, 30, 40, 500):
            mark = opened()
            clock.shift(seconds)
            note_time("talk", school, mark)
        assert medians("talk") == []  # this month is not over
    with time_machine.travel(NOON + dt.timedelta(30), tick=False):
        assert medians("talk") == [(dt.date(2026, 11, 1), 30, 5)]
        assert "2026 年 11 月 30 秒（5 次）" in sign_in("mentor").get("/burden/").content.decode()
        assert "2026 年 11 月" not in sign_in("other_mentor").get("/burden/").content.decode()
        assert "2026 年 11 月" in sign_in("city").get("/burden/").content.decode()
    assert {field.name for field in FormTime._meta.fields} == {
        "id", "created_at", "school", "form", "seconds", "day",
    }  # fmt: skip


def test_fewer_than_five_are_not_shown(cast: Cast) -> None:
    for _ in range(FEWEST - 1):
        FormTime.objects.create(school=cast.own.school.pk, form="talk", seconds=9, day=dt.date(2026, 10, 3))
    with time_machine.travel(NOON, tick=False):
        assert medians("talk") == []


def test_a_mark_that_is_false_or_very_old_says_nothing(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        mark = opened()
        assert since("x" + mark) is None
        assert since("") is None
        assert since(mark) == 0
        clock.shift(LONGEST + 1)
        assert since(mark) is None
        note_time("talk", cast.own.school.pk, mark)
    assert not FormTime.objects.exists()
