"""Verbs on people. History is dated: a change ends one row and begins another, nothing is overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import DateField, F, Value
from django.db.models.functions import Greatest

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base import spans
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.hooks import Hook
from liangshi.foundation.base.sealed import masked
from liangshi.foundation.deeds import Deed, in_words
from liangshi.registry.people.audit import (
    CLASS_CHANGED,
    CORRECTED,
    GUARDIAN_ADDED,
    GUARDIAN_ENDED,
    GUARDIAN_FREED,
    GUARDIAN_RESTRICTED,
    STAFF_STATE_CHANGED,
    STATE_CHANGED,
)
from liangshi.registry.people.choices import ACTIVE, GONE, LEFT, EnrolReason, StaffState, StudentState
from liangshi.registry.people.leaving import away, leave
from liangshi.registry.people.models import (
    ClassPost,
    ClubMember,
    Enrolment,
    GuardianLink,
    Person,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.people.queries import known_at, tied_elsewhere
from liangshi.registry.schools.models import ClassGroup
from liangshi.registry.schools.rollover import bring_forward


def _require_past(on: dt.date, since: dt.date | None) -> None:
    if on > today():
        raise DomainError("date_in_future", "日期不能晚于今天；到了那一天再登记。", field="on")
    if since and on < since:
        raise DomainError("date_too_early", f"日期不能早于上一次变动（{since}）。", field="on")


def change_state(
    student: Student, state: StudentState, *, on: dt.date, note: str, actor: Doer
) -> StudentSpan:
    """休学, 复学, 转出, 退学, 毕业 … from a day on. Leaving ends the place in the class and in clubs, and
    whatever was closed about him later than that day.

    Raises DomainError `same_state`, `state_needs_reason`, `date_in_future` or `date_too_early`.
    """
    if not note.strip():
        raise DomainError("state_needs_reason", "请写一句原因。", field="note")
    with Deed(
        STATE_CHANGED,
        actor,
        school=student.school_id,
        about=student,
        subjects=[student.pk],
        new=state.value,
        on=on,
        note=in_words(note.strip()),
    ) as deed:
        held = StudentSpan.objects.select_for_update().filter(student=student, ends_on__isnull=True).first()
        if held and held.state == state:
            raise DomainError("same_state", f"{student}现在就是“{held.get_state_display()}”。", field="state")
        _require_past(on, held.starts_on if held else None)
        if held:
            StudentSpan.objects.filter(pk=held.pk).update(ends_on=on)
        span = StudentSpan.objects.create(student=student, state=state, starts_on=on, note=note.strip())
        if state in GONE:
            for model in (Enrolment, ClubMember):
                spans.end(model.objects.filter(student=student), on=on)
            if moved := bring_forward([student.pk], on):
                deed.note(brought_forward=moved)
        old = held.state if held else ""
        deed.note(old=old)
        when_standing_changes.happened(student, state)
    return span


# One student pauses, comes back or leaves: after it, in the same deed.
when_standing_changes: Hook[[Student, StudentState]] = Hook()


def graduate(students: Collection[UUID], *, on: dt.date, note: str, actor: Doer, chain: str) -> int:
    """毕业 for many at once, on a day that is past: standing, class and clubs end; returns how many.

    Only those who are 在读 or 借读 graduate. Raises DomainError `date_in_future`.
    """
    _require_past(on, None)
    with Deed(
        STATE_CHANGED, actor, school=chain, new=StudentState.GRADUATED.value, on=on, note=in_words(note)
    ) as deed:
        held = list(
            StudentSpan.objects.select_for_update().filter(
                student__in=students, ends_on__isnull=True, state__in=ACTIVE
            )
        )
        if not held:
            deed.nothing()
            return 0
        leavers = [span.student_id for span in held]
        closing = Greatest(Value(on, DateField()), F("starts_on"))
        StudentSpan.objects.filter(pk__in=[span.pk for span in held]).update(ends_on=closing)
        StudentSpan.objects.bulk_create(
            [
                StudentSpan(
                    student_id=span.student_id,
                    state=StudentState.GRADUATED,
                    starts_on=on,
                    note=note,
                )
                for span in held
            ],
            batch_size=500,
        )
        for model in (Enrolment, ClubMember):
            model.objects.filter(student__in=leavers, ends_on__isnull=True).update(ends_on=closing)
        if moved := bring_forward(leavers, on):
            deed.note(brought_forward=moved)
        deed.subjects = leavers
    return len(leavers)


def move_class(student: Student, group: ClassGroup, *, on: dt.date, actor: Doer) -> Enrolment:
    """Into another class of the school, from a day on. Raises `same_class`, `not_enrolled` or a date's refusal."""
    if group.cohort.school_id != student.school_id:
        raise DomainError("other_school", "这个班不在本校。", field="class_group")
    standing = StudentSpan.objects.of(student=student).filter(ends_on__isnull=True, state__in=ACTIVE)
    if not standing.exists():
        raise DomainError("not_enrolled", "这名学生现在不在读，不能编班。请先登记复学。", field="class_group")
    with Deed(
        CLASS_CHANGED,
        actor,
        school=student.school_id,
        about=student,
        subjects=[student.pk],
        new=str(group),
        on=on,
    ) as deed:
        held = Enrolment.objects.select_for_update().filter(student=student, ends_on__isnull=True).first()
        if held and held.class_group_id == group.pk:
            raise DomainError("same_class", f"{student}现在就在{group}。", field="class_group")
        _require_past(on, held.starts_on if held else None)
        if held:
            Enrolment.objects.filter(pk=held.pk).update(ends_on=on)
        row = Enrolment.objects.create(
            student=student,
            class_group=group,
            starts_on=on,
            reason=EnrolReason.MOVED if held else EnrolReason.RETURNED,
        )
        deed.note(old=str(held.class_group) if held else "")
    return row


