"""Students without a mentor: who they are, since when, why they may, and who could have them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import F, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.waiting.choices import ASSIGN_WITHIN, Arrival
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import Near, near
from liangshi.registry.access.permissions import STUDENT_SEARCH
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Exemption, Mentorship
from liangshi.registry.mentorships.queries import active_among, active_students, exemptions, with_mentor
from liangshi.registry.people.choices import ACTIVE, GONE, EnrolReason, StudentState
from liangshi.registry.people.models import Enrolment, Staff, Student, StudentSpan
from liangshi.registry.people.queries import classes_of
from liangshi.registry.schools.days import calendar_of, school_days_after
from liangshi.registry.schools.models import ClassGroup, Cohort, SchoolYear

CAME = {EnrolReason.JOINED: Arrival.JOINED, EnrolReason.RETURNED: Arrival.RETURNED}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A student who counts on the day and has no mentor.

    `arrival` is set for one who came by himself (转入, 复学, 借读) and has had no mentor since; he gets one by
    `due`, and until then `interim`, his 班主任 (else his 年级组长), is there for him. Others wait for a round or a successor.
    """

    student: Student
    group: ClassGroup | None
    since: dt.date
    arrival: Arrival | None = None
    due: dt.date | None = None
    beside: Near = field(default_factory=Near)
    exemption: Exemption | None = None

    @property
    def class_name(self) -> str:
        return self.group.name() if self.group else "未分班"

    @property
    def interim(self) -> Staff | None:
        return self.beside.of_newcomer

    @property
    def late(self) -> bool:
        return self.due is not None and self.due < today()


def without_mentor(school_id: UUID, day: dt.date, cohort: Cohort | None = None) -> list[Waiting]:
    """All students of a school (or of one grade) without a mentor on a day, by class and name. Thirteen questions."""
    return _without(active_students(day).filter(school=school_id), day, cohort)


def listed(actor: Actor, day: dt.date, cohort: Cohort | None = None) -> list[Waiting]:
    """The same, as the office may see it."""
    return _without(active_among(Student.objects.seen_by(actor, STUDENT_SEARCH), day), day, cohort)


def _without(active: QuerySet[Student], day: dt.date, cohort: Cohort | None) -> list[Waiting]:
    """`active`: of one school."""
    rows = with_mentor(active, day).filter(has_mentor=False)
    students = {row.pk: row for row in rows.select_related("person", "school")}
    groups = classes_of(students, day)
    if cohort:
        groups = {key: group for key, group in groups.items() if group.cohort_id == cohort.pk}
        students = {key: students[key] for key in groups}
    if not students:
        return []
    exempt = exemptions(students, day)
    arrivals = _arrivals(students.values(), day)
    school_id = next(iter(students.values())).school_id
    beside = near(groups, school_id, day)
    calendar = calendar_of(school_id, min(since for since, _ in arrivals.values()))
    found = []
    for key, student in students.items():
        since, arrival = arrivals[key]
        group = groups.get(key)
        found.append(
            Waiting(
                student,
                group,
                since,
                arrival,
                school_days_after(since, ASSIGN_WITHIN, calendar) if arrival else None,
                beside.get(key, Near()),
                exempt.get(key),
            )
        )
    return sorted(found, key=_order)


def _order(row: Waiting) -> tuple[object, ...]:
    place = (-row.group.cohort.entry_year, row.group.track, row.group.number) if row.group else (0, "", 0)
    return (row.group is None, *place, row.student.person.search, str(row.student.pk))


def _arrivals(students: Collection[Student], day: dt.date) -> dict[UUID, tuple[dt.date, Arrival | None]]:
    """Since when each student counts without a break, and how he came if he has had no mentor since."""
    spans: dict[UUID, list[StudentSpan]] = defaultdict(list)
    stays = StudentSpan.objects.of(student=students).filter(starts_on__lte=day)
    # Of several that begin on one day the one that goes on is the last.
    for span in stays.order_by("-starts_on", F("ends_on").desc(nulls_first=True), "-created_at"):
        spans[span.student_id].append(span)
    joined: dict[UUID, list[Enrolment]] = defaultdict(list)
    for place in Enrolment.objects.of(student=students).filter(reason__in=CAME, starts_on__lte=day):
        joined[place.student_id].append(place)
    had: dict[UUID, dt.date] = {}
    ended = Mentorship.objects.of(student=students).filter(kind=Kind.PRIMARY, ends_on__isnull=False)
    for student, until in ended.order_by("ends_on").values_list("student_id", "ends_on"):
        if until is not None:
            had[student] = until
    keys = [student.pk for student in students]
    return {key: _arrival(spans[key], joined[key], had.get(key)) for key in keys}


