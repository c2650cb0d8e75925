"""Whoever brings a roster gives himself no hat by it: his own post as class adviser waits for another one's word."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.notices.actions import settle_office, tell_people
from liangshi.practice.rosters import audit
from liangshi.practice.rosters.models import OwnPost
from liangshi.practice.rosters.policy import OWN_POST_DECIDE
from liangshi.practice.rosters.queries.own import is_over
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import officers
from liangshi.registry.access.choices import Role
from liangshi.registry.access.decisions import Decisions
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import ClassPost, Staff
from liangshi.registry.schools.models import ClassGroup, School

WAITING = "own-post"  # the key under which the office is told


def ask(staff: Staff, group: ClassGroup, *, actor: Actor) -> OwnPost:
    """Let his own post wait for another one. Within the import that would have given it to him."""
    with Deed(audit.OWN_POST_ASKED, actor, school=staff.school_id) as deed:
        row = OwnPost.objects.create(
            school_id=staff.school_id,
            staff=staff,
            class_group=group,
            replaces=_adviser(group),
            asked_on=today(),
            asked_by_id=actor.person_id,
            asked_as=actor.role,
        )
        deed.about = row
        deed.note(group=str(group))
        deed.tell_office(
            OFFICE,
            title=f"{actor.name}导入的名册把自己写成{group}的班主任，等另一位同意",
            url=reverse("rosters:own_posts"),
            key=f"{WAITING}:{row.pk}",
        )
    return row


class OwnPostDecisions(Decisions[OwnPost]):
    """The second word. What it was asked for is asked again when it is agreed to; what has changed is to be refused."""

    def take(self, row: OwnPost, step: str, *, url: str, actor: Actor, reason: str = "") -> OwnPost:
        with together("the second word on somebody's own post"):
            School.objects.select_for_update().get(pk=row.school_id)  # an import of the same moment waits
            decided = super().take(row, step, url=url, actor=actor, reason=reason)
            if step == "agree":
                _appoint(decided)
            settle_office(row.school_id, f"{WAITING}:{row.pk}")
        return decided


DECISIONS = OwnPostDecisions(OWN_POST_DECIDE, audit.OWN_POST_DECIDED, "班主任任命", why=frozenset({"refuse"}))


def _appoint(row: OwnPost) -> None:
    """From today he is the adviser, in the place of whoever was it when he asked. What another has given him meanwhile
    stays as it is. Raises `asker_out`, `staff_left`, `class_over`, `adviser_changed`."""
    staff = Staff.objects.select_for_update().get(pk=row.staff_id)
    if row.asked_by_id not in {grant.person_id for grant in officers(row.school_id, [Role(row.asked_as)])}:
        raise DomainError("asker_out", "提出的人已经不在学校办公室任职。请点「不同意」，写明原因。")
    if staff.state in LEFT:
        raise DomainError("staff_left", f"{staff}已经不在本校任职。请点「不同意」，写明原因。")
    if is_over(row.class_group):
        raise DomainError("class_over", f"{row.class_group}已经毕业。请点「不同意」，写明原因。")
    held = _adviser(row.class_group)
    if held and held.staff_id == staff.pk:
        return
    if held and held.pk != row.replaces_id:
        raise DomainError(
            "adviser_changed", f"这个班后来另有班主任（{held.staff.person.name}）。请点「不同意」，写明原因。"
        )
    if held:
        ClassPost.objects.filter(pk=held.pk).update(ends_on=max(today(), held.starts_on))
        tell_people(
            [held.staff.person_id], role=Role.STAFF, school=row.school_id, student=None,
            title=f"{row.class_group}的班主任由{staff}接任，您不再是这个班的班主任", url=reverse("home:home"),
        )  # fmt: skip
    ClassPost.objects.create(staff=staff, class_group=row.class_group, is_adviser=True, starts_on=today())


def _adviser(group: ClassGroup) -> ClassPost | None:
    held = ClassPost.objects.filter(class_group=group, is_adviser=True, ends_on__isnull=True)
    return held.select_related("staff__person").first()
