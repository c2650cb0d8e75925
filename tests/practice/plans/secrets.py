"""What the policy of a year plants: nothing, it is for the whole office."""

from __future__ import annotations

from tests.walk.world import Side

PUBLIC = {
    "plans.Policy.modes": "codes of modes",
    "plans.Policy.grade_places": "numbers by grade",
}


def plant(side: Side) -> None:
    pass
