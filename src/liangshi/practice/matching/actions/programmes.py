"""Build a programme, add rounds to it, confirm them one after the other, give it up, let time pass over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.foundation.jobs import drop
from liangshi.foundation.notices.actions import settle_office
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions import notices, pool
from liangshi.practice.matching.actions.inputs import pass_on
from liangshi.practice.matching.actions.settings import check_settings
from liangshi.practice.matching.actions.states import advance, hold, step
from liangshi.practice.matching.choices import (
    IN_PREPARATION,
    UNDER_WAY,
    ProgrammeKind,
    ProgrammeState,
    RoundState,
)
from liangshi.practice.matching.models import Programme, Round, RoundStudent, Run
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.queries.programmes import (
    falls_on,
    live_rounds,
    neighbours,
    no_more_rounds,
    reopens,
)
from liangshi.practice.matching.queries.rounds import STAYING
from liangshi.practice.plans.actions import ensure_policy
from liangshi.practice.plans.choices import Mode
from liangshi.practice.plans.models import Policy
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.schools.choices import YearState
from liangshi.registry.schools.models import Cohort, School
from liangshi.registry.schools.queries import year_of


def create_programme(
    *,
    actor: Actor,
    title: str,
    cohorts: Sequence[Cohort],
    closes_at: dt.datetime | None = None,
    mode: str = Mode.WISHES,
    kind: str = ProgrammeKind.NEW,
    **settings: Any,
) -> Round:
    """A draft programme with its first round and the pool. Settings that are not given come from the policy.

    Raises DomainError `no_year`, `no_cohorts`, `no_students`, `no_mentors`, `programme_exists`, `mode_unfit`,
    `round_not_in_plan`, or one of the settings' own refusals.
    """
    school = School.objects.get(pk=actor.own_school)
    year = year_of(school)
    if year is None:
        raise DomainError("no_year", "本学年还没有建立。请先在校历里建立学年，再来匹配。")
    if not cohorts or any(cohort.school_id != school.pk for cohort in cohorts):
        raise DomainError("no_cohorts", "请至少选一个年级。", field="cohorts")
    title = title.strip()
    with Deed(audit.CREATED, actor) as deed:
        policy = ensure_policy(school, year)
        programme = Programme(school=school, year=year, title=title, kind=kind, policy=policy)
        row = _round(programme, policy, mode=mode, title=title, closes_at=closes_at, **settings)
        check_settings(row, policy)
        try:
            with transaction.atomic():
                programme.save(force_insert=True)
        except IntegrityError as problem:
            raise same_title(title) from problem
        programme.cohorts.set(cohorts)
        row.save(force_insert=True)
        _fill_first(row)
        deed.about = row
        deed.note(title=row.title, mode=row.mode)
    return row


def same_title(title: str) -> DomainError:
    return DomainError(
        "round_exists",
        f"本学年已经有「{title.strip()}」了。如果刚才点了两次，它已经建好；要再建一轮，请换个名称。",
        field="title",
    )


def _fill_first(row: Round) -> None:
    pool.fill(row)
    if not row.students.exists():
        already = row.programme.kind == ProgrammeKind.NEW
        why = "都已经有导师了，不需要再匹配" if already else "现在都没有导师，请建新配"
        raise DomainError("no_students", f"所选年级的在校学生{why}。", field="cohorts")
    if not row.mentors.exists():
        raise DomainError("no_mentors", "学校还没有可任导师的老师。请先导入教职工名册。")


def _round(programme: Programme, policy: Policy, *, mode: str, title: str, **settings: Any) -> Round:
    """An unsaved round with the policy's settings where none are given. Raises DomainError `mode_unfit`."""
    way = MODES.get(mode)
    if way and way.review_only and programme.kind == ProgrammeKind.NEW:
        raise DomainError(
            "mode_unfit", "新配的学生还没有导师，谈不上续任。续任请放在「复核」里。", field="mode"
        )
    if way and way.keeps and settings.get("closes_at") is None:
        settings["closes_at"] = suggested_deadline(mode, policy)
    if way and not way.fills_in:
        settings["closes_at"] = None
    defaults = {"wish_limit": policy.wish_limit, "avoid_limit": policy.avoid_limit, "aim": policy.aim}
    return Round(
        school=programme.school, year=programme.year, programme=programme, mode=mode, title=title,
        **(defaults | {"lower": 0, "upper": POLICY_CAP} | settings),
    )  # fmt: skip