def _arrival(
    spans: list[StudentSpan], joined: list[Enrolment], had_until: dt.date | None
) -> tuple[dt.date, Arrival | None]:
    """`spans` from the newest: the run of active ones at its head is his present stay."""
    stay = next((n for n, span in enumerate(spans) if span.state not in ACTIVE), len(spans))
    since = spans[stay - 1].starts_on
    if had_until and had_until > since:
        return since, None  # he had a mentor during this stay: a successor is another matter
    if spans[0].state == StudentState.GUEST:
        return since, Arrival.GUEST
    if stay < len(spans):
        return since, Arrival.RETURNED
    came = [CAME[EnrolReason(place.reason)] for place in joined if place.starts_on >= since]
    return since, came[-1] if came else None


def waiting(school_id: UUID, day: dt.date) -> list[Waiting]:
    """Those who came by themselves, have no mentor and no leave to be without: to be assigned one each."""
    return _to_assign(without_mentor(school_id, day))


def _to_assign(rows: Iterable[Waiting]) -> list[Waiting]:
    return [row for row in rows if row.arrival and not row.exemption]


def waiting_for(actor: Actor, only: UUID | None = None) -> list[Waiting]:
    """The office's list of those to be assigned; or one student without a mentor, however he came."""
    rows = listed(actor, today())
    return _to_assign(rows) if only is None else [row for row in rows if row.student.pk == only]


def unexplained(rows: Collection[Waiting]) -> list[Waiting]:
    return [row for row in rows if row.exemption is None]


def year_for(actor: Actor, pk: UUID, permission: Permission[SchoolYear]) -> SchoolYear | None:
    return SchoolYear.objects.seen_by(actor, permission).filter(pk=pk).select_related("school").first()


def day_in(year: SchoolYear) -> dt.date:
    """Today, or the last day of a year that is over."""
    return min(today(), year.ends_on - dt.timedelta(days=1))


def cohorts_in(year: SchoolYear) -> list[Cohort]:
    """The three grades of a year, 高一 first."""
    held = Cohort.objects.filter(
        school=year.school_id, entry_year__range=(year.start_year - 2, year.start_year)
    )
    return list(held.order_by("-entry_year"))


def suspended(day: dt.date) -> QuerySet[StudentSpan]:
    return StudentSpan.objects.filter(span_at(day), state=StudentState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Paused:
    """休学: the bond goes on and keeps its place, and asks nothing of the mentor."""

    bond: Mentorship
    class_name: str


def paused(actor: Actor) -> list[Paused]:
    """The mentees (a mentor's own; the office's all) who are 休学 and whose bond goes on."""
    held = (
        Mentorship.objects.of(
            student=Student.objects.seen_by(actor, STUDENT_SEARCH).filter(
                pk__in=suspended(today()).values("student_id")
            )
        )
        .filter(ACTIVE_PRIMARY)
        .select_related("student__person", "mentor__person")
        .order_by("student__person__search")
    )
    rows = list(held)
    groups = classes_of([row.student_id for row in rows], today())
    return [
        Paused(row, groups[row.student_id].name() if row.student_id in groups else "未分班") for row in rows
    ]


def schools_with_waiting(day: dt.date) -> list[UUID]:
    """Schools where anybody who counts has no mentor."""
    rows = with_mentor(active_students(day), day).filter(has_mentor=False)
    return list(rows.order_by().values_list("school_id", flat=True).distinct())


def returned_to_mentor(day: dt.date, since: dt.date) -> list[tuple[Mentorship, dt.date]]:
    """Bonds of students who came back from 休学 between two days, with the day."""
    back = StudentSpan.objects.filter(
        span_at(day), state__in=sorted(ACTIVE), starts_on__gte=since, starts_on__lte=day
    )
    days = dict(back.values_list("student_id", "starts_on"))
    away = StudentSpan.objects.filter(
        student__in=days, state=StudentState.SUSPENDED, ends_on__isnull=False
    ).values_list("student_id", "ends_on")
    returned = {student: until for student, until in away if days[student] == until}
    bonds = Mentorship.objects.filter(ACTIVE_PRIMARY, student__in=returned).select_related(
        "student__person", "mentor__person"
    )
    return [(bond, days[bond.student_id]) for bond in bonds]


def bonds_of_gone(day: dt.date) -> list[tuple[Mentorship, dt.date]]:
    """Open bonds of students who have left, with the day they left."""
    left = dict(
        StudentSpan.objects.filter(span_at(day), state__in=sorted(GONE)).values_list(
            "student_id", "starts_on"
        )
    )
    bonds = Mentorship.objects.filter(Q(ends_on__isnull=True), student__in=left)
    return [(bond, left[bond.student_id]) for bond in bonds.select_related("mentor", "student")]
