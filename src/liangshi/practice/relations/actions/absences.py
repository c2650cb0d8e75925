"""离岗, 返岗, 全部接任. No student is without an adult for a single day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from liangshi.foundation.audit.actions import Doer, Machine
from liangshi.foundation.base.clock import now, spelled, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.notices.actions import settle_office, tell_office, tell_office_once
from liangshi.foundation.records.decisions import demand_another
from liangshi.practice.relations import audit
from liangshi.practice.relations.actions.changes import lapse
from liangshi.practice.relations.actions.handovers import begin_letters
from liangshi.practice.relations.actions.requests import decline
from liangshi.practice.relations.actions.telling import tell_of_care, tell_of_change, tell_of_return
from liangshi.practice.relations.choices import (
    ABSENCE,
    AWAY_NOW,
    ENDS_GRANTS,
    SHORT_DAYS,
    STATE_AT_ONCE,
    STATE_IN_THE_END,
    AbsenceKind,
    AbsenceState,
    ChangeState,
)
from liangshi.practice.relations.models import Absence, ChangeRequest, Succession
from liangshi.practice.relations.queries.absences import (
    Plan,
    bonds_of,
    caretakers,
    caretakers_of,
    in_care_of,
    may_return,
    rematch,
)
from liangshi.practice.relations.queries.successors import checked_by_hand
from liangshi.practice.relations.transitions import AWAY, DUE_BACK, IS_AWAY, OVERDUE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.mentorships.actions import Change, cover, end, replace, uncover
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import EndReason, Kind, Origin
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people import actions as people
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.leaving import leave
from liangshi.registry.people.models import OPEN, Staff

OWN_SUCCESSOR = "不能改选您自己接任，请按方案，另选一位，或请另一位同事来办。"


def register(
    staff: Staff, kind: AbsenceKind, *, back_on: dt.date | None, deputy: Staff | None, actor: Actor
) -> Absence:
    """Somebody is away from today: his students are looked after at once, and, unless it is short, need a successor.

    `deputy` looks after all of them; without one, each is looked after by the 年级组长, else by the 班主任. Raises
    DomainError `away_already`, `needs_back_on`, `leave_too_long`, `needs_deputy`, `deputy_away`, `leaves_oneself`.
    """
    back_on = _checked(staff, kind, back_on, deputy, actor)
    school = str(staff.school_id)
    with Deed(audit.ABSENCE_REGISTERED, actor, school=school, kind=kind.value) as deed:
        bonds = bonds_of(staff)
        row = _create(staff, kind, back_on, bool(bonds), actor)
        _look_after([*bonds, *in_care_of(staff)], staff, deputy, actor)
        people.set_staff_state(staff, STATE_AT_ONCE[kind], actor=actor)
        if kind != AbsenceKind.SHORT:
            _end_co(staff, kind, actor)
        if row.state == AbsenceState.WAITING:
            Succession.objects.bulk_create([Succession(absence=row, mentorship=bond) for bond in bonds])
            _tell_tasks(row, len(bonds))
        elif row.state == AbsenceState.SUCCEEDED:
            _leave(row, actor)
        if kind in ENDS_GRANTS:
            leave([staff.pk], actor=actor)
        _free_offers(staff, actor)
        deed.about = row
        deed.note(students=len(bonds))
    return row


def _checked(
    staff: Staff, kind: AbsenceKind, back_on: dt.date | None, deputy: Staff | None, actor: Actor
) -> dt.date | None:
    if kind in ENDS_GRANTS and staff.person_id == actor.person_id:
        raise DomainError("leaves_oneself", "自己的离任请由另一位同事登记。", field="staff")
    if deputy:
        said = "不能安排由您自己代管，请另选一位，或请另一位同事来登记。"
        demand_another(deputy.person_id, actor.person_id, said, field="deputy")
    if deputy and (deputy.state != StaffState.ON_DUTY or deputy.school_id != staff.school_id):
        raise DomainError("deputy_away", f"{deputy}现在不在岗，请另选一位代管。", field="deputy")
    if deputy and deputy.pk == staff.pk:
        raise DomainError("deputy_away", "不能由本人代管，请另选一位。", field="deputy")
    if kind != AbsenceKind.SHORT:
        return None
    if back_on is None or back_on <= today():
        raise DomainError("needs_back_on", "短期离岗请写预计哪一天返岗（今天以后）。", field="back_on")
    if back_on > today() + dt.timedelta(SHORT_DAYS):
        raise DomainError(
            "leave_too_long",
            f"短期离岗最长 {SHORT_DAYS} 天。更久的请选别的情形，学校会为学生安排接任的导师。",
            field="back_on",
        )
    return back_on


def _create(
    staff: Staff, kind: AbsenceKind, back_on: dt.date | None, has_students: bool, actor: Actor
) -> Absence:
    state = AbsenceState.COVERED if kind == AbsenceKind.SHORT else AbsenceState.WAITING
    if kind != AbsenceKind.SHORT and not has_students:
        state = AbsenceState.SUCCEEDED
    try:
        with transaction.atomic():
            return Absence.objects.create(
                staff=staff,
                kind=kind,
                state=state,
                starts_on=today(),
                back_on=back_on,
                ended_on=today() if state == AbsenceState.SUCCEEDED else None,
                registered_by_id=actor.person_id,
            )
    except IntegrityError as twice:
        raise DomainError(
            "away_already", f"{staff}的离岗已经登记过了，请在「师生关系」里打开它。", field="staff"
        ) from twice


def _look_after(bonds: Sequence[Mentorship], leaver: Staff, deputy: Staff | None, actor: Actor) -> None:
    """Every student has a caretaker from today. Raises `needs_deputy` with how many nobody would look
    after: who they are, stands on the page of the teacher, whose reading is written down."""
    who = caretakers_of(bonds, leaver, deputy)
    nobody = [bond for bond in bonds if bond.pk not in who]
    if nobody:
        raise DomainError(
            "needs_deputy",
            f"有 {len(nobody)} 名学生没有年级组长或班主任可以临时负责。请选一位同事代管。",
            field="deputy",
        )
    before = caretakers(bond.pk for bond in bonds)
    groups: dict[UUID, list[Mentorship]] = defaultdict(list)
    for bond in bonds:
        groups[who[bond.pk].pk].append(bond)
    for mine in groups.values():
        cover(mine, who[mine[0].pk], on=today(), actor=actor, chain=str(leaver.school_id))
    tell_of_care([(bond, who[bond.pk]) for bond in bonds if before.get(bond.pk) != who[bond.pk]])


def _tell_tasks(row: Absence, count: int) -> None:
    tell_office(
        row.staff.school_id,
        OFFICE,
        title=AWAY.office(staff=row.staff, count=count),
        url=reverse("relations:succession", args=[row.pk]),
        key=f"succession:{row.pk}",
    )


def _free_offers(staff: Staff, actor: Actor) -> None:
    """Whom he was asked to take goes back to the office."""
    asked = ChangeRequest.objects.filter(state=ChangeState.AGREED, target=staff)
    for request in asked.select_related("mentorship__mentor"):
        decline(request, actor=actor, said=IS_AWAY)


def change_deputy(row: Absence, deputy: Staff, *, actor: Actor) -> int:
    """Another colleague looks after all of the students from today. Raises `deputy_away`, `not_away`."""
    _checked(row.staff, AbsenceKind(AbsenceKind.AWAY), None, deputy, actor)
    if row.state not in {AbsenceState.COVERED, AbsenceState.WAITING}:
        raise DomainError("not_away", "这次离岗已经办结，不用再安排代管。")
    with together("an absence and who looks after the students"):
        bonds = bonds_of(row.staff)
        _look_after(bonds, row.staff, deputy, actor)
    return len(bonds)


def come_back(row: Absence, *, actor: Actor) -> int:
    """返岗: whoever is still his student is with him again; returns how many.

    Raises `own_decision`, `left_for_good`, `invalid_transition`.
    """
    demand_another(row.staff.person_id, actor.person_id, "自己的返岗请另一位同事来登记。")
    if row.state == AbsenceState.SUCCEEDED and not may_return(row):
        raise DomainError("left_for_good", f"{row.staff}的离岗已经办结。要回来工作，请在名册里重新登记状态。")
    with Deed(audit.ABSENCE_ENDED, actor, school=row.staff.school_id, about=row):
        ABSENCE.move(row, "come_back", ended_on=today())
        settle_office(row.staff.school_id, f"succession:{row.pk}", f"return:{row.pk}", f"overdue:{row.pk}")
        bonds = bonds_of(row.staff)
        held = caretakers(bond.pk for bond in bonds)
        uncover(bonds, on=today(), actor=actor, chain=str(row.staff.school_id))
        Succession.objects.filter(absence=row, closed_at__isnull=True).update(closed_at=now())
        people.set_staff_state(row.staff, StaffState.ON_DUTY, actor=actor)
        tell_of_return([(bond, held[bond.pk]) for bond in bonds if bond.pk in held])
    return len(bonds)


def stay_away(row: Absence, kind: AbsenceKind = AbsenceKind.AWAY, *, actor: Actor) -> int:
    """A short leave becomes a longer one of this kind, or he leaves for good: every student now needs a successor; returns
    how many. Raises `leaves_oneself`, `invalid_transition`."""
    if kind in ENDS_GRANTS and row.staff.person_id == actor.person_id:
        raise DomainError("leaves_oneself", "自己的离任请由另一位同事登记。", field="kind")
    with Deed(audit.ABSENCE_LONGER, actor, school=row.staff.school_id, about=row, kind=kind.value):
        ABSENCE.move(row, "stay_away", kind=kind, back_on=None)
        settle_office(row.staff.school_id, f"return:{row.pk}", f"overdue:{row.pk}")
        bonds = bonds_of(row.staff)
        Succession.objects.bulk_create(
            [Succession(absence=row, mentorship=bond) for bond in bonds], ignore_conflicts=True
        )
        if not bonds:
            ABSENCE.move(row, "hand_over", ended_on=today())
        people.set_staff_state(row.staff, STATE_AT_ONCE[kind], actor=actor)
        _end_co(row.staff, kind, actor)
        if bonds:
            _tell_tasks(row, len(bonds))
        else:
            _leave(row, actor)
        if kind in ENDS_GRANTS:
            leave([row.staff_id], actor=actor)
    return len(bonds)


KIND_OF = {
    StaffState.GONE: AbsenceKind.GONE,
    StaffState.RETIRED: AbsenceKind.RETIRED,
    StaffState.SUSPENDED: AbsenceKind.CONDUCT,
    StaffState.DIED: AbsenceKind.DIED,
}  # of a post that has ended, what the absence has become


def close_absences(staff: Collection[UUID]) -> None:
    """A leave of somebody who has left meanwhile, and on whom no student depends, is done with: nobody waits for him."""
    rows = Absence.objects.filter(
        state__in=AWAY_NOW, staff__in=staff, staff__state__in=list(KIND_OF)
    ).select_related("staff")
    for row in rows.exclude(staff__in=Mentorship.objects.filter(ACTIVE_PRIMARY).values("mentor")):
        kind = KIND_OF[StaffState(row.staff.state)]
        if row.state == AbsenceState.COVERED:
            ABSENCE.move(row, "stay_away", kind=kind, back_on=None)
        ABSENCE.move(row, "hand_over", kind=kind, ended_on=today())
        settle_office(
            row.staff.school_id, *(f"{word}:{row.pk}" for word in ("return", "overdue", "succession"))
        )


def succeed(row: Absence, picks: Mapping[UUID, UUID], *, commitment: str, actor: Actor) -> int:
    """全部接任: all of the leaver's students pass on at once, certified first; returns how many passed.

    `picks` maps each mentorship of the proposal to a member of staff; `commitment` is that of the proposal that
    was looked at. Raises DomainError `plan_changed`, `nobody_to_succeed`, `pick_unknown`, `not_allowed`,
    `own_decision`, `ratio_exceeded`, `bond_ended`, `invalid_transition` (also for the second of two taps).
    """
    with Deed(audit.SUCCEEDED, actor, school=row.staff.school_id, about=row) as deed:
        ABSENCE.move(row, "hand_over", ended_on=today())
        settle_office(row.staff.school_id, f"succession:{row.pk}")
        passed = _passed(rematch(row), picks, commitment, actor)
        reason = EndReason.AGREED if row.kind == AbsenceKind.CONDUCT else EndReason.MENTOR_LEFT
        replace(
            [Change(bond, new.pk) for bond, new in passed],
            on=today(),
            origin=Origin.SUCCESSION,
            reason=reason,
            actor=actor,
            chain=str(row.staff.school_id),
        )
        _close_tasks(row, passed)
        lapse(bond.pk for bond, _ in passed)
        tell_of_change(passed)
        _leave(row, actor)
        row.staff.refresh_from_db()
        begin_letters(_with_state(passed, row.staff))
        deed.note(students=len(passed))
    return len(passed)


def _with_state(passed: Sequence[tuple[Mentorship, Staff]], leaver: Staff) -> list[tuple[Mentorship, Staff]]:
    """The same relations with the leaver as he is now: whether he can still write a letter."""
    for bond, _ in passed:
        if bond.mentor_id == leaver.pk:
            bond.mentor.state = leaver.state
    return list(passed)


def _passed(
    plan: Plan, picks: Mapping[UUID, UUID], commitment: str, actor: Actor
) -> list[tuple[Mentorship, Staff]]:
    """Each student of the proposal with his chosen successor, checked by the engine's verifier. Whom the proposal gives
    the actor he may have; himself he chooses for nobody, which is said before anything that tells who keeps away."""
    if plan.obstacles:
        raise DomainError("nobody_to_succeed", plan.obstacles[0])
    if commitment != plan.commitment:
        raise DomainError(
            "plan_changed",
            "刚才有学生或名额变动了，方案已经按最新情况重新算过。请再看一眼，再点「全部接任」。",
        )
    if plan.asked is None:
        return []
    staff = {each.pk: each for each in plan.asked.staff.values()}
    unknown = [line for line in plan.lines if picks.get(line.bond.pk) not in staff]
    if unknown:
        raise DomainError("pick_unknown", f"请为{unknown[0].bond.student}选一位有空位的导师。")
    chosen = {line.bond.pk: staff[picks[line.bond.pk]] for line in plan.lines}
    for line in plan.lines:
        if chosen[line.bond.pk].pk not in {line.successor.pk, line.bond.mentor_id}:
            demand_another(chosen[line.bond.pk].person_id, actor.person_id, OWN_SUCCESSOR)
    given = {key: chosen.get(bond.pk, bond.mentor).staff_no for key, bond in plan.asked.bonds.items()}
    if any(chosen[line.bond.pk].pk != line.successor.pk for line in plan.lines):
        barred = barred_of((line.bond.student_id for line in plan.lines), today())
        if any(chosen[line.bond.pk].pk in barred[line.bond.student_id] for line in plan.lines):
            # Not whom and why: who keeps away from whom is nobody's to read here.
            raise DomainError(
                "not_allowed", "改动后的安排不成立：有的老师不能接他的学生。请按方案，或者另选一位。"
            )
        broken = checked_by_hand(plan.asked, given)
        if broken:
            raise DomainError("not_allowed", f"改动后的安排不成立：{broken[0]}")
    return [
        (line.bond, chosen[line.bond.pk])
        for line in plan.lines
        if chosen[line.bond.pk].pk != line.bond.mentor_id
    ]


def _close_tasks(row: Absence, passed: Sequence[tuple[Mentorship, Staff]]) -> None:
    for bond, new in passed:
        Succession.objects.filter(absence=row, mentorship=bond).update(successor=new, closed_at=now())
    Succession.objects.filter(absence=row, closed_at__isnull=True).update(closed_at=now())


def _leave(row: Absence, actor: Doer) -> None:
    """What ends with the last student of someone who is gone for good: his post, and where it was registered before that
    ended at once, co-mentoring."""
    _end_co(row.staff, row.kind, actor)
    if final := STATE_IN_THE_END.get(row.kind):
        people.set_staff_state(row.staff, final, actor=actor)


def _end_co(staff: Staff, kind: str, actor: Doer) -> None:
    """Whoever is away for long is nobody's co-mentor: the need looks for another one (`needs.tasks`)."""
    reason = EndReason.AGREED if kind == AbsenceKind.CONDUCT else EndReason.MENTOR_LEFT
    for bond in Mentorship.objects.filter(OPEN, mentor=staff, kind=Kind.CO).select_related("mentor"):
        end(bond, on=today(), reason=reason, actor=actor, chain=str(staff.school_id))


