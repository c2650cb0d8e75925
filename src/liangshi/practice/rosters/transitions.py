"""A list of relations that were there before us."""

from liangshi.registry.access.transitions import BEGINS
from liangshi.registry.mentorships.choices import Origin

BEGINS.row(Origin.IMPORTED, rest="学校早就这样安排、大家都知道的，只是录进来")
