"""What a school has decided for its year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Row
from liangshi.practice.plans.choices import MAX_AVOID, MAX_DAYS, MAX_WEIGHT, MAX_WISHES, Aim, Keep, Mode
from liangshi.registry.mentorships.choices import MAX_CO, POLICY_CAP
from liangshi.registry.people.models import Person
from liangshi.registry.schools.models import School, SchoolYear


def _all_modes() -> list[str]:
    return [mode.value for mode in Mode]


class Policy(Row):
    """学年匹配办法: what the school has decided for a year. Never changed: a new version takes its place.

    `modes` in the order in which the school would use them; `grade_places` maps 高一, 高二, 高三 to places.
    """

    holds = Holds(c1="modes grade_places aim keep")
    school = models.ForeignKey(School, models.PROTECT, related_name="policies")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="policies")
    version = models.PositiveSmallIntegerField("版本", default=1)
    modes = models.JSONField("方式", default=_all_modes)
    teacher_places = models.PositiveSmallIntegerField("专任教师", default=POLICY_CAP)
    manager_places = models.PositiveSmallIntegerField("行政兼课", default=POLICY_CAP)
    adviser_places = models.PositiveSmallIntegerField("班主任", default=POLICY_CAP)
    grade_places = models.JSONField("各年级", default=dict, blank=True)
    wish_limit = models.PositiveSmallIntegerField("志愿数", default=MAX_WISHES)
    avoid_limit = models.PositiveSmallIntegerField("可回避人数", default=MAX_AVOID)
    aim = models.CharField("目标", max_length=10, choices=Aim, default=Aim.SUM)
    meet = models.PositiveSmallIntegerField("见得到面", default=0)
    even = models.PositiveSmallIntegerField("均衡", default=0)
    keep = models.CharField("原有关系", max_length=8, choices=Keep, default=Keep.FIRST)
    pass_on = models.BooleanField("没有如愿的转入下一轮", default=True)
    trial_weeks = models.PositiveSmallIntegerField("试谈期周数", default=4)
    change_limit = models.PositiveSmallIntegerField("每学年可申请换导师", default=2)
    co_limit = models.PositiveSmallIntegerField("协同导师", default=MAX_CO)
    objection_days = models.PositiveSmallIntegerField("续任征询天数", default=5)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=["year", "version"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(
                    teacher_places__lte=POLICY_CAP,
                    manager_places__lte=POLICY_CAP,
                    adviser_places__lte=POLICY_CAP,
                ),
                name="policy_within_1_to_15",
            ),
            models.CheckConstraint(
                condition=Q(wish_limit__gte=1, wish_limit__lte=MAX_WISHES, avoid_limit__lte=MAX_AVOID),
                name="policy_wishes_within_limits",
            ),
            models.CheckConstraint(
                condition=Q(meet__lte=MAX_WEIGHT, even__lte=MAX_WEIGHT), name="policy_weights_0_to_3"
            ),
            models.CheckConstraint(
                condition=Q(co_limit__lte=MAX_CO, objection_days__gte=1, objection_days__lte=MAX_DAYS),
                name="policy_days_and_co_mentors",
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} 学年匹配办法（第 {self.version} 版）"

    @property
    def label(self) -> str:
        return f"第 {self.version} 版"

    @property
    def mode_labels(self) -> list[str]:
        return [str(Mode(mode).label) for mode in self.modes]
