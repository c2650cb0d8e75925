"""Save a student's wishes; correct them after the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import F
from django.urls import reverse

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, in_words
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions.inputs import input_changed
from liangshi.practice.matching.actions.states import hold
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Avoidance, Round, RoundStudent, Wish
from liangshi.practice.matching.queries.students import is_open, offered_to, saved
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role


def save_wishes(
    mine: RoundStudent, *, wishes: Sequence[str], avoid: Sequence[str], version: int, actor: Actor
) -> None:
    """Save wishes (keys of round mentors, best first) and whom to avoid, as one whole.

    `version` is what the page was made from. Raises DomainError `wishes_closed`, `wishes_changed` (saved from
    another page meanwhile; `mine` then holds the new version) or a refusal of `_checked`.
    """
    with Deed(audit.WISHES_SAVED, actor, subjects=[mine.student_id]) as deed:
        row = _lock_open(mine)
        chosen, shunned = _checked(mine, row, wishes, avoid)
        _next_version(mine, version, submitted_at=now() if chosen else None)
        _write(mine, chosen, shunned)
        deed.about = row
        deed.note(count=len(chosen))


def save_reasons(mine: RoundStudent, reasons: Mapping[UUID, str], *, version: int, actor: Actor) -> None:
    """Save why, per mentor; the wishes themselves stay. Raises as `save_wishes`."""
    with Deed(audit.WISHES_SAVED, actor, subjects=[mine.student_id]) as deed:
        row = _lock_open(mine)
        _next_version(mine, version)
        for wish in mine.wishes.all():
            wish.reason = reasons.get(wish.mentor_id, wish.reason).strip()[:100]
            wish.save(update_fields=["reason"])
        deed.about = row


def correct_wishes(
    mine: RoundStudent, *, wishes: Sequence[str], avoid: Sequence[str], reason: str, actor: Actor
) -> None:
    """After the deadline the office corrects a student's wishes, for a reason; he is told.

    The frozen input changes, so a proposal falls. Raises DomainError `needs_reason`, `invalid_transition`
    or a refusal of `_checked`.
    """
    if not reason.strip():
        raise DomainError("needs_reason", "请写明更正的原因，学生会收到通知。", field="reason")
    with Deed(
        audit.WISHES_CORRECTED, actor, subjects=[mine.student_id], reason=in_words(reason.strip())
    ) as deed:
        row = hold(mine.round)
        chosen, shunned = _checked(mine, row, wishes, avoid)
        _write(mine, chosen, shunned)
        RoundStudent.objects.filter(pk=mine.pk).update(
            version=F("version") + 1, submitted_at=now() if chosen else None
        )
        input_changed(row)
        deed.tell(
            [mine.student.person_id],
            role=Role.STUDENT,
            student=mine.student_id,
            title=f"学校办公室更正了你在「{row.title}」里的志愿，请核对",
            url=reverse("rounds:my_round", args=[row.pk]),
        )
        deed.about = row


def _lock_open(mine: RoundStudent) -> Round:
    """Hold the round's row, so that closing waits for this save or this save sees it closed."""
    row = Round.objects.select_for_update().get(pk=mine.round_id)
    if not row.lists:
        raise DomainError("nothing_to_wish", "这一轮不填志愿。请回到「选导师」看看这一轮要你做什么。")
    if not is_open(row):
        ended = (
            "填报已经截止"
            if row.state != RoundState.OPEN or (row.closes_at and row.closes_at <= now())
            else "现在不能填报"
        )
        raise DomainError(
            "wishes_closed",
            f"{ended}，这一次没有保存。学校按截止前保存的算：{saved(mine).sentence}。"
            "有特殊情况，请尽快找学校导师制办公室更正。",
        )
    return row


def _next_version(mine: RoundStudent, version: int, **also: object) -> None:
    changed = RoundStudent.objects.filter(pk=mine.pk, version=version, left_at__isnull=True).update(
        version=F("version") + 1, **also
    )
    mine.refresh_from_db(fields=["version", "submitted_at", "left_at"])
    if mine.left_at:
        raise DomainError("left_round", "你已不在这一轮的名单里，不用填报。有疑问请找学校导师制办公室。")
    if not changed:
        raise DomainError(
            "wishes_changed",
            f"你在另一个页面刚保存过志愿，那一次还在：{saved(mine).sentence}。"
            "下面是你在这一页选的；要以这一页为准，请再点一次保存。",
        )


def _checked(
    mine: RoundStudent, row: Round, wishes: Sequence[str], avoid: Sequence[str]
) -> tuple[list[UUID], list[UUID]]:
    """The keys as round mentors that this student may name. Raises DomainError."""
    everybody = [*wishes, *avoid]
    if len(set(everybody)) < len(everybody):
        raise DomainError("mentor_twice", "同一位老师选了两次，请一位老师只选一处。", field="wishes")
    if len(wishes) > row.wish_limit:
        raise DomainError("too_many_wishes", f"最多填 {row.wish_limit} 个志愿。", field="wishes")
    if len(avoid) > row.avoid_limit:
        raise DomainError("too_many_avoided", f"最多回避 {row.avoid_limit} 位老师。", field="wishes")
    known = {str(pk): pk for pk in offered_to(mine).values_list("pk", flat=True)}
    if not known.keys() >= set(everybody):
        raise DomainError(
            "mentor_not_listed",
            "选的老师里有人不在本轮可选的名单里（名单可能刚更新过）。请在下面的名单里重新选，其余的都还在。",
            field="wishes",
        )
    return [known[key] for key in wishes], [known[key] for key in avoid]


def _write(mine: RoundStudent, wishes: list[UUID], avoid: list[UUID]) -> None:
    reasons = dict(mine.wishes.values_list("mentor_id", "reason"))
    mine.wishes.all().delete()
    mine.avoidances.filter(barred=False).delete()
    Wish.objects.bulk_create(
        [
            Wish(round_student=mine, rank=rank, mentor_id=key, reason=reasons.get(key, ""))
            for rank, key in enumerate(wishes, 1)
        ]
    )
    Avoidance.objects.bulk_create([Avoidance(round_student=mine, mentor_id=key) for key in avoid])
