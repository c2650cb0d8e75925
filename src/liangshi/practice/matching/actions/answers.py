"""What the modes other than 志愿优配 ask of people: mentors' answers, a club, an objection. Each tap is saved at once,
and twice the same tap is written once."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions import notices
from liangshi.practice.matching.actions.settings import when
from liangshi.practice.matching.actions.states import hold, step
from liangshi.practice.matching.choices import RoundState, Verdict
from liangshi.practice.matching.models import Answer, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries.answers import clubs_of
from liangshi.practice.matching.queries.students import is_open
from liangshi.registry.access.actor import Actor


def ask_mentors(row: Round, until: dt.datetime, *, actor: Actor) -> None:
    """End the students' wishing and ask the mentors for their answers, until a moment.

    Raises DomainError `deadline_past`, `not_two_sided`, `invalid_transition`.
    """
    if "answer" not in row.way.flow.moves:
        raise DomainError("not_two_sided", "只有双向选择才请导师回应。这一轮直接截止就行。")
    if until <= now():
        raise DomainError("deadline_past", "回应的截止时间要在现在以后。", field="answers_until")
    with Deed(audit.MENTORS_ASKED, actor, about=row, until=until):
        hold(row)
        step(row, "answer", answers_until=until)
        notices.asked_mentors(row)


def answer(mentor: RoundMentor, student: UUID, verdict: str, *, actor: Actor) -> None:
    """A mentor's answer about one student who ranked him; the last one counts.

    Raises DomainError `answers_closed`, `bad_verdict`, `not_asked`.
    """
    if verdict not in Verdict.values:
        raise DomainError("bad_verdict", "请点「愿意」「一般」或「暂不合适」。")
    with Deed(audit.ANSWERED, actor) as deed:
        row = Round.objects.select_for_update().get(pk=mentor.round_id)
        if row.state != RoundState.ANSWERING or row.answers_until is None or row.answers_until <= now():
            raise DomainError("answers_closed", "回应已经截止，这一次没有保存。没有回应的都算愿意。")
        if not mentor.wished_by.filter(round_student=student, round_student__left_at__isnull=True).exists():
            raise DomainError("not_asked", "这名学生不在名单里了（可能刚退出本轮），这一次没有保存。")
        held, made = Answer.objects.get_or_create(
            round_student_id=student, mentor=mentor, defaults={"verdict": verdict}
        )
        if not made:
            if held.verdict == verdict:
                return deed.nothing()
            Answer.objects.filter(pk=held.pk).update(verdict=verdict)
        deed.about = row  # neither whom nor what: nobody reads that in the log
    return None


def choose_club(mine: RoundStudent, club: UUID | None, *, actor: Actor) -> None:
    """A student who is in several clubs chooses one, or none (and falls on to the next round).

    Raises DomainError `clubs_closed`, `not_a_member`.
    """
    with Deed(audit.CLUB_CHOSEN, actor, subjects=[mine.student_id]) as deed:
        row = Round.objects.select_for_update().get(pk=mine.round_id)
        if not is_open(row):
            raise DomainError("clubs_closed", "选择已经截止，这一次没有保存。学校按截止前保存的算。")
        if club is not None and club not in {offered.pk for offered in clubs_of(mine)}:
            raise DomainError(
                "not_a_member", "你现在不是这个社团的成员，或者它的指导老师不在本轮名单里。请重新选。"
            )
        changed = RoundStudent.objects.filter(pk=mine.pk, left_at__isnull=True).exclude(
            club=club, submitted_at__isnull=False
        )
        if not changed.update(club=club, submitted_at=now()):
            deed.nothing()
        deed.about = row
    mine.refresh_from_db()


def object_to_keeping(mine: RoundStudent, *, by_mentor: bool, objects: bool, actor: Actor) -> None:
    """The student or his mentor would rather not go on together, or takes that back. The other is never told.

    Raises DomainError `objections_closed`, `nothing_to_keep`.
    """
    name = "mentor_objected_at" if by_mentor else "student_objected_at"
    subjects = [] if by_mentor else [mine.student_id]
    with Deed(audit.OBJECTED if objects else audit.OBJECTION_BACK, actor, subjects=subjects) as deed:
        row = Round.objects.select_for_update().get(pk=mine.round_id)
        if not row.way.keeps or not is_open(row):
            until = f"（{when(row.closes_at)}截止）" if row.closes_at else ""
            raise DomainError(
                "objections_closed", f"征询已经结束{until}，这一次没有保存。以后可以走换导师的手续。"
            )
        held = RoundStudent.objects.filter(pk=mine.pk, left_at__isnull=True, present__isnull=False)
        if not held.exists():
            raise DomainError("nothing_to_keep", "名单里已经没有这一对师生，这一次没有保存。")
        if not held.filter(**{f"{name}__isnull": objects}).update(**{name: now() if objects else None}):
            deed.nothing()
        deed.about = row
    mine.refresh_from_db()
