"""Absences at the change of the year: none ends with it, and whoever is back since needs nobody who stands in."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from liangshi.practice.relations.choices import AbsenceState
from liangshi.practice.relations.models import Absence
from liangshi.registry.mentorships.models import Interim
from liangshi.registry.people.choices import StaffState
from liangshi.registry.schools.rollover import Entry, Part, RowKey, take_part


def _put_back(entries: Collection[Entry]) -> set[RowKey]:
    """Interim care in an absence that has ended since stays ended: the mentor has his student himself."""
    keys = [
        row.key for row in entries if row.model is Interim and row.old and row.old.get("ends_on", 0) is None
    ]
    over = Absence.objects.filter(
        state=AbsenceState.BACK,
        staff=OuterRef("mentorship__mentor"),
        staff__state=StaffState.ON_DUTY,
        starts_on__lte=OuterRef("starts_on"),
        ended_on__gte=OuterRef("ends_on"),
    )
    rows = Interim.objects.filter(Exists(over), pk__in=keys)
    return {(Interim, str(key)) for key in rows.values_list("pk", flat=True)}


take_part("practice.relations", Part(put_back=_put_back))
