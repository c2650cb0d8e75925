"""Years and dates of schools."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.registry.schools.grades import year_start_of
from liangshi.registry.schools.models import CompulsoryField, School, SchoolYear


def current_year_start() -> int:
    return year_start_of(today())


def year_of(school: School, day: dt.date | None = None) -> SchoolYear | None:
    """The school's year that holds `day` (default today), if it has been opened."""
    return SchoolYear.objects.filter(school=school, start_year=year_start_of(day or today())).first()


def compulsory_fields(school_id: UUID, form: str) -> frozenset[str]:
    """The otherwise optional fields of a form that this school wants filled in."""
    rows = CompulsoryField.objects.filter(school_id=school_id, form=form)
    return frozenset(rows.values_list("field", flat=True))
