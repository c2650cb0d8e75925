"""What needs plant: why a student has several mentors."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.base.clock import today
from liangshi.practice.needs.models import Need
from liangshi.registry.mentorships.models import Mentorship
from tests.walk.world import Side

PUBLIC: dict[str, str] = {"needs.Need.asked_as": "the code of a hat"}


def plant(side: Side) -> None:
    """The office, the mentor and the co-mentor read the category; whoever looks after the student does not."""
    row = Need.objects.create(
        student=side.student, category="left", review_on=today() + dt.timedelta(days=90),
        asked_by=side.people["adviser"],
    )  # fmt: skip
    row.strategies.create(strategy="XY", bond=Mentorship.objects.get(student=side.student, kind="co"))
    word = side.mark(
        "needs.Need.category", "office mentor co_mentor",
    )  # fmt: skip
    side.says(Need, "get_category_display", {row.pk: word})
    ended = Need.objects.create(
        student=side.students[2], category="left", review_on=today(), asked_by=side.people["adviser"],
        state="ended", ended_on=today(),
    )  # fmt: skip
    bare = Need.objects.create(
        student=side.students[4], category="left", review_on=today() + dt.timedelta(days=90),
        asked_by=side.people["clerk"], state="approved", decided_by=side.people["leader"],
    )  # fmt: skip
    bare.strategies.create(strategy="XY")  # nobody covers it: the office is asked to find somebody
    side.keys("need", (row, "office mentor co_mentor"), (ended, "office"), (bare, "office"))
