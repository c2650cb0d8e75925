"""The day's jobs of this room."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import daily
from liangshi.foundation.notices.actions import tell_office_once
from liangshi.practice.rollover.queries import not_rolled_over
from liangshi.registry.access.choices import Role


@daily
def remind_of_rollovers() -> None:
    """From 1 July the leaders hear, once, of a year that was not rolled over."""
    for year in not_rolled_over(today()):
        tell_office_once(
            year.school_id,
            [Role.LEADER.value],
            title=f"{year.code} 学年还没有结转：高三毕业、升级、下一学年，请在开学前办",
            url=reverse("rollover:rollover", args=[year.pk]),
            key=f"rollover-due:{year.pk}",
        )
