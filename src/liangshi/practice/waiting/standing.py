"""Who hears that a student pauses, has died, or is here and has no mentor."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.actions import settle_office, tell_office, tell_people
from liangshi.practice.waiting.transitions import DIED, MISTAKEN, MISTAKEN_OF, PAUSED, WITHOUT
from liangshi.registry.access.audience import in_charge
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.mentorships.choices import NO_MENTOR, EndReason, Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people.actions import when_standing_changes
from liangshi.registry.people.choices import ACTIVE, GONE, LEFT, StudentState
from liangshi.registry.people.models import OPEN, Enrolment, Student, StudentSpan
from liangshi.registry.people.queries import advisers_of, family_of


@when_standing_changes
def _tell(student: Student, state: StudentState) -> None:
    without, died = f"{NO_MENTOR}:{student.pk}", f"died:{student.pk}"
    if state in GONE:
        settle_office(student.school_id, without)
    if state == StudentState.DIED:
        _tell_of_death(student, died)
    elif state == StudentState.SUSPENDED:
        beside = Mentorship.objects.filter(OPEN, student=student, kind=Kind.CO)
        near = {*in_charge([student.pk]), *beside.values_list("mentor__person", flat=True)}
        tell_people(
            sorted(near), role=Role.MENTOR, school=student.school_id, student=student.pk,
            title=PAUSED.mentor(child=student), url=reverse("home:home"),
        )  # fmt: skip
    elif state in ACTIVE:
        _take_back(student, died)
        if not Mentorship.objects.filter(ACTIVE_PRIMARY, student=student).exists():
            tell_office(
                student.school_id,
                OFFICE,
                title=WITHOUT.format(child=student, state=state.label),
                url=reverse("waiting:without_mentor"),
                key=without,
            )


def _tell_of_death(student: Student, key: str) -> None:
    """The office with the name, and without it, who knows, the adviser of the class that he was in until then; the mentors
    hear of it with the end of their relation. Not the family: what is to be said to it is said by people."""
    _tell_office(student, DIED.office(child=student), key)
    _tell_staff(student, _adviser_then(student), Role.ADVISER, DIED.adviser())


def _take_back(student: Student, key: str) -> None:
    """Where his death was registered by mistake, all who heard of it hear that it was one."""
    before = StudentSpan.objects.of(student=student).exclude(OPEN).order_by("-ends_on", "-pk").first()
    if not before or before.state != StudentState.DIED:
        return
    settle_office(student.school_id, key)
    _tell_office(student, MISTAKEN_OF.format(child=student), key)
    bonds = Mentorship.objects.of(student=student).filter(end_reason=EndReason.STUDENT_DIED)
    mentors = set(bonds.exclude(mentor__state__in=LEFT).values_list("mentor__person", flat=True))
    _tell_staff(student, mentors, Role.MENTOR, MISTAKEN)
    _tell_staff(student, _adviser_then(student), Role.ADVISER, MISTAKEN)


def _adviser_then(student: Student) -> set[UUID]:
    """The adviser of the class that he was in until his death, where he is not his family; also where the student had named
    him, whose list says it anyway."""
    died_on = (
        StudentSpan.objects.of(student=student).filter(state=StudentState.DIED).latest("starts_on").starts_on
    )
    placed = Enrolment.objects.of(student=student).filter(ends_on__gte=died_on)
    last = placed.order_by("-starts_on").first()
    adviser = advisers_of([last.class_group_id], today()).get(last.class_group_id) if last else None
    family = family_of([student.pk], today())[student.pk]
    return {adviser.person_id} if adviser and adviser.pk not in family else set()


def _tell_office(student: Student, title: str, key: str) -> None:
    url = reverse("rosters:student", args=[student.pk])
    tell_office(student.school_id, OFFICE, title=title, url=url, key=key)


def _tell_staff(student: Student, people: Iterable[UUID], role: Role, title: str) -> None:
    tell_people(
        sorted(people),
        role=role,
        school=student.school_id,
        student=None,
        title=title,
        url=reverse("home:home"),
    )
