"""Entries of the log that tell of how a student is known. None holds what was written."""

from liangshi.foundation.audit.types import Leaves, declare

PORTRAIT_WRITTEN = declare("portrait.written", "修改自画像", Leaves.NONE)
PORTRAIT_CLEARED = declare("portrait.cleared", "清空自画像", Leaves.NONE)
PORTRAIT_READ = declare("portrait.read", "看自画像", Leaves.NONE, read=True)
AIMS_OPENED = declare("goal.opened", "打开目标或选科的表单", Leaves.NONE, read=True, glance=True)
SHINES_LISTED = declare("shine.listed", "记闪光点时看到", Leaves.NONE, read=True, glance=True)
GOAL_SET = declare("goal.set", "定目标", Leaves.NONE)
GOAL_CLOSED = declare("goal.closed", "目标收尾", Leaves.NONE)
SUBJECTS_CHOSEN = declare("subjects.chosen", "登记选科", Leaves.DETAIL)
WINDOW_SET = declare("subjects.window", "设定选科填报时间", Leaves.NONE)
CAREER_WRITTEN = declare("career.written", "修改生涯记录", Leaves.NONE)
ACTIVITY_ADDED = declare("career.activity", "记生涯活动", Leaves.NONE)
ACTIVITY_REMOVED = declare("career.activity_removed", "删去生涯活动", Leaves.NONE)
SHINE_WRITTEN = declare("shine.written", "记闪光点", Leaves.NONE)
SHINE_VOIDED = declare("shine.voided", "作废闪光点", Leaves.DETAIL)
