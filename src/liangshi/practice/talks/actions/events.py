"""Report a 重大变故, accept it, name one lead adult, follow it to its end."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import tell_office
from liangshi.foundation.records.decisions import demand_another
from liangshi.foundation.records.writing import saved_already, says, written
from liangshi.practice.talks import audit
from liangshi.practice.talks.choices import (
    BY_LEAD,
    EVENT,
    OPEN_STATES,
    EventState,
    Happening,
)
from liangshi.practice.talks.models import FormerLead, LifeEvent, Talk
from liangshi.practice.talks.policy import EVENT_REPORT
from liangshi.practice.talks.queries.events import may_accept
from liangshi.practice.talks.transitions import LEADERLESS, LEADS, RELIEVED, REPORTED
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import advisers, in_charge
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.mentorships.fit import Part, demand_fit
from liangshi.registry.people.models import Staff, Student

OWN_LEAD = "主谈人不能是您自己，请另选一位，或请另一位同事来定。"


def report(
    *, student_id: UUID, kind: str, text: str, key: UUID, actor: Actor, talk: Talk | None = None
) -> LifeEvent:
    """Report what happened to a student. Mentor and class adviser are told at once, without a word of it. `talk`, of the
    actor's own, was about it: it names the event from now on, and asks for it no more.

    The same page again gives the same event. Raises DomainError `not_reportable`, `unknown_kind`, `saved_already`.
    """

    def write() -> LifeEvent:
        if kind not in Happening.values:
            raise DomainError("unknown_kind", "请从列表里选一项；都不合适，选「其他」。", field="kind")
        student = Student.objects.seen_by(actor, EVENT_REPORT).filter(pk=student_id).first()
        if student is None:
            raise DomainError("not_reportable", "没有找到这名学生，请核对姓名和班级。", field="student")
        with Deed(audit.EVENT_REPORTED, actor, school=student.school_id, subjects=[student.pk]) as deed:
            deed.about = row = LifeEvent.objects.create(
                school_id=student.school_id,
                student=student,
                kind=kind,
                text=text.strip(),
                reported_by_id=actor.person_id,
                reported_on=today(),
                key=key,
            )
            if talk:
                own = Talk.objects.filter(pk=talk.pk, author=actor.hat.staff_id, event=None)
                own.filter(students__student=student.pk).update(event=row)
            _tell(row, deed)
        return row

    return written(
        LifeEvent.objects.filter(reported_by=actor.person_id, key=key)
        .select_related("student__person")
        .first,
        write,
        same=lambda held: says(held, {"student_id": student_id, "kind": kind, "text": text.strip()}),
        otherwise=lambda held: saved_already(
            f"{held.student}的事", "要报的是另一件，请先把写的抄下来，重新打开「上报重大变故」。"
        ),
    )


def _tell(row: LifeEvent, deed: Deed) -> None:
    url = reverse("talks:event", args=[row.pk])
    near = in_charge([row.student_id])
    others = [each for each in advisers([row.student_id]) if each not in near]
    for people, role in ((near, Role.MENTOR), (others, Role.ADVISER)):
        deed.tell(people, role=role, student=row.student_id, title=REPORTED.mentor(), url=url)
    deed.tell_office(
        OFFICE,
        title=REPORTED.office(),
        url=url,
        key=f"event:{row.pk}",
    )


def set_lead(row: LifeEvent, lead: Staff, *, actor: Actor) -> None:
    """One adult leads from now on, until another is named. Accepts the event where nobody has yet.

    Raises DomainError `invalid_transition` (closed), `lead_not_here`, `own_decision`, `not_fit`, `not_given`, `lead_already`.
    """
    if lead.school_id != row.school_id:
        raise DomainError("lead_not_here", "主谈人要是本校的老师，请重新选。", field="lead")
    if actor.role in OFFICE:  # before what tells him who keeps away
        demand_another(lead.person_id, actor.person_id, OWN_LEAD, field="lead")
    demand_fit([(row.student_id, lead.pk)], Part.LEAD, field="lead")
    with Deed(audit.EVENT_LED, actor, about=row, subjects=[row.student_id], lead=lead.pk) as deed:
        row.refresh_from_db()
        if row.lead_id == lead.pk and row.state in OPEN_STATES:
            raise DomainError("lead_already", f"主谈人已经是{lead}，不用再定。", field="lead")
        if row.state == EventState.REPORTED:
            EVENT.move(row, "accept")
        deed.settle(f"event:{row.pk}")
        before = row.lead
        if before and row.lead_on:
            FormerLead.objects.get_or_create(event=row, staff=before, lead_on=row.lead_on)
        EVENT.move(row, "lead" if before is None else "hand_on", lead=lead, lead_on=today())
        url = reverse("talks:event", args=[row.pk])
        title = LEADS.lead()
        deed.tell([lead.person_id], role=Role.MENTOR, student=None, title=title, url=url)
        if before:
            deed.tell(
                [before.person_id],
                role=Role.MENTOR,
                student=None,
                title=RELIEVED.format(lead=lead),
                url=reverse("home:home"),
            )


def ask_for_another_lead(staff: Collection[UUID]) -> None:
    """These are at work no more: of each open event that one of them leads, the office hears that it needs another."""
    led = LifeEvent.objects.as_system("what somebody leads who is away now")
    for row in led.filter(lead__in=staff, state__in=OPEN_STATES):
        tell_office(
            row.school_id,
            OFFICE,
            title=LEADERLESS.office(),
            url=reverse("talks:event", args=[row.pk]),
            key=f"event:{row.pk}",
        )


def advance(row: LifeEvent, event: str, *, actor: Actor) -> None:
    """Accept, follow, calm or close. Once there is a lead, the steps are the lead's.

    Raises DomainError `invalid_transition`, `not_the_lead`, `not_yours`, `unknown_step`.
    """
    if event not in {"accept", *BY_LEAD}:
        raise DomainError("unknown_step", "没有这一步，请回到这件事的页面再选。")
    if event in BY_LEAD and row.lead_id != actor.hat.staff_id:
        raise DomainError(
            "not_the_lead",
            f"这件事由{row.lead}跟进，这一步由主谈人来做。" if row.lead else "还没有定主谈人，请先定一位。",
        )
    if event == "accept" and not may_accept(actor, row):
        raise DomainError("not_yours", "受理由学生的导师或班主任来做，您不用做什么。")
    with Deed(audit.EVENT_MOVED, actor, about=row, subjects=[row.student_id], to=event):
        EVENT.move(row, event)
