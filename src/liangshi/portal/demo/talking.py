"""What the mentors of one school have talked about since the term began: some students often, a few not yet.

The talks are written as rows on the days themselves: through the form of today they would all be 补录.
"""

from __future__ import annotations

import datetime as dt
import random

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import FormTime, new_key
from liangshi.foundation.records.levels import Level
from liangshi.portal.demo.growing import ago
from liangshi.portal.demo.rounds import wearing
from liangshi.portal.demo.schools import Place
from liangshi.practice.talks.actions.activities import arrange_activity, take_attendance
from liangshi.practice.talks.actions.events import report, set_lead
from liangshi.practice.talks.actions.notes import write_note
from liangshi.practice.talks.actions.unmet import press
from liangshi.practice.talks.choices import Happening, Mode
from liangshi.practice.talks.models import Talk, TalkStudent, TalkTag
from liangshi.practice.talks.queries.talks import mentee_options
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.schools.choices import Strategy

NOT_YET = 0.15  # of the students nobody has been talked with
OFTEN = (1, 1, 2, 2, 3)
ABOUT = (Strategy.XY, Strategy.XY, Strategy.SX, Strategy.SH, Strategy.SY, Strategy.XL)
GISTS = (
    "说了最近的作息，答应十一点前睡。",
    "聊了选科，想再比较两个组合。",
    "月考后有点急，一起看了错在哪一类题。",
    "宿舍新换了床位，已经习惯了。",
)
PLACES = ("操场", "办公室外的长椅", "图书馆", "食堂路上")


def talk(place: Place, rng: random.Random) -> None:
    bonds = Mentorship.objects.filter(
        mentor__school=place.school, kind=Kind.PRIMARY, ends_on__isnull=True
    ).order_by("mentor__staff_no", "student__school_no")
    talks: list[Talk] = []
    students: list[TalkStudent] = []
    tags: list[TalkTag] = []
    times_taken: list[FormTime] = []
    for bond in bonds:
        first = max(bond.starts_on, today() - dt.timedelta(60))
        days = (today() - first).days
        times = 0 if rng.random() < NOT_YET else min(days, rng.choice(OFTEN))
        for back in sorted(rng.sample(range(days), times)) if times else ():
            about = rng.choice(ABOUT)
            private = about == Strategy.XL
            made = Talk(
                school=place.school,
                author_id=bond.mentor_id,
                day=today() - dt.timedelta(back),
                mode=rng.choice((Mode.FACE, Mode.FACE, Mode.FACE, Mode.PHONE)),
                place=rng.choice(PLACES),
                gist="" if private else rng.choice(GISTS),
                level=Level.AUTHOR if private else Level.SCHOOL,
                key=new_key(),
            )
            talks.append(made)
            students.append(TalkStudent(talk=made, student_id=bond.student_id))
            tags.append(TalkTag(talk=made, code=about))
            seconds = rng.randint(8, 50)  # what a thumb needs: the medians of the burden budget
            times_taken.append(FormTime(school=place.school.pk, form="talk", seconds=seconds, day=made.day))
    Talk.objects.bulk_create(talks, batch_size=500)
    FormTime.objects.bulk_create(times_taken, batch_size=500)
    TalkStudent.objects.bulk_create(students, batch_size=500)
    TalkTag.objects.bulk_create(tags, batch_size=500)


def happen(place: Place) -> None:
    """What else a mentor's term holds, through the actions that people use: an activity called and one to come, a note,
    a life event that he leads, and a student elsewhere who asks the school for a meeting."""
    staff = place.teachers[2][-1]
    mentor = wearing(staff.person, Role.MENTOR)
    mine = [row for row, _ in mentee_options(mentor)]
    for name, day in (("江边长跑", ago(9, place)), ("读书会", today() + dt.timedelta(6))):
        row = arrange_activity(
            name=name, day=day, students=[each.pk for each in mine[:6]], key=new_key(), actor=mentor
        )
        if day <= today():
            take_attendance(row, [each.pk for each in mine[:5]], actor=mentor)
    write_note(mine[0].pk, "下次带那本地图册给他看", actor=mentor)
    event = report(
        student_id=mine[1].pk, kind=Happening.MARKS, text="两次周测都没有交卷", key=new_key(), actor=mentor
    )
    set_lead(event, staff, actor=wearing(place.leaders[0].person, Role.LEADER))
    _ask_for_a_meeting(place, mentor)


def _ask_for_a_meeting(place: Place, mentor: Actor) -> None:
    unmet = (
        Mentorship.objects.filter(mentor__school=place.school, kind=Kind.PRIMARY, ends_on__isnull=True)
        .exclude(mentor=mentor.staff_id)
        .exclude(student__in=TalkStudent.objects.values("student"))
        .order_by("student__school_no")
        .select_related("student__person")
        .first()
    )
    if unmet:
        press(may_tell=False, actor=wearing(unmet.student.person, Role.STUDENT))
