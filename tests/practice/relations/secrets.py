"""What relations plant: why somebody wants another mentor, letters of hand-over, absences."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from liangshi.foundation.base.clock import now, today
from liangshi.practice.relations.choices import LETTER_DAYS, ChangeState, ConcernState, HandOverState
from liangshi.practice.relations.models import Absence, ChangeRequest, Concern, FirstMeeting, HandOver
from liangshi.registry.mentorships.models import Apart, Mentorship
from liangshi.registry.people.models import Person
from tests.walk.world import Side

PUBLIC: dict[str, str] = {
    "relations.Concern.asked_as": "the code of a hat",
}


def plant(side: Side) -> None:
    _changes(side)
    _concerns(side)
    _letters(side)
    _meetings(side)
    _absences(side)
    # A co-mentor asks for nobody to change; he and a caretaker have no relation of their own to end.
    side.keys("bond", ({"pk": side.student.pk}, "clerks mentor student guardian"))
    side.keys("bond", ({"pk": side.students[5].pk}, "clerks far_mentor"))
    side.keys("bond", ({"pk": side.students[1].pk}, ""))  # whose relation has ended
    side.keys(
        "bond", ({"pk": side.students[8].pk}, "clerks")
    )  # whose mentor asks for nothing before tomorrow


def _changes(side: Side) -> None:
    """Of student 0, by himself and by his mother, who learn nothing of each other; the clerk who looks after him
    does not learn of either. Of student 5, whom the school asks the mentor to take."""
    year = side.troupe.year.start_year
    asked = ChangeRequest.objects.create(
        mentorship=side.bond(), asker="student", asked_by=side.student.person, year_start=year,
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
    _not_his_any_more(side)
    side.unseen(
        "mentors former_mentor caring_clerk", lambda: _forget(asked, refused), reverse("relations:office")
    )


def _not_his_any_more(side: Side) -> None:
    """What somebody asked for and reads no more: a mentor whose student is another's, a mother whose guardianship has
    ended, and a clerk who asked as the mentor that he was. And an offer to a mentor whom the student has named since."""
    year, person = side.troupe.year.start_year, side.students[4].person

    def asked(bond: Mentorship, asker: str, by: Person, **more: Any) -> None:
        ChangeRequest.objects.create(
            mentorship=bond,
            asker=asker,
            asked_by=by,
            year_start=year,
            **{"state": ChangeState.WITHDRAWN, **more},
        )

    before = Mentorship.objects.get(student=side.student, mentor=side.posts["former_mentor"])
    asked(before, "mentor", side.people["former_mentor"], state=ChangeState.DONE, target=side.posts["mentor"])
    asked(side.bond(5), "guardian", side.people["guardian"])
    asked(
        Mentorship.objects.get(student=side.students[5], mentor=side.posts["caretaker"]), "mentor",
        side.people["caretaker"], state=ChangeState.REFUSED, decided_at=now(),
        answer=side.mark("relations.ChangeRequest.answer", "", "to a mentor, who is a clerk under his other hat"),
    )  # fmt: skip
    asked(
        side.bond(4),
        "student",
        person,
        state=ChangeState.AGREED,
        target=side.posts["mentor"],
        answer_by=today(),
    )
    Apart.objects.create(student=side.students[4], person=side.people["mentor"])


def _concerns(side: Side) -> None:
    """Of student 0, by himself and by his mother, about his mentor; of student 6, about the clerk who is a mentor, who
    does not learn of it; told by the clerk, who does not answer it himself; and one that is late. What somebody told
    under another hat, of a child who is hers no more, or at another school, he does not find among his own."""
    mentor, clerk, caring = (side.people[name] for name in ("mentor", "clerk", "caretaker"))
    closed = {"state": ConcernState.CLOSED, "decided_by": clerk, "decided_on": today()}

    def told(
        number: int, by: Person, asker: str, about: Person, readers: str, what: str, **more: Any
    ) -> Concern:
        student, due_on = side.students[number], more.pop("due_on", today())
        Apart.objects.get_or_create(student=student, person=about)
        reason = side.mark("relations.Concern.reason", readers, what)
        row = Concern.objects.create(
            student=student, mentorship=side.bond(number), about=about, asker=asker, asked_as=asker, asked_by=by, reason=reason,
            due_on=due_on, **more,
        )  # fmt: skip
        side.keys("concern", (row, readers))
        return row

    def answer(asker: str) -> str:
        return side.mark("relations.Concern.answer", f"clerks {asker}", f"to {asker}")

    own = told(
        0, side.student.person, "student", mentor, "clerks", "his own", answer=answer("student"), **closed
    )
    mother = side.people["guardian"]
    hers = told(0, mother, "guardian", mentor, "clerks", "of the mother", answer=answer("guardian"), **closed)
    far = told(6, side.students[6].person, "student", caring, "clerk", "about a clerk")
    by_clerk = told(2, clerk, "clerk", mentor, "caring_clerk", "by a clerk")
    late = told(
        4, side.students[4].person, "student", side.people["away"], "office", "late",
        due_on=today() - dt.timedelta(days=1),
    )  # fmt: skip
    told(4, caring, "clerk", side.people["away"], "clerk", "by the clerk who is a mentor")
    told(5, mother, "guardian", side.people["away"], "clerks", "of a guardian before")
    Concern.objects.create(
        student=side.elsewhere, asker="clerk", asked_as="clerk", asked_by=clerk, due_on=today(),
        reason=side.mark("relations.Concern.reason", "", "elsewhere"),
    )  # fmt: skip
    nobody = told(6, clerk, "clerk", caring, "leader", "by one clerk about the other")
    side.keys("own_concern", (own, "student"), (hers, "guardian"), (by_clerk, "clerk"), (nobody, "clerk"))
    side.unseen(
        "mentors former_mentor", lambda: _untold(own, hers, by_clerk, late), reverse("relations:office")
    )
    side.unseen("caring_clerk far_mentor", lambda: _untold(far, nobody), reverse("relations:office"))


def _untold(*rows: Concern) -> None:
    for row in rows:
        Concern.objects.filter(pk=row.pk).delete()
        Apart.objects.filter(student=row.student_id, person=row.about_id).delete()


def _forget(*rows: ChangeRequest) -> None:
    ChangeRequest.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _letters(side: Side) -> None:
    """From the first mentor to the former one, who has the student no more, so that nobody writes to him; from the
    former to the present one. Of other students, what the first mentor writes no more: the letter was accepted, he has
    handed his half over, its days are over."""
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
    ends = (
        (2, "mentor", {"state": HandOverState.ACCEPTED, "closed_at": now()}),
        (6, "far_mentor", {"mentor_done_at": now()}),
        (3, "former_mentor", {"created_at": now() - dt.timedelta(days=LETTER_DAYS)}),
    )
    for number, successor, over in ends:
        row = _letter(side, number, "first_mentor", successor)
        HandOver.objects.filter(pk=row.pk).update(**over)
    _named_or_not_asked(side)


def _letter(side: Side, number: int, writer: str, successor: str, **more: Any) -> HandOver:
    ended = Mentorship.objects.get(student=side.students[number], mentor=side.posts[writer])
    return HandOver.objects.create(ended=ended, successor=side.posts[successor], **more)


def _named_or_not_asked(side: Side) -> None:
    """From a mentor whom student 0 has named, which nobody reads. From the clerk who is a mentor: he does not learn of
    it, since the student has not asked him to write; that another student has named him takes nothing from his
    successor."""
    half = side.mark("relations.HandOver.student_half", "", "to whom he has named")
    Apart.objects.create(student=side.student, person=side.people["away"])
    named = _letter(
        side, 0, "away", "mentor", state=HandOverState.SKIPPED, closed_at=now(), student_half=half
    )
    half = side.mark("relations.HandOver.student_half", "far_mentor", "from a clerk's student")
    clerks = _letter(side, 5, "caretaker", "far_mentor", mentor_writes=False, student_half=half)
    side.keys("hand_over", (named, "clerks"), (clerks, "clerk far_mentor"))


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
