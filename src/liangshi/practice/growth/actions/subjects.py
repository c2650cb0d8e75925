"""Choose subjects; open the days on which students do so themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.spans import succeed
from liangshi.foundation.deeds import Deed
from liangshi.practice.growth import audit
from liangshi.practice.growth.choices import Source
from liangshi.practice.growth.models import SubjectChoice, SubjectWindow
from liangshi.practice.growth.queries.subjects import window_of
from liangshi.practice.growth.rules import may_choose_in_window_only
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import in_charge
from liangshi.registry.access.choices import Role
from liangshi.registry.people.models import OPEN, Student
from liangshi.registry.people.subjects import combo
from liangshi.registry.schools.models import Cohort

LONGEST = dt.timedelta(days=120)


def choose(student: Student, *, first: str, seconds: Iterable[str], actor: Actor) -> SubjectChoice:
    """Enter what a student chose, from today on. The same choice again changes nothing.

    A change of an earlier choice prompts the mentor to talk about it. Raises DomainError `bad_combo` or
    `choice_closed` (a student outside the days that his school opened).
    """
    chosen = combo(first, seconds)
    with Deed(audit.SUBJECTS_CHOSEN, actor, subjects=[student.pk]) as deed:
        # Rivals wait here; one open row a student is the wall behind.
        Student.objects.select_for_update().get(pk=student.pk)
        own = may_choose_in_window_only(actor)
        if own:
            _require_window(student)
        held = SubjectChoice.objects.filter(OPEN, student=student).first()
        if held and held.combo == chosen:
            deed.nothing()
            return held
        deed.about = row = succeed(
            SubjectChoice.objects.filter(student=student),
            on=today(),
            student=student,
            first=chosen.first,
            second_one=chosen.seconds[0],
            second_two=chosen.seconds[1],
            source=Source.STUDENT if own else Source.SCHOOL,
            entered_by_id=actor.person_id,
        )
        deed.note(before=str(held) if held else "", after=str(row))
        if held:
            _prompt_mentor(student, deed)
    return row


def _require_window(student: Student) -> None:
    window = window_of(student)
    if window is None:
        raise DomainError("choice_closed", "学校还没有开放选科填报。要改，请找班主任或学校办公室。")
    if not window.is_open:
        raise DomainError(
            "choice_closed", f"选科填报的时间是 {window.days}，现在不能填。要改，请找班主任或学校办公室。"
        )


def _prompt_mentor(student: Student, deed: Deed) -> None:
    """生涯向导: the mentor is asked to talk about it. The notice does not say what was chosen."""
    deed.tell(
        in_charge([student.pk]),
        role=Role.MENTOR,
        student=student.pk,
        title=f"{student}的选科有变动，找个时间和TA聊聊生涯",
        url=reverse("dossier:student", args=[student.pk]) + "?part=aims",
    )


def set_window(cohort: Cohort, *, opens_on: dt.date, last_on: dt.date, actor: Actor) -> SubjectWindow:
    """Open (or move) the days of a 级. Raises DomainError `window_order`, `window_over` or `window_too_long`."""
    if last_on < opens_on:
        raise DomainError("window_order", "截止日要在开始日当天或之后。", field="last_on")
    if last_on < today():
        raise DomainError("window_over", "截止日已经过去了，请核对年份。", field="last_on")
    if last_on - opens_on > LONGEST:
        raise DomainError("window_too_long", "填报时间请定在 120 天以内。", field="last_on")
    with Deed(audit.WINDOW_SET, actor, about=cohort, opens_on=opens_on, last_on=last_on):
        row, _ = SubjectWindow.objects.update_or_create(
            cohort=cohort, defaults={"opens_on": opens_on, "last_on": last_on}
        )
    return row
