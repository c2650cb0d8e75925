"""Entries of the log that tell of students without a mentor."""

from liangshi.foundation.audit.types import Leaves, declare

WAITING_LISTED = declare("mentor.waiting", "看没有导师的学生", Leaves.NONE, read=True, glance=True)
