"""Writes a plan of students or staff into the registry, in bulk. Runs inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from liangshi.practice.rosters.queries.plans import BATCH, Plan, class_name_of, classes_of_school
from liangshi.practice.rosters.queries.staff import POST_OF, STATE_OF, StaffStep
from liangshi.practice.rosters.queries.students import GuardianStep, StudentStep, number_of
from liangshi.registry.accounts.actions import ensure_accounts
from liangshi.registry.mentorships.actions import ensure_places
from liangshi.registry.people.choices import (
    LEFT,
    EnrolReason,
    Gender,
    Post,
    Relation,
    StaffState,
    StudentState,
)
from liangshi.registry.people.models import (
    ClassPost,
    Enrolment,
    GuardianLink,
    Person,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.schools.classnames import ClassName
from liangshi.registry.schools.models import ClassGroup, Cohort, School


def ensure_classes(school: School, names: Iterable[ClassName]) -> dict[ClassName, ClassGroup]:
    """All classes of the school, those of `names` that were missing made."""
    held = classes_of_school(school)
    missing = sorted(set(names) - held.keys())
    years = {name.cohort for name in missing}
    Cohort.objects.bulk_create(
        [Cohort(school=school, entry_year=year) for year in years], ignore_conflicts=True
    )
    cohorts = {cohort.entry_year: cohort for cohort in Cohort.objects.filter(school=school)}
    made = ClassGroup.objects.bulk_create(
        [ClassGroup(cohort=cohorts[name.cohort], number=name.number, track=name.track) for name in missing]
    )
    return held | {class_name_of(group): group for group in made}


def _save(rows: Iterable[models.Model], fields: Iterable[str]) -> None:
    """Saves `fields` of rows of one table."""
    kept = list({row.pk: row for row in rows}.values())
    if kept and fields:
        type(kept[0])._default_manager.bulk_update(kept, list(fields), batch_size=BATCH)


class StudentWriter:
    """Carries out the steps of a student plan. `touched`: students who are new or changed."""

    def __init__(self, school: School, plan: Plan, *, year_start: int, today: dt.date) -> None:
        self.school, self.plan, self.today = school, plan, today
        self.opens = min(dt.date(year_start, 9, 1), today)
        self.classes = ensure_classes(school, plan.new_classes)
        # A class that has students already is joined today; a class that comes whole begins with the year.
        self.settled = set(
            Enrolment.objects.filter(student__school=school, ends_on__isnull=True)
            .values_list("class_group_id", flat=True)
            .distinct()
        )
        self.known: dict[tuple[str, str], Person] = {}
        self.persons: list[Person] = []
        self.links: list[GuardianLink] = []
        self.accounts: dict[UUID, str] = {}
        self.touched: list[UUID] = []

    def write(self) -> None:
        steps: list[StudentStep] = self.plan.steps
        fresh = [(step, self._new_student(step)) for step in steps if step.student is None]
        self._insert(fresh)
        changed = [step for step in steps if step.student is not None]
        self._update(changed)
        self._enrol(changed)
        for step, student in [*fresh, *((step, step.student) for step in changed)]:
            assert student is not None
            self._guardians(step, student)
        self._save_guardians(changed)
        self.touched += [line.target for line in self.plan.lines if line.target and line.changes]
        ensure_accounts(self.accounts)

    def _account(self, person_id: UUID) -> None:
        self.accounts[person_id] = f"{self.school.code[-4:]}*"

    def _new_student(self, step: StudentStep) -> Student:
        row = step.row
        person = Person(name=row.name, gender=row.gender or Gender.UNKNOWN, birth_date=row.birth_date)
        self.persons.append(person.derive())
        self._account(person.pk)
        student = Student(
            person=person,
            school=self.school,
            national_no=number_of(row),
            aux_no=row.aux_no,
            school_no=row.school_no,
            lodging=row.lodging,
            left_behind=row.left_behind,
        )
        self.touched.append(student.pk)
        return student.derive()

    def _insert(self, fresh: list[tuple[StudentStep, Student]]) -> None:
        Person.objects.bulk_create(self.persons, batch_size=BATCH)
        self.persons = []
        Student.objects.bulk_create([student for _, student in fresh], batch_size=BATCH)
        spans, enrolments = [], []
        for step, student in fresh:
            group = self.classes[step.row.class_name]
            joins = group.pk in self.settled
            since = self.today if joins else self.opens
            spans.append(StudentSpan(student=student, state=StudentState.ENROLLED, starts_on=since))
            reason = EnrolReason.JOINED if joins else EnrolReason.ENTRY
            enrolments.append(self._enrolment(step, student, since, reason))
        StudentSpan.objects.bulk_create(spans, batch_size=BATCH)
        Enrolment.objects.bulk_create(enrolments, batch_size=BATCH)

    def _enrolment(
        self, step: StudentStep, student: Student, since: dt.date, reason: EnrolReason
    ) -> Enrolment:
        group = self.classes[step.row.class_name]
        return Enrolment(
            student=student, class_group=group, seat_no=step.row.seat_no[:10], starts_on=since, reason=reason
        )

    @staticmethod
    def _update(steps: list[StudentStep]) -> None:
        persons, students, enrolments = [], [], []
        for step in steps:
            assert step.student is not None
            owners: dict[str, Any] = {
                "person": step.student.person,
                "student": step.student,
                "enrolment": step.enrolment,
            }
            for (model, name), value in step.fields.items():
                setattr(owners[model], name, value)
            touched = {model for model, _ in step.fields}
            persons += [step.student.person.derive()] if "person" in touched else []
            students += [step.student.derive()] if "student" in touched else []
            enrolments += [step.enrolment] if "enrolment" in touched and step.enrolment else []
        _save(persons, ["name", "search", "gender", "birth_date"])
        _save(students, ["national_no", "national_digest", "aux_no", "school_no", "lodging", "left_behind"])
        _save(enrolments, ["seat_no"])

    def _enrol(self, steps: list[StudentStep]) -> None:
        """A change of class ends the old place and begins a new one, both today."""
        movers = [step for step in steps if step.moves]
        ended = []
        for step in movers:
            if step.enrolment:
                step.enrolment.ends_on = max(self.today, step.enrolment.starts_on)
                ended.append(step.enrolment)
        _save(ended, ["ends_on"])
        Enrolment.objects.bulk_create(
            [
                self._enrolment(step, step.student, self.today, EnrolReason.MOVED)
                for step in movers
                if step.student
            ],
            batch_size=BATCH,
        )

    def _guardians(self, step: StudentStep, student: Student) -> None:
        first = not any(guardian.link for guardian in step.guardians) and step.student is None
        for guardian in step.guardians:
            if guardian.link is None or guardian.relinks:
                person = self._person(guardian)
                self._account(person.pk)
                relation = guardian.relation or (guardian.link.relation if guardian.link else Relation.OTHER)
                primary = guardian.link.is_primary if guardian.link else first
                self.links.append(
                    GuardianLink(
                        student=student,
                        person=person,
                        relation=relation,
                        is_primary=primary,
                        restricted=bool(guardian.link and guardian.link.restricted),
                        starts_on=self.today,
                    )
                )
                first = False

    def _person(self, guardian: GuardianStep) -> Person:
        """One human, one person: somebody known, the same guardian of a sibling in this file, or a new one."""
        if guardian.person:
            return guardian.person
        if guardian.phone and guardian.key in self.known:
            return self.known[guardian.key]
        person = Person(name=guardian.name, mobile=guardian.phone).derive()
        self.persons.append(person)
        self.known[guardian.key] = person
        return person

    def _save_guardians(self, steps: list[StudentStep]) -> None:
        Person.objects.bulk_create(self.persons, batch_size=BATCH)
        phones, relations, ended = [], [], []
        for guardian in (guardian for step in steps for guardian in step.guardians):
            link = guardian.link
            if link and guardian.relinks:
                link.ends_on = max(self.today, link.starts_on)
                ended.append(link)
            elif link:
                if guardian.new_phone:
                    link.person.mobile = guardian.phone
                    phones.append(link.person.derive())
                if guardian.new_relation:
                    link.relation = guardian.relation
                    relations.append(link)
        _save(phones, ["mobile", "mobile_digest", "search"])
        _save(relations, ["relation"])
        _save(ended, ["ends_on"])
        GuardianLink.objects.bulk_create(self.links, batch_size=BATCH)


class StaffWriter:
    """Carries out the steps of a staff plan. `left`: members of staff who leave by it; `asked`: what whoever brings it
    would be the adviser of, which another one decides."""

    def __init__(self, school: School, plan: Plan, *, year_start: int, today: dt.date) -> None:
        self.school, self.plan, self.today = school, plan, today
        self.opens = min(dt.date(year_start, 9, 1), today)
        self.classes = ensure_classes(school, plan.new_classes)
        self.touched: list[UUID] = []  # staff are no subjects of the log; students alone are
        self.left: list[UUID] = []
        self.away: list[UUID] = []
        self.asked: list[tuple[Staff, ClassGroup]] = []

    def write(self) -> None:
        steps: list[StaffStep] = self.plan.steps
        fresh = [step for step in steps if step.staff is None]
        new_persons = []
        for step in fresh:
            if step.person is None:
                row = step.row
                step.person = Person(name=row.name, gender=row.gender or Gender.UNKNOWN, mobile=row.phone)
                new_persons.append(step.person.derive())
        Person.objects.bulk_create(new_persons, batch_size=BATCH)
        for step in fresh:
            step.staff = self._staff(step)
        Staff.objects.bulk_create([step.staff for step in fresh if step.staff], batch_size=BATCH)
        self._update([step for step in steps if step.fields])
        self._class_posts(steps, {step.row.staff_no for step in fresh})
        self.asked = [(step.staff, self.classes[name]) for step in steps for name in step.asks if step.staff]
        staff = [step.staff for step in steps if step.staff]
        self.left = [row.pk for row in staff if row.state in LEFT]
        moved = [step.staff for step in steps if step.staff and ("staff", "state") in step.fields]
        self.away = [row.pk for row in moved if row.state != StaffState.ON_DUTY]
        ensure_places(row.pk for row in staff)
        ensure_accounts({row.person_id: f"{self.school.code[-4:]}{row.staff_no}" for row in staff})

    def _staff(self, step: StaffStep) -> Staff:
        row = step.row
        assert step.person is not None
        return Staff(
            person=step.person,
            school=self.school,
            staff_no=row.staff_no,
            post=POST_OF.get(row.post_kind, Post.TEACHER),
            subject="、".join(row.subjects)[:30],
            title=row.title,
            duty=row.duty[:40],
            state=STATE_OF.get(row.status, StaffState.ON_DUTY),
        )

    @staticmethod
    def _update(steps: list[StaffStep]) -> None:
        for step in steps:
            assert step.staff is not None
            for (model, name), value in step.fields.items():
                setattr(step.staff.person if model == "person" else step.staff, name, value)
        staff = [step.staff for step in steps if step.staff]
        _save([row.person.derive() for row in staff], ["gender", "mobile", "mobile_digest", "search"])
        _save(staff, ["post", "subject", "title", "duty", "state"])

    def _class_posts(self, steps: list[StaffStep], fresh: set[str]) -> None:
        ended = [post for step in steps for post in step.ends]
        for post in ended:
            post.ends_on = max(self.today, post.starts_on)
        _save(ended, ["ends_on"])
        ClassPost.objects.bulk_create(
            [
                ClassPost(
                    staff=step.staff,
                    class_group=self.classes[name],
                    is_adviser=is_adviser,
                    starts_on=self.opens if step.row.staff_no in fresh else self.today,
                )
                for step in steps
                for name, is_adviser in step.begins
            ],
            batch_size=BATCH,
        )
