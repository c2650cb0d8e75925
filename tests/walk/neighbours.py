"""Everybody who stands near student 0, or near somebody beside him: built on top of the cast, in both schools alike."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from liangshi.foundation.base.clock import today
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Pair, begin, begin_co, cover
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.choices import Post, Relation, StaffState, StudentState
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink, Staff
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.models import ClassGroup, Cohort, School
from tests.cast import grant, guardian, installer, person, staff, student
from tests.walk.people import RELATIONS

if TYPE_CHECKING:
    from tests.walk.world import Side


def come(side: Side) -> None:
    """Everybody who stands near student 0, or near somebody beside him."""
    troupe, tag = side.troupe, side.troupe.school.short_name[2]
    since, day = troupe.year.starts_on, today()
    colleagues = {
        "co_mentor": ("T11", "协同", {}),
        "caretaker": ("T12", "代管", {}),
        "former_mentor": ("T13", "前任", {}),
        "first_mentor": ("T14", "最初", {}),
        "far_adviser": ("T15", "班二", {}),
        "lead": ("T16", "主谈", {"post": Post.WORKER}),
    }
    for key, (no, name, fields) in colleagues.items():
        side.people[key] = person(f"{name}{tag}")
        side.posts[key] = staff(troupe.school, no, side.people[key], **fields)
    side.people["caring_clerk"], side.posts["caring_clerk"] = (
        side.people["caretaker"],
        side.posts["caretaker"],
    )
    side.people["far_mentor"], side.posts["far_mentor"] = side.people["second"], side.posts["second"]
    grant(side.people["caretaker"], Role.CLERK, school=troupe.school)
    ClassPost.objects.create(
        staff=side.posts["far_adviser"], class_group=troupe.class_2, is_adviser=True, starts_on=since
    )
    side.students[2].person.name = f"何丽{tag}"  # the cast's homonyms have another test
    side.students[2].person.save()
    above = Cohort.objects.create(school=troupe.school, entry_year=troupe.cohort.entry_year - 1)
    side.older = ClassGroup.objects.create(cohort=above, number=1)
    side.students.append(student(troupe.school, side.older, f"陈静{tag}", 7, since=since))
    side.students.append(student(troupe.school, troupe.class_2, f"休学{tag}", 8, since=since))
    side.students[7].spans.update(state=StudentState.SUSPENDED)
    side.students.append(student(troupe.school, side.older, f"新来{tag}", 9, since=since))
    side.people["classmate"] = side.students[1].person
    side.people["restricted_guardian"] = person(f"限父{tag}")
    guardian(side.student, side.people["restricted_guardian"], Relation.OTHER, restricted=True)
    for number in (1, 4):
        guardian(side.students[number], side.people["restricted_guardian"], Relation.FATHER)
    side.people["barred"] = person(f"禁亲{tag}")  # has no other child, so that nobody has to reach him
    guardian(side.student, side.people["barred"], Relation.FATHER, restricted=True)
    _bonds(side, day)
    _history(side, day)
    _elsewhere(side)


def _bonds(side: Side, day: dt.date) -> None:
    """Student 0 has had three mentors before, and has a co-mentor and a caretaker now; 1 has nobody, 8 from tomorrow on."""
    chain, began = str(side.troupe.school.pk), day - dt.timedelta(days=3)
    side.student.mentorships.update(starts_on=began)
    steps = [
        (0, "away", 80, 60),
        (0, "first_mentor", 60, 40),
        (0, "former_mentor", 40, 3),
        (1, "away", 60, 3),
    ]
    steps += [(5, "caretaker", 60, 3), *((number, "first_mentor", 60, 3) for number in (2, 3, 6))]
    for number, name, start, end in steps:
        Mentorship.objects.create(
            student=side.students[number], mentor=side.posts[name], origin=Origin.ROUND,
            starts_on=day - dt.timedelta(start), ends_on=day - dt.timedelta(end), end_reason=EndReason.AGREED,
        )  # fmt: skip
    pairs = {2: "mentor", 3: "former_mentor", 4: "away", 5: "far_mentor", 6: "far_mentor", 7: "far_mentor"}
    on_leave = Staff.objects.filter(pk=side.posts["away"].pk)
    on_leave.update(state=StaffState.ON_DUTY)  # when they were given him
    begin(
        [Pair(side.students[n].pk, side.posts[name].pk, began) for n, name in pairs.items()],
        origin=Origin.ASSIGNED, actor=installer(), chain=chain,
    )  # fmt: skip
    tomorrow = Pair(side.students[8].pk, side.posts["far_mentor"].pk, day + dt.timedelta(days=1))
    begin([tomorrow], origin=Origin.ROUND, actor=installer(), chain=chain)
    on_leave.update(state=StaffState.MATERNITY)
    begin_co(side.student, side.posts["co_mentor"], Strategy.XY, on=began, actor=installer(), chain=chain)
    cover([side.bond()], side.posts["caretaker"], on=began, actor=installer(), chain=chain)


def _history(side: Side, day: dt.date) -> None:
    """What was so once, and gives nobody a right today."""
    before = {"starts_on": day - dt.timedelta(days=60), "ends_on": day - dt.timedelta(days=30)}
    troupe, father = side.troupe, side.people["guardian"]
    Enrolment.objects.create(student=side.students[6], class_group=troupe.class_2, **before)
    Enrolment.objects.create(student=side.students[5], class_group=troupe.class_1, **before)
    posts = side.posts["far_adviser"].class_posts
    posts.create(class_group=troupe.class_1, is_adviser=True, **before)
    posts.create(class_group=troupe.class_1, is_adviser=False, starts_on=day - dt.timedelta(days=30))
    GuardianLink.objects.create(student=side.students[5], person=father, relation=Relation.OTHER, **before)
    for number, name in ((0, "far_mentor"), (5, "leader")):
        Interim.objects.create(mentorship=side.bond(number), caretaker=side.posts[name], **before)


def _elsewhere(side: Side) -> None:
    """A school of the same bureau at which one alone is in office today: nobody who walks is there, and the clerk was
    once. What he did there goes no further with him."""
    troupe, tag = side.troupe, side.troupe.school.short_name[2]
    school = School.objects.create(
        code=f"9{troupe.school.code[1:]}", name=f"小{tag}中学", short_name=f"小{tag}中",
        ownership=troupe.school.ownership, bureau=troupe.school.bureau,
    )  # fmt: skip
    cohort = Cohort.objects.create(school=school, entry_year=troupe.cohort.entry_year)
    group, year = ClassGroup.objects.create(cohort=cohort, number=1), troupe.year.starts_on
    side.elsewhere = student(school, group, f"远{tag}", 9, since=year)
    grant(person(f"独{tag}"), Role.LEADER, school=school)
    grant(person(f"级{tag}"), Role.GRADE_HEAD, school=school, cohort=cohort)
    before = grant(side.people["clerk"], Role.CLERK, school=school)
    before.ends_on = today() - dt.timedelta(days=9)
    before.save()


# Where a colleague may find any student of the school: to note something good, or to answer for somebody whom the
# school asks him to take.
SHINING = "growth:shine growth:shine_new growth:shine_void"
# Who was a student's mentor knows him on these pages, while he may write the letter to the next one.
BEFORE = "home:home relations:handover relations:handovers"
OFFERED = f"home:home agenda:agenda relations:offers relations:offer {SHINING}"
OF_STUDENT = "dossier:student dossier:contact"
OF_GUARDIAN = "rosters:student rosters:guardian_end rosters:guardian_restrict"
IN_OFFICE = "slips:officer " + " ".join(
    f"dashboards:{route}"
    for route in (
        "school_grants", "grant_extend", "grant_replace", "grant_end", "grant_resign", "grant_code", "proposal_agree",
        "proposal_refuse", "proposal_withdraw",
    )
)  # fmt: skip
OFFICERS = {"leader", "clerk", "grade_head", "caring_clerk"}


def called(side: Side) -> None:
    """Who may know whose name, as far as it follows from who may open whose page."""
    families = {side.people[name].pk: name for name in ("guardian", "restricted_guardian", "barred")}
    for key, who in side.people.items():
        if who.pk in families or key in {"student", "classmate"}:
            continue
        at = {"city": IN_OFFICE} if key in OFFICERS else {}
        if key not in {"caretaker", "second"}:  # named once, under the other key
            side.name(who, "staff pupils families", at=at)
    for number, row in enumerate(side.students):
        before = {"former_mentor": f"{SHINING} {BEFORE}"} if number == 0 else {}
        offered = (
            {"mentor": OFFERED if number == 5 else f"{SHINING} rounds:answer"} if number in {1, 5} else {}
        )
        taught = {"far_adviser": f"{SHINING} growth:unnoticed"} if number < 3 else {}
        at = {"staff": SHINING, **before, **offered, **taught}
        side.name(row.person, _near(number), at=at, must="" if number == 7 else _near(number))  # 7 is away
    side.name(side.people["guardian"], "guardian office adviser mentors", must="guardian clerk mentor")
    side.name(side.people["restricted_guardian"], "restricted_guardian office far_adviser adviser mentors")
    side.name(side.elsewhere.person, "")
    # With the word that he is restricted; on no list.
    barred = {"clerks": f"{OF_STUDENT} {OF_GUARDIAN}", "adviser mentors": OF_STUDENT}
    side.name(side.people["barred"], "", at=barred, must="clerk mentor")


def _near(number: int) -> str:
    """Those who may open the page of a student; the office may open all."""
    marks = {"G", "C", "M", "L", "O", "K"}
    near = [
        name
        for name, relations in RELATIONS.items()
        if any(number in numbers for mark, numbers in relations.items() if mark in marks)
    ]
    return " ".join(["office", *near])
