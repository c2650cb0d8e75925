"""Publishing: at one instant, once, to everybody concerned."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.programmes import confirm_round
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import drop_student, set_quota
from liangshi.practice.matching.choices import RoundState, Withheld
from liangshi.practice.matching.models import Placement, Programme
from liangshi.practice.matching.queries.programmes import programme_shares, withheld
from liangshi.practice.matching.queries.published import (
    published_placement,
    published_placements,
)
from liangshi.practice.matching.queries.students import saved
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.choices import Kind, Origin
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Person, Staff, StudentSpan
from tests.cast import build, installer
from tests.inboxes import told
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused
from tests.practice.matching.test_running import placed, wished
from tests.races import at_once


def active(stage: Stage) -> dict[str, str]:
    rows = Mentorship.objects.filter(
        student__school=stage.troupe.school, ends_on__isnull=True, kind=Kind.PRIMARY
    )
    return {str(row.student_id): row.mentor.staff_no for row in rows.select_related("mentor")}


@pytest.mark.row("R39")
def test_after_publishing_every_student_has_the_mentor_of_the_proposal(stage: Stage) -> None:
    wished(stage).propose()
    given = placed(stage)
    stage.publish()
    assert stage.round.state == RoundState.PUBLISHED
    assert active(stage) == {str(stage.student(n).pk): code for n, (code, _) in given.items()}
    assert len(active(stage)) == 6  # 未匹配 0
    origins = Mentorship.objects.filter(ends_on__isnull=True, student__school=stage.troupe.school)
    assert set(origins.values_list("origin", flat=True)) == {Origin.ROUND}


def test_everybody_concerned_gets_his_own_words(stage: Stage) -> None:
    wished(stage).propose()
    Notice.objects.all().delete()
    given = placed(stage)
    stage.publish()
    people = Person.objects.filter(pk__in=Notice.objects.filter(person__isnull=False).values("person"))
    titles = {person.pk: told(person) for person in people}
    people = stage.troupe.people
    for n in range(6):
        assert titles[stage.student(n).person_id] == ["「新生导师匹配」公布了，来看看你的导师是谁"]
    counts = Counter(code for code, _ in given.values())
    assert titles[people["mentor"].pk] == [f"「新生导师匹配」公布了，您新增 {counts['T05']} 名学生"]
    assert titles[people["guardian"].pk] == ["欧阳雨桐甲同学的导师已经确定，请您查看"]
    assert any(title.startswith("高一(1)班 3 名学生的导师公布了") for title in titles[people["adviser"].pk])
    assert "王明甲同学的导师已经确定，请您查看" in titles[people["adviser"].pk]  # the father


def test_what_each_may_see_once_it_is_published(stage: Stage) -> None:
    wished(stage).propose().publish()
    cast = stage.cast
    mine = published_placement(stage.actor(3), stage.student(3).pk)
    assert mine
    assert (str(mine.mentor), mine.rank, mine.rank_label) == ("周敏甲老师", 1, "第 1 志愿")
    assert "第一志愿" in mine.reason
    assert published_placement(stage.actor(3), stage.student(4).pk) is None
    child = published_placement(cast.actor("guardian"), stage.student(0).pk)
    assert child
    assert (child.rank, child.reason, child.rank_label) == (None, "", "")
    mentees = published_placements(cast.actor("second", Role.MENTOR))
    assert {str(one.mentor) for one in mentees} == {"周敏甲老师"}
    assert all(one.rank is None and one.reason == "" for one in mentees)
    assert len(published_placements(cast.actor("adviser"))) == 3
    assert published_placements(cast.actor("other_clerk")) == []
    assert len(published_placements(cast.actor("clerk"))) == 6


def test_a_student_without_a_mentor_stops_the_publication(stage: Stage) -> None:
    wished(stage).propose()
    Placement.objects.filter(round_student=stage.mine(5)).delete()
    problem = refused(lambda: publish(stage.round.programme, actor=stage.leader))
    assert problem.code == "unplaced"
    assert "阿依古丽·买买提甲" in problem.message
    assert stage.again().round.state == RoundState.PROPOSED
    assert active(stage) == {}


def test_a_proposal_changed_after_certification_is_not_published(stage: Stage) -> None:
    wished(stage).propose()
    other = stage.round.mentors.get(code="T01")
    Placement.objects.filter(round_student=stage.mine(3)).update(mentor=other)
    assert refused(lambda: publish(stage.round.programme, actor=stage.leader)).code == "proposal_altered"
    assert active(stage) == {}


def test_who_got_a_mentor_meanwhile_keeps_him_and_the_others_get_theirs(stage: Stage) -> None:
    wished(stage).propose()
    pair = Pair(stage.student(1).pk, stage.troupe.posts["leader"].pk, today())
    begin([pair], origin=Origin.ASSIGNED, actor=installer(), chain=str(stage.troupe.school.pk))
    stage.publish()
    assert len(active(stage)) == 6
    assert active(stage)[str(stage.student(1).pk)] == stage.troupe.posts["leader"].staff_no
    (held,) = withheld(stage.round.programme)
    assert (held.round_student.student_id, held.withheld) == (stage.student(1).pk, Withheld.ARRANGED)
    assert published_placement(stage.actor(1), stage.student(1).pk) is None


def test_of_a_confirmed_round_too_who_got_a_mentor_meanwhile_is_left_out(stage: Stage) -> None:
    wished(stage).propose()
    confirm_round(stage.round, actor=stage.clerk)
    pair = Pair(stage.student(1).pk, stage.troupe.posts["leader"].pk, today())
    begin([pair], origin=Origin.ASSIGNED, actor=installer(), chain=str(stage.troupe.school.pk))
    stage.publish()
    assert len(active(stage)) == 6


def test_who_left_the_school_gets_no_mentor_and_the_page_says_so(stage: Stage, sign_in: Any) -> None:
    wished(stage).propose()
    student = stage.student(1)
    StudentSpan.objects.filter(student=student, ends_on__isnull=True).update(state=StudentState.TRANSFERRED)
    page = sign_in("leader").post(reverse("rounds:publish", args=[stage.round.programme_id]), follow=True)
    assert f"有 1 名学生的安排没有生效：{student}（已离校或休学）" in page.content.decode()
    assert len(active(stage)) == 5
    assert str(student.pk) not in active(stage)


def test_nobody_is_given_to_a_mentor_who_has_gone(stage: Stage) -> None:
    wished(stage).propose()
    out = Placement.objects.get(round_student=stage.mine(3)).mentor
    Staff.objects.filter(pk=out.staff_id).update(state=StaffState.SUSPENDED)
    problem = refused(lambda: publish(stage.round.programme, actor=stage.leader))
    assert problem.code == "mentor_out"
    assert str(out) in problem.message
    assert active(stage) == {}
    set_quota(out, lower=0, upper=0, actor=stage.clerk)  # the way out
    stage.again().propose().publish()
    assert len(active(stage)) == 6
    assert out.code not in active(stage).values()


def test_a_confirmed_round_leaves_out_the_students_of_a_mentor_who_has_gone(stage: Stage) -> None:
    wished(stage).propose()
    confirm_round(stage.round, actor=stage.clerk)
    out = Placement.objects.get(round_student=stage.mine(3)).mentor
    Staff.objects.filter(pk=out.staff_id).update(state=StaffState.GONE)
    stage.publish()
    assert out.code not in active(stage).values()
    held = withheld(stage.round.programme)
    assert {one.withheld for one in held} == {Withheld.MENTOR_OUT}
    assert len(active(stage)) == 6 - len(held)


def test_nobody_is_given_to_whom_he_has_named_meanwhile(stage: Stage, sign_in: Any) -> None:
    wished(stage).propose()
    named = Placement.objects.get(round_student=stage.mine(3)).mentor
    url = reverse("rounds:publish", args=[stage.round.programme_id])
    assert "公布结果？" in sign_in("leader").get(url, follow=True).content.decode()
    keep_apart(stage.student(3).pk, [named.staff.person_id])
    page = sign_in("leader").get(url, follow=True).content.decode()  # before anything is published
    assert "提案里有 1 名学生不能由排到的老师来带" in page
    assert "公布结果？" not in page
    problem = refused(lambda: publish(stage.round.programme, actor=stage.leader))
    assert problem.code == "not_given"
    assert str(stage.mine(3)) in problem.message
    assert str(named) not in problem.message
    assert active(stage) == {}
    set_quota(named, lower=0, upper=1, actor=stage.clerk)  # computed anew: he is not given to him again
    stage.again().propose().publish()
    assert len(active(stage)) == 6
    assert active(stage)[str(stage.student(3).pk)] != named.code


def test_a_confirmed_round_leaves_out_whom_a_student_has_named_meanwhile(stage: Stage, sign_in: Any) -> None:
    wished(stage).propose()
    confirm_round(stage.round, actor=stage.clerk)
    keep_apart(
        stage.student(3).pk, [Placement.objects.get(round_student=stage.mine(3)).mentor.staff.person_id]
    )
    url = reverse("rounds:publish", args=[stage.round.programme_id])
    assert "人的安排不会生效：排到的老师不能带这名学生" in sign_in("leader").get(url).content.decode()
    stage.publish()
    (held,) = withheld(stage.round.programme)
    assert (held.round_student.student_id, held.withheld) == (stage.student(3).pk, Withheld.NOT_GIVEN)
    assert str(stage.student(3).pk) not in active(stage)


def test_places_taken_meanwhile_stop_it_all(stage: Stage) -> None:
    wished(stage).propose()
    MentorPlaces.objects.filter(staff=stage.troupe.posts["mentor"]).update(taken=14)
    assert refused(lambda: publish(stage.round.programme, actor=stage.leader)).code == "ratio_exceeded"
    assert active(stage) == {}
    assert stage.again().round.state == RoundState.PROPOSED


def test_shares_of_wishes_are_counted_from_the_published_run(stage: Stage) -> None:
    wished(stage).propose().publish()
    shares = programme_shares(stage.round.programme)
    assert [(one.label, one.count, one.percent) for one in shares] == [
        ("第 1 志愿", 4, 67), ("第 2 志愿", 1, 17), ("志愿外", 1, 17),
    ]  # fmt: skip
    assert {row.pk for row in stage.round.students.all()} == {
        one.round_student_id for one in Placement.objects.all()
    }
    for row in Placement.objects.select_related("round_student"):  # nobody on his 回避 list
        assert not row.round_student.avoidances.filter(mentor=row.mentor_id).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_have_one_effect() -> None:
    stage = Stage(build())
    wished(stage).propose()

    def press() -> None:
        publish(Programme.objects.get(pk=stage.round.programme_id), actor=stage.leader)

    assert at_once([press, press]) == {"done": 1, "invalid_transition": 1}
    assert len(active(stage)) == 6
    assert Notice.objects.filter(title__contains="来看看你的导师是谁").count() == 6


@pytest.mark.django_db(transaction=True)
def test_of_two_pages_that_save_at_once_one_is_kept_and_the_other_told() -> None:
    stage = Stage(build())
    stage.open()
    pages = [lambda post=post: stage.wish(1, post, version=0) for post in ("mentor", "second")]
    assert at_once(pages) == {"done": 1, "wishes_changed": 1}
    assert len(saved(stage.mine(1)).wishes) == 1


def test_a_proposal_that_is_published_stands_in_no_office_as_unread(stage: Stage) -> None:
    wished(stage).propose()
    told = Notice.objects.filter(title__contains="提案出来了", read_at=None)
    assert told.count() == 2
    stage.publish()
    assert not told.exists()


def test_who_is_left_out_reads_after_publishing_whom_to_ask(stage: Stage, sign_in: Any) -> None:
    wished(stage).propose()
    stage.publish()
    Placement.objects.filter(round_student=stage.mine(0)).update(withheld=Withheld.LEFT)
    page = sign_in("student").get(reverse("rounds:my_round", args=[stage.round.pk])).content.decode()
    assert "这次没有给你安排导师" in page
    assert "请问班主任或学校办公室" in page
    assert "学校正在安排" not in page


def test_who_was_taken_out_of_a_round_reads_after_publishing_whom_to_ask(stage: Stage, sign_in: Any) -> None:
    wished(stage)
    url = reverse("rounds:my_round", args=[stage.round.pk])
    drop_student(stage.mine(0), reason="已保送", actor=stage.clerk)
    assert sign_in("student").get(url).status_code == 404
    stage.propose().publish()
    assert "这次没有给你安排导师" in sign_in("student").get(url).content.decode()
