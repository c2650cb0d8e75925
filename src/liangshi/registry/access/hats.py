"""Which hats a person may put on today. Read afresh for every request, so a change holds at once."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.base.guard import as_system
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.actor import Hat
from liangshi.registry.access.audience import children
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.mentorships.queries import IN_POOL, with_standing
from liangshi.registry.people.choices import ACTIVE, LEFT
from liangshi.registry.people.models import ClassPost, Person, Staff, StudentSpan


@as_system("which hats somebody may put on")
def hats_of(person: Person, day: dt.date) -> list[Hat]:
    """All hats in a steady order: granted ones, then those from posts, then student, then guardian."""
    hats: list[Hat] = []
    grants = RoleGrant.objects.filter(span_at(day), person=person).select_related(
        "school", "bureau", "cohort"
    )
    for grant in grants:
        place = grant.school.short_name if grant.school else grant.bureau.short_name if grant.bureau else ""
        if grant.cohort:
            place = f"{place} {grant.cohort}"
        hats.append(
            Hat(
                Role(grant.role),
                place,
                school_id=grant.school_id,
                bureau_id=grant.bureau_id,
                cohort_id=grant.cohort_id,
            )
        )
    posts = with_standing(
        Staff.objects.filter(person=person).exclude(state__in=LEFT).select_related("school"), day
    )
    for staff in posts:
        place = staff.school.short_name
        if ClassPost.objects.filter(span_at(day), staff=staff, is_adviser=True).exists():
            hats.append(Hat(Role.ADVISER, place, school_id=staff.school_id, staff_id=staff.pk))
        mentors = (
            staff.standing == IN_POOL
            or staff.mentorships.filter(span_at(day)).exists()
            or staff.interims.filter(span_at(day)).exists()
        )
        role = Role.MENTOR if mentors else Role.STAFF
        hats.append(Hat(role, place, school_id=staff.school_id, staff_id=staff.pk))
    students = StudentSpan.objects.filter(
        span_at(day), student__person=person, state__in=ACTIVE
    ).select_related("student__school")
    hats += [
        Hat(
            Role.STUDENT,
            span.student.school.short_name,
            school_id=span.student.school_id,
            student_id=span.student_id,
        )
        for span in students
    ]
    if children(person.pk, day).exists():
        hats.append(Hat(Role.GUARDIAN, ""))
    order = list(Role)
    return sorted(hats, key=lambda hat: order.index(hat.role))
