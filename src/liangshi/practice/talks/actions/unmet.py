"""A student says that he has not met his mentor yet; the office gets in touch with him.

The entries of the log name the row and not the student as their subject: the page 「谁打开过」 of a student is open to the
whole office, and somebody there may be the mentor.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.urls import reverse

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.actions import settle_office, tell_officers, tell_people
from liangshi.practice.talks import audit
from liangshi.practice.talks.models import Unmet
from liangshi.practice.talks.queries.unmet import contact_by, pressable
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.queries import officers
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import beside_of

HEARD = "学校已经收到，会帮你约"  # says nothing to whoever looks over the student's shoulder
MET_ALREADY = "你和导师已经见过，或者现在还没有导师。有事可以找班主任。"


def press(*, may_tell: bool, actor: Actor) -> Unmet:
    """Tell the school. While one is open, the same one again, as it was first said.

    Raises DomainError `met_already`: they have met, or he has no mentor now.
    """
    mine = pressable(actor)
    if mine is None:
        raise DomainError("met_already", MET_ALREADY)
    if mine.held:
        return mine.held
    bond = mine.bond
    try:
        with transaction.atomic():
            row = Unmet.objects.create(
                student=bond.student,
                mentorship=bond,
                may_tell=may_tell,
                due_on=contact_by(bond.student.school_id, today()),
            )
            _tell(row, bond)
            record(audit.UNMET_SAID, actor, obj=str(row.pk))
    except IntegrityError:  # the other tap of two was first
        return Unmet.objects.get(student=bond.student, contacted_at__isnull=True)
    return row


def _tell(row: Unmet, bond: Mentorship) -> None:
    """The student and the office; the mentor only if the student allows it, also where he sits in the office."""
    tell_people([bond.student.person_id], title=HEARD, url=reverse("home:home"))
    school = bond.student.school_id
    beside = set() if row.may_tell else beside_of(bond.student_id, today())
    tell_officers(
        [
            (grant.person_id, grant.role)
            for grant in officers(school, (Role.LEADER, Role.CLERK), today())
            if grant.person_id not in beside
        ],
        school,
        title=f"有一名学生想请学校帮忙约一次见面，请在 {row.due_on:%-m 月 %-d 日}前联系",
        url=reverse("talks:unmet"),
        key=f"unmet:{row.pk}",
    )
    if row.may_tell:
        tell_people(
            [bond.mentor.person_id],
            title=f"{bond.student}同学想和您见一面",
            url=reverse("dossier:student", args=[row.student_id]),
        )


def contacted(row: Unmet, *, actor: Actor) -> None:
    """Somebody of the office has been in touch. Raises DomainError `already_contacted`."""
    with transaction.atomic():
        changed = Unmet.objects.filter(pk=row.pk, contacted_at__isnull=True).update(
            contacted_at=now(), contacted_by_id=actor.person_id
        )
        if not changed:
            raise DomainError("already_contacted", "已经有人联系过这名学生，不用再点。")
        settle_office(row.student.school_id, f"unmet:{row.pk}")
        record(audit.UNMET_CONTACTED, actor, obj=str(row.pk))
