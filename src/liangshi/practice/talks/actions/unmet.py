"""A student says that he has not met his mentor yet; the office gets in touch with him.

The entries of the log name the row and not the student as their subject, and are not shown: the page 「谁看过」 of a
student is open to the whole office, and somebody there may be the mentor.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import tell_officers
from liangshi.foundation.records.writing import once
from liangshi.practice.talks import audit
from liangshi.practice.talks.models import Unmet
from liangshi.practice.talks.queries.unmet import contact_by, pressable
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import officers
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.apart import named_by
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import beside_of
from liangshi.registry.people.queries import advisers_of, classes_of

HEARD = "学校已经收到，会帮你约"  # says nothing to whoever looks over the student's shoulder
MET_ALREADY = "你和导师已经见过，或者现在还没有导师。有事可以找班主任。"


def press(*, may_tell: bool, actor: Actor) -> Unmet:
    """Tell the school. While one is open, the same one again, as it was first said.

    Raises DomainError `met_already` (they have met, or he has no mentor now) and `nobody_to_tell`: whoever is in the
    office accompanies him, so that nobody there may hear of it. Then nothing is written.
    """
    mine = pressable(actor)
    if mine is None:
        raise DomainError("met_already", MET_ALREADY)
    bond = mine.bond
    may_tell = may_tell and bond.mentor.person_id not in named_by(bond.student_id)

    def write() -> Unmet:
        with Deed(audit.UNMET_SAID, actor) as deed:
            deed.about = row = Unmet.objects.create(
                student=bond.student,
                mentorship=bond,
                may_tell=may_tell,
                due_on=contact_by(bond.student.school_id, today()),
            )
            _tell(row, bond, deed)
        return row

    # Of two taps, the second gets the row of the first.
    row, _ = once(Unmet.objects.filter(student=bond.student, contacted_at__isnull=True).first, write)
    return row


def _tell(row: Unmet, bond: Mentorship, deed: Deed) -> None:
    """The student and the office; the mentor only if the student allows it, also where he sits in the office. Never
    whom the student has named in what concerns safety."""
    school = bond.student.school_id
    beside, named = beside_of(bond.student_id, today()), named_by(bond.student_id)
    silent = named if row.may_tell else named | beside
    hearers = [(grant.person_id, grant.role) for grant in officers(school) if grant.person_id not in silent]
    if not hearers:
        raise DomainError("nobody_to_tell", _instead(bond.student_id, beside | named))
    home = reverse("home:home")
    deed.tell([bond.student.person_id], role=Role.STUDENT, student=bond.student_id, title=HEARD, url=home)
    tell_officers(
        hearers,
        school,
        title=f"有一名学生想请学校帮忙约一次见面，请在 {row.due_on:%-m 月 %-d 日}前联系",
        url=reverse("talks:unmet"),
        key=f"unmet:{row.pk}",
    )
    if row.may_tell:
        deed.tell(
            [bond.mentor.person_id],
            role=Role.MENTOR,
            student=bond.student_id,
            title=f"{bond.student}同学想和您见一面",
            url=reverse("dossier:student", args=[row.student_id]),
        )


def _instead(student_id: UUID, beside: Collection[UUID]) -> str:
    """Whom to turn to when the office cannot hear of it: the class adviser, where he is not one of the mentors."""
    held = classes_of([student_id], today()).values()
    adviser = next(iter(advisers_of([group.pk for group in held], today()).values()), None)
    near = adviser is not None and adviser.person_id not in beside
    who = f"请直接找班主任{adviser}" if near else "请找一位你信得过的老师"
    return f"学校办公室现在没有合适的老师来约，这件事没有送出，谁也没有看到。{who}，当面说一声就行。"


def contacted(row: Unmet, *, actor: Actor) -> None:
    """Somebody of the office has been in touch. Raises DomainError `already_contacted`."""
    with Deed(audit.UNMET_CONTACTED, actor, about=row) as deed:
        changed = Unmet.objects.filter(pk=row.pk, contacted_at__isnull=True).update(
            contacted_at=now(), contacted_by_id=actor.person_id
        )
        if not changed:
            raise DomainError("already_contacted", "已经有人联系过这名学生，不用再点。")
        deed.settle(f"unmet:{row.pk}")
