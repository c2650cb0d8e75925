"""Which hats a person may put on today. Read afresh for every request, so a change holds at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Exists, OuterRef

from liangshi.foundation.base.guard import as_system
from liangshi.foundation.base.models import span_at
from liangshi.foundation.base.wall import everywhere
from liangshi.registry.access.actor import Hat
from liangshi.registry.access.audience import children
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.mentorships.queries import IN_POOL, with_standing
from liangshi.registry.people.choices import ACTIVE, LEFT, StudentState
from liangshi.registry.people.models import Person, Staff, StudentSpan
from liangshi.registry.people.queries import advising
from liangshi.registry.schools.models import School

WITH_A_HAT = ACTIVE | {StudentState.SUSPENDED}  # as a student; in 休学 a hat that reads


@as_system("which hats somebody may put on")
def hats_of(person: Person, day: dt.date, place: str = "") -> list[Hat]:
    """All hats in a steady order: granted ones, then those from posts, then student, then guardian. Where an account is
    narrowed to a `place` (`Account.narrowed_to`), what that place has given him alone."""
    with everywhere("which hats somebody has says which schools he reaches"):
        posts = list(Staff.objects.filter(person=person).select_related("school"))
        hats = [*_granted(person, posts, day), *_from_posts(posts, day), *_of_family(person, day)]
    order = list(Role)
    held = [_narrowed(hat, place) for hat in hats] if place else hats
    return sorted((hat for hat in held if hat), key=lambda hat: order.index(hat.role))


def places_of(person: Person, day: dt.date) -> set[str]:
    """The places that have given somebody his hats: keys of schools, "city"."""
    hats = hats_of(person, day)
    return {place for hat in hats for place in ({str(each) for each in hat.schools} or {hat.chain})}


def _narrowed(hat: Hat, place: str) -> Hat | None:
    if hat.role == Role.GUARDIAN:
        schools = frozenset(school for school in hat.schools if str(school) == place)
        return replace(hat, schools=schools) if schools else None
    return hat if hat.chain == place else None


def _granted(person: Person, posts: list[Staff], day: dt.date) -> Iterator[Hat]:
    """As `in_force` has it: one at a school holds for nobody who has left it. Asked of the posts in hand, since nearly
    everybody has no grant at all."""
    left = {post.school_id for post in posts} - {post.school_id for post in _present(posts)}
    grants = RoleGrant.objects.filter(span_at(day), person=person)
    for grant in grants.select_related("school", "bureau", "cohort"):
        if grant.school_id in left:
            continue
        place = grant.school.short_name if grant.school else grant.bureau.short_name if grant.bureau else ""
        if grant.cohort:
            place = f"{place} {grant.cohort}"
        county = grant.bureau_id if grant.role == Role.COUNTY else None
        schools = School.objects.filter(bureau=county).values_list("pk", flat=True) if county else ()
        yield Hat(
            Role(grant.role),
            place,
            school_id=grant.school_id,
            bureau_id=grant.bureau_id,
            cohort_id=grant.cohort_id,
            schools=frozenset(schools),
        )


def _present(posts: list[Staff]) -> list[Staff]:
    return [post for post in posts if post.state not in LEFT]


def _from_posts(posts: list[Staff], day: dt.date) -> Iterator[Hat]:
    for post in _present(posts):
        advises = Exists(advising(OuterRef("pk"), day))
        own = with_standing(Staff.objects.filter(pk=post.pk), day).annotate(advises=advises)
        standing, is_adviser = own.values_list("standing", "advises").get()
        place = post.school.short_name
        if is_adviser:
            yield Hat(Role.ADVISER, place, school_id=post.school_id, staff_id=post.pk)
        mentors = (
            standing == IN_POOL
            or post.mentorships.filter(span_at(day)).exists()
            or post.interims.filter(span_at(day)).exists()
        )
        role = Role.MENTOR if mentors else Role.STAFF
        yield Hat(role, place, school_id=post.school_id, staff_id=post.pk)


def _of_family(person: Person, day: dt.date) -> Iterator[Hat]:
    students = StudentSpan.objects.filter(
        span_at(day), student__person=person, state__in=WITH_A_HAT
    ).select_related("student__school")
    for span in students:
        yield Hat(
            Role.STUDENT,
            span.student.school.short_name,
            school_id=span.student.school_id,
            student_id=span.student_id,
            paused=span.state == StudentState.SUSPENDED,
        )
    schools = frozenset(children(person.pk, day).values_list("student__school_id", flat=True))
    if schools:
        yield Hat(Role.GUARDIAN, "", schools=schools)
