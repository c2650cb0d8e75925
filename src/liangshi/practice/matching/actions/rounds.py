"""Build a round, prove it possible, open it, close it, void it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.states import move
from liangshi.foundation.notices.actions import tell_people
from liangshi.pairing.problem import ProblemError
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions import pool
from liangshi.practice.matching.choices import (
    IN_PREPARATION,
    MAX_AVOID,
    MAX_WISHES,
    MOVE_LABELS,
    MOVES,
    UNDER_WAY,
    UNFINISHED,
    Aim,
    RoundState,
    RunState,
)
from liangshi.practice.matching.models import Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries import commitment_of, free_places, obstacles, students_of
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.choices import POLICY_CAP, Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import OPEN
from liangshi.registry.schools.models import Cohort, School
from liangshi.registry.schools.queries import year_of


def step(row: Round, event: str, **also: Any) -> None:
    move(row, event, MOVES, MOVE_LABELS, **also)


def create_round(
    *,
    actor: Actor,
    title: str,
    cohorts: Sequence[Cohort],
    closes_at: dt.datetime,
    wish_limit: int = MAX_WISHES,
    avoid_limit: int = MAX_AVOID,
    aim: Aim = Aim.SUM,
    lower: int = 0,
    upper: int = POLICY_CAP,
) -> Round:
    """A draft with its pool: all mentors of the school, all students of the cohorts who have no mentor.

    Raises DomainError `no_year`, `no_cohorts`, `no_students`, `no_mentors`, `round_exists`, or one of the
    settings' own refusals.
    """
    school = School.objects.get(pk=actor.own_school)
    year = year_of(school)
    if year is None:
        raise DomainError("no_year", "本学年还没有建立。请先在校历里建立学年，再来匹配。")
    if not cohorts or any(cohort.school_id != school.pk for cohort in cohorts):
        raise DomainError("no_cohorts", "请至少选一个年级。", field="cohorts")
    fields: dict[str, Any] = {
        "title": title.strip(),
        "closes_at": closes_at,
        "wish_limit": wish_limit,
        "avoid_limit": avoid_limit,
        "aim": aim,
        "lower": lower,
        "upper": upper,
    }
    _check_settings(**fields)
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Round.objects.create(
                    school=school, year=year, seq=Round.objects.filter(year=year).count() + 1, **fields
                )
        except IntegrityError as problem:
            raise _same_title(title) from problem
        row.cohorts.set(cohorts)
        pool.fill(row)
        if not row.students.exists():
            raise DomainError(
                "no_students", "所选年级的在校学生都已经有导师了，不需要再匹配。", field="cohorts"
            )
        if not row.mentors.exists():
            raise DomainError("no_mentors", "学校还没有可任导师的老师。请先导入教职工名册。")
        record(audit.CREATED, actor, obj=str(row.pk), title=row.title)
    return row


def _same_title(title: str) -> DomainError:
    return DomainError(
        "round_exists",
        f"本学年已经有「{title.strip()}」了。如果刚才点了两次，它已经建好；要再建一轮，请换个名称。",
        field="title",
    )


def _check_settings(
    *,
    title: str,
    closes_at: dt.datetime,
    wish_limit: int,
    avoid_limit: int,
    aim: str,
    lower: int,
    upper: int,
) -> None:
    if not title:
        raise DomainError("no_title", "请给这一轮起个名称，比如「2026级导师匹配」。", field="title")
    _check_deadline(closes_at)
    if not 1 <= wish_limit <= MAX_WISHES:
        raise DomainError("bad_wish_limit", f"志愿数是 1 到 {MAX_WISHES}。", field="wish_limit")
    if not 0 <= avoid_limit <= MAX_AVOID:
        raise DomainError("bad_avoid_limit", f"可回避人数是 0 到 {MAX_AVOID}。", field="avoid_limit")
    if aim not in Aim.values:
        raise DomainError("bad_aim", "请从列表里选一个目标。", field="aim")
    _check_quota(lower, upper)


def _check_deadline(closes_at: dt.datetime) -> None:
    if closes_at <= now():
        raise DomainError("deadline_past", "截止时间要在现在以后。", field="closes_at")


def _check_quota(lower: int, upper: int) -> None:
    if not 0 <= lower <= upper <= POLICY_CAP:
        raise DomainError(
            "quota_out_of_range",
            f"名额要满足 0 ≤ 至少 ≤ 至多 ≤ {POLICY_CAP}，现在是至少 {lower}、至多 {upper}。",
            field="upper",
        )


def change_settings(row: Round, *, actor: Actor, **fields: Any) -> None:
    """Change title, aim, deadline, limits or the usual quota of a round in preparation.

    A changed usual quota is given to every mentor, as far as he has places. Raises DomainError.
    """
    quota = (row.lower, row.upper)
    names = ("title", "closes_at", "wish_limit", "avoid_limit", "aim", "lower", "upper")
    _check_settings(**({name: getattr(row, name) for name in names} | fields))
    with transaction.atomic():
        try:
            with transaction.atomic():
                step(row, "edit", **fields)
        except IntegrityError as problem:
            raise _same_title(str(fields["title"])) from problem
        if (row.lower, row.upper) != quota:
            mentors = list(row.mentors.all())
            free = free_places(mentor.staff_id for mentor in mentors)
            for mentor in mentors:
                mentor.lower, mentor.upper = pool.fitting(row, free.get(mentor.staff_id, 0))
            RoundMentor.objects.bulk_update(mentors, ["lower", "upper"], batch_size=pool.BATCH)
        record(audit.CHANGED, actor, obj=str(row.pk), fields=fields)


def set_deadline(row: Round, closes_at: dt.datetime, *, actor: Actor) -> None:
    """Move the deadline of an open round."""
    _check_deadline(closes_at)
    with transaction.atomic():
        if not Round.objects.filter(pk=row.pk, state=RoundState.OPEN).update(closes_at=closes_at):
            raise DomainError("not_open", "只有填报中的轮次能改截止时间。这一轮已经不在填报中了。")
        record(audit.CHANGED, actor, obj=str(row.pk), closes_at=closes_at)


def refresh(row: Round, *, actor: Actor) -> None:
    """Take students and mentors afresh from the rosters; only before opening."""
    with transaction.atomic():
        step(row, "edit")
        pool.fill(row)
        record(audit.REFRESHED, actor, obj=str(row.pk))


def set_quota(mentor: RoundMentor, *, lower: int, upper: int, actor: Actor) -> None:
    """A mentor's places in this round. After closing it changes the frozen input, so a proposal falls.

    Raises DomainError `quota_out_of_range`, `quota_over_places`, `invalid_transition`.
    """
    _check_quota(lower, upper)
    free = free_places([mentor.staff_id]).get(mentor.staff_id, 0)
    if upper > free:
        raise DomainError(
            "quota_over_places",
            f"{mentor.staff}还剩 {free} 个名额，这一轮至多 {free} 人。要更多，请先在教职工名册里调整名额。",
            field="upper",
        )
    with transaction.atomic():
        row = Round.objects.select_for_update().get(pk=mentor.round_id)
        if row.state == RoundState.OPEN:
            raise DomainError("quota_while_open", "填报期间名额不变。请截止以后再改，改完重新运算。")
        if row.state in IN_PREPARATION:
            step(row, "edit")
        RoundMentor.objects.filter(pk=mentor.pk).update(lower=lower, upper=upper)
        if row.state != RoundState.DRAFT:
            input_changed(row)
        record(audit.QUOTA, actor, obj=str(row.pk), mentor=mentor.code, lower=lower, upper=upper)


def input_changed(row: Round) -> None:
    """What was frozen has changed: a new fingerprint, no draw yet, and no result computed from the old one.

    The announced aim holds again, since another was chosen by the old numbers.

    Raises DomainError `invalid_transition` unless the round is closed or proposed.
    """
    row.runs.filter(state=RunState.DONE).update(state=RunState.DROPPED)
    step(row, "reopen_input", commitment=_fingerprint(row), draw="", chosen_aim="")


def _fingerprint(row: Round) -> str:
    try:
        return commitment_of(row)
    except ProblemError as problem:
        raise DomainError(problem.code, problem.message) from problem


def check(row: Round, *, actor: Actor) -> tuple[str, ...]:
    """Prove the round possible. Returns what stands in the way, or moves it to 可行 and returns nothing."""
    found = obstacles(row)
    with transaction.atomic():
        step(row, "edit" if found else "check")
        record(audit.CHECKED, actor, obj=str(row.pk), obstacles=len(found))
    return found


def open_round(row: Round, *, actor: Actor) -> None:
    """Let the students wish, and tell them.

    Raises DomainError `deadline_past`, `pool_outdated`, `already_in_round`, `round_infeasible`,
    `invalid_transition`.
    """
    with transaction.atomic():
        step(row, "open", opened_at=now())
        _check_deadline(row.closes_at)
        _check_pool(row)
        found = obstacles(row)
        if found:
            raise DomainError("round_infeasible", " ".join(found))
        people = list(students_of(row).values_list("student__person_id", flat=True))
        tell_people(
            people,
            title=f"「{row.title}」开始填报，{_when(row.closes_at)}截止",
            url=reverse("rounds:my_round", args=[row.pk]),
        )
        record(audit.OPENED, actor, obj=str(row.pk), students=len(people))


def _check_pool(row: Round) -> None:
    settled = Mentorship.objects.filter(OPEN, kind=Kind.PRIMARY, student__in=row.students.values("student"))
    if settled.exists():
        raise DomainError(
            "pool_outdated",
            f"名单里有 {settled.count()} 名学生已经有导师了。请先点「更新名单」，检查后再开启。",
        )
    elsewhere = RoundStudent.objects.filter(
        student__in=row.students.values("student"), left_at__isnull=True, round__state__in=UNDER_WAY
    ).exclude(round=row)
    first = elsewhere.select_related("round").first()
    if first:
        raise DomainError(
            "already_in_round",
            f"名单里有 {elsewhere.count()} 名学生正在「{first.round}」里。请先公布或作废那一轮。",
        )


def _when(moment: dt.datetime) -> str:
    local = localtime(moment)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M} "


def close_round(row: Round, *, actor: Actor) -> None:
    """End the wishing, freeze the input and publish its fingerprint."""
    with transaction.atomic():
        step(row, "close", closed_at=now())
        Round.objects.filter(pk=row.pk).update(commitment=_fingerprint(row))
        row.refresh_from_db()
        record(audit.CLOSED, actor, obj=str(row.pk), commitment=row.commitment)


def drop_student(mine: RoundStudent, *, reason: str, actor: Actor) -> None:
    """A student leaves the round (transferred, already has a mentor …). His wishes stay on record."""
    reason = reason.strip()
    if not reason:
        raise DomainError("needs_reason", "请写明这名学生为什么退出本轮。", field="reason")
    with transaction.atomic():
        row = Round.objects.select_for_update().get(pk=mine.round_id)
        if row.state in IN_PREPARATION:
            step(row, "edit")
        left = RoundStudent.objects.filter(pk=mine.pk, left_at__isnull=True).update(
            left_at=now(), left_reason=reason[:100]
        )
        if not left:
            return
        if row.state not in {RoundState.DRAFT, RoundState.OPEN}:
            input_changed(row)
        record(audit.STUDENT_LEFT, actor, obj=str(row.pk), subjects=[mine.student_id], reason=reason)


def void_round(row: Round, *, reason: str, actor: Actor) -> None:
    """Give the round up, for a reason. Wishes stay on record; nobody gets a mentor from it."""
    reason = reason.strip()
    if not reason:
        raise DomainError("needs_reason", "请写明作废的原因。", field="reason")
    told = row.state in UNDER_WAY
    with transaction.atomic():
        step(row, "void", void_reason=reason[:200])
        row.runs.filter(state__in=UNFINISHED).update(state=RunState.DROPPED, finished_at=now())
        if told:
            staying = students_of(row).filter(left_at__isnull=True)
            tell_people(
                staying.values_list("student__person_id", flat=True),
                title=f"「{row.title}」已取消，之后怎么安排请等学校通知",
                url=reverse("rounds:mine"),
            )
        record(audit.VOIDED, actor, obj=str(row.pk), reason=reason)