def correct_person(
    person: Person,
    *,
    name: str,
    gender: str,
    mobile: str = "",
    school_id: UUID,
    subjects: Iterable[UUID] = (),
    actor: Doer,
) -> bool:
    """Correct name, gender or phone; an empty phone leaves it. The log keeps old → new, numbers masked.

    Returns whether anything changed. Raises `not_ours`: whoever is tied to other places as well changes it himself.
    """
    with Deed(CORRECTED, actor, school=school_id, subjects=subjects) as deed:
        person = Person.objects.select_for_update().get(pk=person.pk)
        changes: dict[str, list[str]] = {}
        for field, new in (("name", name), ("gender", gender), ("mobile", mobile or person.mobile)):
            old = getattr(person, field)
            if new != old:
                changes[field] = [masked(old), masked(new)] if field == "mobile" else [old, new]
                setattr(person, field, new)
        if changes:
            if tied_elsewhere([person.pk], school_id):
                raise DomainError(
                    "not_ours", f"{person.name}的资料由本人自己改：请TA登录后，在「我的」里改。"
                )
            person.save()
        else:
            deed.nothing()
        deed.about = person
        deed.note(changes=changes)
    return bool(changes)


def change_mobile(person: UUID, mobile: str, *, actor: Doer) -> None:
    """Somebody's own phone, by himself. The same changes nothing."""
    with Deed(CORRECTED, actor) as deed:
        row = Person.objects.select_for_update().get(pk=person)
        deed.about = row
        deed.note(changes={"mobile": [masked(row.mobile), masked(mobile)]})
        if row.mobile == mobile:
            deed.nothing()
        row.mobile = mobile
        row.save()


def add_guardian(student: Student, *, name: str, relation: str, mobile: str, actor: Doer) -> GuardianLink:
    """Link a guardian: somebody whom the school knows by this name and phone, or a new person.

    Raises `guardian_linked_already`.
    """
    with Deed(GUARDIAN_ADDED, actor, school=student.school_id, subjects=[student.pk]) as deed:
        known = known_at(student.school_id, [(name, mobile)])
        if (name, mobile) in known and str(getattr(actor, "person_id", "")) == str(known[name, mobile].pk):
            raise DomainError("own_decision", "不能把自己登记为监护人，请另一位同事来办。", field="name")
        person = known.get((name, mobile)) or Person.objects.create(name=name, mobile=mobile)
        open_links = GuardianLink.objects.filter(student=student, ends_on__isnull=True)
        if open_links.filter(person=person).exists():
            raise DomainError("guardian_linked_already", f"{name}已经是{student}的监护人了。", field="name")
        link = GuardianLink.objects.create(
            student=student,
            person=person,
            relation=relation,
            is_primary=not open_links.exists(),
            starts_on=today(),
        )
        deed.about = link
    return link


def end_guardian(link: GuardianLink, *, actor: Doer) -> None:
    """End a guardian's link today; he sees nothing of the child from now on. Twice changes nothing more."""
    child = link.student
    with Deed(GUARDIAN_ENDED, actor, school=child.school_id, about=link, subjects=[child.pk]) as deed:
        ended = GuardianLink.objects.filter(pk=link.pk, ends_on__isnull=True).update(
            ends_on=max(today(), link.starts_on), is_primary=False
        )
        if not ended:
            deed.nothing()


def restrict_guardian(link: GuardianLink, restricted: bool, *, actor: Doer) -> None:
    """By a court's order a guardian sees nothing of the child; or that restriction is lifted, by nobody from himself.

    Raises `own_decision`.
    """
    if not restricted and getattr(actor, "person_id", None) == link.person_id:
        raise DomainError("own_decision", "不能给自己解除限制，请另一位同事来办。")
    entry, child = (GUARDIAN_RESTRICTED if restricted else GUARDIAN_FREED), link.student
    with Deed(entry, actor, school=child.school_id, about=link, subjects=[child.pk]) as deed:
        changed = GuardianLink.objects.filter(
            pk=link.pk, ends_on__isnull=True, restricted=not restricted
        ).update(restricted=restricted)
        if not changed:
            deed.nothing()


def set_staff_state(staff: Staff, state: StaffState, *, actor: Doer) -> bool:
    """在岗, 产假, 离职 … from today. Leaving ends his posts in classes, and all that ends with his post. Returns whether
    anything changed."""
    with Deed(
        STAFF_STATE_CHANGED, actor, school=staff.school_id, about=staff, old=staff.state, new=state.value
    ) as deed:
        changed = Staff.objects.filter(pk=staff.pk).exclude(state=state).update(state=state)
        if not changed:
            deed.nothing()
            return False
        if state in LEFT:
            for post in ClassPost.objects.filter(staff=staff, ends_on__isnull=True):
                ClassPost.objects.filter(pk=post.pk).update(ends_on=max(today(), post.starts_on))
            leave([staff.pk], actor=actor)
        if state != StaffState.ON_DUTY:
            away([staff.pk], actor=actor)
    return True
