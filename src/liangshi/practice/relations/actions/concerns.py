"""What concerns safety: told, taken up, closed with an answer.

Whom it names learns nothing: no notice, no letter, no offer, no row. What a change of mentor tells him is told by the
change, in the same words as without a concern.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.notices.actions import settle_office, tell_officers, tell_people
from liangshi.foundation.records.decisions import demand_another
from liangshi.practice.relations import audit
from liangshi.practice.relations.actions.handovers import withhold_letters
from liangshi.practice.relations.actions.requests import decline
from liangshi.practice.relations.choices import CONCERN, STANDS, Asker, ChangeState
from liangshi.practice.relations.models import ChangeRequest, Concern
from liangshi.practice.relations.queries.concerns import Beside, answer_by, stand_ins
from liangshi.practice.relations.rules import dealing, leading, not_dealing
from liangshi.practice.relations.transitions import ANSWERED, CANNOT, LATE, TAKEN, TAKEN_BACK, TOLD
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import overseers
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.transitions import Row
from liangshi.registry.mentorships.apart import keep_apart, named_by
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Student

NOBODY = "：有一条关系到安全的申请没有人能办，请联系学校"


def raise_concern(student: Student, named: Beside | None, *, reason: str, actor: Actor) -> Concern:
    """Tell the school. The office hears at once; whom it names is kept apart from the student from now on.

    `named` None: nobody. Raises DomainError `told_already` (the second of two taps).
    """
    with together("what concerns safety, and what it closes"):
        row = begin_concern(student, named, reason=reason, actor=actor)
        announce(row, actor=actor)
    return row


def begin_concern(
    student: Student,
    named: Beside | None,
    *,
    reason: str,
    actor: Actor,
    request: ChangeRequest | None = None,
) -> Concern:
    """The first half, before anything else is decided about the student in this deed; `announce` is the other, after it:
    it writes to the log, whose chain is a lock. Raises `told_already`.

    Who is named as the mentor may mean whoever stands in for him: both are kept apart, but for whom the student
    wishes in the `request` with which it is told. Who tells of his own relation names nobody.
    """
    Student.objects.select_for_update().get(pk=student.pk)  # orders it against a change that takes effect
    bond = named.bond if named else None
    about = named.staff.person_id if named and named.staff.person_id != actor.person_id else None
    row = _create(student, bond, about, reason, actor, request)
    if about and bond:
        meant = {about} | (stand_ins(bond) if bond.mentor.person_id == about else set())
        wished = request.wished.person_id if request and request.wished else None
        keep_apart(student.pk, meant - {actor.person_id, wished})
    return row


def announce(row: Concern, *, actor: Actor) -> None:
    """What was open to whom it names is closed, and the office is told."""
    with Deed(audit.CONCERN_RAISED, actor, school=row.student.school_id, about=row):
        withhold_letters(row.student)
        named = named_by(row.student_id)
        offered = ChangeRequest.objects.filter(
            mentorship__student=row.student_id, state=ChangeState.AGREED, target__person__in=named
        )
        for request in offered.select_related("mentorship__mentor", "target"):
            decline(request, actor=actor, said=CANNOT)
        _tell(row, TOLD.office())


def _create(
    student: Student,
    bond: Mentorship | None,
    about: UUID | None,
    reason: str,
    actor: Actor,
    request: ChangeRequest | None,
) -> Concern:
    try:
        with transaction.atomic():
            return Concern.objects.create(
                student=student,
                mentorship=bond,
                request=request,
                about_id=about,
                asker=Asker(actor.role.value),
                asked_by_id=actor.person_id,
                asked_as=actor.role,
                reason=reason.strip(),
                due_on=answer_by(student.school_id, today()),
            )
    except IntegrityError as twice:
        raise DomainError(
            "told_already", "学校已经收到了，正在处理，不用再交一次。还有话想说，等老师来找的时候说就行。"
        ) from twice


def take(row: Concern, *, actor: Actor) -> None:
    """我来处理. Raises `own_concern`, `invalid_transition`."""
    with _moved(row, "take", actor) as deed:
        CONCERN.move(row, "take")
        _answer(row, deed, TAKEN)


def close(row: Concern, answer: str, *, actor: Actor) -> None:
    """Close it with an answer that the asker reads. Raises `closing_needs_answer`, `own_concern`, `invalid_transition`."""
    if not answer.strip():
        raise DomainError("closing_needs_answer", "请写明怎么处理的，提出的人会看到。", field="answer")
    with _moved(row, "close", actor) as deed:
        CONCERN.move(row, "close", answer=answer.strip(), decided_by=actor.person_id, decided_on=today())
        settle_office(row.student.school_id, _key(row), _late(row))
        _answer(row, deed, ANSWERED)


def withdraw_concern(row: Concern, *, actor: Actor) -> None:
    """Who has told it takes it back: it is marked so, and still closed by the school alone. Raises `closed_already`."""
    with _moved(row, "withdraw", actor):
        open_ = Concern.objects.filter(pk=row.pk, state__in=sorted(STANDS), withdrawn_at__isnull=True)
        if not open_.update(withdrawn_at=now()):
            raise DomainError("closed_already", "这件事已经办好，或者已经说过不用了。")
        _tell(row, TAKEN_BACK.office())


def urge_concerns() -> int:
    """Tell the leaders, once, of what nobody has answered in time; returns of how many."""
    late = Concern.objects.filter(state__in=sorted(STANDS), due_on__lt=today(), urged_at__isnull=True)
    return sum(_urge(row) for row in late.select_related("student__school"))


def _urge(row: Concern) -> bool:
    with together("what is late is told once"):
        if not Concern.objects.filter(pk=row.pk, urged_at__isnull=True).update(urged_at=now()):
            return False
        _tell_one_of(row, leading(row), LATE.leader(), _late(row))
    return True


def _moved(row: Concern, event: str, actor: Actor) -> AbstractContextManager[Deed]:
    """The deed of a step. Whoever has told a concern may take it back, and nothing else."""
    if event != "withdraw":
        demand_another(row.asked_by_id, actor.person_id, "这件事是您自己提出的，请另一位来处理。")
        if actor.person_id in not_dealing(row):
            raise DomainError("own_concern", "这件事请另一位来处理。")
    return Deed(audit.CONCERN_MOVED, actor, school=row.student.school_id, about=row, event=event)


def _answer(row: Concern, deed: Deed, said: Row) -> None:
    """Whoever told it hears of it under the hat he told it in."""
    title = said.asker(you="你" if row.asker == Asker.STUDENT else "您")
    url = reverse("relations:mine")
    deed.tell([row.asked_by_id], role=row.asked_as, student=row.student_id, title=title, url=url)


def _key(row: Concern) -> str:
    return f"safety:{row.pk}"


def _late(row: Concern) -> str:
    return f"safety-late:{row.pk}"


def _tell(row: Concern, title: str) -> None:
    settle_office(row.student.school_id, _key(row))
    _tell_one_of(row, dealing(row), title, _key(row))


def _tell_one_of(row: Concern, held: Sequence[RoleGrant], title: str, key: str) -> None:
    """Each of these, without a name; where there is nobody, those who watch over the school."""
    school = row.student.school
    if held:
        url = reverse("relations:concern", args=[row.pk])
        tell_officers(
            [(each.person_id, each.role) for each in held], school.pk, title=title, url=url, key=key
        )
    else:
        barred = not_dealing(row)
        for each in overseers(school):
            if each.person_id not in barred:
                tell_people(
                    [each.person_id],
                    role=each.role,
                    school=None,
                    student=None,
                    title=f"{school.short_name}{NOBODY}",
                    url=reverse("home:home"),
                )
