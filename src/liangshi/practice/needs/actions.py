"""特需: proposed by one, approved by another; co-mentors chosen by the office and approved by a leader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.notices.actions import settle_office, tell_office
from liangshi.foundation.records.decisions import demand_another
from liangshi.practice.needs import audit
from liangshi.practice.needs.choices import NEED, NEED_OPEN, NeedCategory, NeedRefusal, NeedState
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.practice.needs.queries.engine import Suggestion, suggest
from liangshi.practice.needs.queries.needs import (
    bonds_of,
    co_teachers,
    live_needs_of,
    suggestible,
    taken_by,
    unmet_in,
)
from liangshi.practice.needs.transitions import (
    APPROVED,
    CHOSEN,
    ENDED,
    GRANTED,
    PROPOSED,
    REFUSED,
    REOPENED,
)
from liangshi.practice.plans.queries import policy_now
from liangshi.practice.relations.actions.changes import follow_up
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships import actions as mentorships
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import LONGEST_REVIEW, EndReason, Kind, Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import OPEN, Person, Staff, Student
from liangshi.registry.people.queries import classes_of, teachers_of
from liangshi.registry.schools.choices import Strategy

OWN = "不能把学生配给您自己，请另选一位老师，或请另一位同事来办。"


def check_review(day: dt.date | None) -> dt.date:
    """A day of review: after today, within a year. Raises `need_review_date`."""
    if day is None or not today() < day <= today() + LONGEST_REVIEW:
        raise DomainError(
            "need_review_date",
            "请写一个今天以后、一年以内的复核日期，到期会提醒学校再看一次。",
            field="review_on",
        )
    return day


def propose_need(
    student: Student,
    *,
    category: str,
    strategies: Collection[str],
    review_on: dt.date | None,
    by: Person,
    actor: Actor,
) -> Need:
    """Say that a student needs several mentors. A leader decides; neither notice nor log tells the category.

    Raises DomainError `need_category`, `no_co_mentors`, `need_strategies`, `need_review_date`, `need_exists`.
    """
    if category not in NeedCategory.values:
        raise DomainError("need_category", "请从列表里选一个类别。", field="category")
    wanted = sorted(set(strategies))
    most = policy_now(student.school_id).co_limit
    if not most:
        raise DomainError("no_co_mentors", "本校这一学年的匹配办法里没有协同导师。确有需要，请和校领导商量。")
    if not 1 <= len(wanted) <= most or not set(wanted) <= set(Strategy.values):
        raise DomainError(
            "need_strategies",
            f"请选 1 到 {most} 个需要协同的方面（本校一名学生至多 {most} 位协同导师）。",
            field="strategies",
        )
    review_on = check_review(review_on)
    with Deed(
        audit.NEED_PROPOSED, actor, school=student.school_id, subjects=[student.pk], strategies=wanted
    ) as deed:
        try:
            with transaction.atomic():
                need = Need.objects.create(
                    student=student, category=category, review_on=review_on, asked_by=by, asked_as=actor.role
                )
        except IntegrityError as taken:
            raise DomainError(
                "need_exists", f"{student}已经有一项登记在办，不用再提；要改，请和学校办公室联系。"
            ) from taken
        NeedStrategy.objects.bulk_create([NeedStrategy(need=need, strategy=code) for code in wanted])
        deed.about = need
        deed.tell_office(
            (Role.LEADER.value,),
            title=PROPOSED.leader(),
            url=reverse("needs:needs"),
            key="need-decide",
        )
    return need


def _deed(entry: EntryType, need: Need, actor: Doer, **detail: object) -> Deed:
    school = need.student.school_id
    return Deed(entry, actor, school=school, about=need, subjects=[need.student_id], **detail)


def _step(need: Need, event: str, **also: object) -> Need:
    return NEED.move(need, event, **also)


def decide_need(need: Need, *, approve: bool, refusal: str = "", by: Person, actor: Actor) -> Need:
    """A leader approves or refuses. Raises `own_decision`, `refusal_reason`, `invalid_transition`."""
    demand_another(need.asked_by_id, by.pk, "这一项是您自己提出的，请另一位校领导来定。")
    if not approve and refusal not in NeedRefusal.values:
        raise DomainError("refusal_reason", "不批准的，请选一个原因。", field="refusal")
    fields = {"decided_by": by, "decided_on": today()}
    said = {} if approve else {"reason": refusal}
    with _deed(audit.NEED_APPROVED if approve else audit.NEED_REFUSED, need, actor, **said) as deed:
        if approve:
            _step(need, "approve", **fields)
            title, url = APPROVED.office(), reverse("needs:staffing")
            deed.tell_office((Role.CLERK.value,), title=title, url=url, key="need-staff")
        else:
            _step(need, "refuse", refusal=refusal, **fields)
        answer = APPROVED if approve else REFUSED
        deed.tell(
            [need.asked_by_id],
            role=need.asked_as,
            student=need.student_id,
            title=answer.asker(child=need.student),
            url=reverse("dossier:student", args=[need.student_id]),
        )
        _settle_notices(need.student.school_id)
    return need


def _settle_notices(school: UUID) -> None:
    """What nobody has to decide, to choose or to grant any more stands in no office as unread."""
    lines = unmet_in(school)
    nothing_to = {
        "need-decide": not Need.objects.filter(student__school=school, state=NeedState.PROPOSED).exists(),
        "need-staff": all(line.suggested_id for line in lines),
        "need-grant": not any(line.suggested_id for line in lines),
    }
    settle_office(school, *(key for key, holds in nothing_to.items() if holds))


def propose_co_mentors(actor: Actor) -> Suggestion:
    """The engine's suggestion for all that is open in the actor's school. Nothing is written."""
    lines = suggestible(actor)
    school, day = actor.own_school, today()
    students = {line.need.student_id for line in lines}
    groups = classes_of(students, day)
    teaching = teachers_of((group.pk for group in groups.values()), day)
    held, family = taken_by(students), barred_of(students, day)
    return suggest(
        lines,
        [each for each in co_teachers(school, day) if each.staff.person_id != actor.person_id],
        banned={key: held.get(key, set()) | family[key] for key in students},
        near={key: teaching[group.pk] for key, group in groups.items() if group.pk in teaching},
        seed=f"needs:{school}:{day}",
    )


def choose_co_mentors(choice: Mapping[UUID, UUID | None], *, actor: Actor) -> int:
    """The office's choice (row → teacher, or None to leave it open), sent to the leader; returns how many rows
    have somebody. It may choose any mentor with places, whatever he said that he is good at.

    Raises DomainError `not_in_pool`, `own_decision`, `already_mentor`, `co_load`, `family`, `same_teacher_twice`,
    `nobody_chosen`.
    """
    teachers = {each.staff.pk: each for each in co_teachers(actor.own_school, today())}
    with together("several needs at once"):
        lines = [line for line in suggestible(actor) if line.pk in choice]
        students = {line.need.student_id for line in lines}
        held, family = taken_by(students), barred_of(students, today())
        seen: set[tuple[UUID, UUID]] = set()
        for line in lines:
            staff = choice[line.pk]
            if staff is None:
                continue
            student = line.need.student_id
            if staff not in teachers:
                raise DomainError(
                    "not_in_pool", f"为{line.need.student}的{line}选的老师现在不担任导师，请另选。"
                )
            who = teachers[staff].staff
            demand_another(who.person_id, actor.person_id, OWN)  # before what tells who keeps away
            if staff in held.get(student, set()):
                raise DomainError("already_mentor", f"{who}已经是{line.need.student}的导师了，请另选。")
            if staff in family[student]:
                raise DomainError("family", f"{who}不能担任{line.need.student}的导师，请另选。")
            if teachers[staff].free < 1:
                raise DomainError("co_load", f"{who}的协同名额已满，请另选。")
            if (student, staff) in seen:
                raise DomainError(
                    "same_teacher_twice", f"{line.need.student}的两个方面选了同一位老师，请改一个。"
                )
            seen.add((student, staff))
        return _keep_choice(lines, choice, actor)


def _keep_choice(lines: Sequence[NeedStrategy], choice: Mapping[UUID, UUID | None], actor: Actor) -> int:
    changed = [line for line in lines if line.suggested_id != choice[line.pk]]
    waiting = sum(choice[line.pk] is not None for line in lines)
    if not changed and not waiting:
        raise DomainError("nobody_chosen", "一位老师也没有选，没有送校领导。请至少为一个方面选一位老师。")
    keys = [line.pk for line in changed]
    NeedStrategy.objects.filter(pk__in=keys).update(suggested=None)  # so that two rows may swap
    for line in changed:
        NeedStrategy.objects.filter(pk=line.pk).update(suggested=choice[line.pk])
    for need in {line.need_id: line.need for line in changed}.values():
        with _deed(audit.NEED_SUGGESTED, need, actor):
            _step(need, "seek")
    if changed and waiting:
        tell_office(
            actor.own_school,
            (Role.LEADER.value,),
            title=CHOSEN.leader(),
            url=reverse("needs:needs"),
            key="need-grant",
        )
    _settle_notices(actor.own_school)
    return waiting


def grant_co_mentors(need: Need, *, seen: Collection[UUID], actor: Actor) -> int:
    """A leader lets the suggested teachers (`seen`: those he was shown) become co-mentors, all or none.

    Returns how many. Raises `own_decision`, `suggestion_changed`, `nobody_suggested` and what `begin_co` raises.
    """
    with _deed(audit.NEED_GRANTED, need, actor) as deed:
        need = Need.objects.select_for_update(of=("self",)).select_related("student__person").get(pk=need.pk)
        lines = list(need.strategies.select_related("suggested__person", "bond"))
        most = policy_now(need.student.school_id).co_limit
        todo = [line for line in lines if not line.met and line.suggested]
        if need.state not in NEED_OPEN or not todo:
            raise DomainError("nobody_suggested", "现在没有等您批准的协同导师。请刷新页面，看最新的情况。")
        if {line.suggested_id for line in todo} != set(seen):
            raise DomainError("suggestion_changed", "办公室刚刚改了人选。请看一看新的人选，再批准。")
        for line in todo:
            assert line.suggested
            demand_another(line.suggested.person_id, actor.person_id, OWN)  # as in `choose_co_mentors`
            line.bond = mentorships.begin_co(
                need.student, line.suggested, Strategy(line.strategy),
                on=today(), limit=most, actor=actor, chain=str(need.student.school_id),
            )  # fmt: skip
            line.suggested = None
            line.save(update_fields=["bond", "suggested"])
        if all(line.met for line in lines):
            _step(need, "staff")
        deed.note(number=len(todo))
        _tell_granted(need, [line.bond for line in todo if line.bond], deed)
        _settle_notices(need.student.school_id)
    return len(todo)


def _tell_granted(need: Need, begun: Sequence[Mentorship], deed: Deed) -> None:
    page = reverse("dossier:student", args=[need.student_id])
    lines = [(bond.mentor.person_id, GRANTED.co_mentors(child=need.student)) for bond in begun]
    primary = next((bond for bond in bonds_of(need.student) if bond.kind == Kind.PRIMARY), None)
    if primary:
        names = "、".join(str(bond.mentor) for bond in begun)
        lines.append((primary.mentor.person_id, GRANTED.mentor(also=names, child=need.student)))
    for person, title in lines:
        deed.tell([person], role=Role.MENTOR, student=need.student_id, title=title, url=page)
    also = "、".join(str(bond.mentor) for bond in begun)
    _tell_family(need, deed, GRANTED.student(also=also), GRANTED.guardians(also=also, child=need.student))


def _tell_family(need: Need, deed: Deed, to_him: str, to_them: str) -> None:
    """The student and his guardians: who is there for him, and never what for."""
    student, home = need.student, reverse("home:home")
    deed.tell([student.person_id], role=Role.STUDENT, student=student.pk, title=to_him, url=home)
    links = guardians([student.pk]).values_list("person", flat=True)
    deed.tell(list(links), role=Role.GUARDIAN, student=student.pk, title=to_them, url=home)


def renew_need(need: Need, review_on: dt.date | None, *, actor: Actor) -> None:
    """It has been reviewed and goes on until another day. Raises `need_review_date`, `need_over`."""
    review_on = check_review(review_on)
    with _deed(audit.NEED_RENEWED, need, actor, review_on=review_on):
        changed = Need.objects.filter(pk=need.pk, state__in=sorted(NEED_OPEN)).update(review_on=review_on)
        if not changed:
            raise DomainError("need_over", "这一项已经结束，或还没有批准，不用复核。")


def end_need(need: Need, *, actor: Doer, on: dt.date | None = None) -> int:
    """The need is over, and with it the bonds of its co-mentors, today or on the day `on` on which the student left; returns
    how many. Raises `invalid_transition`."""
    on = on or today()
    with _deed(audit.NEED_ENDED, need, actor) as deed:
        _step(need, "end", ended_on=on)
        chain, ended = str(need.student.school_id), 0
        for line in need.strategies.select_related("bond__mentor__person"):
            if line.met and line.bond:
                mentorships.end(line.bond, on=on, reason=EndReason.NEED_OVER, actor=actor, chain=chain)
                deed.tell(
                    [line.bond.mentor.person_id],
                    role=Role.MENTOR,
                    student=None,  # he reads nothing about him any more
                    title=ENDED.co_mentors(),
                    url=reverse("home:home"),
                )
                ended += 1
        need.strategies.update(suggested=None)
        deed.note(bonds=ended)
        _settle_notices(need.student.school_id)
    return ended


def settle(need: Need, *, actor: Doer) -> bool:
    """A need that counted as 已配备 looks for somebody again, if a co-mentor has gone."""
    with _deed(audit.NEED_REOPENED, need, actor) as deed:
        lines = list(need.strategies.select_related("bond"))
        if need.state != NeedState.STAFFED or all(line.met for line in lines):
            deed.nothing()
            return False
        _step(need, "seek")
        deed.tell_office(
            (Role.CLERK.value,),
            title=REOPENED.office(),
            url=reverse("needs:staffing"),
            key="need-staff",
        )
    return True


def end_primary(
    student: Student, *, promote: Staff | None = None, successor: Staff | None = None, actor: Actor
) -> Mentorship:
    """End the primary mentor, today, in favour of a co-mentor (`promote`) or another teacher (`successor`).

    No student is left without one. Raises `no_primary`, `promote_or_replace`, `not_co_mentor`, `same_mentor`,
    `own_decision`, `family`, `not_in_pool`, `ratio_exceeded`.
    """
    with together("a change of mentor, and what follows for the student's needs"):
        Student.objects.select_for_update().get(pk=student.pk)
        bonds = bonds_of(student)
        primary = next((bond for bond in bonds if bond.kind == Kind.PRIMARY), None)
        if primary is None:
            raise DomainError("no_primary", f"{student}现在没有主导师。请到「待配导师」里直接配一位。")
        co = {bond.mentor_id: bond for bond in bonds if bond.kind == Kind.CO}
        following = promote or successor
        if following is None or (promote and successor):
            names = "、".join(str(bond.mentor) for bond in co.values())
            offer = f"请让{names}中的一位接任主导师，或另选一位老师" if co else "请选一位老师接任"
            raise DomainError("promote_or_replace", f"{student}不能没有主导师。{offer}。", field="promote")
        if promote and promote.pk not in co:
            raise DomainError("not_co_mentor", f"{promote}不是{student}的协同导师。", field="promote")
        if following.pk == primary.mentor_id:
            raise DomainError("same_mentor", f"{following}就是现在的主导师，请另选。", field="successor")
        demand_another(following.person_id, actor.person_id, OWN, field="promote" if promote else "successor")
        if following.pk in barred_of([student.pk], today())[student.pk]:
            raise DomainError("family", f"{following}不能担任{student}的导师，请另选。", field="successor")
        mentorships.check_may_mentor(following)
        mentorships.replace(
            [mentorships.Change(primary, following.pk)],
            on=today(), origin=Origin.CHANGED, reason=EndReason.AGREED,
            actor=actor, chain=str(student.school_id),
        )  # fmt: skip
        for need in live_needs_of([student.pk]):
            settle(need, actor=actor)
        follow_up(primary, following)
        return Mentorship.objects.get(OPEN, student=student, kind=Kind.PRIMARY)
