"""Programmes: their rounds in order, and where every student of the pool stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.jobs import State
from liangshi.practice.matching.choices import (
    FROZEN,
    GROWING,
    RESULT,
    UNPUBLISHED,
    ProgrammeKind,
    ProgrammeState,
    RoundState,
)
from liangshi.practice.matching.models import (
    Placement,
    Programme,
    Round,
    RoundMentor,
    RoundStudent,
    Run,
)
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.policy import ROUND_READ
from liangshi.practice.matching.queries.rounds import STAYING, mentors_of
from liangshi.practice.matching.queries.runs import Carried, Share, merged_shares, stalled
from liangshi.practice.plans.models import Policy
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship

HELD = Q(run__state=State.DONE, run__trial=False, run__round__state__in=RESULT)
SETTLED_ROUNDS = frozenset({RoundState.CONFIRMED, RoundState.PUBLISHED})


def programmes(actor: Actor) -> QuerySet[Programme]:
    """The school's programmes, newest first, with `round_count`."""
    return (
        Programme.objects.seen_by(actor, ROUND_READ)
        .select_related("school", "year")
        .annotate(round_count=Count("rounds", filter=~Q(rounds__state=RoundState.VOID)))
    )


def programme_for(actor: Actor, pk: UUID, permission: Permission[Round] = ROUND_READ) -> Programme | None:
    return (
        Programme.objects.of(rounds=Round.objects.seen_by(actor, permission))
        .filter(pk=pk)
        .select_related("school", "year", "policy")
        .prefetch_related("cohorts")
        .first()
    )


def live_rounds(programme: Programme) -> list[Round]:
    """The rounds in order, without those that were given up."""
    return list(_in_order(Round.objects.of(programme=programme)))


def first_round(programme: Programme) -> Round | None:
    """The live round whose pool is the programme's."""
    return _in_order(Round.objects.of(programme=programme)).first()


def _in_order(rounds: QuerySet[Round]) -> QuerySet[Round]:
    live = rounds.exclude(state=RoundState.VOID)
    return live.select_related("programme", "school", "year").order_by("seq")


def neighbours(row: Round) -> tuple[Round | None, Round | None]:
    """The live rounds before and after this one."""
    rounds = list(_in_order(Round.objects.of(programme__rounds=row)))
    before = [other for other in rounds if other.seq < row.seq]
    after = [other for other in rounds if other.seq > row.seq]
    return (before[-1] if before else None), (after[0] if after else None)


def is_last(row: Round) -> bool:
    return neighbours(row)[1] is None


def reopens(programme: Programme, last: Round) -> bool:
    """Whether a round after this one makes it pass on whom it was to place, so that it is computed anew."""
    passes_on = programme.policy is None or programme.policy.pass_on
    return last.state in FROZEN and last.places_all and last.lists and passes_on


def no_more_rounds(programme: Programme, rounds: list[Round]) -> str:
    """Why no round may be added at the end of these, as a sentence; "" where one may."""
    if programme.state not in UNPUBLISHED:
        return (
            f"「{programme}」已经是「{programme.get_state_display()}」，不能再加轮次。"
            "没有导师的学生，请在「无导师学生」里安排，或者另建一次匹配。"
        )
    last = rounds[-1] if rounds else None
    if last and last.places_all and last.state == RoundState.RUNNING:
        return f"「{last}」正在作为最后一轮运算，一般几秒钟就好。请等它有了提案再加。"
    if last and reopens(programme, last):
        return ""
    if programme.state == ProgrammeState.READY:
        return (
            "每名学生都已经安排到，没有人可以转入新的一轮，所以不能再加。"
            "要改个别学生，请用「个别调整」；要从头来，请中止这次匹配。"
        )
    if last and last.places_all and last.state == RoundState.CLOSED:
        return f"「{last}」会把每个人都安排好，后面不会再有人，所以不能再加。请先运算它。"
    return ""


def places_everybody(row: Round) -> bool:
    """Whether a round that ended now would have to place everybody."""
    policy = row.programme.policy
    passes_on = policy is None or policy.pass_on
    return row.way.always_places or (row.lists and (is_last(row) or not passes_on))


def ends_with(row: Round) -> bool:
    """Whether this round places everybody: settled once it is closed, before as it stands now."""
    return row.places_all if row.commitment else places_everybody(row)


def waits_for(row: Round) -> Round | None:
    """The round that has to be confirmed before this one can be checked and opened."""
    before, _ = neighbours(row)
    return before if before and before.state not in SETTLED_ROUNDS else None


def placed_in(row: Round) -> QuerySet[Placement]:
    """Who is placed by a round's result, if it has one."""
    return Placement.objects.of(run__round=row).filter(HELD)


def falls_on(row: Round) -> QuerySet[RoundStudent]:
    """The students whom a round leaves to the next one. Who has got a mentor otherwise meanwhile is left to none."""
    placed = placed_in(row).values("round_student")
    staying = RoundStudent.objects.of(round=row).filter(STAYING, ~_elsewhere(row.programme))
    return staying.exclude(pk__in=placed)


