"""换导师: ask, decide, take effect. The present mentor learns of it when it has happened, and only that."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from liangshi.foundation.audit.actions import Doer, Machine
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import settle_office
from liangshi.foundation.records.decisions import demand_another
from liangshi.practice.matching.actions.publishing import when_passed_on
from liangshi.practice.plans.queries import policy_now
from liangshi.practice.relations import audit
from liangshi.practice.relations.actions.concerns import announce, begin_concern, withdraw_concern
from liangshi.practice.relations.actions.handovers import begin_letters
from liangshi.practice.relations.actions.requests import (
    decline,
    key_of,
    moved,
    needless,
    step,
    tell_deciders,
    you,
)
from liangshi.practice.relations.actions.telling import tell_co_mentors, tell_of_change
from liangshi.practice.relations.choices import ANSWER_DAYS, STANDS, UNDER_WAY, Asker, ChangeState
from liangshi.practice.relations.models import ChangeRequest, Concern
from liangshi.practice.relations.queries.changes import eligible, in_trial, offered, suitable
from liangshi.practice.relations.queries.concerns import Beside, own_standing
from liangshi.practice.relations.queries.successors import nearest
from liangshi.practice.relations.transitions import ASKED, CANNOT, FULL, MEETING, OFFERED, RECEIVED, REFUSED
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Change, replace, when_bonds_end
from liangshi.registry.mentorships.choices import EndReason, Kind, Origin
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.mentorships.queries import places
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.grades import current_year_start

log = logging.getLogger(__name__)
PAST_CARE = "导师刚刚已经调整过了。请回到首页看现在的导师。"


def ask(bond: Mentorship, *, wished: Staff | None, reason: str, safety: bool, actor: Actor) -> ChangeRequest:
    """Ask for another mentor. A student's first wish within the trial is granted at once where there is a place.

    With `safety` it is a concern, too: that stays with the office, whatever becomes of the request.
    Raises DomainError `bond_ended` (also for the second of two taps that was granted), `asked_already`,
    `asked_enough`, `cannot_wish`.
    """
    with Deed(audit.CHANGE_ASKED, actor, school=bond.mentor.school_id) as deed:
        Student.objects.select_for_update().get(pk=bond.student_id)  # orders two taps
        if not Mentorship.objects.filter(ACTIVE_PRIMARY, pk=bond.pk).exists():
            raise DomainError("bond_ended", PAST_CARE)
        if wished and all(each.staff.pk != wished.pk for each in offered(bond)):
            raise DomainError(
                "cannot_wish", f"{wished}现在没有空位。请另选一位，或者不选，由学校安排。", field="wish"
            )
        before = _asked_this_year(bond, actor)
        fresh = safety and not own_standing(actor, bond.student_id, bond.mentor)
        row = _create(
            bond, wished, "" if fresh else reason, actor
        )  # first: a second tap is told that it was one
        if (
            len(before) >= policy_now(bond.mentor.school_id).change_limit
            and not safety
            and actor.role != Role.CLERK
        ):
            raise DomainError(
                "asked_enough",
                f"这个学年已经申请过 {len(before)} 次了。请找班主任或学校办公室当面说；"
                "如果关系到安全，请勾选“关系到安全”，随时可以申请。",
            )
        told = _told(row, reason, actor) if fresh else None
        if actor.role == Role.STUDENT and not before and in_trial(bond):
            _grant_at_once(row, actor)
        deed.about = row
        deed.note(state=row.state)
        if row.state == ChangeState.ASKED:
            tell_deciders(row, ASKED.office())
        if told:
            announce(told, actor=actor)
    return row


def _told(row: ChangeRequest, reason: str, actor: Actor) -> Concern:
    bond = row.mentorship
    return begin_concern(bond.student, Beside(bond.mentor, bond), reason=reason, actor=actor, request=row)


def _asked_this_year(bond: Mentorship, actor: Actor) -> list[UUID]:
    """What he has asked about this student since September; what he withdrew does not count."""
    rows = ChangeRequest.objects.filter(
        mentorship__student=bond.student_id,
        asked_by=actor.person_id,
        asker=actor.role.value,
        year_start=current_year_start(),
    )
    return list(rows.exclude(state=ChangeState.WITHDRAWN).values_list("pk", flat=True))


def _create(bond: Mentorship, wished: Staff | None, reason: str, actor: Actor) -> ChangeRequest:
    try:
        with transaction.atomic():
            return ChangeRequest.objects.create(
                mentorship=bond,
                asker=Asker(actor.role.value),
                asked_by_id=actor.person_id,
                year_start=current_year_start(),
                wished=wished,
                reason=reason.strip(),
            )
    except IntegrityError as twice:
        raise DomainError(
            "asked_already", "申请已经在办理了，不用再交一次。想改主意，可以先撤回再重新提出。"
        ) from twice


def _grant_at_once(row: ChangeRequest, actor: Actor) -> None:
    """In the trial: to the wished mentor, or, without a wish, to whom the engine finds. Else the office decides."""
    target = row.wished or nearest(row.mentorship, places(row.mentorship.mentor.school_id, today()))
    if target is None:
        return
    try:
        with transaction.atomic():
            _take_effect(row, target, actor)
    except DomainError as refusal:
        if refusal.code != "ratio_exceeded":
            raise
        row.refresh_from_db()  # the last place has just gone: the office will find another


def _take_effect(row: ChangeRequest, target: Staff, actor: Doer) -> None:
    """The student passes to `target` today. Raises what `replace` raises, and `invalid_transition`.

    Places are taken before anything is logged: the log's chain is a lock too, and rivals hold it the longest.
    """
    step(row, "take_effect", target=target, decided_at=now())
    bond = row.mentorship
    school = str(bond.mentor.school_id)
    # Neutral on purpose: whoever reads the history later must not see who asked.
    replace(
        [Change(bond, target.pk)],
        on=today(),
        origin=Origin.CHANGED,
        reason=EndReason.AGREED,
        actor=actor,
        chain=school,
    )
    follow_up(bond, target, but=row.pk)


def follow_up(bond: Mentorship, target: Staff, *, but: UUID | None = None) -> None:
    """What follows when one student has passed on: other requests lapse, everybody is told, he may write a letter.

    The former mentor is told the same, and opened the same, whatever it was asked for.
    """
    lapse([bond.pk], but=but)
    tell_of_change([(bond, target)])
    begin_letters([(bond, target)], mentor_writes=False)


@when_passed_on
def hand_on(passed: Sequence[tuple[Mentorship, Staff]]) -> None:
    """What follows when a review passes students on, which tells the others itself: requests lapse, co-mentors hear with
    whom they work, letters begin."""
    lapse(bond.pk for bond, _ in passed)
    tell_co_mentors(passed)
    begin_letters(passed)


@when_bonds_end
def _end_with_them(bonds: Sequence[Mentorship], _reason: EndReason) -> None:
    """Nobody answers for a student who has left."""
    lapse(bond.pk for bond in bonds if bond.kind == Kind.PRIMARY)


def lapse(bonds: Iterable[UUID], *, but: UUID | None = None) -> int:
    """Close what else is under way about relations that have ended; returns how many. A concern is none of it."""
    rows = ChangeRequest.objects.filter(mentorship__in=list(bonds), state__in=UNDER_WAY)
    if but:
        rows = rows.exclude(pk=but)
    keys: dict[UUID, list[str]] = defaultdict(list)
    for row in rows.select_related("mentorship__mentor", "target"):
        keys[row.mentorship.mentor.school_id].append(key_of(row))
        needless(row)
    for school, mine in keys.items():
        settle_office(school, *mine)
    return rows.update(state=ChangeState.LAPSED, decided_at=now())


def receive(row: ChangeRequest, *, actor: Actor) -> None:
    """受理."""
    _office_step(row, "receive", actor, RECEIVED.asker(you=you(row)))


def meet(row: ChangeRequest, on: dt.date, *, actor: Actor) -> None:
    """约面谈. Raises `date_past`."""
    if on < today():
        raise DomainError("date_past", "面谈日期不能早于今天。", field="on")
    said = MEETING.asker(day=f"{on.month} 月 {on.day} 日", you=you(row))
    _office_step(row, "meet", actor, said, meet_on=on)


OWN_TARGET = "不能选您自己，请另选一位，或请另一位同事来办。"


def agree(row: ChangeRequest, target: Staff, *, actor: Actor) -> None:
    """同意: the new mentor is asked; what he does not answer within three days counts as a yes. Himself the actor asks only
    where the student has wished for him.

    Raises `bond_ended`, `own_decision`, `no_place_there`, `invalid_transition`.
    """
    _check_goes_on(row)
    if target.pk != row.wished_id:
        demand_another(target.person_id, actor.person_id, OWN_TARGET, field="target")
    if all(each.staff.pk != target.pk for each in eligible(row.mentorship)):
        raise DomainError("no_place_there", f"{target}现在没有空位。请另选一位。", field="target")
    last = today() + dt.timedelta(ANSWER_DAYS)
    with moved(row, "agree", actor) as deed:
        step(row, "agree", target=target, answer_by=last, declined_by=None)
        deed.tell(
            [target.person_id],
            role=Role.MENTOR,
            student=None,
            title=OFFERED.next(day=f"{last.month} 月 {last.day} 日"),
            url=reverse("relations:offers"),
        )


def refuse(row: ChangeRequest, answer: str, *, actor: Actor) -> None:
    """不同意, with an explanation that the asker reads. Raises `bond_ended`, `refusal_needs_answer`."""
    _check_goes_on(row)
    if not answer.strip():
        raise DomainError("refusal_needs_answer", "请写明不同意的说明，申请人会看到。", field="answer")
    said = REFUSED.asker(you=you(row))
    _office_step(row, "refuse", actor, said, answer=answer.strip(), decided_at=now())


def _check_goes_on(row: ChangeRequest) -> None:
    if row.mentorship.ends_on is not None:
        raise DomainError("bond_ended", "这名学生的导师已经换了，不用再定。")


def _office_step(row: ChangeRequest, event: str, actor: Actor, said: str, **also: Any) -> None:
    with moved(row, event, actor) as deed:
        step(row, event, **also)
        about = row.mentorship.student_id if row.asker in {Asker.STUDENT, Asker.GUARDIAN} else None
        url = reverse("relations:mine")
        deed.tell([row.asked_by_id], role=row.asker, student=about, title=said, url=url)


def withdraw(row: ChangeRequest, *, actor: Actor) -> None:
    """撤回, until it has taken effect. What concerns safety in it stays with the school, marked. Raises
    `invalid_transition`."""
    with moved(row, "withdraw", actor):
        needless(row)
        step(row, "withdraw", decided_at=now())
        told = Concern.objects.filter(request=row, state__in=sorted(STANDS), withdrawn_at=None)
        for concern in told.select_related("student__school"):
            withdraw_concern(concern, actor=actor)


def accept(row: ChangeRequest, *, actor: Doer) -> None:
    """The mentor who was asked says yes: it takes effect today.

    Raises DomainError `place_gone` and `cannot_take` (the request has gone back to the office), `not_asked`,
    `bond_ended`, `invalid_transition`.
    """
    target = row.target
    if target is None:
        raise DomainError("not_asked", "这件事已经办结了，不用再答复。")
    try:
        with moved(row, "take_effect", actor):
            Student.objects.select_for_update().get(
                pk=row.mentorship.student_id
            )  # a concern may be told just now
            _check_suitable(row.mentorship, target)
            _take_effect(row, target, actor)
    except DomainError as refusal:
        if refusal.code not in {"ratio_exceeded", "cannot_take"}:
            raise
        row.refresh_from_db()
        if refusal.code == "cannot_take":
            decline(row, actor=actor, said=CANNOT)
            raise
        decline(row, actor=actor, said=FULL)
        raise DomainError("place_gone", "名额刚刚满了，学校会为这名学生另外安排。") from refusal


def _check_suitable(bond: Mentorship, target: Staff) -> None:
    """What held when the office agreed may hold no more: he is away or suspended, or has become a relative."""
    if all(each.staff.pk != target.pk for each in suitable(bond)):
        raise DomainError("cannot_take", "您现在不能接这名学生，学校会另外安排。")


def settle_unanswered() -> int:
    """What was not answered in time takes effect; what has become needless is closed. Returns how many took effect."""
    gone = ChangeRequest.objects.filter(state__in=UNDER_WAY, mentorship__ends_on__isnull=False)
    lapse(gone.values_list("mentorship_id", flat=True))
    due = ChangeRequest.objects.filter(state=ChangeState.AGREED, answer_by__lt=today()).select_related(
        "mentorship__student__person", "mentorship__mentor__person", "target__person"
    )
    return sum(_settle(row) for row in due)


def _settle(row: ChangeRequest) -> bool:
    try:
        accept(row, actor=Machine("每日任务", str(row.mentorship.mentor.school_id)))
    except DomainError as refusal:
        log.info("change %s: %s", row.pk, refusal.code)
        return False
    return True