def add_round(
    programme: Programme, *, mode: str, closes_at: dt.datetime | None = None, actor: Actor, **settings: Any
) -> Round:
    """One more round at the end. Its pool is what the confirmed rounds before it leave.

    A last round that has closed, or has a proposal, no longer places everybody: its wishes and answers stay, its
    proposal is dropped, and it is to be computed anew.

    Raises DomainError `not_growing`, `mode_unfit`, `round_not_in_plan`, or a refusal of the settings.
    """
    with Deed(audit.CREATED, actor) as deed:
        programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
        rounds = live_rounds(programme)
        if refusal := no_more_rounds(programme, rounds):
            raise DomainError("not_growing", refusal)
        if rounds and reopens(programme, rounds[-1]):
            pass_on(hold(rounds[-1]))
            programme.refresh_from_db()
        policy = ensure_policy(programme.school, programme.year)
        seq = (programme.rounds.aggregate(n=Max("seq"))["n"] or 0) + 1
        title = f"{programme.title}·{Mode(mode).label}" if mode in Mode.values else programme.title
        row = _round(programme, policy, mode=mode, title=title[:40], seq=seq, closes_at=closes_at, **settings)
        check_settings(row, policy)
        row.save(force_insert=True)
        pool.fill(row)
        deed.about = row
        deed.note(title=row.title, mode=row.mode)
    return row


def look_ready(row: Round) -> None:
    """After a result: with nobody left over the programme waits to be published, and the rounds that have nobody to
    place are given up. Otherwise it goes on. The caller holds programme and round.
    """
    programme = row.programme
    settled = row.state == RoundState.CONFIRMED or neighbours(row)[1] is None
    if not settled or falls_on(row).exists():
        advance(programme, "resume")
        return
    later = [other for other in live_rounds(programme) if other.seq > row.seq]
    for other in later:
        Round.objects.filter(pk=other.pk, state__in=IN_PREPARATION).update(
            state=RoundState.VOID, void_reason="前面的轮次已经把全部学生安排好了"
        )
    advance(programme, "ready")


def confirm_round(row: Round, *, actor: Actor) -> None:
    """Take a round's proposal as settled: who is left over, and the places that are left, pass to the next round.

    Raises DomainError `invalid_transition`.
    """
    with Deed(audit.CONFIRMED, actor) as deed:
        row = hold(row)
        step(row, "confirm")
        _, after = neighbours(row)
        if after and after.state in IN_PREPARATION:
            pool.fill(after)
        look_ready(row)
        settle_office(row.school_id, f"round:{row.pk}")
        deed.about = row
        deed.note(falls_on=falls_on(row).count())


def abort_programme(programme: Programme, *, reason: str, actor: Actor) -> None:
    """Give the whole programme up, for a reason. Wishes stay on record; nobody gets a mentor from it."""
    reason = reason.strip()
    if not reason:
        raise DomainError("needs_reason", "请写明中止的原因。", field="reason")
    with Deed(audit.ABORTED, actor, about=programme, reason=reason):
        advance(programme, "abort", abort_reason=reason[:200])
        rounds = programme.rounds.exclude(state=RoundState.VOID)
        told = rounds.filter(state__in=UNDER_WAY)
        notices.tell_students(
            RoundStudent.objects.filter(STAYING, round__in=told),
            f"「{programme.title}」已取消，之后怎么安排请等学校通知",
            school=programme.school_id,
            url=reverse("rounds:mine"),
        )
        drop(Run.objects.filter(round__in=rounds))
        rounds.update(state=RoundState.VOID, void_reason=reason[:200])


def let_time_pass() -> None:
    """The trial weeks of a programme end; with its year it closes. Run daily."""
    over = Programme.objects.filter(state=ProgrammeState.TRIAL, trial_until__lte=today())
    for programme in over:
        with Deed(audit.SETTLED, CLOCK, school=programme.school_id, about=programme):
            advance(programme, "settle")
    ended = Programme.objects.filter(state=ProgrammeState.SETTLED, year__state=YearState.CLOSED)
    for programme in ended:
        with Deed(audit.CLOSED_WITH_YEAR, CLOCK, school=programme.school_id, about=programme):
            advance(programme, "close")


CLOCK = Machine("日历")  # acts in the log for what only time does


def suggested_deadline(mode: str, policy: Policy) -> dt.datetime | None:
    """The day a round would usually end: a week, or the days of the policy for objections."""
    days = MODES[mode].days(policy.objection_days)
    return None if days is None else now() + dt.timedelta(days)
