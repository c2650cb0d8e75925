"""Publish a proposal: at one instant it becomes who is whose mentor, and everybody concerned is told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.hooks import Hook
from liangshi.foundation.base.models import span_at
from liangshi.foundation.deeds import Deed, noted
from liangshi.foundation.notices.actions import Line, settle_office, tell_each
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions.fairness import check_fairness
from liangshi.practice.matching.actions.states import advance, step
from liangshi.practice.matching.choices import ProgrammeKind, RoundState, Withheld
from liangshi.practice.matching.models import Placement, Programme, Round, RoundStudent, Run
from liangshi.practice.matching.queries.engine import seal_of
from liangshi.practice.matching.queries.moves import held_pairs
from liangshi.practice.matching.queries.programmes import arranged, live_rounds
from liangshi.practice.matching.queries.rounds import STAYING, out_of_pool
from liangshi.practice.matching.queries.runs import done_run, placements
from liangshi.practice.matching.transitions import PUBLISHED
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Change, Pair, begin, replace
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.mentorships.queries import active_students
from liangshi.registry.people.models import ClassPost, Staff, Student

Passed = Sequence[tuple[Mentorship, Staff]]  # the relation that ends, and the mentor who takes over
when_passed_on: Hook[[Passed]] = Hook()  # what follows for students who pass on to another mentor


def publish(programme: Programme, *, actor: Actor) -> int:
    """Publish the results of all rounds; returns how many students get a new mentor. All or nothing, and only once.

    In a review who keeps his mentor keeps him untouched, who changes passes on without a gap, who had none gets one.
    Left out, with the reason on his placement: who has left the school, in a new programme who has a mentor by now,
    and whose mentor of a confirmed round mentors no more.

    Raises DomainError `invalid_transition` (also for the slower of two publishers), `unplaced`, `proposal_altered`,
    `fairness_unseen`, `mentor_out`, `ratio_exceeded`, `bond_ended`; and `already_has_mentor` for a mentor who is given
    at the same moment.
    """
    with Deed(audit.PROGRAMME_PUBLISHED, actor, about=programme) as deed:
        advance(programme, "publish", published_at=now())  # first: of two publishers the second stops here
        rounds = live_rounds(programme)
        proposed = {row.pk for row in rounds if row.state == RoundState.PROPOSED}
        results = [(row, done_run(row)) for row in rounds]
        held = {run.pk: list(placements(run)) for _, run in results if run}
        given = [one for mine in held.values() for one in mine]
        _check_complete(programme, given)
        for row, run in results:
            mine = held[run.pk] if run else []
            _check_unaltered(run)
            check_fairness(run)
            step(row, "publish", published_at=programme.published_at)
            settle_office(row.school_id, f"round:{row.pk}")
            noted(audit.PUBLISHED, actor, about=row, pairs=len(mine))
        given = _withhold(programme, given, proposed)
        count = _bind(programme, given, actor)
        _tell_everybody(programme, rounds, given)
        weeks = programme.policy.trial_weeks if programme.policy else 0
        if weeks:
            advance(programme, "try_out", trial_until=today() + dt.timedelta(weeks=weeks))
        else:
            advance(programme, "settle")
        deed.note(pairs=count)
    return count


def look_ahead(programme: Programme) -> list[Placement]:
    """What would not come into force if it were published now, each with its reason, for who is about to do so.

    Raises DomainError `mentor_out`, `not_given`, as `publish` would.
    """
    rounds = live_rounds(programme)
    runs = [run for run in map(done_run, rounds) if run]
    given = [one for run in runs for one in placements(run)]
    _hold_back(programme, given, {row.pk for row in rounds if row.state == RoundState.PROPOSED})
    return [one for one in given if one.withheld]


def _withhold(programme: Programme, given: list[Placement], proposed: set[UUID]) -> list[Placement]:
    """The placements that come into force; the others keep the reason why not. Raises as `_hold_back`."""
    _hold_back(programme, given, proposed)
    Placement.objects.bulk_update([one for one in given if one.withheld], ["withheld"], batch_size=500)
    return [one for one in given if not one.withheld]


def _hold_back(programme: Programme, given: list[Placement], proposed: set[UUID]) -> None:
    """Give each placement that cannot come into force its reason. `proposed` are the rounds that can still be changed.

    Raises DomainError `mentor_out`, `not_given` for those.
    """
    students = [one.round_student.student_id for one in given]
    here = set(active_students(today()).filter(pk__in=students).values_list("pk", flat=True))
    held = Mentorship.objects.as_system("who has a mentor by now").filter(
        ACTIVE_PRIMARY, student__in=students
    )
    bonds = dict(held.values_list("student", "mentor"))
    out = set(out_of_pool(programme.school_id, {one.mentor.staff_id for one in given}))
    barred = barred_of(students, today())
    stuck, kept_apart = [], []
    for one in given:
        student, mentor = one.round_student.student_id, one.mentor.staff_id
        if student not in here:
            one.withheld = Withheld.LEFT
        elif student in bonds and programme.kind == ProgrammeKind.NEW:
            one.withheld = Withheld.ARRANGED
        elif mentor in out and bonds.get(student) != mentor:
            one.withheld = Withheld.MENTOR_OUT
            stuck += [one] if one.run.round_id in proposed else []
        elif mentor in barred[student] and bonds.get(student) != mentor:
            one.withheld = Withheld.NOT_GIVEN
            kept_apart += [one] if one.run.round_id in proposed else []
    if kept_apart:
        raise DomainError(
            "not_given",
            f"提案里有 {len(kept_apart)} 名学生不能由排到的老师来带（{_named(kept_apart)}），没有公布。"
            "请在「个别调整」里给这些学生换一位老师。",
        )
    if stuck:
        names = "、".join(sorted({str(one.mentor) for one in stuck}))
        raise DomainError(
            "mentor_out",
            f"{names}现在不任导师，提案却给了 {len(stuck)} 名学生，没有公布。"
            "请在「个别调整」里给这些学生换一位老师；人多的话，把老师的名额改成 0，再重新运算。",
        )


def _named(given: list[Placement]) -> str:
    return "、".join(str(one.round_student) for one in given[:5]) + ("等" if len(given) > 5 else "")


def _bind(programme: Programme, given: list[Placement], actor: Actor) -> int:
    bonds = {
        bond.student_id: bond
        for bond in Mentorship.objects.filter(
            ACTIVE_PRIMARY, student__in=[one.round_student.student_id for one in given]
        ).select_related("student__person", "mentor__person")
    }
    if programme.kind == ProgrammeKind.NEW:
        bonds = {}  # a mentor given at this very moment is refused below, by name
    changes, pairs, passed = [], [], []
    for one in given:
        bond = bonds.get(one.round_student.student_id)
        if bond is None:
            pairs.append(Pair(one.round_student.student_id, one.mentor.staff_id, today()))
        elif bond.mentor_id != one.mentor.staff_id:
            changes.append(Change(bond, one.mentor.staff_id))
            passed.append((bond, one.mentor.staff))
    chain = str(programme.school_id)
    count = 0
    if changes:
        count += replace(
            changes, on=today(), origin=Origin.ROUND, reason=EndReason.AGREED, actor=actor, chain=chain
        )
        when_passed_on.happened(passed)
    if pairs:
        count += begin(pairs, origin=Origin.ROUND, actor=actor, chain=chain)
    return count


def _check_complete(programme: Programme, given: list[Placement]) -> None:
    """Every student of the programme is placed exactly once, has left it with a reason, or has a mentor otherwise."""
    counts = Counter(one.round_student.student_id for one in given)
    taking_part = RoundStudent.objects.filter(round__programme=programme).exclude(
        round__state=RoundState.VOID
    )
    excused = taking_part.filter(~STAYING | arranged()).values("student")
    unplaced = (
        Student.objects.filter(pk__in=taking_part.values("student"))
        .exclude(pk__in=[*counts])
        .exclude(pk__in=excused)
        .select_related("person")
    )
    if unplaced:
        names = "、".join(one.person.name for one in unplaced[:5])
        raise DomainError(
            "unplaced",
            f"还有 {len(unplaced)} 名学生没有导师（{names}{'等' if len(unplaced) > 5 else ''}），不能公布。"
            "请再加一轮或重新运算；确实不参加的，请先逐个登记原因。",
        )
    if counts and max(counts.values()) > 1:
        raise DomainError(
            "proposal_altered", "有学生在两轮里都有导师，没有公布。请重新运算，再不行请联系管理员。"
        )


def _check_unaltered(run: Run | None) -> None:
    """The stored pairs still carry the seal under which they were certified."""
    if run is None or seal_of(run.round, run, held_pairs(run)) != run.result_sha256:
        raise DomainError(
            "proposal_altered", "提案和核验过的结果不一致，没有公布。请点「重新运算」，一再出现请联系管理员。"
        )


def _tell_everybody(programme: Programme, rounds: list[Round], given: list[Placement]) -> None:
    """A student is told on the page of the round that placed him; the others on theirs."""
    home, school = reverse("home:home"), programme.school_id
    for row in rounds:
        mine = [one for one in given if one.run.round_id == row.pk]
        title = PUBLISHED.student(programme=programme.title)
        tell_each(
            [Line(one.student.person_id, title, one.student_id) for one in (each.round_student for each in mine)],
            role=Role.STUDENT, school=school, url=reverse("rounds:my_round", args=[row.pk]),
        )  # fmt: skip
    people = {one.round_student.student_id: one.round_student.student.person for one in given}
    tell_each(_mentor_notices(programme, given), role=Role.MENTOR, school=school, url=home)
    tell_each(
        [
            Line(person, PUBLISHED.guardians(child=people[student].name), student)
            for student, person in guardians(people).values_list("student_id", "person_id")
        ],
        role=Role.GUARDIAN,
        school=school,
        url=home,
    )
    tell_each(_class_notices(given), role=Role.ADVISER, school=school, url=home)


def _mentor_notices(programme: Programme, given: list[Placement]) -> list[Line]:
    """How many students are new to a mentor, and in a review how many stay with him."""
    new: Counter[UUID] = Counter()
    stay: Counter[UUID] = Counter()
    for one in given:
        present = one.round_student.present
        known = present is not None and present.staff_id == one.mentor.staff_id
        (stay if known else new)[one.mentor.staff.person_id] += 1
    lines = []
    for person in {**new, **stay}:
        words = [f"新增 {new[person]} 名学生"] if new[person] else []
        words += [f"续任 {stay[person]} 名学生"] if stay[person] else []
        lines.append(Line(person, PUBLISHED.next(programme=programme.title, students="，".join(words)), None))
    return lines


def _class_notices(given: list[Placement]) -> list[Line]:
    classes = Counter(one.round_student.class_group_id for one in given)
    advisers = ClassPost.objects.filter(
        span_at(today()), class_group__in=[key for key in classes if key], is_adviser=True
    ).select_related("staff", "class_group__cohort")
    return [
        Line(
            post.staff.person_id,
            PUBLISHED.adviser(group=post.class_group.name(), count=classes[post.class_group_id]),
            None,
        )
        for post in advisers
    ]
