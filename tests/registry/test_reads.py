"""Reads are declared beside the route and written by the gate. That every address does so, the walk holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.queries import verify
from liangshi.foundation.audit.types import TYPES
from liangshi.portal.dossier.audit import STAFF_LISTED, STUDENT_OPENED
from liangshi.registry.access import reads
from liangshi.registry.access.checks import every_route_has_a_rule
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import READS
from liangshi.registry.people.audit import CORRECTED
from liangshi.registry.people.models import Enrolment
from tests.asking import SignIn
from tests.cast import Cast

NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def read(code: str) -> list[tuple[str, str]]:
    """(who, about whom) of the entries of one type, in order."""
    rows = Entry.objects.filter(type=code).order_by("seq")
    return [(entry.actor, entry.subject) for entry in rows]


def test_a_view_that_reads_where_none_is_declared_is_a_mistake(
    sign_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(READS, "dossier:student")
    with pytest.raises(LookupError, match=r"dossier:student declares \[\]"):
        sign_in("mentor").get(f"/students/{cast.own.student.pk}")
    monkeypatch.setitem(READS, "dossier:student", (STAFF_LISTED,))
    sign_in("mentor").get(f"/students/{cast.own.student.pk}")  # the usual one of the route
    with pytest.raises(LookupError, match=r"declares \['staff.listed'\], its view reads"):
        sign_in("mentor").get(f"/students/{cast.own.student.pk}?part=portrait")


def test_what_cannot_be_written_is_not_read(
    sign_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(reads, "noted", down)
    mentor = sign_in("mentor")
    mentor.raise_request_exception = False
    answer = mentor.get(f"/students/{cast.own.student.pk}")
    assert answer.status_code == 500
    assert "欧阳雨桐" not in answer.content.decode()


def test_a_refusal_and_a_deed_that_goes_on_elsewhere_hand_out_nothing(sign_in: SignIn, cast: Cast) -> None:
    who = cast.own.student
    assert sign_in("other_clerk").get(f"/students/{who.pk}").status_code == 404
    assert sign_in("worker").get(f"/students/{who.pk}").status_code == 403
    clerk, url = sign_in("clerk"), f"/growth/students/{who.pk}/subjects"
    assert clerk.post(url, {"first": "phy", "seconds": ["che", "bio"]}).status_code == 302
    assert not [entry for entry in Entry.objects.all() if TYPES[entry.type].is_read]
    assert clerk.post(url, {}).status_code == 200  # the form again, with a name
    assert read("goal.opened") == [("干事甲", str(who.pk))]


def test_one_answer_is_one_reading_about_all_whom_it_names(sign_in: SignIn, cast: Cast) -> None:
    sign_in("adviser").get("/students")
    students = sorted(str(row.pk) for row in cast.own.students[:3])
    assert read("student.listed") == [("班任甲", key) for key in students]
    sign_in("adviser").get("/students?q=nobody")
    assert len(read("student.listed")) == 3
    assert verify(str(cast.own.school.pk))[1] is None


def test_what_is_met_again_within_a_sitting_is_written_once(sign_in: SignIn, cast: Cast) -> None:
    """王芳 twice in the adviser's class; the clerk meets 王明 and 王明明 too."""
    own = [str(row.pk) for row in cast.own.students[1:3]]
    with time_machine.travel(NOON, tick=False) as clock:
        adviser = sign_in("adviser")
        for text in ("w", "wf", "王芳", "wf"):  # as the search box asks
            assert "王芳甲" in adviser.get(f"/search?q={text}").content.decode()
        assert read("student.found") == [("班任甲", key) for key in sorted(own)]
        sign_in("clerk").get("/search?q=wf")
        sign_in("clerk").get("/search?q=w")
        assert [who for who, _ in read("student.found")] == ["班任甲"] * 2 + ["干事甲"] * 4
        clock.shift(reads.SITTING)
        adviser.get("/search?q=wf")
        assert len(read("student.found")) == 8
        for _ in range(2):  # opening is no glance
            adviser.get(f"/students/{own[0]}")
        assert read("student.opened") == [("班任甲", own[0])] * 2


def test_a_file_leaves_the_house_each_time(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    for _ in range(2):
        clerk.get("/students?format=xlsx")
        clerk.get("/staff?format=xlsx")
        clerk.get("/staff")
    assert len(read("list.taken")) == 2 * len(cast.own.students) + 2
    assert read("list.taken").count(("干事甲", "")) == 2
    assert read("staff.listed") == [("干事甲", "")]


def test_oneself_and_ones_children_need_no_entry(sign_in: SignIn, cast: Cast) -> None:
    student, child = cast.own.student, cast.own.students[3]
    for client, who in (
        (sign_in("student"), student),
        (sign_in("guardian"), student),
        (sign_in("adviser", Role.GUARDIAN), child),
    ):
        assert client.get(f"/students/{who.pk}").status_code == 200
        assert client.get("/").status_code == 200
    assert not [entry for entry in Entry.objects.all() if TYPES[entry.type].is_read]
    Enrolment.objects.filter(student=child).update(class_group=cast.own.class_1)
    assert sign_in("adviser").get(f"/students/{child.pk}").status_code == 200  # as the teacher of his class
    assert read("student.opened") == [("班任甲", str(child.pk))]


def test_what_an_entry_costs(sign_in: SignIn, cast: Cast) -> None:
    """The question who was read before; the head of the chain, the entries at once, the head moved on, in a
    transaction of their own. Looked at again: the question alone."""
    client = sign_in("adviser")

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/students").status_code == 200
        return [each["sql"] for each in queries.captured_queries]

    first, again = asked(), asked()
    assert len(first) - len(again) == 5
    assert sum('FROM "audit_entry"' in each for each in again) == 1


def test_a_wrong_declaration_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READS, "home:nowhere", (STUDENT_OPENED,))
    assert [problem.id for problem in every_route_has_a_rule(None)] == ["access.E005"]
    monkeypatch.delitem(READS, "home:nowhere")
    monkeypatch.setitem(READS, "home:me", (CORRECTED,))
    assert [problem.id for problem in every_route_has_a_rule(None)] == ["access.E006"]
