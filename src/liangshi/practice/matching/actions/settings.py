"""What a round's settings may be, by themselves and by the school's policy of the year."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.base.clock import deadline, now
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.matching.models import Round
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.queries.departures import crowded, departures
from liangshi.practice.plans.choices import MAX_AVOID, MAX_WISHES, Aim
from liangshi.practice.plans.models import Policy
from liangshi.registry.mentorships.choices import POLICY_CAP


def check_settings(row: Round, policy: Policy) -> None:
    """Raises DomainError, each with the field it is about; `round_not_in_plan` names policy and place."""
    if not row.title:
        raise DomainError("no_title", "请给这一轮起个名称，比如「2026级导师匹配」。", field="title")
    if row.mode not in MODES:
        raise DomainError("bad_mode", "请从列表里选一种方式。", field="mode")
    if row.way.fills_in:
        check_deadline(row.closes_at)
    if not 1 <= row.wish_limit <= MAX_WISHES:
        raise DomainError("bad_wish_limit", f"志愿数是 1 到 {MAX_WISHES}。", field="wish_limit")
    if not 0 <= row.avoid_limit <= MAX_AVOID:
        raise DomainError("bad_avoid_limit", f"可回避人数是 0 到 {MAX_AVOID}。", field="avoid_limit")
    if row.aim not in Aim.values:
        raise DomainError("bad_aim", "请从列表里选一个目标。", field="aim")
    check_quota(row.lower, row.upper)
    check_policy(row, policy)


def check_policy(row: Round, policy: Policy) -> None:
    """Raises DomainError `round_not_in_plan` where the round's settings are not those of the policy (R42)."""
    found = departures(policy, row)
    if found:
        raise _not_in_plan(policy, "；".join(found))


def check_places(row: Round, policy: Policy) -> None:
    """Raises DomainError `round_not_in_plan` when a mentor has more places than the policy gives him."""
    over = crowded(policy, row)
    if over:
        names = "、".join(f"{mentor}（{mentor.upper}）" for mentor in over[:5])
        raise _not_in_plan(policy, f"有 {len(over)} 位导师的名额超过了办法定的数：{names}")


def _not_in_plan(policy: Policy, what: str) -> DomainError:
    return DomainError(
        "round_not_in_plan",
        f"和《{policy.year} 学年匹配办法》不一致：{what}。"
        "请把这一轮改成一致，或者请校领导在「匹配 → 学年匹配办法」里先改办法。",
    )


def check_deadline(closes_at: dt.datetime | None) -> None:
    if closes_at is None:
        raise DomainError("no_deadline", "请写明截止时间。", field="closes_at")
    if closes_at <= now():
        raise DomainError("deadline_past", "截止时间要在现在以后。", field="closes_at")


def check_quota(lower: int, upper: int) -> None:
    if not 0 <= lower <= upper <= POLICY_CAP:
        raise DomainError(
            "quota_out_of_range",
            f"名额要满足 0 ≤ 至少 ≤ 至多 ≤ {POLICY_CAP}，现在是至少 {lower}、至多 {upper}。",
            field="upper",
        )


def when(end: dt.datetime) -> str:
    return f"{deadline(end)} "
