"""What relations plant: why somebody wants another mentor, letters of hand-over, absences."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from liangshi.foundation.base.clock import now, today
from liangshi.practice.relations.choices import ChangeState
from liangshi.practice.relations.models import Absence, ChangeRequest, FirstMeeting, HandOver
from liangshi.registry.mentorships.models import Mentorship
from tests.walk.world import Side

PUBLIC: dict[str, str] = {}


def plant(side: Side) -> None:
    _changes(side)
    _letters(side)
    _meetings(side)
    _absences(side)
    # A co-mentor asks for nobody to change; he and a caretaker have no relation of their own to end.
    side.keys("bond", ({"pk": side.student.pk}, "clerks mentor student guardian"))
    side.keys("bond", ({"pk": side.students[5].pk}, "clerks far_mentor"))
    side.keys("bond", ({"pk": side.students[1].pk}, ""))  # whose relation has ended


def _changes(side: Side) -> None:
    """Of student 0, by himself and by his mother, who learn nothing of each other; the clerk who looks after him
    does not learn of either. Of student 5, whom the school asks the mentor to take."""
    year = side.troupe.year.start_year
    asked = ChangeRequest.objects.create(
        mentorship=side.bond(), asker="student", asked_by=side.student.person, year_start=year, safety=True,
        reason=side.mark("relations.ChangeRequest.reason", "clerk", "by the student"),
    )  # fmt: skip
    refused = ChangeRequest.objects.create(
        mentorship=side.bond(), asker="guardian", asked_by=side.people["guardian"], year_start=year,
        state=ChangeState.REFUSED, decided_at=now(),
        reason=side.mark("relations.ChangeRequest.reason", "clerk", "by the mother"),
        answer=side.mark("relations.ChangeRequest.answer", "clerk guardian"),
    )  # fmt: skip
    far = ChangeRequest.objects.create(
        mentorship=side.bond(5), asker="student", asked_by=side.students[5].person, year_start=year,
        state=ChangeState.AGREED, target=side.posts["mentor"], answer_by=today() + dt.timedelta(days=2),
        reason=side.mark("relations.ChangeRequest.reason", "clerks", "of another student"),
    )  # fmt: skip
    office = ChangeRequest.objects.create(
        mentorship=side.bond(4), asker="clerk", asked_by=side.people["caretaker"], year_start=year,
        state=ChangeState.REFUSED, decided_at=now(),
        answer=side.mark("relations.ChangeRequest.answer", "clerks", "by a clerk, who is a mentor under his other hat"),
    )  # fmt: skip
    side.keys("change", (asked, "clerk"), (refused, "clerk"), (far, "clerks"), (office, "clerks"))
    over = ChangeRequest.objects.create(
        mentorship=side.bond(3), asker="student", asked_by=side.students[3].person, year_start=year,
        state=ChangeState.WITHDRAWN, target=side.posts["mentor"],
    )  # fmt: skip
    side.keys("offer", (far, "mentor"), (over, ""))
    side.unseen(
        "mentors former_mentor caring_clerk", lambda: _forget(asked, refused), reverse("relations:office")
    )


def _forget(*rows: ChangeRequest) -> None:
    ChangeRequest.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _letters(side: Side) -> None:
    """From the first mentor to the former one, who has the student no more, so that nobody writes to him; from the
    former to the present one."""
    steps = {
        "first": ("first_mentor", "former_mentor", "student", "student"),
        "last": ("former_mentor", "mentor", "former_mentor mentor student", "mentor student"),
    }
    for what, (writer, successor, mentors_half, students_half) in steps.items():
        row = HandOver.objects.create(
            ended=Mentorship.objects.get(student=side.student, mentor=side.posts[writer]),
            successor=side.posts[successor],
            mentor_half=side.mark("relations.HandOver.mentor_half", mentors_half, what),
            student_half=side.mark("relations.HandOver.student_half", students_half, what),
            mentor_half_at=now(),
            student_half_at=now(),
        )
        side.keys("hand_over", (row, f"clerks {mentors_half}"))


def _meetings(side: Side) -> None:
    """Of student 2, whom nobody looks after meanwhile."""
    bond = side.bond(2)
    FirstMeeting.objects.create(mentorship=bond, note=side.mark("relations.FirstMeeting.note", "mentor"))
    side.keys("relations:meeting", (bond, side.students[2]), (side.bond(5), side.students[5]))


def _absences(side: Side) -> None:
    row = Absence.objects.create(
        staff=side.posts["away"], kind="sick", state="waiting", starts_on=today(),
        registered_by=side.people["clerk"],
    )  # fmt: skip
    row.successions.create(mentorship=side.bond(4))
    side.says(Absence, "get_kind_display", {row.pk: side.mark("relations.Absence.kind", "office")})
    side.keys("absence", (row, "office"))
