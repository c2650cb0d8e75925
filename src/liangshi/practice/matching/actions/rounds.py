"""Prepare a round, prove it possible, open it, close it, void it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Least
from django.urls import reverse

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, in_words
from liangshi.foundation.jobs import State, drop
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions import notices, pool
from liangshi.practice.matching.actions.inputs import freeze, input_changed
from liangshi.practice.matching.actions.programmes import abort_programme, look_ready, same_title
from liangshi.practice.matching.actions.settings import (
    check_deadline,
    check_places,
    check_policy,
    check_quota,
    check_settings,
)
from liangshi.practice.matching.actions.states import advance, hold, step
from liangshi.practice.matching.choices import (
    ARRANGED,
    IN_PREPARATION,
    UNDER_WAY,
    ProgrammeKind,
    ProgrammeState,
    RoundState,
)
from liangshi.practice.matching.models import Programme, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries.engine import obstacles
from liangshi.practice.matching.queries.places import left_over, room
from liangshi.practice.matching.queries.programmes import SETTLED_ROUNDS, live_rounds, neighbours
from liangshi.practice.matching.queries.rounds import out_of_pool, students_of
from liangshi.practice.plans.actions import ensure_policy
from liangshi.practice.plans.queries import places_of, policy_in_force
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.actions import exempt
from liangshi.registry.mentorships.choices import LONGEST_REVIEW, Exempt, Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people.models import OPEN

UNCHECKED = "这一轮还没有检查可行性，不能开启。请先点「检查可行性」：名额够用、没有人无处可去，才能开启。"


DEADLINE_OF: dict[str, str] = {RoundState.OPEN: "closes_at", RoundState.ANSWERING: "answers_until"}


def change_settings(row: Round, *, actor: Actor, **fields: Any) -> None:
    """Change title, aim, deadline, limits or the usual quota of a round in preparation.

    A changed usual quota is given to every mentor, as far as he has places. A programme that is called like its
    round is called like it afterwards too. Raises DomainError.
    """
    quota, title = (row.lower, row.upper), row.title
    for name, value in fields.items():
        setattr(row, name, value)
    check_settings(row, policy_in_force(row.school, row.year))
    with Deed(audit.CHANGED, actor, about=row, fields=fields):
        _edit(row, **fields)
        if row.programme.title == title != row.title:
            _rename(row.programme, row.title)
        if (row.lower, row.upper) != quota and neighbours(row)[0] is None:
            mentors = list(row.mentors.select_related("staff"))
            places = room(row, [mentor.staff for mentor in mentors])
            for mentor in mentors:
                mentor.lower, mentor.upper = pool.fitting(row, places[mentor.staff_id])
                mentor.by_hand = False
            RoundMentor.objects.bulk_update(mentors, ["lower", "upper", "by_hand"], batch_size=pool.BATCH)


def _edit(row: Round, **fields: Any) -> None:
    """Back to draft, and the programme with it as long as nothing is under way."""
    hold(row)
    step(row, "edit", **fields)
    if neighbours(row)[0] is None:
        programme = Programme.objects.get(pk=row.programme_id)
        if programme.state in {ProgrammeState.DRAFT, ProgrammeState.FEASIBLE}:
            advance(programme, "edit")


def _rename(programme: Programme, title: str) -> None:
    try:
        with transaction.atomic():
            Programme.objects.filter(pk=programme.pk).update(title=title)
    except IntegrityError as problem:
        raise same_title(title) from problem
    programme.title = title


def set_deadline(row: Round, closes_at: dt.datetime, *, actor: Actor) -> None:
    """Move the deadline of an open round, or the mentors' while they answer. Raises DomainError `deadline_past`,
    `not_open`.
    """
    check_deadline(closes_at)
    with Deed(audit.CHANGED, actor, about=row) as deed:
        name = DEADLINE_OF.get(hold(row).state)
        if name is None:
            raise DomainError(
                "not_open", "只有填报中和导师回应中的轮次能改截止时间。这一轮已经截止，请接着运算。"
            )
        moved: dict[str, Any] = {name: closes_at}
        Round.objects.filter(pk=row.pk).update(**moved)
        deed.note(**moved)


def refresh(row: Round, *, actor: Actor) -> None:
    """Take students and mentors afresh from the rosters, and the aim from the policy; only before opening. A later round
    that finds nobody left over is given up."""
    with Deed(audit.REFRESHED, actor, about=row):
        _edit(row)
        Round.objects.filter(pk=row.pk).update(aim=policy_in_force(row.school, row.year).aim)
        pool.fill(row)
        before, _ = neighbours(row)
        if before and before.state in SETTLED_ROUNDS:
            look_ready(before)


def set_quota(mentor: RoundMentor, *, lower: int, upper: int, actor: Actor, **limits: Any) -> None:
    """A mentor's places in this round; `limits` may hold `only_cohort` and `only_gender`, set before opening.

    After closing it changes the frozen input, so a proposal falls. Raises DomainError `quota_out_of_range`,
    `quota_over_places`, `round_not_in_plan`, `limits_fixed`, `invalid_transition`.
    """
    check_quota(lower, upper)
    _check_room(mentor, upper)
    with Deed(audit.QUOTA, actor, mentor=mentor.code, lower=lower, upper=upper) as deed:
        row = hold(mentor.round)
        if row.state in {RoundState.OPEN, RoundState.ANSWERING}:
            raise DomainError("quota_while_open", "填报期间名额不变。请截止以后再改，改完重新运算。")
        if row.state in IN_PREPARATION:
            _edit(row)
        elif any(getattr(mentor, name) != value for name, value in limits.items()):
            raise DomainError("limits_fixed", "开启以后，「只带」的范围不能再改。这一次没有保存。")
        by_hand = mentor.by_hand or (lower, upper) != (mentor.lower, mentor.upper)
        RoundMentor.objects.filter(pk=mentor.pk).update(lower=lower, upper=upper, by_hand=by_hand, **limits)
        if row.state != RoundState.DRAFT:
            input_changed(row)
        deed.about = row


def _check_room(mentor: RoundMentor, upper: int) -> None:
    row = mentor.round
    before, _ = neighbours(row)
    given = places_of(policy_in_force(row.school, row.year), [mentor.staff], row.cohorts.all())[
        mentor.staff_id
    ]
    if upper > given:
        raise DomainError(
            "round_not_in_plan",
            f"《{row.year} 学年匹配办法》给{mentor.staff}的名额是 {given} 人，这一轮写了 {upper} 人。"
            "请写少一些，或者请校领导在「匹配 → 学年匹配办法」里先改办法。",
            field="upper",
        )
    free = room(row, [mentor.staff])[mentor.staff_id] if before is None else left_over(mentor)
    if upper > free:
        raise DomainError(
            "quota_over_places",
            f"{mentor.staff}还剩 {free} 个名额，这一轮至多 {free} 人。要更多，请先在教职工名册里调整名额。",
            field="upper",
        )


def check(row: Round, *, actor: Actor) -> tuple[str, ...]:
    """Prove that everybody can be given a mentor. Returns what stands in the way, or moves the round to 可行 and
    returns nothing. The first round's proof is the programme's.

    Raises DomainError `round_waits`, `invalid_transition`.
    """
    _check_turn(row)
    found = obstacles(row)
    event = "edit" if found else "check"
    with Deed(audit.CHECKED, actor, about=row, obstacles=len(found)):
        hold(row)
        step(row, event)
        if neighbours(row)[0] is None:
            programme = Programme.objects.get(pk=row.programme_id)
            if programme.state != ProgrammeState.RUNNING:
                advance(programme, event)
    row.programme.refresh_from_db()
    return found


def _check_turn(row: Round) -> None:
    before, _ = neighbours(row)
    if before and before.state not in SETTLED_ROUNDS:
        raise DomainError(
            "round_waits",
            f"这一轮接着「{before}」，那一轮现在是「{before.get_state_display()}」。请先把它确认了，再来开这一轮。",
        )


def open_round(row: Round, *, actor: Actor) -> None:
    """Let the students (and mentors) say what they wish, and tell them. 行政指派 has nothing to fill in: its input
    is frozen at once.

    Raises DomainError `deadline_past`, `pool_outdated`, `mentor_out`, `already_in_round`, `round_not_in_plan`,
    `round_infeasible`, `round_waits`, `invalid_transition`.
    """
    with Deed(audit.OPENED, actor, about=row) as deed:
        if hold(row).state == RoundState.DRAFT:
            raise DomainError("invalid_transition", UNCHECKED)
        step(row, "open", opened_at=now())
        _check_turn(row)
        if row.way.fills_in:
            check_deadline(row.closes_at)
        policy = ensure_policy(row.school, row.year)
        check_policy(row, policy)
        check_places(row, policy)
        _check_pool(row)
        found = obstacles(row)
        if found:
            raise DomainError("round_infeasible", " ".join(found))
        Programme.objects.filter(pk=row.programme_id).update(policy=policy)
        Round.objects.filter(pk=row.pk).update(policy=policy)
        row.policy = policy
        row.programme.refresh_from_db()
        advance(row.programme, "open")
        students = row.students.filter(left_at__isnull=True).count()
        if row.way.fills_in:
            notices.opened(row)
        else:
            freeze(row)
        deed.note(students=students)


def _check_pool(row: Round) -> None:
    mentors = list(row.mentors.filter(upper__gt=0).select_related("staff__person"))
    out = set(out_of_pool(row.school_id, [mentor.staff_id for mentor in mentors]))
    if out:
        names = "、".join(str(mentor) for mentor in mentors if mentor.staff_id in out)
        raise DomainError(
            "mentor_out",
            f"{names}现在不任导师。请点「更新名单」，检查可行性后再开启；或者把老师的名额改成 0。",
        )
    if row.programme.kind == ProgrammeKind.NEW:
        settled = Mentorship.objects.filter(
            OPEN, kind=Kind.PRIMARY, student__in=row.students.values("student")
        )
        if settled.exists():
            raise DomainError(
                "pool_outdated",
                f"名单里有 {settled.count()} 名学生已经有导师了。请先点「更新名单」，检查后再开启。",
            )
    elsewhere = RoundStudent.objects.filter(
        student__in=row.students.values("student"), left_at__isnull=True, round__state__in=UNDER_WAY
    ).exclude(round__programme=row.programme_id)
    first = elsewhere.select_related("round").first()
    if first:
        raise DomainError(
            "already_in_round",
            f"名单里有 {elsewhere.count()} 名学生正在「{first.round}」里。请先公布或作废那一轮。",
        )


def close_round(row: Round, *, actor: Actor) -> None:
    """End the filling in (in 双向选择 the mentors' answers), freeze the input and publish its fingerprint."""
    with Deed(audit.CLOSED, actor, about=row, commitment=row.commitment):
        hold(row)
        step(row, "close", closed_at=now())
        freeze(row)
        notices.closed(row)


def drop_student(mine: RoundStudent, *, reason: str, actor: Actor, cause: str = Exempt.OTHER) -> None:
    """A student is given no mentor by this programme, for a cause from the list and a note. His wishes stay on record.

    Raises DomainError `needs_reason`, `already_settled`.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError("needs_reason", "请写明这名学生为什么退出本轮。", field="reason")
    with Deed(
        audit.STUDENT_LEFT, actor, subjects=[mine.student_id], reason=in_words(reason), cause=cause
    ) as deed:
        row = hold(mine.round)
        if row.state in SETTLED_ROUNDS:
            raise DomainError("already_settled", "这一轮已经确认，名单不再变动。请在后面的轮次里登记。")
        if row.state in IN_PREPARATION:
            _edit(row)
        left = RoundStudent.objects.filter(pk=mine.pk, left_at__isnull=True).update(
            left_at=now(), left_reason=reason[:100], left_cause=cause
        )
        if not left:
            return deed.nothing()
        _keeps_his_place(mine)
        if cause != ARRANGED and not mine.student.mentorships.filter(ACTIVE_PRIMARY).exists():
            until = min(row.year.ends_on, today() + LONGEST_REVIEW)
            exempt(mine.student, reason=cause, until=until, by=actor.person_id, actor=actor)
        if row.state not in {RoundState.DRAFT, RoundState.OPEN, RoundState.ANSWERING}:
            if row.students.filter(left_at__isnull=True).exists():
                input_changed(row)
            else:
                _nobody_left(row)
        deed.about = row
    return None


def _keeps_his_place(mine: RoundStudent) -> None:
    """In a review who leaves stays with the mentor he has, who so has a place less for the others."""
    if mine.present_id:
        RoundMentor.objects.filter(pk=mine.present_id, upper__gt=0).update(
            upper=F("upper") - 1, lower=Least("lower", F("upper") - 1)
        )


def _nobody_left(row: Round) -> None:
    """The last student of a closed round has gone: there is nothing to compute, the round is over."""
    row.runs.filter(state=State.DONE).update(state=State.DROPPED)
    step(row, "void", void_reason="这一轮的学生都已登记原因退出")
    before, _ = neighbours(row)
    if before is not None:
        look_ready(before)


def void_round(row: Round, *, reason: str, actor: Actor) -> None:
    """Give the round up, for a reason; with its only round the programme goes too. Wishes stay on record.

    The next round takes over whom this one had.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError("needs_reason", "请写明作废的原因。", field="reason")
    told = row.state in UNDER_WAY
    with Deed(audit.VOIDED, actor, about=row, reason=reason) as deed:
        held = hold(row)
        if live_rounds(held.programme) == [held]:
            abort_programme(held.programme, reason=reason, actor=actor)
            row.refresh_from_db()
            return deed.nothing()  # what is in the log is the end of the programme
        _, after = neighbours(held)
        step(row, "void", void_reason=reason[:200])
        drop(row.runs.all())
        if told:
            notices.tell_students(
                students_of(row).filter(left_at__isnull=True),
                f"「{row.title}」已取消，之后怎么安排请等学校通知",
                school=row.school_id,
                url=reverse("rounds:mine"),
            )
        if after and after.state in IN_PREPARATION:
            pool.fill(after)
        _after_voiding(held)
    return None


def _after_voiding(row: Round) -> None:
    programme = Programme.objects.get(pk=row.programme_id)
    rounds = live_rounds(programme)
    done = [other for other in rounds if other.has_result]
    if done:
        look_ready(done[-1])
    elif programme.state in {ProgrammeState.DRAFT, ProgrammeState.FEASIBLE}:
        advance(programme, "edit")
