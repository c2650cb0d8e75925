"""What waits for somebody else at a school: slips of a class, a colleague's reset, and a word about safety."""

from __future__ import annotations

from liangshi.portal.demo.rounds import wearing
from liangshi.portal.demo.schools import Place
from liangshi.practice.relations.actions.concerns import raise_concern
from liangshi.practice.relations.queries.concerns import beside
from liangshi.practice.slips import queries
from liangshi.practice.slips.actions import ask
from liangshi.practice.slips.choices import Whom
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship


def ask_for_slips(place: Place) -> None:
    """Of the two at the office the one without a login asks, so that the other can agree."""
    clerk, group, colleague = (
        wearing(place.clerks[1].person, Role.CLERK),
        place.classes[0][0],
        place.others[0],
    )
    pupils = queries.of_students(place.school.pk, queries.dormant(), group)
    what = f"{group}学生 {len(pupils)} 人"
    ask(place.school, Whom.STUDENTS, pupils, what=what, group=group, actor=clerk)
    group_of = colleague.get_post_display()
    if forgot := queries.recipient(colleague.person, group_of):
        ask(place.school, Whom.STAFF, [forgot], what=f"{forgot.name}（{group_of}）", actor=clerk)


def tell_of_safety(place: Place) -> None:
    """A student of the oldest grade tells the school, about a mentor behind none of the logins."""
    bond = (
        Mentorship.objects.filter(
            mentor__school=place.school,
            kind=Kind.PRIMARY,
            ends_on__isnull=True,
            student__enrolments__class_group__cohort=place.cohorts[-1],
        )
        .exclude(mentor=place.teachers[-1][-1])
        .order_by("student__school_no")
        .select_related("student__person")
        .last()
    )
    if bond:
        raise_concern(
            bond.student,
            beside(bond.student)[0],
            reason="单独谈话时说的话让我害怕，不想再单独见面。",
            actor=wearing(bond.student.person, Role.STUDENT),
        )
