"""The student's side: his rounds, the mentors on offer, his wishes as saved."""

from __future__ import annotations

import datetime as dt
import hmac
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.choices import ANNOUNCED, RoundState
from liangshi.practice.matching.models import (
    Avoidance,
    Round,
    RoundMentor,
    RoundStudent,
    Wish,
)
from liangshi.practice.matching.policy import WISH_WRITE
from liangshi.practice.matching.queries.rounds import STAYING
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import ClassPost, Staff


def my_rounds(actor: Actor) -> QuerySet[RoundStudent]:
    """The rounds a student takes part in, newest first; once published, those too that he was taken out of."""
    told = STAYING | Q(round__state=RoundState.PUBLISHED)
    return (
        RoundStudent.objects.seen_by(actor, WISH_WRITE)
        .filter(told, round__state__in=ANNOUNCED)
        .select_related(
            "round__year",
            "round__programme__policy",
            "student__person",
            "class_group",
            "club",
            "present__staff__person",
        )
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
    offered = offered_to(mine).select_related("staff__person", "staff__profile")
    if subject:
        offered = offered.filter(staff__subject=subject)
    if text:
        offered = offered.filter(
            Q(staff__person__name__icontains=text) | Q(staff__person__search__icontains=text.lower())
        )
    rows = sorted(offered, key=lambda mentor: _shuffled(mine, mentor))
    grades = _grades_taught([row.staff for row in rows], mine.round.year.start_year)
    return [_card(row, grades.get(row.staff_id, "")) for row in rows]


def offered_to(mine: RoundStudent) -> QuerySet[RoundMentor]:
    """The mentors whom this student may name: with places, nobody who is never given to him, none who may not take him."""
    cohort = mine.class_group.cohort_id if mine.class_group else None
    return (
        RoundMentor.objects.of(round__students=mine)
        .filter(
            Q(only_cohort__isnull=True) | Q(only_cohort=cohort),
            only_gender__in=["", mine.gender],
            upper__gt=0,
        )
        .exclude(pk__in=mine.avoidances.filter(barred=True).values("mentor"))
    )


def _shuffled(mine: RoundStudent, mentor: RoundMentor) -> bytes:
    secret = settings.SECRET_KEY.encode()
    return hmac.digest(secret, f"{mine.student_id}{mentor.staff_id}".encode(), "sha256")


def _grades_taught(staff: list[Staff], year_start: int) -> dict[UUID, str]:
    posts = ClassPost.objects.as_system("which grades a mentor teaches")
    posts = posts.filter(span_at(today()), staff__in=staff).select_related("class_group__cohort")
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


def subjects_of(mine: RoundStudent) -> list[str]:
    """Subjects of the mentors on offer, for the filter."""
    held = RoundMentor.objects.of(round__students=mine).filter(upper__gt=0).exclude(staff__subject="")
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
    wishes = list(
        Wish.objects.of(round_student=mine).select_related("mentor__staff__person").opening("reason")
    )
    avoided = Avoidance.objects.of(round_student=mine)
    avoid = list(avoided.filter(barred=False).select_related("mentor__staff__person"))
    return Saved(
        tuple(str(wish.mentor_id) for wish in wishes),
        tuple(str(row.mentor_id) for row in avoid),
        tuple(str(wish.mentor.staff) for wish in wishes),
        tuple(str(row.mentor.staff) for row in avoid),
        tuple(wish.reason for wish in wishes),
    )


def is_open(row: Round, at: dt.datetime | None = None) -> bool:
    """Whether students may save now."""
    return row.state == RoundState.OPEN and row.closes_at is not None and (at or now()) < row.closes_at
