"""The burden budget: the sum of what is asked, the city's cap, and how long forms really take."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
import time_machine
from django.forms import BaseForm
from hypothesis import given
from hypothesis import strategies as st

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.faces import FORMS
from liangshi.foundation.base.models import FormTime
from liangshi.foundation.base.timing import FEWEST, LONGEST, medians, note_time, opened, since
from liangshi.foundation.ui.forms import ReasonForm
from liangshi.oversight.burden import actions, queries
from liangshi.oversight.burden.choices import DEFAULT_CAP, MENTEES
from liangshi.oversight.burden.models import BurdenCap
from liangshi.portal.dossier.forms import ProfileForm
from liangshi.practice.growth import forms as growth_forms
from liangshi.practice.growth.choices import COMPULSORY as GROWTH
from liangshi.practice.matching.choices import COMPULSORY as MATCHING
from liangshi.practice.matching.forms import SayForm
from liangshi.practice.needs.choices import COMPULSORY as RELATIONS
from liangshi.practice.needs.forms import NeedForm
from liangshi.practice.relations.forms.handovers import HalfForm
from liangshi.practice.relations.forms.meetings import MeetingForm
from liangshi.practice.talks import forms as talk_forms
from liangshi.practice.talks.choices import COMPULSORY as TALKS
from liangshi.practice.talks.forms import TalkForm
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import ROUTES, Permission, allows, may_open
from liangshi.registry.people.models import Student
from liangshi.registry.schools.models import CompulsoryField
from liangshi.registry.schools.queries import compulsory_fields
from tests.asking import SignIn, html_of
from tests.cast import Cast, build
from tests.races import at_once
from tests.walk.visiting import anywhere

TWO = [(Student(), "甲"), (Student(), "乙")]

# What a mentor can send: each address, the row of the budget that counts it, and its form. Where there is no row,
# nothing is compulsory that is not filled in already.
MEETS: dict[str, tuple[str, Callable[[], BaseForm] | None]] = {
    "talks:new": ("talk", lambda: TalkForm(options=TWO)),
    "talks:void": ("void", ReasonForm),
    "talks:activity_void": ("void", ReasonForm),
    "talks:note_new": ("note", lambda: talk_forms.NoteForm(options=TWO)),
    "talks:note": ("", talk_forms.NoteTextForm),
    "talks:activity_new": ("activity", lambda: talk_forms.ActivityForm(options=TWO)),
    "talks:activity": ("", lambda: talk_forms.AttendanceForm(options=TWO, came=())),
    "talks:event_new": ("event", lambda: talk_forms.EventForm(options=TWO)),
    "growth:goal_new": ("goal", growth_forms.GoalForm),
    "growth:goal_close": ("goal_close", growth_forms.GoalCloseForm),
    "growth:shine_new": ("shine", growth_forms.ShineForm),
    "growth:shine_void": ("shine_void", ReasonForm),
    "rounds:say": ("answer", SayForm),
    "needs:new": ("need", NeedForm),
    "relations:meeting": ("", MeetingForm),
    "relations:handover": ("", HalfForm),
    "dossier:profile": ("", ProfileForm),
    "talks:edit": ("", None),  # everything stands there as it was
    "relations:ask": ("", None),  # wish and reason may stay empty
    "relations:offer": ("", None),  # one of two buttons, as are the rest
    "relations:withdraw": ("", None),
    "relations:concern_withdraw": ("", None),
    "dossier:contact": ("", None),
    "talks:talk_draft": ("", None),
    "talks:talk_draft_drop": ("", None),
    "talks:follow_up_done": ("", None),
    "talks:event_move": ("", None),
}
# Forms of the same rooms that no mentor fills in.
OTHERS: dict[str, tuple[str, Callable[[], BaseForm]]] = {
    "talks:event_lead": ("lead", lambda: talk_forms.LeadForm(candidates=[])),
    "growth:subjects": ("subjects", growth_forms.SubjectsForm),
    "growth:window": ("window", growth_forms.WindowForm),
    "growth:activity_new": ("career_activity", growth_forms.ActivityForm),
}
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
    assert "一年要填 1.8 小时，超过全市上限 1.0 小时，没有改" in answer
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


def compulsory(form: BaseForm) -> set[str]:
    """What a person must see to: required, and not sent by the page itself."""
    return {name for name, field in form.fields.items() if field.required and not field.widget.is_hidden}


@pytest.mark.row("N1")
def test_all_that_a_mentor_can_send_is_in_the_budget_or_asks_for_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("mentor")
    sent = {
        route
        for route, need in ROUTES.items()
        if isinstance(need, Permission)
        and allows(Role.MENTOR, need)
        and client.post(anywhere(route)).status_code != 405
    }
    assert sent == set(MEETS)
    assert {code for code, _ in MEETS.values() if code} == {form.code for form in FORMS}


@pytest.mark.row("N1")
@pytest.mark.parametrize("route", [route for route, (_, form) in MEETS.items() if form])
def test_the_budget_counts_each_compulsory_field_and_no_other(cast: Cast, route: str) -> None:
    code, form = MEETS[route]
    assert form
    counted = {each.code: {f.code for f in each.fields if f.fixed} for each in FORMS}
    assert compulsory(form()) == counted.get(code, set())
    if code:
        what = next(each for each in FORMS if each.code == code)
        assert all(field.seconds > 0 for field in what.fields)
        names = set(form().fields)
        assert {field.code for field in what.fields} <= names
        assert ("mark" in names) == what.timed  # only where time is taken it is promised


@pytest.mark.parametrize("route", OTHERS)
def test_what_others_fill_in_costs_what_its_room_says(route: str) -> None:
    code, form = OTHERS[route]
    assert not may_open(Role.MENTOR, route)
    assert compulsory(form()) == set((GROWTH | TALKS)[code])


def test_no_room_says_seconds_of_a_form_that_is_not_there() -> None:
    said = TALKS.keys() | GROWTH.keys() | MATCHING.keys() | RELATIONS.keys()
    attendance = {"attendance"}  # asks for nothing
    assert said - attendance == {form.code for form in FORMS} | {code for code, _ in OTHERS.values()}


def test_the_time_of_a_goal_is_kept_for_a_mentor_and_not_for_a_student(cast: Cast, sign_in: SignIn) -> None:
    url = f"/growth/students/{cast.own.student.pk}/goals/new"
    for name in ("student", "mentor"):
        with time_machine.travel(NOON, tick=False) as clock:
            client = sign_in(name)
            hidden = dict(re.findall(r'name="(key|mark)" value="([^"]+)"', client.get(url).content.decode()))
            clock.shift(40)
            typed = {"text": "跑步", "strategy": "SH", "owner": "student", "review_on": "2026-12-20"}
            assert client.post(url, hidden | typed).status_code == 302
    assert [(row.form, row.seconds) for row in FormTime.objects.all()] == [("goal", 40)]


def test_only_what_is_timed_promises_its_times(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("mentor").get("/burden/").content.decode()
    assert page.count("实际用时按月公布") == sum(form.timed for form in FORMS) == 2


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
        assert "2026 年 11 月 30 秒（5 次）" in html_of(sign_in("mentor").get("/burden/"))
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
