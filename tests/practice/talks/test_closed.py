"""What a closed year takes: nothing by a page that names nobody."""

from __future__ import annotations

import datetime as dt
import uuid

from liangshi.practice.talks.actions.activities import arrange_activity
from liangshi.registry.schools.choices import YearState
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import SchoolYear
from tests.cast import Cast
from tests.practice.talks.desk import Desk, refused


def test_an_activity_for_nobody_is_not_written_into_a_closed_year(cast: Cast) -> None:
    start = current_year_start() - 1
    SchoolYear.objects.create(school=cast.own.school, start_year=start, state=YearState.CLOSED)
    day = dt.date(start, 11, 3)
    for students in ([], [cast.own.student.pk]):
        problem = refused(
            lambda students=students: arrange_activity(  # type: ignore[misc]
                name="读书会", day=day, students=students, key=uuid.uuid4(), actor=Desk(cast).mentor
            )
        )
        assert problem.code == "year_closed"
