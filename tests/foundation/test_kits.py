"""What every record is made of: workflow, deed, once, void, dated rows."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.spans import end, succeed
from liangshi.foundation.base.workflow import Move, Workflow
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.records import writing
from liangshi.foundation.records.decisions import demand_another
from liangshi.practice.growth import audit
from liangshi.practice.growth.choices import GOAL, GoalState
from liangshi.practice.growth.models import CareerActivity, Goal, SubjectChoice
from liangshi.practice.needs.models import Need
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from tests.cast import Cast


def goal(cast: Cast) -> Goal:
    who = cast.own.student
    return Goal.objects.create(
        student=who, term=cast.own.year.terms.earliest("opens_on"), strategy="XY", text="读书", owner="student",
        review_on=today(), seat=1, set_by=who.person, key=uuid.uuid4(),
    )  # fmt: skip


def test_a_move_is_made_once_and_names_what_is_possible(cast: Cast) -> None:
    row, stale = goal(cast), Goal.objects.get()
    assert GOAL.possible(GoalState.OPEN) == ["met", "adjusted", "let_go"]
    GOAL.move(row, "met", seat=None, closing="好")
    assert (row.state, row.closing) == ("met", "好")
    with pytest.raises(DomainError) as refusal:
        GOAL.move(stale, "let_go", seat=None, closing="算了")
    assert refusal.value.code == "invalid_transition"
    assert refusal.value.message == "现在不能记为放下：它已经是「达成」。这已是最后一步。"


def test_a_guard_speaks_before_the_move(cast: Cast) -> None:
    row = goal(cast)
    flow = Workflow(
        GoalState, met=Move("达成", GoalState.OPEN, to=GoalState.MET), tones={GoalState.MET: "good"}
    )

    @flow.guard("met")
    def _never(held: Goal) -> None:
        raise DomainError("not_yet", f"{held}还没有做完。")

    with pytest.raises(DomainError, match="读书还没有做完。"):
        flow.move(row, "met")
    assert (flow.tone("met"), flow.tone("open"), flow.word_tones) == ("good", "quiet", {"达成": "good"})
    with pytest.raises(ValueError, match="guarded already"):
        flow.guard("met")(_never)


def test_a_workflow_knows_its_states() -> None:
    with pytest.raises(ValueError, match="has no"):
        Workflow(GoalState, gone=Move("不见", GoalState.OPEN, to="gone"))


def test_a_deed_is_all_or_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row, entry and notice come together; a refusal on the way, or of the log, takes all three away."""
    who, actor = cast.own.student, cast.actor("student")
    before = Entry.objects.count()

    def add(fails: bool) -> None:
        with Deed(audit.ACTIVITY_ADDED, actor, school=who.school_id, subjects=[who.pk], title="船厂") as deed:
            deed.about = CareerActivity.objects.create(student=who, on=today(), title="船厂")
            deed.tell([who.person_id], role=Role.STUDENT, student=who.pk, title="记下了", url="/")
            deed.note(more=1)
            if fails:
                raise DomainError("no", "不行")

    def down(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    with pytest.raises(DomainError):
        add(fails=True)
    with monkeypatch.context() as log, pytest.raises(OSError, match="full"):
        log.setattr("liangshi.foundation.deeds.record", down)
        add(fails=False)
    assert (CareerActivity.objects.count(), Notice.objects.count(), Entry.objects.count()) == (0, 0, before)
    add(fails=False)
    entry = Entry.objects.order_by("-at").first()
    assert entry is not None
    assert (entry.object, entry.subject) == (str(CareerActivity.objects.get().pk), str(who.pk))
    assert (entry.chain, entry.detail) == (str(who.school_id), {"title": "船厂", "more": 1})
    (told,) = Notice.objects.values_list("person", "role", "school", "student", "title")
    assert told == (who.person_id, "student", who.school_id, who.pk, "记下了")


def test_a_deed_that_changed_nothing_leaves_no_entry(cast: Cast) -> None:
    before = Entry.objects.count()
    with Deed(audit.PORTRAIT_CLEARED, cast.actor("student")) as deed:
        deed.nothing()
    assert Entry.objects.count() == before


def test_once_finds_makes_and_passes_on_what_is_no_double(cast: Cast) -> None:
    made, new = writing.once(Goal.objects.first, lambda: goal(cast))
    assert new
    assert writing.once(Goal.objects.first, lambda: goal(cast)) == (made, False)
    calls = iter((None, made))  # the rival writes between our look and our writing
    assert writing.once(lambda: next(calls), lambda: goal(cast)) == (made, False)
    with pytest.raises(IntegrityError):
        writing.once(lambda: None, lambda: goal(cast))


def test_void_wants_a_reason_and_happens_once(cast: Cast) -> None:
    row = CareerActivity.objects.create(student=cast.own.student, on=today(), title="船厂")
    gone = DomainError("gone", "已经作废了。")
    with pytest.raises(DomainError, match="请写一句为什么作废，比如「记错了」。"):
        writing.void(row, reason=" ", example="记错了", gone=gone)
    assert writing.void(row, reason="记错了", gone=gone).void_reason == "记错了"
    with pytest.raises(DomainError, match="已经作废了。"):
        writing.void(row, reason="又", gone=gone)


def test_a_successor_leaves_no_gap_and_no_overlap(cast: Cast) -> None:
    who = cast.own.student
    values = {
        "student": who, "first": "phy", "second_one": "bio", "second_two": "che", "source": "student",
        "entered_by": who.person,
    }  # fmt: skip
    rows = SubjectChoice.objects.filter(student=who)
    first = succeed(rows, on=today() - dt.timedelta(5), **values)
    second = succeed(rows, on=today(), **values)
    first.refresh_from_db()
    assert (first.ends_on, second.starts_on, second.ends_on) == (today(), today(), None)
    succeed(rows, on=today(), **values)  # twice on one day: the one between is left without a day
    second.refresh_from_db()
    assert second.starts_on == second.ends_on
    assert end(rows, on=today() - dt.timedelta(1)) == 1  # never ends before it begins
    assert rows.latest("created_at").ends_on == today()


def test_nobody_decides_what_he_asked_for_neither_in_words_nor_in_the_database(cast: Cast) -> None:
    one, other = cast.own.people["clerk"], cast.own.people["leader"]
    demand_another(one.pk, other.pk, "请另一位校领导来定。")
    demand_another(one.pk, None, "请另一位校领导来定。")
    with pytest.raises(DomainError, match="请另一位校领导来定") as refusal:
        demand_another(one.pk, one.pk, "请另一位校领导来定。", field="person")
    assert (refusal.value.code, refusal.value.field) == ("own_decision", "person")
    held = RoleGrant.objects.first()
    assert held
    with pytest.raises(IntegrityError, match="grant_decided_by_another"), transaction.atomic():
        RoleGrant.objects.filter(pk=held.pk).update(decided_by=held.person_id)
    assert {constraint.name for constraint in Need._meta.constraints} >= {"need_decided_by_another"}
