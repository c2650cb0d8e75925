"""Bureaus and schools with their years, calendars, classes and staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from liangshi.foundation.audit.actions import Doer
from liangshi.portal.demo.plan import BUREAUS, CITY, FUZHONG, GRADES, SHIYI, SchoolPlan
from liangshi.portal.demo.rows import Rows
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.mentorships.models import MentorPlaces, MentorProfile
from liangshi.registry.people.choices import Gender, Post, StaffState
from liangshi.registry.people.models import ClassPost, Person, Staff
from liangshi.registry.people.words import SUBJECTS, TITLES
from liangshi.registry.schools.actions import close_year
from liangshi.registry.schools.choices import BureauKind, ClassKind, YearState
from liangshi.registry.schools.models import (
    FIRST_YEAR,
    Bureau,
    CalendarEvent,
    ClassGroup,
    Cohort,
    School,
    SchoolYear,
    Term,
)
from liangshi.registry.schools.usual import events, terms

LEADERS = ("党委书记", "校长", "分管副校长")
CLERKS = 2
OTHERS = (
    (Post.WORKER, "食堂管理"), (Post.NURSE, "校医"), (Post.WARDEN, "宿舍管理"), (Post.ASSISTANT, "实验员"),
)  # fmt: skip
CORE = ("语文", "数学", "英语", "物理", "化学", "生物学", "思想政治", "历史", "地理")
LEADER_QUOTA, ADVISER_QUOTA = 8, 14


@dataclass
class Place:
    """A school while it is being made. Lists of classes and teachers are by grade, 0 高一 … 2 高三."""

    plan: SchoolPlan
    school: School
    year: SchoolYear
    cohorts: list[Cohort]
    classes: list[list[ClassGroup]]
    leaders: list[Staff] = field(default_factory=list)
    clerks: list[Staff] = field(default_factory=list)
    others: list[Staff] = field(default_factory=list)
    teachers: list[list[Staff]] = field(default_factory=lambda: [[] for _ in range(GRADES)])
    left_out: list[Staff] = field(default_factory=list)
    away: list[Staff] = field(default_factory=list)

    @property
    def grade_heads(self) -> list[Staff]:
        """One of each grade: the teacher after its class advisers."""
        return [grade[len(classes)] for grade, classes in zip(self.teachers, self.classes, strict=True)]


def bureaus(rows: Rows) -> dict[str, Bureau]:
    made: dict[str, Bureau] = {}
    for plan in BUREAUS:
        city = plan.key == CITY
        made[plan.key] = rows.add(
            Bureau,
            kind=BureauKind.CITY if city else BureauKind.COUNTY,
            official_name=plan.official_name,
            short_name=plan.short_name,
            region_code=plan.region_code,
            parent=None if city else made[CITY],
        )
    return made


def place(rows: Rows, plan: SchoolPlan, bureau: Bureau, start: int, scale: float) -> Place:
    """One school in the year that starts in `start`."""
    school = rows.add(
        School,
        code=plan.code,
        name=plan.name,
        short_name=plan.short_name,
        ownership=plan.ownership,
        bureau=bureau,
    )
    year = _years(rows, school, start)
    cohorts = [rows.add(Cohort, school=school, entry_year=start - grade) for grade in range(GRADES)]
    count = max(1, round(plan.classes * scale))
    classes = [
        [_class(rows, plan, cohort, grade, number) for number in range(1, count + 1)]
        for grade, cohort in enumerate(cohorts)
    ]
    made = Place(plan, school, year, cohorts, classes)
    _staff(rows, made, max(30, round(plan.staff * scale)))
    _posts(rows, made)
    for staff in (*made.leaders, *(one for grade in made.teachers for one in grade)):
        _mentor(rows, made, staff)
    return made


def _years(rows: Rows, school: School, start: int) -> SchoolYear:
    for start_year in range(FIRST_YEAR, start + 1):
        year = rows.add(SchoolYear, school=school, start_year=start_year, state=YearState.RUNNING)
        for seq, opens, closes in terms(start_year):
            rows.add(Term, year=year, seq=seq, opens_on=opens, closes_on=closes)
        for usual, first, last, entry in events(start_year):
            rows.add(
                CalendarEvent, year=year, kind=usual.kind, title=usual.title,
                starts_on=first, last_on=last, entry_years=[entry] if entry else [],
            )  # fmt: skip
    return year


def close_past_years(place: Place, doer: Doer) -> None:
    """What is over is closed, once everything of those years is written."""
    for year in SchoolYear.objects.filter(school=place.school, start_year__lt=place.year.start_year):
        close_year(year, actor=doer)


def _class(rows: Rows, plan: SchoolPlan, cohort: Cohort, grade: int, number: int) -> ClassGroup:
    """The oldest grade of one school is split into tracks; one class of another is for special talents."""
    tracks = ("物理", "历史") if plan.key == SHIYI and grade == 2 else ("",)
    talent = plan.key == FUZHONG and number == plan.classes
    return rows.add(
        ClassGroup,
        cohort=cohort,
        number=number,
        track=tracks[number % 2 == 0] if len(tracks) > 1 else "",
        kind=ClassKind.TALENT if talent else ClassKind.ORDINARY,
    )


def _staff(rows: Rows, place: Place, count: int) -> None:
    words, school = rows.words, place.school

    def hire(post: Post, **fields: str) -> Staff:
        number = f"T{len(hired) + 1:03d}"
        gender = words.gender()
        person = rows.person(
            words.name(gender), gender, f"{school.code[-4:]}{number.lower()}", mobile=words.mobile()
        )
        staff = rows.add(Staff, person=person, school=school, staff_no=number, post=post, **fields)
        hired.append(staff)
        return staff

    hired: list[Staff] = []
    for duty in LEADERS:
        place.leaders.append(hire(Post.MANAGER, duty=duty, subject="思想政治", title=TITLES[1]))
    for _ in range(CLERKS):
        place.clerks.append(hire(Post.ASSISTANT, duty="办公室干事"))
    for post, duty in OTHERS[: max(2, count // 15)]:
        place.others.append(hire(post, duty=duty))
    for index in range(count - len(hired)):
        grade, turn = index % GRADES, index // GRADES
        title = words.rng.choice(TITLES)
        teacher = hire(Post.TEACHER, subject=SUBJECTS[turn % len(SUBJECTS)], title=title)
        place.teachers[grade].append(teacher)
    # The last ones hired are on leave or not yet ready; they teach no class and mentor nobody.
    place.away.append(place.teachers[0].pop())
    place.away[0].state = StaffState.MATERNITY
    place.left_out = [place.teachers[grade].pop() for grade in (1, 2)]


def _posts(rows: Rows, place: Place) -> None:
    """A class adviser for each class, and its teachers of the core subjects, of its own grade if there are."""
    everyone = [teacher for grade in place.teachers for teacher in grade]
    for cohort, teachers, classes in zip(place.cohorts, place.teachers, place.classes, strict=True):
        since = dt.date(cohort.entry_year, 9, 1)
        for turn, group in enumerate(classes):
            rows.add(ClassPost, staff=teachers[turn], class_group=group, is_adviser=True, starts_on=since)
            for subject in CORE:
                able = [one for one in teachers if one.subject == subject] or [
                    one for one in everyone if one.subject == subject
                ]
                if able:
                    rows.add(ClassPost, staff=able[turn % len(able)], class_group=group, starts_on=since)


def _mentor(rows: Rows, place: Place, staff: Staff) -> None:
    """His places and his introduction."""
    advisers = {
        teachers[turn].pk
        for teachers, classes in zip(place.teachers, place.classes, strict=True)
        for turn in range(len(classes))
    }
    quota = POLICY_CAP
    if staff.post == Post.MANAGER:
        quota = LEADER_QUOTA
    elif staff.pk in advisers:
        quota = ADVISER_QUOTA
    rows.add(MentorPlaces, staff=staff, quota=quota)
    intro, interests, good_at = rows.words.intro(staff.subject)
    rows.add(MentorProfile, staff=staff, intro=intro, interests=interests, good_at=good_at)


def officials(rows: Rows) -> dict[str, list[Person]]:
    """Two at the city's bureau, one at each county's: by the bureau's key."""
    made: dict[str, list[Person]] = {}
    for plan in BUREAUS:
        for _ in range(2 if plan.key == CITY else 1):
            gender: Gender = rows.words.gender()
            login = rows.words.login("jy")
            person = rows.person(rows.words.name(gender), gender, login, mobile=rows.words.mobile())
            made.setdefault(plan.key, []).append(person)
    return made
