"""Who takes part in a round: its mentors and students, taken from the registry as they are today."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.models import Avoidance, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries import free_places
from liangshi.registry.mentorships.actions import ensure_places
from liangshi.registry.mentorships.queries import active_students, pool, with_mentor
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink

BATCH = 500


def fill(row: Round) -> None:
    """Take the pool afresh: mentors who stay keep their quotas, students are numbered anew by class."""
    _fill_mentors(row)
    row.students.all().delete()
    RoundStudent.objects.bulk_create(_students(row), batch_size=BATCH)
    Avoidance.objects.bulk_create(_relatives(row), batch_size=BATCH)


def fitting(row: Round, free: int) -> tuple[int, int]:
    """The round's usual quota, cut to the places a mentor has left."""
    upper = min(row.upper, free)
    return min(row.lower, upper), upper


def _fill_mentors(row: Round) -> None:
    staff = list(pool(row.school_id, today()))
    ensure_places(member.pk for member in staff)
    row.mentors.exclude(staff__in=staff).delete()
    kept = {mentor.staff_id: mentor for mentor in row.mentors.all()}
    free = free_places(member.pk for member in staff)
    new = []
    for member in staff:
        old = kept.get(member.pk)
        if old is None:
            lower, upper = fitting(row, free[member.pk])
            new.append(RoundMentor(round=row, staff=member, code=member.staff_no, lower=lower, upper=upper))
            continue
        old.upper = min(old.upper, free[member.pk])
        old.lower = min(old.lower, old.upper)
    RoundMentor.objects.bulk_update(kept.values(), ["lower", "upper"], batch_size=BATCH)
    RoundMentor.objects.bulk_create(new, batch_size=BATCH)


def _students(row: Round) -> list[RoundStudent]:
    """Active students of the cohorts without a mentor, in the order of class, seat and number."""
    waiting = with_mentor(active_students(today()), today()).filter(school_id=row.school_id, has_mentor=False)
    held = (
        Enrolment.objects.filter(
            span_at(today()), student__in=waiting.values("pk"), class_group__cohort__in=row.cohorts.all()
        )
        .select_related("student__person")
        .order_by(
            "class_group__cohort__entry_year",
            "class_group__track",
            "class_group__number",
            "seat_no",
            "student__school_no",
            "student__person__name",
        )
    )
    near = _teachers(row)
    return [
        RoundStudent(
            round=row,
            student_id=seat.student_id,
            class_group_id=seat.class_group_id,
            number=number,
            near=near[seat.class_group_id],
        )
        for number, seat in enumerate(held, 1)
    ]


def _teachers(row: Round) -> dict[UUID, list[str]]:
    """Class → codes of the round's mentors who teach it, its adviser included."""
    codes: dict[UUID, list[str]] = defaultdict(list)
    posts = ClassPost.objects.filter(
        span_at(today()), class_group__cohort__in=row.cohorts.all(), staff__in=row.mentors.values("staff")
    )
    found = posts.values_list("class_group_id", "staff__staff_no").order_by("staff__staff_no").distinct()
    for class_group, code in found:
        codes[class_group].append(code)
    return codes


def _relatives(row: Round) -> list[Avoidance]:
    """A mentor who is a student's guardian is not given to him (`relative_conflict`)."""
    mentors = dict(row.mentors.values_list("staff__person_id", "pk"))
    students = dict(row.students.values_list("student_id", "pk"))
    links = GuardianLink.objects.filter(
        span_at(today()), person_id__in=mentors, student__in=row.students.values("student")
    ).values_list("student_id", "person_id")
    return [
        Avoidance(round_student_id=students[student], mentor_id=mentors[person], relative=True)
        for student, person in links
    ]
