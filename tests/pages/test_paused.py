"""休学: the student reads his own and sends what may not wait; everything else says so."""

from __future__ import annotations

import uuid
from html import unescape

import pytest
from django.test import Client

from liangshi.foundation.base.clock import today
from liangshi.practice.relations.models import ChangeRequest, Concern
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.practice.talks.models import LifeEvent, Talk
from liangshi.practice.talks.queries.events import accompanied
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.policy import PERMISSIONS
from liangshi.registry.people.choices import StudentState
from tests.asking import SignIn
from tests.cast import Cast
from tests.practice.matching.stage import Stage
from tests.practice.talks.desk import Desk

RESTING = "休学期间没有保存"


@pytest.fixture
def paused(cast: Cast, sign_in: SignIn) -> Client:
    Desk(cast).talk(0, shared=True, gist="说了说作息")
    set_state(cast, StudentState.SUSPENDED)
    return sign_in("student")


def set_state(cast: Cast, state: StudentState) -> None:
    change_student_state(cast.own.student, state, on=today(), note="病休", actor=cast.actor("clerk"))


def test_he_reads_his_own(paused: Client, cast: Cast) -> None:
    (hat,) = hats_of(cast.own.student.person, today())
    assert (hat.role, hat.paused) == (Role.STUDENT, True)
    page = paused.get("/").content.decode()
    assert "你现在休学" in page
    assert "李晓明甲老师" in page
    assert paused.get(f"/students/{cast.own.student.pk}").status_code == 200
    talk = Talk.objects.get()
    assert "说了说作息" in paused.get(f"/talks/{talk.pk}").content.decode()
    assert paused.get(f"/students/{cast.own.students[1].pk}").status_code == 404


@pytest.mark.row("R61")
def test_he_reports_and_tells_the_school_what_concerns_safety(paused: Client, cast: Cast) -> None:
    child = cast.own.student
    form = paused.get("/talks/events/new").content.decode()
    assert str(child.pk) in form
    sent = {"kind": "illness", "student": str(child.pk), "text": "又住院了", "key": str(uuid.uuid4())}
    assert "已送到导师和班主任那里" in paused.post("/talks/events/new", sent, follow=True).content.decode()
    assert LifeEvent.objects.get().student == child
    to = f"/relations/students/{child.pk}/concern"
    assert paused.get(to).status_code == 200
    answer = paused.post(to, {"named": "other", "reason": "有人在网上骂我"}, follow=True)
    assert RESTING not in answer.content.decode()
    assert Concern.objects.get().student == child


def test_everything_else_waits_for_his_return_and_says_so(
    paused: Client, cast: Cast, sign_in: SignIn
) -> None:
    to = f"/relations/students/{cast.own.student.pk}/change"
    answer = paused.post(to, {"reason": "x"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert RESTING in unescape(answer.content.decode())
    assert not ChangeRequest.objects.exists()
    assert not Concern.objects.exists()
    set_state(cast, StudentState.ENROLLED)
    back = sign_in("student")
    assert "你现在休学" not in back.get("/").content.decode()
    assert RESTING not in back.post(to, {"reason": "x"}, follow=True).content.decode()


def test_nothing_waits_for_him_that_he_could_not_send(cast: Cast, sign_in: SignIn) -> None:
    """A round asks for wishes while he is away."""
    Stage(cast).open()
    waits = "填「新生导师匹配」的志愿"
    assert waits in sign_in("student").get("/agenda/").content.decode()
    set_state(cast, StudentState.SUSPENDED)
    assert waits not in sign_in("student").get("/agenda/").content.decode()


def test_what_does_not_wait_is_named_here() -> None:
    """Whatever a student may send beside these is closed while he is away, also what is still to come."""
    assert {code for code, each in PERMISSIONS.items() if each.pressing} == {
        "event.report", "concern.raise", "concern.follow",
    }  # fmt: skip


def test_his_family_and_his_mentor_may_report_for_him(paused: Client, cast: Cast) -> None:
    for actor in (cast.actor("guardian"), cast.actor("mentor")):
        assert [row.pk for row, _ in accompanied(actor)] == [cast.own.student.pk]
