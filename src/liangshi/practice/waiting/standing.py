"""Who hears that a student pauses, has died, or is here and has no mentor."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.actions import settle_office, tell_office, tell_people
from liangshi.practice.waiting.transitions import DIED, PAUSED, WITHOUT
from liangshi.registry.access.audience import in_charge
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.mentorships.choices import NO_MENTOR, Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people.actions import when_standing_changes
from liangshi.registry.people.choices import ACTIVE, GONE, StudentState
from liangshi.registry.people.models import OPEN, Enrolment, Student
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
        settle_office(student.school_id, died)  # it was a mistake
        if not Mentorship.objects.filter(ACTIVE_PRIMARY, student=student).exists():
            tell_office(
                student.school_id,
                OFFICE,
                title=WITHOUT.format(child=student, state=state.label),
                url=reverse("waiting:without_mentor"),
                key=without,
            )


def _tell_of_death(student: Student, key: str) -> None:
    """The office with the name, the class adviser without it, who knows, also where the student had named him: his list
    says it anyway. The mentors hear of it with the end of their relation. Not the family: what is to be said to it is said
    by people."""
    tell_office(
        student.school_id,
        OFFICE,
        title=DIED.office(child=student),
        url=reverse("rosters:student", args=[student.pk]),
        key=key,
    )
    last = Enrolment.objects.of(student=student).order_by("-starts_on").first()
    adviser = advisers_of([last.class_group_id], today()).get(last.class_group_id) if last else None
    if adviser and adviser.pk not in family_of([student.pk], today())[student.pk]:
        tell_people(
            [adviser.person_id], role=Role.ADVISER, school=student.school_id, student=None,
            title=DIED.adviser(), url=reverse("home:home"),
        )  # fmt: skip