def arranged() -> Q:
    """As a filter of the students of a programme: whom the office has given a mentor by hand meanwhile, so that no
    round does. In a new one, who has a mentor by now; in a review, who has another one since the round took him in (he has
    asked for it, or his mentor has left): he has just changed, and does not change again."""
    held = Mentorship.objects.filter(ACTIVE_PRIMARY, student=OuterRef("student"))
    since = held.filter(created_at__gt=OuterRef("created_at"))
    return Q(Exists(held), round__programme__kind=ProgrammeKind.NEW) | Q(Exists(since))


def _elsewhere(programme: Programme) -> Q:
    """As a filter of its students: who has a mentor by hand, and is placed in none of its rounds."""
    held = Placement.objects.as_system("who is placed by a programme").filter(
        HELD, run__round__programme=programme
    )
    return arranged() & ~Q(student__in=held.values("round_student__student"))


def _held_in(programme: Programme) -> GuardedQuerySet[Placement]:
    """Who is placed by the results of all rounds."""
    return Placement.objects.of(run__round__programme=programme).filter(HELD)


@dataclass(frozen=True, slots=True)
class Step:
    """One round on the page of its programme; `number` counts from 1."""

    number: int
    round: Round
    students: int
    submitted: int
    places: int
    placed: int

    @property
    def falls_on(self) -> int:
        return self.students - self.placed

    @property
    def title(self) -> str:
        return f"第 {self.number} 轮 · {self.round.get_mode_display()}"

    @property
    def words(self) -> str:
        """「120 名学生，安排 96，余 24，剩名额 40」."""
        if not self.students:
            return "等前面的轮次确认"
        if self.round.has_result:
            left = f"，余 {self.falls_on}" if self.falls_on else ""
            return f"{self.students} 名学生，安排 {self.placed}{left}，剩名额 {self.places - self.placed}"
        filled = f"，{self.submitted} 名已填" if self.round.lists and self.submitted else ""
        return f"{self.students} 名学生，{self.places} 个名额{filled}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everybody stands: `placed` + `remaining` + `left` = `students`, always."""

    students: int
    placed: int
    left: int
    places: int

    @property
    def remaining(self) -> int:
        return self.students - self.placed - self.left


def steps(programme: Programme) -> list[Step]:
    """The live rounds in order, in numbers. Four questions."""
    rounds = live_rounds(programme)
    staying = RoundStudent.objects.of(round__programme=programme).filter(
        STAYING, ~_elsewhere(programme), round__in=rounds
    )
    students = _counted(staying.values_list("round"), Count("pk"))
    submitted = _counted(staying.filter(submitted_at__isnull=False).values_list("round"), Count("pk"))
    places = _counted(
        Round.objects.as_system("how many places there are")
        .filter(pk__in=[row.pk for row in rounds])
        .values_list("pk"),
        Sum("mentors__upper"),
    )
    placed = _counted(
        _held_in(programme).filter(run__round__in=rounds).values_list("run__round"), Count("pk")
    )
    return [
        Step(
            number,
            row,
            students.get(row.pk, 0),
            submitted.get(row.pk, 0),
            places.get(row.pk) or 0,
            placed.get(row.pk, 0),
        )
        for number, row in enumerate(rounds, 1)
    ]


def _counted(rows: QuerySet, what: Count | Sum) -> dict[UUID, int]:  # type: ignore[type-arg]
    return dict(rows.annotate(n=what).order_by())


def standing(programme: Programme) -> Standing:
    """Counted from the rows themselves, not from the steps: one can be checked against the other."""
    students = set(
        RoundStudent.objects.of(round__programme=programme)
        .exclude(round__state=RoundState.VOID)
        .values_list("student_id", flat=True)
    )
    placed = set(_held_in(programme).values_list("round_student__student_id", flat=True))
    left = set(
        RoundStudent.objects.of(round__programme=programme)
        .filter(~STAYING | arranged())
        .exclude(round__state=RoundState.VOID)
        .values_list("student_id", flat=True)
    )
    first = first_round(programme)
    places = RoundMentor.objects.of(round=first).aggregate(n=Sum("upper"))["n"] if first else 0
    return Standing(len(students), len(placed), len(left - placed), (places or 0) - len(placed))


def withheld(programme: Programme) -> QuerySet[Placement]:
    """Whose placement did not come into force when the result was published, each with the reason."""
    return outcome(programme).exclude(withheld="")


def left_students(programme: Programme) -> QuerySet[RoundStudent]:
    """Who is given no mentor by the programme, each with his reason."""
    return (
        RoundStudent.objects.of(round__programme=programme)
        .filter(~STAYING)
        .exclude(round__state=RoundState.VOID)
        .select_related("student__person", "class_group__cohort", "round")
        .order_by("number")
        .opening("left_reason")
    )


