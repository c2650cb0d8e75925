"""Under which hat a notice is read, and until when."""

from __future__ import annotations

import datetime as dt
import random
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.notices.actions import (
    Line,
    tell_each,
    tell_office,
    tell_officers,
    tell_once,
    tell_people,
)
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.notices.models import Notice
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.inboxes import own_notices, unread
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import ClassPost, GuardianLink, Person, Staff
from tests.cast import Cast, grant, guardian, installer, staff
from tests.inboxes import heard, told

pytestmark = pytest.mark.both

Address = tuple[str, UUID | None, UUID | None]  # role, school, student


def tell(person: Person, role: str, school: UUID | None, student: UUID | None, title: str = "请看") -> None:
    tell_people([person.pk], role=role, school=school, student=student, title=title, url="/")


def under(person: Person, role: Role, school: UUID | None = None) -> Actor:
    """The person under this hat, his others beside it."""
    with everywhere("a test"):
        hats = hats_of(person, today())
    hat = next(each for each in hats if each.role == role and school in {None, each.school_id})
    return Actor(None, person.pk, person.name, hat, tuple(each for each in hats if each is not hat))


@pytest.fixture
def many(cast: Cast) -> Person:
    """A leader who is class adviser, mentor and father, and mentors at a second school: five hats."""
    who = cast.own.people["adviser"]
    grant(who, Role.LEADER, school=cast.own.school)
    here, there = cast.own, cast.other
    posts = [(here.students[2], here.posts["adviser"]), (there.students[1], staff(there.school, "T20", who))]
    for student, post in posts:
        chain = str(post.school_id)
        pairs = [Pair(student.pk, post.pk, today())]
        begin(pairs, origin=Origin.ASSIGNED, actor=installer(), chain=chain)
    return who


def addresses(cast: Cast) -> dict[Address, str]:
    """What may be written to him → the key of the one hat that reads it, "" for what none reads any more."""
    here, there = cast.own, cast.other
    post, child = here.posts["adviser"], here.students[3]
    with everywhere("a test"):
        far = Staff.objects.as_system("a test").get(person=here.people["adviser"], school=there.school).pk
    mine, taught, others = here.students[2].pk, here.students[0].pk, here.students[5].pk
    place, away = here.school.pk, there.school.pk
    gone = GuardianLink.objects.get(student=guardian(here.students[4], here.people["adviser"]).student)
    gone.restricted = True
    gone.save()
    return {
        ("leader", place, None): f"leader:{place}",
        ("leader", place, others): f"leader:{place}",
        ("adviser", place, None): f"adviser:{post.pk}",
        ("adviser", place, taught): f"adviser:{post.pk}",
        ("mentor", place, None): f"mentor:{post.pk}",
        ("mentor", place, mine): f"mentor:{post.pk}",
        ("mentor", away, there.students[1].pk): f"mentor:{far}",
        ("mentor", away, None): f"mentor:{far}",
        ("guardian", place, child.pk): "guardian:",
        # No more, or not under that hat.
        ("adviser", place, others): "",
        ("mentor", place, taught): "",
        ("mentor", away, there.student.pk): "",
        ("guardian", place, gone.student_id): "",
        ("guardian", place, mine): "",
        ("clerk", place, None): "",
        ("leader", away, None): "",
        ("student", place, mine): "",
    }


@pytest.mark.parametrize("seed", range(3))
def test_each_notice_stands_under_one_hat_or_under_none(cast: Cast, many: Person, seed: int) -> None:
    """Whatever comes, in whatever order: all hats together show each notice once, and what was lost not at all."""
    where = addresses(cast)
    chosen = random.Random(seed).choices(list(where), k=30) + list(where)
    titles = {f"第 {number} 条": address for number, address in enumerate(chosen)}
    for title, (role, school, student) in titles.items():
        tell(many, role, school, student, title)
    with everywhere("a test"):
        hats = hats_of(many, today())
        assert len(hats) == 5
        shown = {hat.key: [row.title for row in own_notices(Actor(None, many.pk, "", hat))] for hat in hats}
    expected: dict[str, list[str]] = {hat.key: [] for hat in hats}
    for title, address in titles.items():
        if where[address]:
            expected[where[address]].append(title)
    assert {key: sorted(rows) for key, rows in shown.items()} == {
        key: sorted(rows) for key, rows in expected.items()
    }
    for hat in hats:  # and the counts are those of the lists, whichever hat is worn
        actor = Actor(None, many.pk, "", hat, tuple(each for each in hats if each is not hat))
        found = unread(actor)
        counts = {hat.key: found.here} | {each.hat.key: each.unread for each in found.elsewhere}
        assert counts == {key: len(rows) for key, rows in expected.items() if rows or key == hat.key}


