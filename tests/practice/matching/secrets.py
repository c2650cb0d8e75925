"""What matching plants: a round in each state that shows something, with wishes, answers, placements and moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from liangshi.foundation.base.clock import now
from liangshi.foundation.jobs import State
from liangshi.practice.matching.actions.programmes import create_programme
from liangshi.practice.matching.choices import MoveReason, ProgrammeKind, ProgrammeState, RoundState
from liangshi.practice.matching.models import Placement, Programme, Round, RoundStudent, Run
from liangshi.practice.plans.choices import Mode
from liangshi.registry.people.models import Student
from tests.walk.world import Side

PUBLIC = {
    "matching.RoundMentor.code": "the 工号, which is planted in the registry",
    "matching.RoundStudent.near": "the 工号 of who teaches the class",
    "matching.Run.profile": "numbers",
    "matching.Run.fairness": "numbers",
    "matching.Run.seed": "told to everybody who wants to repeat the draw",
    "matching.Run.result_sha256": "a digest",
    "matching.FairnessSeen.result_sha256": "a digest",
}
POOL = "mentors former_mentor first_mentor far_mentor"  # those who mentor in a round
OF_PROGRAMME = ("programme", "add_round", "abort", "publish", "released", "left")


def plant(side: Side) -> None:
    _open(side)
    _proposed(side)
    _two_sided(side)
    _clubs(side)
    _keeping(side)
    _published(side)
    _over(side)


def _programme(side: Side, what: str, state: RoundState, **more: Any) -> Round:
    """A programme with one round in a state: its title is the office's, that of the round everybody's at school."""
    row = create_programme(
        actor=side.actor("clerk"),
        title=side.mark("matching.Programme.title", "office", what),
        cohorts=[side.troupe.cohort],
        closes_at=now() + dt.timedelta(days=7),
        kind=ProgrammeKind.REVIEW,
        **more,
    )
    title = side.mark("matching.Round.title", "staff pupils families", what, must="")
    Round.objects.filter(pk=row.pk).update(state=state, title=title, opened_at=now())
    Programme.objects.filter(pk=row.programme_id).update(state=ProgrammeState.RUNNING)
    row.refresh_from_db()
    return row


def _taking_part(row: Round, student: Student) -> RoundStudent:
    return RoundStudent.objects.get_or_create(round=row, student=student, defaults={"number": 99})[0]


def _only(row: Round, side: Side, *numbers: int) -> None:
    """None but these students take part."""
    row.students.exclude(student__in=[side.students[n].pk for n in numbers]).delete()


def _mentor(side: Side, row: Round, name: str) -> Any:
    return row.mentors.get(staff=side.posts[name])


def _open(side: Side) -> None:
    """Students are filling in their wishes: what they say and whom they avoid is theirs."""
    row = _programme(side, "open", RoundState.OPEN)
    mine = _taking_part(row, side.student)
    for rank, name in enumerate(("second", "adviser"), 1):
        reason = side.mark("matching.Wish.reason", "student", f"{rank}")
        mine.wishes.create(rank=rank, mentor=_mentor(side, row, name), reason=reason)
    mine.avoidances.create(mentor=_mentor(side, row, "grade_head"))
    left = _taking_part(row, side.students[5])
    left.left_at, left.left_cause = now(), "away"
    left.left_reason = side.mark("matching.RoundStudent.left_reason", "office")
    left.save()
    side.keys("round", (row, row.school))
    side.keys("wish", ({"pk": row.pk}, "pupils clerks"))
    side.keys("rounds:my_round", (row, "pupils"))
    side.keys("policy", (row.school, row.school))
    for name, with_each in (("quota", row.mentors), ("drop", row.students), ("correct", row.students)):
        key = "mentor" if name == "quota" else "student"
        side.keys(f"rounds:{name}", ({"pk": row.pk, key: with_each.all()[0].pk}, row.school))  # type: ignore[attr-defined]
    side.keys("rounds:choose_aim", ({"pk": row.pk, "aim": "greedy"}, row.school))
    for name in OF_PROGRAMME:
        side.keys(f"rounds:{name}", (row.programme, row.school))


def _run(side: Side, row: Round, what: str, **more: Any) -> Run:
    fields = {"state": State.DONE, "aim": row.aim, "finished_at": now(), **more}
    return Run.objects.create(round=row, **fields)


def _proposed(side: Side) -> None:
    """A proposal that the office is looking at; nobody else knows of it."""
    row = _programme(side, "proposed", RoundState.PROPOSED)
    run = _run(
        side, row, "proposed",
        commitment=side.mark("matching.Run.commitment"),
        draw=side.mark("matching.Run.draw"),
        certificate={"planted": side.mark("matching.Run.certificate")},
        error=side.mark("matching.Run.error"),
    )  # fmt: skip
    Round.objects.filter(pk=row.pk).update(
        commitment=side.mark("matching.Round.commitment"), draw=side.mark("matching.Round.draw")
    )
    mine, given = _taking_part(row, side.student), _mentor(side, row, "second")
    placed = run.placements.create(
        round_student=mine,
        mentor=given,
        rank=1,
        reason=side.mark("matching.Placement.reason", "clerks", "proposed"),
    )
    move = run.moves.create(
        seq=1, round_student=mine, held=_mentor(side, row, "adviser"), given=given, reason=MoveReason.OTHER,
        note=side.mark("matching.ManualMove.note", "office"), sentence=side.mark("matching.ManualMove.sentence"),
        by=side.people["clerk"],
    )  # fmt: skip
    side.says(
        Placement, "rank_label", {placed.pk: side.mark("matching.Placement.rank", "clerks", "proposed")}
    )
    for name in ("result", "loads", "moves", "board", "fairness", "round", "undo_all", "confirm"):
        side.keys(f"rounds:{name}", (row, row.school))
    side.keys("rounds:move", ({"pk": row.pk, "student": mine.pk}, row.school))
    side.keys("rounds:undo", ({"pk": row.pk, "move": move.pk}, row.school))
    for name in ("outcome", "outcome_loads"):
        side.keys(f"rounds:{name}", (row.programme, row.school))


def _two_sided(side: Side) -> None:
    """Two students ranked the mentor: the one with the lower number second, the other first."""
    row = _programme(side, "answering", RoundState.ANSWERING, mode=Mode.TWO_SIDED)
    Round.objects.filter(pk=row.pk).update(answers_until=now() + dt.timedelta(days=7))
    _only(row, side, 1, 2, 5)
    side.keys("round", (row, "staff pupils restricted_guardian"))  # student 0 is not in it
    students = [_taking_part(row, side.students[n]) for n in (1, 2)]
    for mine, number, rank in zip(students, (901, 902), (2, 1), strict=True):
        RoundStudent.objects.filter(pk=mine.pk).update(number=number)
        mine.wishes.create(
            rank=rank, mentor=_mentor(side, row, "mentor"),
            reason=side.mark("matching.Wish.reason", what=f"of a two-sided round, {rank}"),
        )  # fmt: skip
    side.keys("answer", (row, POOL))
    names = [str(mine.student) for mine in students]
    side.expect("mentor", "rounds:answer", lambda page: _in_order(page, names))


def _in_order(page: str, names: list[str]) -> str:
    """Those who ranked a mentor stand by number: from the order he cannot tell whose first wish he was."""
    places = [page.find(name) for name in names]
    return "" if -1 in places or places == sorted(places) else f"orders {names} by something else than number"


def _clubs(side: Side) -> None:
    row = _programme(side, "clubs", RoundState.OPEN, mode=Mode.CLUBS)
    _taking_part(row, side.student)
    side.keys("rounds:my_club", (row, "pupils"))


def _keeping(side: Side) -> None:
    """The student has said that he would rather have another mentor: the mentor never learns it."""
    row = _programme(side, "keeping", RoundState.OPEN, mode=Mode.CONTINUE)
    mine = _taking_part(row, side.student)
    mine.present, mine.student_objected_at = _mentor(side, row, "mentor"), now()
    mine.save()
    side.keys("rounds:my_keep", (row, side.student))
    side.keys("answer", (row, POOL))
    side.unseen(
        "mentors",
        lambda: RoundStudent.objects.filter(pk=mine.pk).update(student_objected_at=None),
        reverse("rounds:round", args=[row.pk]),
    )


def _published(side: Side) -> None:
    """The student reads why he has his mentor."""
    row = _programme(side, "published", RoundState.PUBLISHED)
    _only(row, side, 0)
    side.keys("round", (row, "staff pupils guardian"))
    mine = _taking_part(row, side.student)
    run = _run(side, row, "published")
    run.placements.create(
        round_student=mine, mentor=_mentor(side, row, "mentor"), rank=1,
        reason=side.mark("matching.Placement.reason", "student", "published"),
    )  # fmt: skip
    Round.objects.filter(pk=row.pk).update(published_at=now())
    Programme.objects.filter(pk=row.programme_id).update(state=ProgrammeState.PUBLISHED, published_at=now())
    side.keys("rounds:my_round", (row, "student"))


def _over(side: Side) -> None:
    row = _programme(side, "void", RoundState.DRAFT)
    Round.objects.filter(pk=row.pk).update(
        state=RoundState.VOID, void_reason=side.mark("matching.Round.void_reason", "office")
    )
    Programme.objects.filter(pk=row.programme_id).update(
        state=ProgrammeState.ABORTED, abort_reason=side.mark("matching.Programme.abort_reason", "office")
    )
    side.keys("rounds:round", (row, row.school))
    side.keys("rounds:programme", (row.programme, row.school))
