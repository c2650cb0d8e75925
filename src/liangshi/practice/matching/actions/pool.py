"""Who takes part in a round: from the registry as it is today, or what the round before it left over."""

from __future__ import annotations

from collections import Counter, defaultdict
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.choices import ProgrammeKind
from liangshi.practice.matching.models import Avoidance, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries.places import bonds_of, room
from liangshi.practice.matching.queries.programmes import SETTLED_ROUNDS, falls_on, neighbours, placed_in
from liangshi.registry.mentorships.actions import ensure_places
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.queries import active_students, pool, with_mentor
from liangshi.registry.people.models import ClassPost, ClubMember, Enrolment, Staff

BATCH = 500


def fill(row: Round) -> None:
    """Take the pool afresh. The first round's is the programme's: quotas that were set by hand stay, the others are the
    usual ones as far as roster and policy go; students are numbered by class. A later round has nobody until the one
    before it is confirmed; then, what that one left.
    """
    before, _ = neighbours(row)
    if before is None:
        _fill_first(row)
    elif before.state in SETTLED_ROUNDS:
        _inherit(row, before)
    else:
        row.students.all().delete()
        row.mentors.all().delete()
        return
    if row.way.by_club:
        _propose_clubs(row)


def fitting(row: Round, places: int) -> tuple[int, int]:
    """The round's usual quota, cut to the places a mentor has left."""
    upper = min(row.upper, places)
    return min(row.lower, upper), upper


def _fill_first(row: Round) -> None:
    _fill_mentors(row)
    row.students.all().delete()
    RoundStudent.objects.bulk_create(_students(row), batch_size=BATCH)
    bar(row)


def _fill_mentors(row: Round) -> None:
    staff: list[Staff] = list(pool(row.school_id, today()))
    ensure_places(member.pk for member in staff)
    row.mentors.exclude(staff__in=staff).delete()
    kept = {mentor.staff_id: mentor for mentor in row.mentors.all()}
    places = room(row, staff)
    new = []
    for member in staff:
        old = kept.get(member.pk)
        if old is None:
            lower, upper = fitting(row, places[member.pk])
            new.append(RoundMentor(round=row, staff=member, code=member.staff_no, lower=lower, upper=upper))
            continue
        if old.by_hand:
            old.upper = min(old.upper, places[member.pk])
            old.lower = min(old.lower, old.upper)
        else:
            old.lower, old.upper = fitting(row, places[member.pk])
    RoundMentor.objects.bulk_update(kept.values(), ["lower", "upper"], batch_size=BATCH)
    RoundMentor.objects.bulk_create(new, batch_size=BATCH)


def _students(row: Round) -> list[RoundStudent]:
    """Active students of the cohorts, in a new programme those without a mentor, by class, seat and number."""
    active = active_students(today()).filter(school_id=row.school_id)
    review = row.programme.kind == ProgrammeKind.REVIEW
    taking_part = active if review else with_mentor(active, today()).filter(has_mentor=False)
    held = (
        Enrolment.objects.filter(
            span_at(today()), student__in=taking_part.values("pk"), class_group__cohort__in=row.cohorts.all()
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
    present = _present(row) if review else {}
    return [
        RoundStudent(
            round=row,
            student_id=seat.student_id,
            class_group_id=seat.class_group_id,
            number=number,
            near=near[seat.class_group_id],
            gender=seat.student.person.gender,
            present_id=present.get(seat.student_id),
        )
        for number, seat in enumerate(held, 1)
    ]


def _present(row: Round) -> dict[UUID, UUID]:
    """Student → the round's row of the mentor he has; nobody whose mentor has left the pool."""
    mentors = dict(row.mentors.values_list("staff_id", "pk"))
    held = bonds_of(row).values_list("student_id", "mentor_id")
    return {student: mentors[mentor] for student, mentor in held if mentor in mentors}


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


def bar(row: Round) -> None:
    """Whom a student is not given as of today (`barred_of`), whatever he has wished for. A wish for one of them stays."""
    mentors = dict(row.mentors.values_list("staff", "pk"))
    students = dict(row.students.values_list("student", "pk"))
    found = [
        Avoidance(round_student_id=students[student], mentor_id=mentors[staff], barred=True)
        for student, never in barred_of(students, today()).items()
        for staff in never & mentors.keys()
    ]
    Avoidance.objects.bulk_create(
        found, batch_size=BATCH, update_conflicts=True,
        unique_fields=["round_student", "mentor"], update_fields=["barred"],
    )  # fmt: skip


def _inherit(row: Round, before: Round) -> None:
    """Students whom the round before left over, the places it left with those who still mentor; avoided mentors stay
    avoided.
    """
    row.students.all().delete()
    row.mentors.all().delete()
    taken = Counter(placed_in(before).values_list("mentor_id", flat=True))
    able = before.mentors.filter(staff__in=pool(row.school_id, today()).values("pk"))
    mentors = {mentor.pk: _passed_mentor(row, mentor, taken[mentor.pk]) for mentor in able}
    RoundMentor.objects.bulk_create(mentors.values(), batch_size=BATCH)
    students = {student.pk: _passed_student(row, student, mentors) for student in falls_on(before)}
    RoundStudent.objects.bulk_create(students.values(), batch_size=BATCH)
    avoided = Avoidance.objects.filter(round_student__in=students, mentor__in=mentors)
    Avoidance.objects.bulk_create(
        [
            Avoidance(
                round_student=students[old.round_student_id],
                mentor=mentors[old.mentor_id],
                barred=old.barred,
            )
            for old in avoided
        ],
        batch_size=BATCH,
    )


def _passed_mentor(row: Round, old: RoundMentor, taken: int) -> RoundMentor:
    return RoundMentor(
        round=row,
        staff_id=old.staff_id,
        code=old.code,
        lower=max(0, old.lower - taken),
        upper=max(0, old.upper - taken),
        only_cohort_id=old.only_cohort_id,
        only_gender=old.only_gender,
    )


def _passed_student(row: Round, old: RoundStudent, mentors: dict[UUID, RoundMentor]) -> RoundStudent:
    return RoundStudent(
        round=row,
        student_id=old.student_id,
        class_group_id=old.class_group_id,
        number=old.number,
        near=old.near,
        gender=old.gender,
        present=mentors.get(old.present_id) if old.present_id else None,
        released=old.released or bool(old.student_objected_at or old.mentor_objected_at),
    )


def _propose_clubs(row: Round) -> None:
    """Who is in one club with an adviser of the round is proposed to him; who is in several chooses himself."""
    members = ClubMember.objects.filter(
        span_at(today()),
        club__year=row.year_id,
        club__adviser__in=row.mentors.values("staff"),
        student__in=row.students.values("student"),
    ).values_list("student_id", "club_id")
    clubs: dict[UUID, list[UUID]] = defaultdict(list)
    for member, club in members:
        clubs[member].append(club)
    changed = []
    for student in row.students.all():
        mine = clubs.get(student.student_id, [])
        if len(mine) == 1:
            student.club_id = mine[0]
            changed.append(student)
    RoundStudent.objects.bulk_update(changed, ["club"], batch_size=BATCH)