def test_what_concerns_the_account_stands_under_every_hat(many: Person) -> None:
    tell(many, EVERY_HAT, None, None, "您的账号被重置")
    with everywhere("a test"):
        for hat in hats_of(many, today()):
            rows = own_notices(Actor(None, many.pk, "", hat))
            assert [row.title for row in rows] == ["您的账号被重置"], hat


def test_what_concerns_the_account_is_of_no_school(cast: Cast) -> None:
    """Wherever it was written: the wall of one school must not hide it under the hat of another."""
    tell(cast.person("mentor"), EVERY_HAT, cast.own.school.pk, None)
    assert Notice.objects.get().school is None


@pytest.mark.parametrize("written_for", ["mentor", "staff"])
def test_a_post_with_students_and_without_has_one_inbox(cast: Cast, written_for: str) -> None:
    for name, role in (("mentor", Role.MENTOR), ("worker", Role.STAFF)):
        tell(cast.person(name), written_for, cast.own.school.pk, None)
        assert heard(cast.person(name)) == [(role, "请看")]


def test_a_mentor_whose_students_have_left_him_reads_on_what_names_none(cast: Cast) -> None:
    mentor, post = cast.person("worker"), cast.own.posts["worker"]
    student, school = cast.own.students[1], cast.own.school.pk
    pairs = [Pair(student.pk, cast.own.posts["mentor"].pk, today() - dt.timedelta(days=9))]
    begin(pairs, origin=Origin.ASSIGNED, actor=installer(), chain=str(school))
    bond = Mentorship.objects.filter(student=student)
    bond.update(mentor=post)
    tell(mentor, "mentor", school, None, "可以写交接信")
    tell(mentor, "mentor", school, student.pk, "王芳甲想和您见一面")
    assert told(mentor) == ["王芳甲想和您见一面", "可以写交接信"]
    bond.update(ends_on=today(), seat=None)
    assert heard(mentor) == [(Role.STAFF, "可以写交接信")]


@pytest.mark.parametrize("how", ["ended", "restricted"])
def test_a_guardian_reads_nothing_of_a_child_who_is_his_no_more(cast: Cast, how: str) -> None:
    parent, child, other = cast.person("guardian"), cast.own.student, cast.own.students[1]
    guardian(other, parent)
    for each in (child, other):
        tell(parent, "guardian", cast.own.school.pk, each.pk, f"{each}的导师已经确定")
    assert len(told(parent)) == 2
    lost = {"ended": {"ends_on": today()}, "restricted": {"restricted": True}}[how]
    GuardianLink.objects.filter(person=parent, student=child).update(**lost)
    assert told(parent) == [f"{other}的导师已经确定"]


def test_a_former_class_adviser_reads_nothing_of_his_class(cast: Cast) -> None:
    adviser, school = cast.person("adviser"), cast.own.school.pk
    tell(adviser, "adviser", school, cast.own.student.pk, "欧阳雨桐甲转入")
    assert heard(adviser) == [(Role.ADVISER, "欧阳雨桐甲转入")]
    ClassPost.objects.filter(staff=cast.own.posts["adviser"]).update(class_group=cast.own.class_2)
    assert told(adviser) == []


def test_whoever_has_left_the_school_has_no_inbox_there(cast: Cast) -> None:
    tell(cast.person("mentor"), "mentor", cast.own.school.pk, None)
    Staff.objects.filter(pk=cast.own.posts["mentor"].pk).update(state=StaffState.GONE)
    assert told(cast.person("mentor")) == []


def test_a_student_reads_what_was_written_to_him(cast: Cast) -> None:
    student, school = cast.own.student, cast.own.school.pk
    tell(student.person, "student", school, student.pk, "你的导师是李晓明甲老师")
    tell(student.person, "student", school, cast.own.students[1].pk, "错的")
    assert told(student.person) == ["你的导师是李晓明甲老师"]


