"""What one asks for and another decides: a record of the tests' own, with its table."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import IntegrityError, connection, models, transaction
from django.http import Http404
from django.test import RequestFactory
from django.test.utils import isolate_apps

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import Personal
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.records.decisions import DECISION, Decision
from liangshi.practice.needs.audit import NEED_APPROVED
from liangshi.registry.access.choices import Role
from liangshi.registry.access.decisions import Decisions, decision_paths
from liangshi.registry.access.policy import SCOPES, Permission, Resource, Scope
from liangshi.registry.access.reach import about_students
from liangshi.registry.people.models import Asked, Student
from tests import cast as troupe
from tests.asking import refused
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]

with isolate_apps("tests"):

    class Visit(Asked, Personal):
        student = models.ForeignKey(Student, models.CASCADE, related_name="+")

        class Meta:
            app_label = "tests"
            constraints = Asked.Meta.constraints

        def __str__(self) -> str:
            return str(self.student)


@pytest.fixture
def own() -> Iterator[Cast]:
    with transaction.atomic():
        made = troupe.build()
    with connection.schema_editor() as editor:
        editor.create_model(Visit)
    yield made
    with connection.schema_editor() as editor:
        editor.delete_model(Visit)


@pytest.fixture
def decisions() -> Iterator[Decisions[Visit]]:
    resource = Resource("test_visit", Visit)
    about_students(resource, Scope.SCHOOL)
    decide = Permission("test_visit.decide", resource, "同意家访", {Role.LEADER: Scope.SCHOOL})
    yield Decisions(decide, NEED_APPROVED, "家访")
    del SCOPES["test_visit", Scope.SCHOOL]


def ask(own: Cast, by: str = "mentor") -> Visit:
    return Visit.objects.create(student=own.own.student, asked_by=own.person(by), asked_as=by)


def test_another_decides_once_and_whoever_asked_is_told(own: Cast, decisions: Decisions[Visit]) -> None:
    row, leader = ask(own), own.actor("leader")
    assert list(decisions.waiting(leader)) == [row]
    decided = decisions.take(row, "refuse", url="/visits", actor=leader)
    assert (decided.state, decided.decided_by_id, decided.decided_on) == (
        "refused",
        leader.person_id,
        today(),
    )
    told = Notice.objects.filter(person=own.person("mentor").pk).latest("created_at")
    assert (told.title, told.url) == (f"您申请的家访（{own.own.student}）：不同意", "/visits")
    entry = Entry.objects.filter(type=NEED_APPROVED.code).latest("seq")
    assert (entry.subject, entry.detail["step"]) == (str(own.own.student.pk), "refuse")
    for step in DECISION.moves:
        again = refused(lambda step=step: decisions.take(row, step, url="/", actor=leader))
        assert again == "invalid_transition"
    assert not decisions.waiting(leader)


def test_nobody_decides_his_own_neither_in_words_nor_in_the_database(
    own: Cast, decisions: Decisions[Visit]
) -> None:
    row, leader = ask(own, "leader"), own.actor("leader")
    assert refused(lambda: decisions.take(row, "agree", url="/", actor=leader)) == "own_decision"
    assert not decisions.waiting(leader)
    assert list(decisions.due(leader, "/visits", "home")) == []
    by_himself = {"state": Decision.AGREED, "decided_by": leader.person_id, "decided_on": today()}
    for wrong in (by_himself, {"state": Decision.AGREED}, {"decided_by": own.person("clerk").pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=row.pk).update(**wrong)


def test_what_waits_is_one_line(own: Cast, decisions: Decisions[Visit]) -> None:
    ask(own), ask(own), ask(own, "leader")
    (line,) = decisions.due(own.actor("leader"), "/visits", "home")
    assert (line.title, line.neutral, line.url) == ("2 次家访等您决定", "2 次家访等您决定", "/visits")


def test_an_address_for_each_way_and_none_for_others(own: Cast, decisions: Decisions[Visit]) -> None:
    paths = {each.name: each for each in decision_paths(decisions, "home:home")}
    assert paths.keys() == DECISION.moves.keys()
    row = ask(own)

    def post(name: str, step: str = "agree", method: str = "post") -> Any:
        request: Any = getattr(RequestFactory(), method)("/")
        request.actor, request.resolver_match = own.actor(name), SimpleNamespace(view_name="visits:agree")
        request._messages = CookieStorage(request)
        path = paths[step]
        return path.callback(request, pk=row.pk, **path.default_args)

    assert post("leader", method="get").status_code == 405
    with pytest.raises(Http404):
        post("other_leader")
    assert post("leader").url == "/"
    row.refresh_from_db()
    assert row.state == Decision.AGREED
