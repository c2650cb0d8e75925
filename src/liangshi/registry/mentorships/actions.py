"""Begin, replace and end mentorships. Called by `practice.matching`, the rooms of relations (`relations`, `needs`,
`waiting`), `practice.rosters` and the demo city only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base import spans
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.hooks import Hook
from liangshi.foundation.base.spans import succeed
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import settle_office
from liangshi.foundation.records.decisions import DECISION, Decision, demand_another
from liangshi.foundation.records.models import STANDING
from liangshi.foundation.records.writing import voided
from liangshi.registry.mentorships.audit import (
    BACK_IN_POOL,
    BEGUN,
    CO_BEGUN,
    COVERED,
    ENDED,
    EXCEPTION_ALLOWED,
    EXCEPTION_ASKED,
    EXCEPTION_REFUSED,
    EXCEPTION_VOIDED,
    EXEMPTED,
    EXEMPTION_ENDED,
    LEFT_OUT,
    QUOTA_SET,
    REPLACED,
    UNCOVERED,
)
from liangshi.registry.mentorships.choices import (
    LONGEST_REVIEW,
    MAX_CO,
    MAX_CO_MENTEES,
    MAX_EXTRA,
    NO_MENTOR,
    POLICY_CAP,
    EndReason,
    Exempt,
    Kind,
    NotMentoring,
    Origin,
)
from liangshi.registry.mentorships.fit import Part, demand_fit, not_given
from liangshi.registry.mentorships.models import (
    ACTIVE_PRIMARY,
    Exemption,
    Interim,
    MentorPlaces,
    Mentorship,
    NotMentoringSpan,
    RatioException,
    exception_holds,
)
from liangshi.registry.mentorships.queries import IN_POOL, live_extra, with_standing
from liangshi.registry.mentorships.triggers import SAYS
from liangshi.registry.people.models import OPEN, Person, Staff, Student
from liangshi.registry.schools.actions import is_late, require_open
from liangshi.registry.schools.choices import Strategy


@dataclass(frozen=True, slots=True)
class Pair:
    student_id: UUID
    mentor_id: UUID
    starts_on: dt.date


def ensure_places(staff_ids: Iterable[UUID]) -> None:
    """Every mentor has a row of places before one is taken."""
    MentorPlaces.objects.bulk_create(
        [MentorPlaces(staff_id=staff_id) for staff_id in staff_ids], ignore_conflicts=True, batch_size=500
    )


def take_places(mentor_id: UUID, count: int, day: dt.date) -> None:
    """Take `count` places of one mentor, or raise DomainError `ratio_exceeded`.

    One conditional update: the row lock it takes orders rivals, and no rival can have counted too early. It
    must come before anything else that the transaction does for this mentor.
    """
    free = F("quota") + live_extra(mentor_id, day) - count
    if MentorPlaces.objects.filter(staff_id=mentor_id, taken__lte=free).update(taken=F("taken") + count):
        return
    mentor = Staff.objects.select_related("person", "places").get(pk=mentor_id)
    raise DomainError(
        "ratio_exceeded",
        f"{mentor}的名额是 {mentor.places.quota} 人，已有 {mentor.places.taken} 人，放不下再加的 {count} 人。"
        f"请改选别的导师；确有需要，请校领导先办超额许可（一位导师原则上不超过 {POLICY_CAP} 人）。",
    )


def begin(pairs: Sequence[Pair], *, origin: Origin, actor: Doer, chain: str) -> int:
    """Begin primary mentorships, all or none; returns how many. One that began in a past year is marked 补录.

    A reason to be without a mentor ends with it. Raises
    DomainError `ratio_exceeded` (a mentor's places do not suffice), `already_has_mentor`, `not_given` or `year_closed`.
    """
    by_mentor: dict[UUID, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_mentor[pair.mentor_id].append(pair)
    schools = _require_open_years(by_mentor)
    with Deed(BEGUN, actor, school=chain, origin=origin.value) as deed:
        demand_fit(((pair.student_id, pair.mentor_id) for pair in pairs), Part.MENTOR)
        ensure_places(by_mentor)
        for mentor_id in sorted(by_mentor):  # one order for all, so that two publishers cannot deadlock
            take_places(mentor_id, len(by_mentor[mentor_id]), today())
        rows = [row for mentor_id, mine in by_mentor.items() for row in _seated(mentor_id, mine, origin)]
        try:
            with _walled(), transaction.atomic():
                Mentorship.objects.bulk_create(rows, batch_size=500)
        except IntegrityError as problem:
            raise _already(pairs, problem) from problem
        students = [pair.student_id for pair in pairs]
        spans.end(Exemption.objects.filter(student__in=students), on=today())
        for school in schools:
            settle_office(school, *(f"{NO_MENTOR}:{student}" for student in students))
        deed.subjects = students
    return len(rows)


@contextmanager
def _walled() -> Iterator[None]:
    """What was named, or became family, since `demand_fit` asked meets the database's own wall (`triggers`): the same
    refusal. Raises `not_given`."""
    try:
        yield
    except IntegrityError as problem:
        if SAYS in str(problem):
            raise not_given(1) from problem
        raise


def _require_open_years(by_mentor: Mapping[UUID, Sequence[Pair]]) -> set[UUID]:
    """The schools of the mentors. Raises `year_closed`."""
    staff = Staff.objects.as_system("at which schools they are").filter(pk__in=by_mentor)
    schools = dict(staff.values_list("pk", "school_id"))
    require_open(
        (schools[mentor_id], pair.starts_on) for mentor_id, pairs in by_mentor.items() for pair in pairs
    )
    return set(schools.values())


def _seated(
    mentor_id: UUID, pairs: list[Pair], origin: Origin, *, left: RatioException | None = None
) -> list[Mentorship]:
    """Rows on the lowest free seats. The caller holds the mentor's places, so seats cannot move meanwhile. `left` is the
    permit of a seat that has just become free: it stands in where none is live."""
    used = set(Mentorship.objects.filter(ACTIVE_PRIMARY, mentor_id=mentor_id).values_list("seat", flat=True))
    free = [seat for seat in range(1, POLICY_CAP + MAX_EXTRA + 1) if seat not in used]
    exception = None
    if len(free) < len(pairs) or free[len(pairs) - 1] > POLICY_CAP:
        live = RatioException.objects.filter(exception_holds(today()), staff=mentor_id)
        exception = live.first() or left
    return [
        Mentorship(
            student_id=pair.student_id,
            mentor_id=mentor_id,
            starts_on=pair.starts_on,
            origin=origin,
            seat=seat,
            exception=exception if seat > POLICY_CAP else None,
            late=is_late(pair.starts_on),
        )
        for pair, seat in zip(pairs, free, strict=False)
    ]


def _already(pairs: Sequence[Pair], problem: IntegrityError) -> DomainError:
    held = Mentorship.objects.filter(
        ACTIVE_PRIMARY, student_id__in=[pair.student_id for pair in pairs]
    ).select_related("student__person", "mentor__person")
    if not held:
        raise problem
    names = "、".join(f"{row.student}（{row.mentor}）" for row in held[:5])
    more = f"等 {len(held)} 人" if len(held) > 5 else ""
    return DomainError(
        "already_has_mentor",
        f"{names}{more}已经有导师了，一名学生只有一位主导师。请先结束原来的关系，或把他们从名单里去掉。",
    )


def end(mentorship: Mentorship, *, on: dt.date, reason: EndReason, actor: Doer, chain: str) -> None:
    """End a mentorship on a day and free its place. Ending it twice changes nothing more.

    Raises DomainError `year_closed` when the day lies in a closed year.
    """
    require_open([(mentorship.mentor.school_id, on)])
    with Deed(ENDED, actor, school=chain, subjects=[mentorship.student_id], reason=reason.value) as deed:
        ended = spans.end(Mentorship.objects.filter(pk=mentorship.pk), on=on, end_reason=reason, seat=None)
        if ended and mentorship.kind == Kind.PRIMARY:
            _give_back({mentorship.mentor_id: 1})
            _close_interims([mentorship.pk], on, reason)
        if not ended:
            deed.nothing()
        else:
            when_bonds_end.happened([mentorship], reason)


def end_many(students: Collection[UUID], *, on: dt.date, reason: EndReason, actor: Doer, chain: str) -> int:
    """End every bond of many students who leave on a day, free the places, end interim care and what allowed them to be
    without a mentor; returns how many bonds.

    Raises DomainError `year_closed`.
    """
    theirs = Mentorship.objects.as_system("what ends with their leaving")
    held = list(theirs.filter(OPEN, student__in=students).select_related("mentor"))
    require_open({(bond.mentor.school_id, on) for bond in held})
    with Deed(ENDED, actor, school=chain, reason=reason.value) as deed:
        places: dict[UUID, int] = defaultdict(int)
        for bond in held:
            if bond.kind == Kind.PRIMARY:
                places[bond.mentor_id] += 1
        _give_back(places)  # first, as in `begin`: its row locks order rivals
        bonds = Mentorship.objects.filter(pk__in=[bond.pk for bond in held])
        ended = spans.end(bonds, on=on, end_reason=reason, seat=None)
        if ended != len(held):
            raise DomainError("bond_ended", "有导师关系刚刚变动了。请刷新页面，按最新的情况再办。")
        _close_interims([bond.pk for bond in held], on, reason)
        allowed = spans.end(Exemption.objects.filter(student__in=students), on=on)
        if not held and not allowed:
            deed.nothing()
        when_bonds_end.happened(held, reason)
        deed.subjects = {bond.student_id for bond in held}
    return ended


# Relations end and nobody takes over; interim care ends otherwise than by the mentor's return (`uncover`): with the
# relation, why the student has left, or because somebody else looks after him, None.
when_bonds_end: Hook[[Sequence[Mentorship], EndReason]] = Hook()
when_care_ends: Hook[[Sequence[Interim], EndReason | None]] = Hook()


def _give_back(places: Mapping[UUID, int]) -> None:
    for mentor_id in sorted(places):
        MentorPlaces.objects.filter(staff_id=mentor_id).update(taken=F("taken") - places[mentor_id])


def _close_interims(mentorships: Iterable[UUID], on: dt.date, reason: EndReason | None = None) -> None:
    held = list(Interim.objects.filter(OPEN, mentorship__in=list(mentorships)).select_related("caretaker"))
    if not held:
        return
    spans.end(Interim.objects.filter(pk__in=[care.pk for care in held]), on=on)
    when_care_ends.happened(held, reason)


@dataclass(frozen=True, slots=True)
class Change:
    """A student passes from a present primary mentor to another."""

    mentorship: Mentorship
    mentor_id: UUID


def replace(
    changes: Sequence[Change], *, on: dt.date, origin: Origin, reason: EndReason, actor: Doer, chain: str
) -> int:
    """Students pass to other mentors on one day, without a gap or an overlap, all or none; returns how many.

    A mentor may give and take in one go: only what he takes more than he gives needs free places, and a permit. Who takes
    as many as he gives needs none, also where the one of a seat that he gives has ended. A bond as co-mentor with the new
    one ends. Raises DomainError `ratio_exceeded`, `bond_ended` (somebody has changed it
    meanwhile), `not_given`, `year_closed`.
    """
    net: dict[UUID, int] = defaultdict(int)
    for change in changes:
        net[change.mentorship.mentor_id] -= 1
        net[change.mentor_id] += 1
    _require_open_years({mentor: [Pair(mentor, mentor, on)] for mentor in net})
    with Deed(REPLACED, actor, school=chain, origin=origin.value, reason=reason.value) as deed:
        demand_fit(((change.mentorship.student_id, change.mentor_id) for change in changes), Part.MENTOR)
        ensure_places(net)
        for mentor_id in sorted(net):  # one order for all; 0 too, because its seats are about to move
            if net[mentor_id] > 0:
                take_places(mentor_id, net[mentor_id], today())
            else:
                _give_back({mentor_id: -net[mentor_id]})
        left = _end_all(changes, on, reason)
        by_mentor: dict[UUID, list[Pair]] = defaultdict(list)
        for change in changes:
            by_mentor[change.mentor_id].append(Pair(change.mentorship.student_id, change.mentor_id, on))
        rows = [
            row
            for mentor_id, pairs in by_mentor.items()
            for row in _seated(mentor_id, pairs, origin, left=left.get(mentor_id))
        ]
        with _walled():
            Mentorship.objects.bulk_create(rows, batch_size=500)
        deed.subjects = [change.mentorship.student_id for change in changes]
    return len(rows)


def _end_all(changes: Sequence[Change], on: dt.date, reason: EndReason) -> dict[UUID, RatioException]:
    """Returns by mentor the permit of a seat beyond 15 that has become free."""
    keys = [change.mentorship.pk for change in changes]
    beyond = Mentorship.objects.filter(pk__in=keys, seat__gt=POLICY_CAP).select_related("exception")
    left = {row.mentor_id: row.exception for row in beyond if row.exception}
    for change in changes:
        held = change.mentorship
        same = Mentorship.objects.filter(ACTIVE_PRIMARY, pk=held.pk, mentor_id=held.mentor_id)
        gone = spans.end(same, on=on, end_reason=reason, seat=None)
        if not gone:
            raise DomainError(
                "bond_ended",
                f"{held.student}和{held.mentor}的关系刚刚已经变动了。请刷新页面，按最新的情况再办。",
            )
        beside = Mentorship.objects.filter(
            student_id=held.student_id, mentor_id=change.mentor_id, kind=Kind.CO
        )
        spans.end(beside, on=on, end_reason=EndReason.NEED_OVER)
    _close_interims(keys, on)
    return left


def begin_co(
    student: Student,
    mentor: Staff,
    strategy: Strategy,
    *,
    on: dt.date,
    actor: Doer,
    chain: str,
    limit: int = MAX_CO,
) -> Mentorship:
    """Begin a co-mentorship (多对一); `limit` is what the school's policy lets one student have.

    Raises DomainError `already_mentor`, `co_limit`, `co_load`, `needs_primary`, `not_given`.
    """
    with Deed(CO_BEGUN, actor, school=chain, subjects=[student.pk], strategy=strategy.value):
        Student.objects.select_for_update().get(pk=student.pk)  # orders two rivals for the last of three
        Staff.objects.select_for_update().get(pk=mentor.pk)
        bonds = list(Mentorship.objects.filter(OPEN, student=student))
        if not any(bond.kind == Kind.PRIMARY for bond in bonds):
            raise DomainError("needs_primary", f"{student}还没有主导师。请先配好主导师，再加协同导师。")
        if any(bond.mentor_id == mentor.pk for bond in bonds):
            raise DomainError("already_mentor", f"{mentor}已经是{student}的导师了，请选另一位老师。")
        if len(bonds) > min(limit, MAX_CO):
            raise DomainError("co_limit", f"一名学生最多 {limit} 位协同导师。请先结束其中一位，再加。")
        demand_fit([(student.pk, mentor.pk)], Part.CO_MENTOR)
        if Mentorship.objects.filter(OPEN, mentor=mentor, kind=Kind.CO).count() >= MAX_CO_MENTEES:
            raise DomainError(
                "co_load", f"{mentor}已经协同指导 {MAX_CO_MENTEES} 名学生，是上限了。请选另一位老师。"
            )
        with _walled():
            return Mentorship.objects.create(
                student=student,
                mentor=mentor,
                kind=Kind.CO,
                strategy=strategy,
                starts_on=on,
                origin=Origin.NEED,
            )


def cover(bonds: Iterable[Mentorship], caretaker: Staff, *, on: dt.date, actor: Doer, chain: str) -> int:
    """Let a colleague look after mentees from a day on, in place of whoever does so now; returns how many.

    Raises DomainError `covers_himself`, `not_given`.
    """
    rows = [bond for bond in bonds if bond.kind == Kind.PRIMARY and bond.ends_on is None]
    kept = Interim.objects.filter(OPEN, caretaker=caretaker, mentorship__in=[row.pk for row in rows])
    cared = set(kept.values_list("mentorship_id", flat=True))
    rows = [row for row in rows if row.pk not in cared]  # he does already, and goes on
    if any(row.mentor_id == caretaker.pk for row in rows):
        raise DomainError("covers_himself", f"{caretaker}就是他们的导师，请选另一位老师代管。")
    students = [row.student_id for row in rows]
    with Deed(COVERED, actor, school=chain, subjects=students, caretaker=str(caretaker.pk)) as deed:
        demand_fit(((row.student_id, caretaker.pk) for row in rows), Part.CARETAKER)
        _close_interims([row.pk for row in rows], on)
        with _walled():
            Interim.objects.bulk_create(
                [Interim(mentorship=row, caretaker=caretaker, starts_on=on) for row in rows], batch_size=500
            )
        if not rows:
            deed.nothing()
    return len(rows)


def uncover(bonds: Iterable[Mentorship], *, on: dt.date, actor: Doer, chain: str) -> int:
    """End the interim care of mentees; returns how many were being looked after."""
    rows = list(bonds)
    with Deed(UNCOVERED, actor, school=chain) as deed:
        count = spans.end(Interim.objects.filter(mentorship__in=[row.pk for row in rows]), on=on)
        if not count:
            deed.nothing()
        deed.subjects = [row.student_id for row in rows]
    return count


def ask_exception(
    staff: Staff, *, extra: int, reason: str, until: dt.date, by: UUID, asked_as: str, actor: Doer
) -> RatioException:
    """超额许可: the leader `by`, under the hat `asked_as`, asks that this mentor may have `extra` more, for a reason, until
    a day.

    Raises DomainError `exception_needs_reason`, `exception_needs_end`, `exception_too_large`, `asked_already`.
    """
    if not reason.strip():
        raise DomainError("exception_needs_reason", "请写明超过 1:15 的理由。", field="reason")
    _check_until(until)
    if not 1 <= extra <= MAX_EXTRA:
        raise DomainError("exception_too_large", f"一次最多增加 {MAX_EXTRA} 个名额。", field="extra")
    with Deed(EXCEPTION_ASKED, actor, school=staff.school_id, about=staff, extra=extra, until=until):
        _hold_places(staff)
        waiting = RatioException.objects.filter(STANDING, staff=staff, state=Decision.ASKED)
        if waiting.filter(until__gt=today()).exists():
            raise DomainError("asked_already", f"{staff}已有一项超额许可在等另一位同意。", field="extra")
        _check_total(staff, extra)
        return RatioException.objects.create(
            staff=staff,
            person_id=staff.person_id,
            extra=extra,
            reason=reason.strip(),
            until=until,
            asked_by_id=by,
            asked_as=asked_as,
        )


def decide_exception(row: RatioException, step: str, *, by: UUID, actor: Doer) -> RatioException:
    """`agree` or `refuse`, by another than who asked and than the mentor himself. Raises DomainError `own_decision`,
    `exception_withdrawn`, `exception_needs_end`, `exception_too_large`, `invalid_transition`."""
    demand_another(row.asked_by_id, by, "这项许可是您自己提出的，请另一位来定。")
    demand_another(row.person_id, by, "这项许可是给您自己的，请另一位来定。")
    staff = row.staff
    entry = EXCEPTION_ALLOWED if step == "agree" else EXCEPTION_REFUSED
    with Deed(entry, actor, school=staff.school_id, about=staff, extra=row.extra, until=row.until):
        _hold_places(staff)
        row.refresh_from_db()
        if row.voided_at:
            raise DomainError("exception_withdrawn", "提出的人已经撤回了。")
        if step == "agree":
            _check_until(row.until)
            _check_total(staff, row.extra)
        return DECISION.move(row, step, decided_by=by, decided_on=today())


def _check_until(until: dt.date) -> None:
    if until <= today():
        raise DomainError("exception_needs_end", "截止日期要在今天以后。", field="until")


def _hold_places(staff: Staff) -> None:
    """Whoever asks for more of this mentor's places waits for whoever is doing so now."""
    ensure_places([staff.pk])
    MentorPlaces.objects.select_for_update().get(staff=staff)


def _check_total(staff: Staff, extra: int) -> None:
    live = RatioException.objects.filter(exception_holds(today()), staff=staff)
    total = sum(live.values_list("extra", flat=True)) + extra
    if total > MAX_EXTRA:
        raise DomainError(
            "exception_too_large",
            f"{staff}现有的超额许可加上这次共 {total} 个，最多 {MAX_EXTRA} 个。",
            field="extra",
        )


def void_exception(row: RatioException, *, reason: str, actor: Doer) -> None:
    """Withdraw an exception. Mentees it let in stay; no further ones come."""
    if not reason.strip():
        raise DomainError("void_needs_reason", "请写明撤回的原因。", field="reason")
    with Deed(EXCEPTION_VOIDED, actor, school=row.staff.school_id, about=str(row.staff_id)) as deed:
        if not voided(row, reason.strip()):
            deed.nothing()


def set_quota(staff: Staff, quota: int, *, actor: Doer) -> None:
    """How many mentees the school gives this mentor, 0 to 15. Present mentees stay even when it is lowered."""
    if not 0 <= quota <= POLICY_CAP:
        raise DomainError("quota_out_of_range", f"名额是 0 到 {POLICY_CAP} 之间的数。", field="quota")
    with Deed(QUOTA_SET, actor, school=staff.school_id, about=staff, quota=quota):
        ensure_places([staff.pk])
        MentorPlaces.objects.filter(staff=staff).update(quota=quota)


def leave_out(
    staff: Staff, *, reason: str, review_on: dt.date | None, decided_by: Person, actor: Doer
) -> NotMentoringSpan:
    """Take a teacher out of the pool, for a reason from the list, with a day on which it is reviewed."""
    if reason not in NotMentoring.values:
        raise DomainError("exemption_needs_reason", "请从列表里选一个原因。", field="reason")
    if review_on is None or not today() < review_on <= today() + LONGEST_REVIEW:
        raise DomainError(
            "exemption_needs_review_date",
            "请写一个今天以后、一年以内的复核日期，到期会提醒学校再看一次。",
            field="review_on",
        )
    said = "自己暂不担任导师，请由另一位同事登记。"
    demand_another(staff.person_id, decided_by.pk, said, field="reason")
    with Deed(LEFT_OUT, actor, school=staff.school_id, about=staff, reason=reason):
        return succeed(
            NotMentoringSpan.objects.filter(staff=staff),
            on=today(),
            staff=staff,
            person_id=staff.person_id,
            reason=reason,
            review_on=review_on,
            decided_by=decided_by,
        )


def bring_back(staff: Staff, *, actor: Doer) -> None:
    """Put a teacher back into the pool, today. Nobody himself: raises `own_decision`."""
    if getattr(actor, "person_id", None) == staff.person_id:
        raise DomainError("own_decision", "您自己恢复担任导师，请另一位同事来办。")
    with Deed(BACK_IN_POOL, actor, school=staff.school_id, about=staff) as deed:
        if not spans.end(NotMentoringSpan.objects.filter(staff=staff), on=today()):
            deed.nothing()


def exempt(
    student: Student, *, reason: str, until: dt.date | None, by: UUID | None, actor: Doer
) -> Exemption:
    """Let a student be without a mentor for a listed reason until a day, in place of an earlier reason.

    Raises DomainError `exemption_needs_reason`, `exemption_needs_review_date`, `has_mentor`.
    """
    if reason not in Exempt.values:
        raise DomainError("exemption_needs_reason", "请从列表里选一个原因。", field="reason")
    if until is None or not today() < until <= today() + LONGEST_REVIEW:
        raise DomainError(
            "exemption_needs_review_date",
            "请写到哪一天为止：今天以后、一年以内。到期后他会重新出现在名单里。",
            field="until",
        )
    school, subjects = student.school_id, [student.pk]
    with Deed(EXEMPTED, actor, school=school, subjects=subjects, reason=reason, until=until) as deed:
        Student.objects.select_for_update().get(pk=student.pk)
        if student.mentorships.filter(ACTIVE_PRIMARY).exists():
            raise DomainError("has_mentor", f"{student}现在有导师，不用登记原因。")
        held = Exemption.objects.filter(student=student)
        row = succeed(held, on=today(), student=student, reason=reason, until=until, decided_by_id=by)
        deed.about = row
    return row


def end_exemption(row: Exemption, *, actor: Doer) -> None:
    """The reason holds no more. Twice changes nothing more."""
    school, subjects = row.student.school_id, [row.student_id]
    with Deed(EXEMPTION_ENDED, actor, school=school, about=row, subjects=subjects) as deed:
        if not spans.end(Exemption.objects.filter(pk=row.pk), on=today()):
            deed.nothing()


def check_may_mentor(staff: Staff) -> None:
    """Raise DomainError `not_eligible_post` or `not_in_pool` when this person takes no mentees today."""
    found = with_standing(Staff.objects.filter(pk=staff.pk), today()).get()
    if found.standing != IN_POOL:
        raise DomainError("not_in_pool", f"{staff}目前不在导师名单里。")
