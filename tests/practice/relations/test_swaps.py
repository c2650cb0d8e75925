"""互换导师: two students in one deed, by the office, whoever is full."""

from __future__ import annotations

import pytest
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.sealed import unseal
from liangshi.foundation.deeds import DETAIL
from liangshi.practice.relations.actions.absences import register
from liangshi.practice.relations.actions.swaps import swap
from liangshi.practice.relations.choices import AbsenceKind, ChangeState
from liangshi.practice.relations.models import ChangeRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import Apart, MentorPlaces, Mentorship
from tests.asking import SignIn
from tests.cast import grant
from tests.inboxes import told
from tests.practice.relations.bonds import Bonds, actor_of
from tests.practice.relations.test_absences import refused

pytestmark = pytest.mark.both


@pytest.fixture
def full(bonds: Bonds) -> Bonds:
    """李晓明 has one student, 周敏 another, and neither has a place left."""
    bonds.begin("second", 3)
    bonds.quota(mentor=1, second=1)
    return bonds


@pytest.mark.row("R49")
def test_two_full_mentors_swap_two_students_in_one_deed(full: Bonds) -> None:
    full.ask()  # what is under way about the one lapses
    swap(full.bond(), full.bond(3), reason="两名学生都想学化学", actor=full.clerk)
    assert (full.now(), full.now(3)) == ("周敏甲老师", "李晓明甲老师")
    assert set(MentorPlaces.objects.filter(quota=1).values_list("taken", flat=True)) == {1}
    old = Mentorship.objects.filter(ends_on=today())
    assert {(row.end_reason) for row in old} == {"agreed"}
    assert ChangeRequest.objects.get().state == ChangeState.LAPSED
    assert "导师调整：从今天起，你的导师是周敏甲老师" in told(full.own.people["student"])
    assert sorted(told(full.own.people["mentor"])[-2:]) == [
        "导师调整：从今天起，您新增 1 名学生", "导师调整：从今天起，您的 1 名学生由别的老师指导",
    ]  # fmt: skip
    entry = Entry.objects.filter(type="change.swapped").first()  # one line for each student
    assert entry
    assert unseal(entry.detail["reason"], DETAIL) == "两名学生都想学化学"


def test_what_a_swap_is_refused_for(full: Bonds) -> None:
    one, other = full.bond(), full.bond(3)
    assert refused(lambda: swap(one, other, reason=" ", actor=full.clerk)) == "swap_needs_reason"
    assert refused(lambda: swap(one, one, reason="x", actor=full.clerk)) == "same_mentor"
    grant(full.own.people["mentor"], "clerk", school=full.own.school)
    himself = actor_of(full.own.people["mentor"])
    assert refused(lambda: swap(one, other, reason="x", actor=himself)) == "own_decision"
    Apart.objects.create(student=other.student, person=one.mentor.person)
    assert refused(lambda: swap(one, other, reason="x", actor=full.clerk)) == "not_given"
    Apart.objects.all().delete()
    swap(one, other, reason="x", actor=full.clerk)
    assert refused(lambda: swap(one, other, reason="x", actor=full.clerk)) == "bond_ended"
    assert Mentorship.objects.filter(student__in=[one.student, other.student]).count() == 4


def test_the_office_swaps_on_two_pages(full: Bonds, sign_in: SignIn) -> None:
    clerk, child = sign_in("clerk"), full.own.student
    url = reverse("relations:swap", args=[child.pk])
    assert f'href="{url}"' in clerk.get(f"/students/{child.pk}").content.decode()
    page = clerk.get(url).content.decode()
    assert "周敏甲老师" in page
    assert "李晓明甲老师" not in page
    chosen = f"{url}?mentor={full.post('second').pk}"
    page = clerk.get(chosen).content.decode()
    assert full.own.students[3].person.name in page
    read = set(Entry.objects.filter(type="change.form").values_list("subject", flat=True))
    assert {str(child.pk), str(full.own.students[3].pk)} <= read
    sent = {"bond": full.bond().pk, "other": full.bond(3).pk, "reason": "想学化学"}
    assert "请写一句为什么互换" in clerk.post(chosen, sent | {"reason": ""}).content.decode()
    assert "已互换" in clerk.post(chosen, sent, follow=True).content.decode()
    assert full.now() == "周敏甲老师"
    assert clerk.post(chosen, sent).status_code == 200  # the same form again
    assert full.now() == "周敏甲老师"
    for name, status in (("leader", 403), ("mentor", 403), ("student", 403), ("other_clerk", 404)):
        assert sign_in(name).get(url).status_code == status


def test_who_is_kept_apart_is_not_offered(full: Bonds, sign_in: SignIn) -> None:
    url = reverse("relations:swap", args=[full.own.student.pk])
    Apart.objects.create(student=full.own.students[3], person=full.post("mentor").person)
    page = sign_in("clerk").get(f"{url}?mentor={full.post('second').pk}").content.decode()
    assert full.own.students[3].person.name not in page
    Apart.objects.create(student=full.own.student, person=full.post("second").person)
    assert "周敏甲老师" not in sign_in("clerk").get(url).content.decode()


def test_what_would_be_refused_is_not_offered(full: Bonds, sign_in: SignIn) -> None:
    """The clerk himself mentors; the student's mentor is away."""
    url, said = reverse("relations:swap", args=[full.own.student.pk]), "现在没有可以互换的导师"
    for name in ("mentor", "second"):
        grant(full.own.people[name], "clerk", school=full.own.school)
        assert said in sign_in(name, Role.CLERK).get(url).content.decode()
    assert said not in sign_in("clerk").get(url).content.decode()
    register(
        full.post("mentor"), AbsenceKind.SICK, back_on=None, deputy=full.post("grade_head"), actor=full.clerk
    )
    assert said in sign_in("clerk").get(url).content.decode()
