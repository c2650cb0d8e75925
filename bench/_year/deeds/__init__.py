"""What people of a school do, each through the action behind its button, on rows that its page would show them.

A deed picks somebody with the dice, does one thing, and says in a few words what it was. `Nothing` where there is nobody
for it, or where whoever would do it does not see the row: then nothing was tried.
"""

from bench._year.deeds import mentors, offices, relations, staff, students, talks
from bench._year.deeds.kinds import KINDS, Kind

__all__ = ["KINDS", "Kind", "mentors", "offices", "relations", "staff", "students", "talks"]
