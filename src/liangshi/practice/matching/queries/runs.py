"""Runs and their results: proposal, comparison, loads, shares."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from liangshi.foundation import jobs
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.jobs import LIVE, State
from liangshi.pairing import lottery
from liangshi.practice.matching.choices import RESULT, ROUND, RoundState
from liangshi.practice.matching.models import (
    Placement,
    Round,
    RoundMentor,
    Run,
)
from liangshi.practice.matching.queries.rounds import mentors_of
from liangshi.practice.matching.rules import may_see_ranks
from liangshi.practice.plans.choices import Aim
from liangshi.registry.access.actor import Actor


def latest_run(row: Round) -> Run | None:
    return Run.objects.of(round=row).filter(trial=False).first()


def stalled(row: Round) -> bool:
    """Whether a round waits for its result while no worker lives. Asks nothing about a round that does not compute."""
    run = latest_run(row) if row.state == RoundState.RUNNING else None
    return run is not None and jobs.stalled(run)


def shown_state(row: Round, *, stalled: bool) -> tuple[str, str]:
    """The word and the tone of a round's state; one whose computation nobody does is not 「运算中」."""
    return ("运算停着", "warn") if stalled else (row.get_state_display(), ROUND.tone(row.state))


def done_run(row: Round) -> Run | None:
    """The run whose result is the round's proposal, or was published."""
    if row.state not in RESULT:
        return None
    return Run.objects.of(round=row).filter(state=State.DONE, trial=False).first()


def seed_of(row: Round) -> str:
    return lottery.seed(row.commitment, row.draw)


def result_known(row: Round) -> bool:
    """Whether any result of this input has been seen; from then on nobody draws again."""
    return Run.objects.of(round=row).filter(commitment=row.commitment).exclude(result_sha256="").exists()


def drawn_for(row: Round, commitment: str) -> str:
    """The draw that was registered for an input, or ""."""
    drawn = Run.objects.of(round=row).filter(commitment=commitment).exclude(draw="")
    return drawn.values_list("draw", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Superseded:
    """An input of which a result was known before something in it was changed."""

    commitment: str
    draw: str
    until: dt.datetime


def superseded(row: Round) -> list[Superseded]:
    """Every earlier input of which a result was known, the oldest first: whoever wonders can ask why it changed."""
    known = Run.objects.of(round=row).exclude(result_sha256="").exclude(commitment=row.commitment)
    last = known.order_by("commitment", "draw").values_list("commitment", "draw").annotate(Max("finished_at"))
    return sorted((Superseded(*each) for each in last), key=lambda each: each.until)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The newest trial of each aim over the same frozen wishes and the same lottery."""

    trials: dict[Aim, Run]

    @property
    def running(self) -> bool:
        return any(run.state in LIVE for run in self.trials.values())

    @property
    def complete(self) -> bool:
        return all(aim in self.trials and self.trials[aim].state == State.DONE for aim in Aim)

    @property
    def percent(self) -> int:
        return sum(run.percent for run in self.trials.values()) // len(Aim)

    @property
    def error(self) -> str:
        """Why a trial was not completed; it may name who avoids whom."""
        return next((run.error for run in self.trials.values() if run.error), "")

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """[(「第 1 志愿」, a number per aim), …] of a complete comparison, in the order of `Aim`."""
        runs = [self.trials[aim] for aim in Aim]
        counted = zip(*(shares(run) for run in runs), strict=True)
        return [
            *((line[0].label, [share.count for share in line]) for line in counted),
            ("序号之和", [run.total_rank for run in runs]),
            ("导师最少", [run.least for run in runs]),
            ("导师最多", [run.most for run in runs]),
        ]


def comparison(row: Round) -> Comparison:
    trials = (
        Run.objects.of(round=row)
        .filter(trial=True, commitment=row.commitment, seed=seed_of(row))
        .exclude(state=State.DROPPED)
    )
    newest = {Aim(run.aim): run for run in reversed(trials)}
    return Comparison({aim: newest[aim] for aim in Aim if aim in newest})


def explained(rows: GuardedQuerySet[Placement], actor: Actor) -> GuardedQuerySet[Placement]:
    """With 「为什么是TA」 on each, for whom may see ranks."""
    return rows.opening("reason") if may_see_ranks(actor) else rows


def placements(run: Run) -> GuardedQuerySet[Placement]:
    return (
        Placement.objects.of(run=run)
        .select_related(
            "run__round",
            "round_student__present",
            "round_student__student__person",
            "round_student__class_group__cohort",
            "mentor__staff__person",
        )
        .order_by("round_student__number")
    )


@dataclass(frozen=True, slots=True)
class Carried:
    """A mentor's students."""

    students: list[Placement]

    @property
    def count(self) -> int:
        return len(self.students)

    @property
    def named(self) -> list[UUID]:
        """Of his row in a list, for the log."""
        return [student for each in self.students for student in each.named]


@dataclass(frozen=True, slots=True)
class Load(Carried):
    """A mentor's load in a run. Quacks like a row of the mentors' table."""

    mentor: RoundMentor

    @property
    def code(self) -> str:
        return self.mentor.code

    @property
    def upper(self) -> int:
        return self.mentor.upper


def loads(run: Run) -> list[Load]:
    """Every mentor of the round with the students the run gives him."""
    by_mentor: dict[UUID, list[Placement]] = defaultdict(list)
    for placement in placements(run):
        by_mentor[placement.mentor_id].append(placement)
    return [Load(by_mentor[mentor.pk], mentor) for mentor in mentors_of(run.round)]


@dataclass(frozen=True, slots=True)
class Share:
    """How many students got one wish: 「第 1 志愿」 41 人 82%."""

    label: str
    count: int
    percent: int


def shares(run: Run) -> list[Share]:
    """Wish by wish, and last those whose mentor was not among their wishes (R44)."""
    return _shared(run.profile, run.unlisted)


def merged_shares(runs: Iterable[Run]) -> list[Share]:
    """The same over several rounds: only those in which students rank mentors count."""
    profile: Counter[int] = Counter()
    unlisted = 0
    for run in runs:
        if run.round.lists:
            profile.update(dict(enumerate(run.profile)))
            unlisted += run.unlisted
    width = max((rank + 1 for rank in profile), default=0)
    return _shared([profile[rank] for rank in range(width)], unlisted)


def _shared(profile: Sequence[int], unlisted: int) -> list[Share]:
    total = sum(profile) + unlisted
    counts = [(f"第 {n} 志愿", count) for n, count in enumerate(profile, 1)]
    return [
        Share(label, count, round(100 * count / total) if total else 0)
        for label, count in (*counts, ("志愿外", unlisted))
    ]
