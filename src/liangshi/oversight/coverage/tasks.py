"""The daily look at who has no mentor."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import daily
from liangshi.foundation.notices.actions import settle_office, tell_office
from liangshi.oversight.coverage.queries import without_mentor
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.mentorships.choices import NO_MENTOR
from liangshi.registry.schools.models import School


@daily
def tell_who_has_no_mentor() -> None:
    """Tell each school's office how many students have no mentor (transfer in, mentor left): within a day."""
    missing = without_mentor(today())
    for school in School.objects.values_list("pk", flat=True):
        if school not in missing:
            settle_office(school, NO_MENTOR)
            continue
        tell_office(
            school,
            OFFICE,
            title=f"有 {missing[school]} 名学生还没有导师",
            url=reverse("waiting:without_mentor"),
            key=NO_MENTOR,
        )
