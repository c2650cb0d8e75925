"""The ways of matching, one module each. A new one is a module here, a line below and a `Mode` in `practice.plans`."""

from liangshi.practice.matching.modes.assign import Assign
from liangshi.practice.matching.modes.clubs import Clubs
from liangshi.practice.matching.modes.keeping import Keeping
from liangshi.practice.matching.modes.two_sided import TwoSided
from liangshi.practice.matching.modes.way import Way
from liangshi.practice.matching.modes.wishes import Wishes

MODES: dict[str, Way] = {way.mode.value: way for way in (Wishes(), TwoSided(), Clubs(), Keeping(), Assign())}
LISTING = frozenset(mode for mode, way in MODES.items() if way.lists)  # students rank mentors
