"""Read rounds, wishes and results. What an actor may not see is not found."""

from __future__ import annotations

import datetime as dt
import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.models import span_at
from liangshi.pairing import feasibility, lottery
from liangshi.pairing.problem import Mentor as EngineMentor
from liangshi.pairing.problem import Problem, ProblemError
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.practice.matching.choices import ANNOUNCED, UNFINISHED, Aim, RoundState, RunState
from liangshi.practice.matching.models import (
    Avoidance,
    Placement,
    Round,
    RoundMentor,
    RoundStudent,
    Run,
    Wish,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.scopes import visible
from liangshi.registry.mentorships.models import MentorPlaces
from liangshi.registry.mentorships.queries import active_students, with_mentor
from liangshi.registry.people.models import ClassPost, Enrolment, Staff, Student
from liangshi.registry.schools.models import ClassGroup, Cohort

STAYING = Q(left_at__isnull=True)


# Rounds


def rounds(actor: Actor) -> QuerySet[Round]:
    """The school's rounds, newest first, with `student_count`, `submitted_count`, `mentor_count`."""
    return (
        Round.objects.filter(visible(actor, "round.read"))
        .select_related("school", "year")
        .annotate(
            student_count=Count("students", filter=Q(students__left_at__isnull=True), distinct=True),
            submitted_count=Count(
                "students",
                filter=Q(students__left_at__isnull=True, students__submitted_at__isnull=False),
                distinct=True,
            ),
            mentor_count=Count("mentors", distinct=True),
        )
    )


def round_for(actor: Actor, pk: UUID, permission: str = "round.read") -> Round | None:
    """One round for which the actor has the permission."""
    return (
        Round.objects.filter(visible(actor, permission), pk=pk)
        .select_related("school", "year")
        .prefetch_related("cohorts")
        .first()
    )


def announced_round(actor: Actor, pk: UUID) -> Round | None:
    """A round whose rules the actor may read: any but those in preparation and void."""
    return (
        Round.objects.filter(visible(actor, "round.rules"), pk=pk, state__in=ANNOUNCED)
        .select_related("school", "year")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """A round in numbers. `lower` and `upper` are sums over its mentors."""

    students: int
    submitted: int
    left: int
    mentors: int
    lower: int
    upper: int

    @property
    def waiting(self) -> int:
        return self.students - self.submitted


def summary(row: Round) -> Summary:
    students = row.students.aggregate(
        staying=Count("pk", filter=STAYING),
        submitted=Count("pk", filter=STAYING & Q(submitted_at__isnull=False)),
        left=Count("pk", filter=~STAYING),
    )
    mentors = row.mentors.aggregate(count=Count("pk"), lower=Sum("lower"), upper=Sum("upper"))
    return Summary(
        students["staying"],
        students["submitted"],
        students["left"],
        mentors["count"],
        mentors["lower"] or 0,
        mentors["upper"] or 0,
    )


def cohorts_of(actor: Actor) -> list[tuple[Cohort, int]]:
    """The school's cohorts that have active students without a mentor, with how many, newest first."""
    waiting = with_mentor(active_students(today()), today()).filter(
        school_id=actor.own_school, has_mentor=False
    )
    held = Enrolment.objects.filter(span_at(today()), student__in=waiting.values("pk"))
    counts = dict(
        held.values_list("class_group__cohort").annotate(n=Count("student", distinct=True)).order_by()
    )
    found = Cohort.objects.filter(pk__in=counts)
    return [(cohort, counts[cohort.pk]) for cohort in found]


def mentors_of(row: Round) -> QuerySet[RoundMentor]:
    return row.mentors.select_related("staff__person").order_by("code")


def mentor_of(row: Round, pk: UUID) -> RoundMentor | None:
    return mentors_of(row).filter(pk=pk).first()


def free_places(staff_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Quota less places taken, per mentor."""
    held = MentorPlaces.objects.filter(staff_id__in=list(staff_ids))
    return {row.staff_id: max(0, row.quota - row.taken) for row in held}


def students_of(row: Round) -> QuerySet[RoundStudent]:
    return row.students.select_related("student__person", "class_group__cohort")


def student_of(row: Round, pk: UUID) -> RoundStudent | None:
    return students_of(row).filter(pk=pk).first()


def correctable(actor: Actor, row: Round, pk: UUID) -> RoundStudent | None:
    """A student of the round whose wishes the actor may correct."""
    return students_of(row).filter(visible(actor, "wish.correct"), pk=pk).first()


def classes_of(row: Round) -> QuerySet[ClassGroup]:
    """The classes that take part, for a filter."""
    held = row.students.filter(class_group__isnull=False).values("class_group")
    return ClassGroup.objects.filter(pk__in=held).select_related("cohort")


# The engine's question


def problem_for(row: Round, seed: str = "") -> Problem:
    """The round as the engine's problem. Reads only the round's own frozen rows, so it can be asked again.

    Raises ProblemError when nobody or no mentor is left.
    """
    students = list(
        students_of(row)
        .filter(STAYING)
        .order_by("number")
        .prefetch_related(
            Prefetch("wishes", Wish.objects.select_related("mentor")),
            Prefetch("avoidances", Avoidance.objects.select_related("mentor")),
        )
    )
    mentors = list(mentors_of(row))
    codes = {mentor.code for mentor in mentors}
    return Problem(
        tuple(_engine_student(student, codes) for student in students),
        tuple(EngineMentor(m.code, m.lower, m.upper, m.staff.person.name) for m in mentors),
        seed,
    )


def _engine_student(row: RoundStudent, codes: set[str]) -> EngineStudent:
    banned = frozenset(avoidance.mentor.code for avoidance in row.avoidances.all())
    near = tuple(code for code in row.near if code in codes)
    return EngineStudent(
        row.key,
        tuple(wish.mentor.code for wish in row.wishes.all() if wish.mentor.code not in banned),
        banned,
        (near,) if near else (),
        f"{row.student.person.name} {row.class_name}".strip(),
    )


def commitment_of(row: Round) -> str:
    """The fingerprint of the round's frozen input."""
    return lottery.commitment(problem_for(row))


def obstacles(row: Round) -> tuple[str, ...]:
    """What makes the round impossible, a sentence each with the smallest change that helps."""
    try:
        problem = problem_for(row)
    except ProblemError as empty:
        return (empty.message,)
    return tuple(obstacle.message for obstacle in feasibility.check(problem))


# Runs and results


def latest_run(row: Round) -> Run | None:
    return row.runs.filter(trial=False).first()


def done_run(row: Round) -> Run | None:
    """The run whose result is the round's proposal, or was published."""
    if row.state not in {RoundState.PROPOSED, RoundState.PUBLISHED}:
        return None
    return row.runs.filter(state=RunState.DONE, trial=False).first()


def seed_of(row: Round) -> str:
    return lottery.seed(row.commitment, row.draw)


def result_known(row: Round) -> bool:
    """Whether any result of this input has been seen; from then on nobody draws again."""
    return row.runs.filter(commitment=row.commitment).exclude(result_sha256="").exists()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The newest trial of each aim over the same frozen wishes and the same lottery."""

    trials: dict[Aim, Run]

    @property
    def running(self) -> bool:
        return any(run.state in UNFINISHED for run in self.trials.values())

    @property
    def complete(self) -> bool:
        return all(aim in self.trials and self.trials[aim].state == RunState.DONE for aim in Aim)

    @property
    def percent(self) -> int:
        return sum(run.percent for run in self.trials.values()) // len(Aim)

    @property
    def error(self) -> str:
        """Why a trial was not completed; it may name who avoids whom."""
        return next((run.error for run in self.trials.values() if run.error), "")

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """[(「第 1 志愿」, a number per aim), …] of a complete comparison, in the order of `Aim`."""
        runs = [self.trials[aim] for aim in Aim]
        counted = zip(*(shares(run) for run in runs), strict=True)
        return [
            *((line[0].label, [share.count for share in line]) for line in counted),
            ("序号之和", [run.total_rank for run in runs]),
            ("导师最少", [run.least for run in runs]),
            ("导师最多", [run.most for run in runs]),
        ]


def comparison(row: Round) -> Comparison:
    trials = row.runs.filter(trial=True, commitment=row.commitment, seed=seed_of(row)).exclude(
        state=RunState.DROPPED
    )
    newest = {Aim(run.aim): run for run in reversed(trials)}
    return Comparison({aim: newest[aim] for aim in Aim if aim in newest})


def placements(run: Run) -> QuerySet[Placement]:
    return run.placements.select_related(
        "round_student__student__person", "round_student__class_group__cohort", "mentor__staff__person"
    ).order_by("round_student__number")


@dataclass(frozen=True, slots=True)
class Load:
    """A mentor's load in a run. Quacks like a row of the mentors' table."""

    mentor: RoundMentor
    students: list[Placement]

    @property
    def count(self) -> int:
        return len(self.students)


def loads(run: Run) -> list[Load]:
    """Every mentor of the round with the students the run gives him."""
    by_mentor: dict[UUID, list[Placement]] = defaultdict(list)
    for placement in placements(run):
        by_mentor[placement.mentor_id].append(placement)
    return [Load(mentor, by_mentor[mentor.pk]) for mentor in mentors_of(run.round)]


@dataclass(frozen=True, slots=True)
class Share:
    """How many students got one wish: 「第 1 志愿」 41 人 82%."""

    label: str
    count: int
    percent: int


def shares(run: Run) -> list[Share]:
    """Wish by wish, and last those whose mentor was not among their wishes (R44)."""
    total = sum(run.profile) + run.unlisted
    counts = [(f"第 {n} 志愿", count) for n, count in enumerate(run.profile, 1)]
    return [
        Share(label, count, round(100 * count / total) if total else 0)
        for label, count in (*counts, ("志愿外", run.unlisted))
    ]


# The student's side


def my_rounds(actor: Actor) -> QuerySet[RoundStudent]:
    """The rounds a student takes part in, newest first."""
    return (
        RoundStudent.objects.filter(visible(actor, "wish.write"), STAYING, round__state__in=ANNOUNCED)
        .select_related("round", "student__person")
        .order_by("-round__created_at")
    )


def my_round(actor: Actor, pk: UUID) -> RoundStudent | None:
    return my_rounds(actor).filter(round_id=pk).first()


@dataclass(frozen=True, slots=True)
class MentorCard:
    """A mentor as students see him: nothing that reaches him in private, nothing that identifies him."""

    key: str
    name: str
    subject: str
    grades: str = ""
    good_at: list[str] = field(default_factory=list)
    interests: str = ""
    intro: str = ""
    search: str = ""

    @property
    def lines(self) -> list[str]:
        taught = " · ".join(part for part in (self.subject, self.grades) if part)
        good_at = f"擅长陪伴：{'、'.join(self.good_at)}" if self.good_at else ""
        interests = f"兴趣：{self.interests}" if self.interests else ""
        return [line for line in (taught, good_at, interests) if line]


def mentor_cards(mine: RoundStudent, *, subject: str = "", text: str = "") -> list[MentorCard]:
    """The mentors this student may wish for, in his own order: shuffled, and always the same (G4)."""
    offered = (
        mine.round.mentors.filter(upper__gt=0)
        .exclude(pk__in=mine.avoidances.filter(relative=True).values("mentor"))
        .select_related("staff__person", "staff__profile")
    )
    if subject:
        offered = offered.filter(staff__subject=subject)
    if text:
        offered = offered.filter(
            Q(staff__person__name__icontains=text) | Q(staff__person__search__icontains=text.lower())
        )
    rows = sorted(offered, key=lambda mentor: _shuffled(mine, mentor))
    grades = _grades_taught([row.staff for row in rows], mine.round.year.start_year)
    return [_card(row, grades.get(row.staff_id, "")) for row in rows]


def _shuffled(mine: RoundStudent, mentor: RoundMentor) -> bytes:
    secret = settings.SECRET_KEY.encode()
    return hmac.digest(secret, f"{mine.student_id}{mentor.staff_id}".encode(), "sha256")


def _grades_taught(staff: list[Staff], year_start: int) -> dict[UUID, str]:
    posts = ClassPost.objects.filter(span_at(today()), staff__in=staff).select_related("class_group__cohort")
    grades: dict[UUID, set[str]] = defaultdict(set)
    for post in posts:
        grades[post.staff_id].add(post.class_group.cohort.grade(year_start))
    return {key: "、".join(sorted(names, key="高一 高二 高三".find)) for key, names in grades.items()}


def _card(row: RoundMentor, grades: str) -> MentorCard:
    profile = getattr(row.staff, "profile", None)
    return MentorCard(
        str(row.pk),
        str(row.staff),
        row.staff.subject,
        grades,
        profile.good_at_labels if profile else [],
        profile.interests if profile else "",
        profile.intro if profile else "",
        row.staff.person.search,
    )


def subjects_of(row: Round) -> list[str]:
    """Subjects of the mentors on offer, for the filter."""
    held = row.mentors.filter(upper__gt=0).exclude(staff__subject="")
    return sorted(held.values_list("staff__subject", flat=True).order_by().distinct())


@dataclass(frozen=True, slots=True)
class Saved:
    """A student's wishes as saved: keys of round mentors, best first, and those to avoid."""

    wishes: tuple[str, ...]
    avoid: tuple[str, ...]
    names: tuple[str, ...]
    avoid_names: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def ranked(self) -> list[tuple[str, str]]:
        """[("第 1 志愿", "李老师"), …]."""
        return [(f"第 {rank} 志愿", name) for rank, name in enumerate(self.names, 1)]

    @property
    def sentence(self) -> str:
        """「1 李老师、2 王老师；回避赵老师」."""
        listed = "、".join(f"{rank} {name}" for rank, name in enumerate(self.names, 1)) or "没有志愿"
        return f"{listed}；回避{'、'.join(self.avoid_names)}" if self.avoid_names else listed


def saved(mine: RoundStudent) -> Saved:
    wishes = list(mine.wishes.select_related("mentor__staff__person"))
    avoid = list(mine.avoidances.filter(relative=False).select_related("mentor__staff__person"))
    return Saved(
        tuple(str(wish.mentor_id) for wish in wishes),
        tuple(str(row.mentor_id) for row in avoid),
        tuple(str(wish.mentor.staff) for wish in wishes),
        tuple(str(row.mentor.staff) for row in avoid),
        tuple(wish.reason for wish in wishes),
    )


def is_open(row: Round, at: dt.datetime | None = None) -> bool:
    """Whether students may save now."""
    return row.state == RoundState.OPEN and (at or now()) < row.closes_at


# For portal: what others see once a result is published


@dataclass(frozen=True, slots=True)
class Published:
    """A published placement. `rank` and `reason` are for the student alone and empty for everybody else."""

    round: Round
    student: Student
    mentor: Staff
    rank: int | None = None
    reason: str = ""

    @property
    def rank_label(self) -> str:
        return f"第 {self.rank} 志愿" if self.rank else "志愿外" if self.reason else ""


def published_placement(actor: Actor, student_id: UUID) -> Published | None:
    """The newest published placement of a student whom the actor may see."""
    return next(iter(_published(actor, Q(round_student__student_id=student_id)).values()), None)


def published_placements(actor: Actor) -> list[Published]:
    """The newest published placement of every student the actor may see (own, child's, mentees', class's)."""
    return list(_published(actor, Q()).values())


def _published(actor: Actor, which: Q) -> dict[UUID, Published]:
    seen = Student.objects.filter(visible(actor, "student.read"))
    rows = (
        Placement.objects.filter(
            which,
            round_student__student__in=seen.values("pk"),
            run__round__state=RoundState.PUBLISHED,
            run__state=RunState.DONE,
        )
        .select_related("run__round", "round_student__student__person", "mentor__staff__person")
        .order_by("-run__round__published_at", "round_student__number")
    )
    newest: dict[UUID, Published] = {}
    for row in rows:
        student = row.round_student.student
        own: dict[str, Any] = {"rank": row.rank, "reason": row.reason} if actor.role == Role.STUDENT else {}
        newest.setdefault(student.pk, Published(row.run.round, student, row.mentor.staff, **own))
    return newest


def published_shares(school_id: UUID) -> list[tuple[Round, list[Share]]]:
    """How well wishes were met in each published round of a school; numbers only (R44)."""
    runs = (
        Run.objects.filter(
            round__school_id=school_id, round__state=RoundState.PUBLISHED, state=RunState.DONE, trial=False
        )
        .select_related("round")
        .order_by("-round__published_at")
    )
    return [(run.round, shares(run)) for run in runs]
