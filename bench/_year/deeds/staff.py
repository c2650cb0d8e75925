"""Staff are away, return, are succeeded, leave and come; their places and classes."""

from __future__ import annotations

from bench._year.deeds.kinds import bring, deed, seen
from bench._year.world import Nothing, World
from liangshi.foundation.base.clock import today
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.relations.actions import absences
from liangshi.practice.relations.choices import (
    AWAY_NOW,
    AbsenceKind,
    AbsenceState,
)
from liangshi.practice.relations.models import Absence
from liangshi.practice.relations.queries.absences import absence_for, may_care, may_leave, rematch
from liangshi.practice.rosters.actions import people as roster
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships import actions as mentorships
from liangshi.registry.mentorships.choices import NotMentoring
from liangshi.registry.mentorships.models import (
    MentorPlaces,
    NotMentoringSpan,
    RatioException,
)
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import (
    OPEN,
    ClassPost,
    Person,
    Staff,
)
from liangshi.registry.schools.models import ClassGroup

KINDS_OF_LEAVE = (
    *(AbsenceKind.SHORT,) * 6, AbsenceKind.MATERNITY, AbsenceKind.SICK, AbsenceKind.SICK, AbsenceKind.AWAY,
    AbsenceKind.GONE, AbsenceKind.RETIRED, AbsenceKind.CONDUCT, AbsenceKind.DIED,
)  # fmt: skip
ENOUGH = 14  # of the staff are at work: with fewer nobody more is sent away by the dice


@deed("absence.registered", 5)
def _registered(w: World) -> str:
    office, kind = w.officer(), w.pick(KINDS_OF_LEAVE)
    if sum(one.state == StaffState.ON_DUTY for one in w.staff()) < ENOUGH:
        raise Nothing
    staff = w.pick(may_leave(office))
    deputy = w.pick(may_care(office)) if w.chance(0.5) else None
    back_on = w.ahead(1, 30) if kind == AbsenceKind.SHORT else None
    absences.register(staff, kind, back_on=back_on, deputy=deputy, actor=office)
    return f"{staff} {kind} until {back_on}, deputy {deputy}"


def _absence(w: World, *states: str) -> tuple[Actor, Absence]:
    office = w.officer()
    row = w.pick(Absence.objects.filter(staff__school=w.school, state__in=states).order_by("pk"))
    return office, seen(absence_for(office, row.pk))


@deed("absence.back", 4)
def _back(w: World) -> str:
    """Early, on the day, or late."""
    office, row = _absence(w, *sorted(AWAY_NOW))
    if row.state == AbsenceState.COVERED and row.back_on and row.back_on > today() and w.chance(0.7):
        raise Nothing
    absences.come_back(row, actor=office)
    return f"{row.staff}"


@deed("absence.back-after-succession", 1)
def _back_later(w: World) -> str:
    office, row = _absence(w, AbsenceState.SUCCEEDED)
    absences.come_back(row, actor=office)
    return f"{row.staff} {row.kind}"


@deed("absence.longer", 1)
def _longer(w: World) -> str:
    office, row = _absence(w, AbsenceState.COVERED)
    kind = w.pick([each for each in AbsenceKind if each != AbsenceKind.SHORT])
    absences.stay_away(row, kind, actor=office)
    return f"{row.staff} {kind}"


@deed("absence.deputy", 1.5)
def _deputy(w: World) -> str:
    office, row = _absence(w, *sorted(AWAY_NOW))
    deputy = w.pick(may_care(office).exclude(pk=row.staff_id))
    absences.change_deputy(row, deputy, actor=office)
    return f"{row.staff}: {deputy}"


@deed("absence.succeeded", 3)
def _succeeded(w: World) -> str:
    """Sometimes with one line changed by hand."""
    office, row = _absence(w, AbsenceState.WAITING)
    plan = rematch(row)
    picks = {line.bond.pk: line.successor.pk for line in plan.lines}
    if picks and w.chance(0.4):
        line = w.pick(plan.lines)
        picks[line.bond.pk] = w.pick(plan.choices).staff.pk
    absences.succeed(row, picks, commitment=plan.commitment, actor=office)
    return f"{row.staff}: {len(picks)}"


@deed("staff.state", 1)
def _staff_state(w: World) -> str:
    """By the roster, also for those who depend on nobody."""
    rows = Staff.objects.filter(school=w.school).select_related("person").order_by("staff_no")
    staff = w.pick(rows)
    state = StaffState.ON_DUTY if staff.state != StaffState.ON_DUTY else w.pick(list(StaffState))
    roster.change_staff_state(staff, state, actor=w.clerk())
    return f"{staff} {state}"


@deed("staff.joins", 0.7)
def _staff_joins(w: World) -> str:
    name, mobile = w.stranger()
    line = f"N{w.number():03d},{name},数学,专任教师,在岗,{mobile}"
    bring(w, "staff", "工号,姓名,任教学科,岗位,状态,手机号码", line, w.clerk())
    return name


@deed("staff.adviser", 1.2)
def _adviser(w: World) -> str:
    """A class gets another 班主任, in the meantime or for good; also one that has none."""
    group = w.pick(
        ClassGroup.objects.filter(cohort__in=w.made.cohorts).select_related("cohort").order_by("pk")
    )
    held = {post.staff_id for post in ClassPost.objects.filter(OPEN, is_adviser=True)}
    staff = w.pick(
        [one for one in w.staff() if one.subject and one.state == StaffState.ON_DUTY and one.pk not in held]
    )
    line = f"{staff.staff_no},{staff.person.name},{group.name()}"
    bring(w, "staff", "工号,姓名,所带班级", line, w.clerk())
    return f"{group}: {staff}"


@deed("staff.left-out", 0.5)
def _left_out(w: World) -> str:
    staff, leader = w.pick(w.staff()), w.leader()
    mentorships.leave_out(
        staff, reason=w.pick(list(NotMentoring)), review_on=w.ahead(30, 200),
        decided_by=Person.objects.get(pk=leader.person_id), actor=leader,
    )  # fmt: skip
    return f"{staff}"


@deed("staff.in-pool-again", 0.5)
def _brought_back(w: World) -> str:
    row = w.pick(NotMentoringSpan.objects.filter(OPEN).select_related("staff__person").order_by("pk"))
    mentorships.bring_back(row.staff, actor=w.leader())
    return f"{row.staff}"


@deed("places.quota", 0.8)
def _quota(w: World) -> str:
    row = w.pick(
        MentorPlaces.objects.filter(staff__school=w.school).select_related("staff__person").order_by("pk")
    )
    quota = max(0, min(15, row.quota + w.pick((-2, -1, 1, 2, 3))))
    mentorships.set_quota(row.staff, quota, actor=w.clerk())
    return f"{row.staff} {quota}"


@deed("places.exception", 0.5)
def _exception(w: World) -> str:
    leader, staff = w.leader(), w.pick(w.staff())
    mentorships.ask_exception(
        staff, extra=w.pick((1, 2, 3)), reason="同组老师休假", until=w.ahead(20, 120), by=leader.person_id,
        asked_as=leader.role, actor=leader,
    )  # fmt: skip
    return f"{staff}"


@deed("places.exception-decided", 0.7)
def _exception_decided(w: World) -> str:
    row = w.pick(RatioException.objects.filter(state=Decision.ASKED, voided_at__isnull=True).order_by("pk"))
    office = w.officer()
    step = w.pick(("agree", "agree", "refuse"))
    mentorships.decide_exception(row, step, by=office.person_id, actor=office)
    return f"{row} {step}"
