"""Publish a proposal: at one instant it becomes who is whose mentor, and everybody concerned is told."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.models import span_at
from liangshi.foundation.notices.actions import tell_each
from liangshi.pairing import lottery
from liangshi.pairing.problem import Aim
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions.fairness import check_fairness
from liangshi.practice.matching.actions.rounds import step
from liangshi.practice.matching.models import Placement, Round, Run
from liangshi.practice.matching.queries import STAYING, done_run, held_pairs, placements
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.people.models import ClassPost, GuardianLink


def publish(row: Round, *, actor: Actor) -> int:
    """Publish the proposal; returns how many mentorships began. All or nothing, and only once.

    Raises DomainError `invalid_transition` (also for the slower of two publishers), `unplaced`,
    `proposal_altered`, `fairness_unseen`, `ratio_exceeded`, `already_has_mentor`.
    """
    with transaction.atomic():
        step(row, "publish", published_at=now())  # first: of two publishers the second stops here
        run = done_run(row)
        given = list(placements(run)) if run else []
        _check_complete(row, given)
        _check_unaltered(run)
        check_fairness(run)
        pairs = [Pair(one.round_student.student_id, one.mentor.staff_id, today()) for one in given]
        count = begin(pairs, origin=Origin.ROUND, actor=actor, chain=str(row.school_id))
        _tell_everybody(row, given)
        record(audit.PUBLISHED, actor, obj=str(row.pk), pairs=count)
    return count


def _check_complete(row: Round, given: list[Placement]) -> None:
    placed = {one.round_student_id for one in given}
    unplaced = row.students.filter(STAYING).exclude(pk__in=placed).select_related("student__person")
    if unplaced:
        names = "、".join(str(one) for one in unplaced[:5])
        raise DomainError(
            "unplaced",
            f"还有 {len(unplaced)} 名学生没有导师（{names}{'等' if len(unplaced) > 5 else ''}），不能公布。"
            "请重新运算；确实不参加本轮的，请先登记退出。",
        )


def _check_unaltered(run: Run | None) -> None:
    """The stored pairs still carry the seal under which they were certified."""
    pairs = held_pairs(run) if run else ()
    if run is None or lottery.seal(run.commitment, Aim(run.aim), run.seed, pairs) != run.result_sha256:
        raise DomainError(
            "proposal_altered", "提案和核验过的结果不一致，没有公布。请点「重新运算」，一再出现请联系管理员。"
        )


def _tell_everybody(row: Round, given: list[Placement]) -> None:
    home = reverse("home:home")
    own = reverse("rounds:my_round", args=[row.pk])
    people = {one.round_student.student_id: one.round_student.student.person for one in given}
    tell_each(
        ((person.pk, f"「{row.title}」公布了，来看看你的导师是谁") for person in people.values()), url=own
    )
    mentees = Counter(one.mentor.staff.person_id for one in given)
    tell_each(
        ((person, f"「{row.title}」公布了，您新增 {count} 名学生") for person, count in mentees.items()),
        url=home,
    )
    guardians = GuardianLink.objects.filter(span_at(today()), student__in=people, restricted=False)
    tell_each(
        (
            (person, f"{people[student].name}同学的导师已经确定，请您查看")
            for student, person in guardians.values_list("student_id", "person_id")
        ),
        url=home,
    )
    tell_each(_class_notices(given), url=home)


def _class_notices(given: list[Placement]) -> list[tuple[UUID, str]]:
    classes = Counter(one.round_student.class_group_id for one in given)
    advisers = ClassPost.objects.filter(
        span_at(today()), class_group__in=[key for key in classes if key], is_adviser=True
    ).select_related("staff", "class_group__cohort")
    return [
        (
            post.staff.person_id,
            f"{post.class_group.name()} {classes[post.class_group_id]} 名学生的导师公布了，请看班级名单",
        )
        for post in advisers
    ]