def close_done() -> int:
    """A longer absence whose students have all left, or have another mentor by now, asks for no successor any more; who is
    gone for good leaves. Not where some have graduated: that may be undone for a week, and then they wait again. Returns
    how many are closed."""
    waiting = Absence.objects.filter(state=AbsenceState.WAITING).select_related("staff")
    graduated = Succession.objects.filter(mentorship__end_reason=EndReason.YEAR_OVER)
    done = waiting.exclude(staff__in=Mentorship.objects.filter(ACTIVE_PRIMARY).values("mentor")).exclude(
        pk__in=graduated.values("absence")
    )
    for row in done:
        school = row.staff.school_id
        machine = Machine("每日任务", str(school))
        with Deed(audit.SUCCEEDED, machine, school=school, about=row, students=0):
            ABSENCE.move(row, "hand_over", ended_on=today())
            settle_office(school, f"succession:{row.pk}")
            _close_tasks(row, [])
            _leave(row, machine)
    return len(done)


def remind_of_return() -> int:
    """Tell the office, once, of short leaves whose day of return has come, also where nobody looked on that day; and the
    leaders, once, of those that have outlasted what is short. Returns how many were told of."""
    away = Absence.objects.filter(state=AbsenceState.COVERED, back_on__lte=today())
    told = 0
    for row in away.select_related("staff__person"):
        day = spelled(row.back_on or today())
        due = DUE_BACK.office(staff=row.staff, day=day)
        told += _remind(row, f"return:{row.pk}", OFFICE, due)
        if row.starts_on + dt.timedelta(SHORT_DAYS) <= today():
            late = OVERDUE.leader(staff=row.staff, days=SHORT_DAYS)
            told += _remind(row, f"overdue:{row.pk}", [Role.LEADER.value], late)
    return told


def _remind(row: Absence, key: str, roles: Iterable[str], title: str) -> bool:
    url = reverse("relations:absence", args=[row.pk])
    return tell_office_once(row.staff.school_id, roles, title=title, url=url, key=key)
