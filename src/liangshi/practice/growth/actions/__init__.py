"""The verbs of growth."""

from liangshi.practice.growth.actions.goals import close_goal, set_goal
from liangshi.practice.growth.actions.portraits import (
    add_activity,
    clear_portrait,
    note_read,
    remove_activity,
    write_career,
    write_portrait,
)
from liangshi.practice.growth.actions.shining import drop, void
from liangshi.practice.growth.actions.subjects import choose, set_window

__all__ = [
    "add_activity",
    "choose",
    "clear_portrait",
    "close_goal",
    "drop",
    "note_read",
    "remove_activity",
    "set_goal",
    "set_window",
    "void",
    "write_career",
    "write_portrait",
]
