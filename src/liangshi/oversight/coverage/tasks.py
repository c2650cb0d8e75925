"""The daily look at who has no mentor."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import daily
from liangshi.foundation.notices.actions import tell_office
from liangshi.oversight.coverage.queries import without_mentor
from liangshi.registry.access.choices import Role


@daily
def tell_who_has_no_mentor() -> None:
    """Tell each school's office how many students have no mentor (transfer in, mentor left): within a day."""
    for school, number in without_mentor(today()).items():
        tell_office(
            school,
            (Role.LEADER, Role.CLERK),
            title=f"有 {number} 名学生还没有导师",
            url=f"{reverse('dossier:students')}?mentor=no",
            key="no-mentor",
        )