def outcome(programme: Programme) -> GuardedQuerySet[Placement]:
    """The result of all rounds together, by student."""
    return (
        _held_in(programme)
        .select_related(
            "run__round",
            "round_student__student__person",
            "round_student__class_group__cohort",
            "round_student__present__staff__person",
            "mentor__staff__person",
        )
        .order_by("round_student__number")
    )


@dataclass(frozen=True, slots=True)
class ProgrammeLoad(Carried):
    """A mentor's students from all rounds. Quacks like a row of the mentors' table."""

    mentor: object
    code: str
    upper: int


def outcome_loads(programme: Programme) -> list[ProgrammeLoad]:
    """Every mentor of the first round, whose pool is the programme's, with the students of all rounds."""
    by_staff: dict[UUID, list[Placement]] = defaultdict(list)
    for placement in outcome(programme):
        by_staff[placement.mentor.staff_id].append(placement)
    first = first_round(programme)
    mentors = mentors_of(first) if first else ()
    return [ProgrammeLoad(by_staff[row.staff_id], row.staff, row.code, row.upper) for row in mentors]


def released(programme: Programme) -> list[RoundStudent]:
    """Who had a mentor and does not keep him (G3), with what happened so far."""
    kept = {
        placement.round_student.student_id
        for placement in outcome(programme)
        if (placement.round_student.present_id and placement.round_student.present_id == placement.mentor_id)
        or (
            placement.round_student.present
            and placement.round_student.present.staff_id == placement.mentor.staff_id
        )
    }
    first = first_round(programme)
    if first is None:
        return []
    decided = {
        row.student_id
        for row in RoundStudent.objects.of(round__programme=programme).filter(
            round__state__in=SETTLED_ROUNDS | RESULT
        )
    }
    staying = RoundStudent.objects.of(round=first).filter(STAYING, present__isnull=False)
    rows = staying.select_related("student__person", "class_group__cohort", "present__staff__person")
    return [row for row in rows if row.student_id in decided and row.student_id not in kept]


def programme_shares(programme: Programme) -> list[Share]:
    """How wishes were met in all rounds in which students ranked mentors (R44)."""
    return merged_shares(done_runs(programme))


def done_runs(programme: Programme) -> Iterable[Run]:
    return (
        Run.objects.of(round__programme=programme)
        .filter(round__state__in=RESULT, state=State.DONE, trial=False)
        .select_related("round")
        .order_by("round__seq")
    )


def modes_for(policy: Policy, kind: str) -> list[str]:
    """The modes of the policy, in its order, that this kind of programme can use."""
    return [mode for mode in policy.modes if kind == ProgrammeKind.REVIEW or not MODES[mode].review_only]


@dataclass(frozen=True, slots=True)
class Next:
    """The one next thing to do. `round` is the page to do it on; without it, `what` names the programme's own deed."""

    sentence: str
    verb: str
    what: str
    round: Round | None = None


def next_thing(programme: Programme, held: list[Step], unseen: Round | None = None) -> Next | None:
    """What the office does next, or None when there is nothing to do. `unseen`: of `unseen_fairness`."""
    if programme.state == ProgrammeState.READY:
        if unseen:
            said = (
                "每名学生都有了着落。有的群体之间差别较大，公布以前请校领导看一看公平情况，点「我看过了」。"
            )
            return Next(said, "看公平情况", "fairness", unseen)
        return Next("每名学生都有了着落，可以公布了。", "公布结果", "publish")
    if programme.state not in GROWING:
        return None
    for step in held:
        if step.round.state != RoundState.CONFIRMED:
            sentence, verb = NEXT_OF[RoundState(step.round.state)]
            if step.round.state == RoundState.PROPOSED and not step.falls_on:
                sentence = "「{title}」有了提案，每名学生都有了着落；看过没有问题就确认。"
            if stalled(step.round):
                sentence = "「{title}」的运算停着：后台程序没有运行，请告诉管理员。"
            return Next(sentence.format(title=step.round.title, n=step.falls_on), verb, "round", step.round)
    remaining = held[-1].falls_on if held else 0
    return Next(f"还有 {remaining} 名学生没有安排到，请再加一轮，比如行政指派。", "加一轮", "add")


NEXT_OF = {
    RoundState.DRAFT: ("「{title}」还没有检查可行性。", "去检查"),
    RoundState.FEASIBLE: ("「{title}」可行，可以开启了。", "去开启"),
    RoundState.OPEN: ("「{title}」正在进行，到时间就截止。", "看进度"),
    RoundState.ANSWERING: ("「{title}」正在等导师回应。", "看进度"),
    RoundState.CLOSED: ("「{title}」已截止，可以运算了。", "去运算"),
    RoundState.RUNNING: ("「{title}」正在运算。", "看进度"),
    RoundState.PROPOSED: ("「{title}」有了提案，还有 {n} 名学生没有安排到；确认以后转入下一轮。", "去看提案"),
}
