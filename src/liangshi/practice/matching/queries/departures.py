"""Where a round leaves the school's policy of the year."""

from __future__ import annotations

from liangshi.practice.matching.models import Round, RoundMentor
from liangshi.practice.plans.models import Policy
from liangshi.practice.plans.queries import places_of


def departures(policy: Policy, row: Round) -> list[str]:
    """Where the settings of a round leave the policy, a phrase each."""
    found = []
    if row.mode not in policy.modes:
        found.append(f"方式「{row.get_mode_display()}」没有列在里面（列的是{'、'.join(policy.mode_labels)}）")
    if row.lists and row.wish_limit > policy.wish_limit:
        found.append(f"志愿定的是 {policy.wish_limit} 个以内，这一轮是 {row.wish_limit} 个")
    if row.lists and row.avoid_limit > policy.avoid_limit:
        found.append(f"回避定的是 {policy.avoid_limit} 位以内，这一轮是 {row.avoid_limit} 位")
    if row.way.aims and row.aim != policy.aim:
        found.append(
            f"目标定的是「{policy.get_aim_display()}」，这一轮是「{row.get_aim_display()}」，点「更新名单」就一致"
        )
    return found


def crowded(policy: Policy, row: Round) -> list[RoundMentor]:
    """The mentors of a round who have more places in it than the policy gives them."""
    mentors = list(RoundMentor.objects.of(round=row).select_related("staff__person"))
    places = places_of(policy, [mentor.staff for mentor in mentors], row.cohorts.all())
    return [mentor for mentor in mentors if mentor.upper > places[mentor.staff_id]]
