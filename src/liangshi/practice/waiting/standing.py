"""Who hears that a student pauses, or is here and has no mentor."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.notices.actions import settle_office, tell_office, tell_people
from liangshi.practice.waiting.transitions import PAUSED, WITHOUT
from liangshi.registry.access.audience import in_charge
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.mentorships.choices import NO_MENTOR, Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people.actions import when_standing_changes
from liangshi.registry.people.choices import ACTIVE, GONE, StudentState
from liangshi.registry.people.models import OPEN, Student


@when_standing_changes
def _tell(student: Student, state: StudentState) -> None:
    key = f"{NO_MENTOR}:{student.pk}"
    if state in GONE:
        settle_office(student.school_id, key)
    elif state == StudentState.SUSPENDED:
        beside = Mentorship.objects.filter(OPEN, student=student, kind=Kind.CO)
        near = {*in_charge([student.pk]), *beside.values_list("mentor__person", flat=True)}
        tell_people(
            sorted(near), role=Role.MENTOR, school=student.school_id, student=student.pk,
            title=PAUSED.mentor(child=student), url=reverse("home:home"),
        )  # fmt: skip
    elif state in ACTIVE and not Mentorship.objects.filter(ACTIVE_PRIMARY, student=student).exists():
        tell_office(
            student.school_id,
            OFFICE,
            title=WITHOUT.format(child=student, state=state.label),
            url=reverse("waiting:without_mentor"),
            key=key,
        )
