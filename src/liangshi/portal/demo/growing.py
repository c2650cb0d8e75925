"""What some students say of themselves and what adults saw in them, through the same actions as people use."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import new_key
from liangshi.portal.demo.rounds import wearing
from liangshi.portal.demo.schools import Place
from liangshi.practice.growth.actions.goals import set_goal
from liangshi.practice.growth.actions.portraits import add_activity, write_career, write_portrait
from liangshi.practice.growth.actions.shining import drop
from liangshi.practice.growth.actions.subjects import choose
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Student
from liangshi.registry.people.subjects import ALL
from liangshi.registry.schools.choices import Strategy

PORTRAIT = {
    "interests": "长跑、看地图，周末喜欢在江边拍照",
    "strengths": "答应别人的事会做完",
    "talk_style": "边走边聊就好，最好先告诉我要聊什么",
    "to_tell": "晚自习坐最后一排，有点看不清黑板",
    "worries": "想选的专业和家里想的不一样",
}
GOALS = (
    (Strategy.SH, "每周三、周日各跑一次三公里，跑完记下用时"),
    (Strategy.XY, "期末前把化学错题整理两遍"),
)
SHINES = (
    ("moral", "放学后留下来把走廊的水拖干，怕别人滑倒", True),
    ("mind", "讲题时先听完同学的想法，再说自己的", True),
    ("work", "把图书角的书按类别重新排了一遍", False),
)


def grow(place: Place, student: Student) -> None:
    """A student with everything, and the mentees of one mentor with their subjects and a good word each."""
    clerk = wearing(place.clerks[0].person, Role.CLERK)
    writer = wearing(place.others[0].person, Role.STAFF)
    mentor = place.teachers[2][-1]
    _everything(student, clerk, writer, place)
    bonds = Mentorship.objects.filter(mentor=mentor, ends_on__isnull=True).select_related("student__person")
    for turn, bond in enumerate(bonds.order_by("student__school_no")):
        chosen = ALL[turn % len(ALL)]
        choose(bond.student, first=chosen.first, seconds=chosen.seconds, actor=clerk)
        if turn % 3:  # one in three waits for a good word
            _shine(bond.student, SHINES[turn % len(SHINES)], wearing(mentor.person, Role.MENTOR), place)


def _everything(student: Student, clerk: Actor, writer: Actor, place: Place) -> None:
    own = wearing(student.person, Role.STUDENT)
    write_portrait(student, {name: ("", text) for name, text in PORTRAIT.items()}, actor=own)
    write_portrait(student, {"wanted": ([], [Strategy.XY.value, Strategy.SY.value])}, actor=own)
    write_career(student, {"leanings": ("", "想过当船长，也想过做测绘")}, actor=own)
    add_activity(student, on=ago(20, place), title="参观造船厂", note="焊接车间很吵，但很壮观", actor=own)
    for strategy, text in GOALS:
        review = today() + dt.timedelta(30)
        set_goal(
            student,
            strategy=strategy,
            text=text,
            owner="student",
            review_on=review,
            key=new_key(),
            actor=own,
        )
    chosen = ALL[0]
    choose(student, first=chosen.first, seconds=chosen.seconds, actor=clerk)
    for each in SHINES:
        _shine(student, each, writer, place)


def ago(days: int, place: Place) -> dt.date:
    """So many days back, and in this school year."""
    return max(today() - dt.timedelta(days), place.year.starts_on)


def _shine(student: Student, what: tuple[str, str, bool], by: Actor, place: Place) -> None:
    virtue, text, shared = what
    drop(student, text=text, virtue=virtue, on=ago(10, place), shared=shared, key=new_key(), actor=by)