def test_other_hats_count_across_schools(cast: Cast, many: Person) -> None:
    """On PostgreSQL they lie behind the wall of the hat that is worn."""
    tell(many, "mentor", cast.other.school.pk, cast.other.students[1].pk)
    found = unread(under(many, Role.GUARDIAN))
    assert (found.here, [(each.hat.school_id, each.unread) for each in found.elsewhere]) == (
        0,
        [(cast.other.school.pk, 1)],
    )


def test_what_was_read_counts_no_more(cast: Cast, many: Person) -> None:
    tell(many, "adviser", cast.own.school.pk, None)
    Notice.objects.update(read_at=dt.datetime.now(dt.UTC))
    assert unread(under(many, Role.GUARDIAN)) == unread(under(many, Role.ADVISER))
    assert unread(under(many, Role.ADVISER)).here == 0


def test_the_office_reads_what_was_written_to_it_in_its_school(cast: Cast, many: Person) -> None:
    for troupe in (cast.own, cast.other):
        tell_office(troupe.school.pk, ["leader"], title=troupe.school.short_name, url="/", key="x")
    with everywhere("a test"):
        assert [row.title for row in own_notices(under(many, Role.LEADER))] == ["示范甲中"]
        assert unread(under(many, Role.LEADER)).here == 1
        assert not own_notices(under(many, Role.ADVISER)).exists()
        assert not own_notices(cast.actor("city")).exists()


def test_what_is_for_one_officer_is_not_for_the_other(cast: Cast, many: Person) -> None:
    school, leader = cast.own.school.pk, cast.person("leader").pk
    tell_officers([(leader, "leader")], school, title="请您看", url="/", key="x")
    assert heard(cast.person("leader")) == [(Role.LEADER, "请您看")]
    assert not own_notices(under(many, Role.LEADER)).exists()
    assert unread(under(many, Role.LEADER)).here == 0


# Writing


def test_told_once_is_once_for_each_person_and_hat(cast: Cast) -> None:
    """A class gets another adviser: he hears of the newcomer, too. The same man as a mentor is another inbox."""
    school, student = cast.own.school.pk, cast.own.student.pk

    def say(name: str, role: Role) -> int:
        line = Line(cast.person(name).pk, "转入", student)
        return tell_once({f"assign:{student}": line}, role=role, school=school, url="/")

    assert [say("adviser", Role.ADVISER), say("adviser", Role.ADVISER)] == [1, 0]
    Notice.objects.update(read_at=dt.datetime.now(dt.UTC))
    assert say("adviser", Role.ADVISER) == 0
    assert [say("mentor", Role.ADVISER), say("adviser", Role.MENTOR)] == [1, 1]


@pytest.mark.parametrize("missing", ["role", "student", "school"])
def test_who_tells_says_to_which_hat_about_whom_and_where(cast: Cast, missing: str) -> None:
    said = {"role": "mentor", "student": None, "school": cast.own.school.pk, "title": "请看", "url": "/"}
    del said[missing]
    with pytest.raises(TypeError, match=missing):
        tell_people([cast.person("mentor").pk], **said)


@pytest.mark.parametrize(
    "wrong",
    [{"role": ""}, {"role": "mentor", "person": None, "school": None}, {"role": EVERY_HAT, "person": None}],
    ids=["for no hat", "for nobody", "about an account that is nobody's"],
)
def test_the_database_refuses_a_notice_without_an_address(cast: Cast, wrong: dict[str, object]) -> None:
    person = cast.person("mentor").pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(title="请看", url="/", **{"person": person, **wrong})


def test_a_long_title_is_cut_and_every_line_is_its_own(cast: Cast) -> None:
    school, student = cast.own.school.pk, cast.own.student.pk
    lines = [Line(cast.person("mentor").pk, "长" * 200, student), Line(cast.person("second").pk, "短", None)]
    assert tell_each(lines, role="mentor", school=school, url="/") == 2
    assert set(Notice.objects.values_list("title", "student", "school", "role")) == {
        ("长" * 120, student, school, "mentor"),
        ("短", None, school, "mentor"),
    }
