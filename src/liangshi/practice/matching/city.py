"""The policy and the programmes of each year: who ranked whom and whom he got, as far as the bonds tell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Dice, Site
from liangshi.foundation.jobs import State
from liangshi.practice.matching import audit
from liangshi.practice.matching.choices import (
    MoveReason,
    ProgrammeKind,
    ProgrammeState,
    RoundState,
    Verdict,
)
from liangshi.practice.matching.models import (
    Answer,
    Avoidance,
    FairnessSeen,
    ManualMove,
    Placement,
    Programme,
    Round,
    RoundMentor,
    RoundStudent,
    Run,
    Wish,
)
from liangshi.practice.plans.choices import MAX_WISHES, Aim, Mode
from liangshi.practice.plans.city import Policies
from liangshi.registry.access.choices import Role
from liangshi.registry.access.city import Doers
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.city import Bond, Bonds
from liangshi.registry.people.city import People, Pupil, Teacher
from liangshi.registry.schools.city import Campus, Year

RANKS, RANK_WEIGHTS = (1, 2, 3, 4, 5, 0), (62, 17, 8, 4, 3, 6)  # 0: none of his wishes
FILLED, AVOIDS, ANSWERED = 0.94, 0.03, 0.4
REASONS = ("上过这位老师的课", "想学好数学", "同学推荐", "", "", "")
SENTENCES = {0: "你的志愿都满了，按公开抽签为你安排{mentor}老师。", 1: "{mentor}老师是你的第 1 志愿。"}
LISTED = "{mentor}老师是你的第 {rank} 志愿，排在前面的名额都满了。"
HEX = "064x"


@dataclass(frozen=True, slots=True)
class Stage:
    """What one programme and its round are to look like; `opened` is the day on which students began to choose."""

    title: str
    kind: ProgrammeKind
    mode: Mode
    state: RoundState
    programme: ProgrammeState
    opened: dt.date


@school
def programmes(site: Site) -> None:
    """For each year those who entered; and in this year a review of 高二 that is proposed, one of 高三 that is open."""
    campus, made, dice = site.made(Campus), site.made(Bonds), site.dice("matching")
    mode = Mode.TWO_SIDED if site.order % 3 == 1 else Mode.WISHES
    for year in campus.years:
        rounds = _Rounds(site, dice, year, site.made(Policies).of[year.id])
        entered = [
            bond for bond in made.primary if bond.origin == Origin.ROUND and bond.pupil.entry == year.start
        ]
        over = ProgrammeState.SETTLED if year is campus.year else ProgrammeState.CLOSED
        rounds.hold(
            Stage("新生匹配", ProgrammeKind.NEW, mode, RoundState.PUBLISHED, over, year.starts_on + DAY * 2),
            entered,
        )
    here = list(made.open())
    opened = site.plan.today - DAY * 6
    for step, title, state in ((1, "高二复核", RoundState.PROPOSED), (2, "高三复核", RoundState.OPEN)):
        bonds = [bond for bond in here if bond.pupil.entry == campus.year.start - step]
        stage = Stage(title, ProgrammeKind.REVIEW, Mode.WISHES, state, ProgrammeState.RUNNING, opened)
        if site.last_day == site.plan.today and site.order % 2 == 0:
            rounds.hold(stage, bonds)


class _Rounds:
    """Programmes of one year, each with one round."""

    def __init__(self, site: Site, dice: Dice, year: Year, policy: UUID) -> None:
        self.site, self.dice, self.rows, self.year, self.policy = site, dice, site.rows, year, policy
        self.campus, self.people, self.log = site.made(Campus), site.made(People), site.made(Log)
        self.mentors: dict[UUID, tuple[UUID, Teacher]] = {}
        self.fame: list[float] = []

    def hold(self, stage: Stage, bonds: Sequence[Bond]) -> None:
        if not bonds:
            return
        at = self.dice.moment(stage.opened)
        programme, key = self.dice.key(at), self.dice.key(at)
        told = stage.state == RoundState.PUBLISHED
        self.rows.add(
            Programme, id=programme, created_at=at, school_id=self.campus.id, year_id=self.year.id, kind=stage.kind,
            title=f"{self.year.start} 级{stage.title}", policy_id=self.policy, state=stage.programme,
            published_at=at + DAY * 6 if told else None, trial_until=stage.opened + DAY * 34 if told else None,
        )  # fmt: skip
        self.rows.add(
            Programme.cohorts.through,
            programme_id=programme,
            cohort_id=self.campus.cohorts[bonds[0].pupil.entry],
        )
        self._round(stage, programme, key, at)
        self._mentors(key, at, bonds)
        placed = list(self._students(stage, key, at, bonds))
        if stage.state != RoundState.OPEN:
            self._run(stage, key, at + DAY * 5, placed)
        self.log.note(audit.OPENED, self.site.made(Doers).clerk, at, key)
        if told:
            subjects = [bond.pupil.id for bond in bonds]
            self.log.note(audit.PUBLISHED, self.site.made(Doers).leader, at + DAY * 6, key, subjects)

    def _round(self, stage: Stage, programme: UUID, key: UUID, at: dt.datetime) -> None:
        told, is_open = stage.state == RoundState.PUBLISHED, stage.state == RoundState.OPEN
        answers = at + DAY * 5 if stage.mode == Mode.TWO_SIDED else None
        self.rows.add(
            Round, id=key, created_at=at, school_id=self.campus.id, year_id=self.year.id, programme_id=programme,
            policy_id=self.policy, title="第 1 轮", mode=stage.mode, state=stage.state, opened_at=at,
            closes_at=at + DAY * (20 if is_open else 4), answers_until=answers,
            closed_at=None if is_open else at + DAY * 4, published_at=at + DAY * 6 if told else None,
            commitment="" if is_open else f"{self.dice.getrandbits(256):{HEX}}",
            draw="" if is_open else f"{self.dice.getrandbits(40)}",
        )  # fmt: skip

    def _mentors(self, key: UUID, at: dt.datetime, bonds: Sequence[Bond]) -> None:
        """Whoever was given somebody, and as many again who were not."""
        given = {bond.mentor.id: bond.mentor for bond in bonds}
        others = [one for one in self.people.teachers if one.until is None and one.id not in given]
        chosen = [*given.values(), *self.dice.sample(others, min(len(others), max(5, len(given) // 3)))]
        self.mentors = {one.id: (self.dice.key(at), one) for one in chosen}
        self.fame = [self.dice.skew(1.0) for _ in chosen]
        for row, one in self.mentors.values():
            self.rows.add(RoundMentor, id=row, created_at=at, round_id=key, staff_id=one.id, code=one.number)

    def _students(
        self, stage: Stage, key: UUID, at: dt.datetime, bonds: Sequence[Bond]
    ) -> Iterator[tuple[UUID, Bond, int]]:
        """Each with the rank at which his mentor stands in his wishes, 0 where he does not."""
        review = stage.kind == ProgrammeKind.REVIEW
        for number, bond in enumerate(bonds, 1):
            row, pupil = self.dice.key(at), bond.pupil
            filled = self.dice.chance(FILLED if stage.state != RoundState.OPEN else 0.5)
            rank = self.dice.choices(RANKS, RANK_WEIGHTS)[0] if filled else 0
            self.rows.add(
                RoundStudent, id=row, created_at=at, round_id=key, student_id=pupil.id, number=number,
                class_group_id=self._class_of(pupil), near=self._near(pupil), version=int(filled),
                submitted_at=at + DAY * self.dice.random() * 3.5 if filled else None, gender=pupil.gender,
                present_id=self.mentors[bond.mentor.id][0] if review else None,
            )  # fmt: skip
            if filled:
                self._wishes(stage, row, at, bond, rank)
            yield row, bond, rank

    def _class_of(self, pupil: Pupil) -> UUID:
        return self.campus.classes[pupil.entry][pupil.place]

    def _near(self, pupil: Pupil) -> list[str]:
        return [one.number for one in self.people.taught_by[self._class_of(pupil)] if one.id in self.mentors]

    def _wishes(self, stage: Stage, row: UUID, at: dt.datetime, bond: Bond, rank: int) -> None:
        """Five mentors, the sought-after ones oftener; the given one at his rank."""
        keys = list(self.mentors)
        drawn = self.dice.choices(keys, self.fame, k=MAX_WISHES * 2)
        chosen = [one for one in dict.fromkeys(drawn) if one != bond.mentor.id][:MAX_WISHES]
        if rank:
            chosen = [*chosen[: rank - 1], bond.mentor.id, *chosen[rank - 1 :]][:MAX_WISHES]
        for place, mentor in enumerate(chosen, 1):
            self.rows.add(
                Wish, id=self.dice.key(at), created_at=at, round_student_id=row, rank=place,
                mentor_id=self.mentors[mentor][0], reason=self.dice.choice(REASONS),
            )  # fmt: skip
            if stage.mode == Mode.TWO_SIDED and self.dice.chance(ANSWERED):
                self.rows.add(
                    Answer, id=self.dice.key(at), created_at=at, round_student_id=row,
                    mentor_id=self.mentors[mentor][0],
                    verdict=self.dice.choices(Verdict.values, (70, 20, 10))[0] if mentor != bond.mentor.id
                    else Verdict.WILLING,
                )  # fmt: skip
        avoided = self.dice.choice(keys)
        if avoided not in chosen and avoided != bond.mentor.id and self.dice.chance(AVOIDS):
            self.rows.add(
                Avoidance, id=self.dice.key(at), created_at=at, round_student_id=row,
                mentor_id=self.mentors[avoided][0],
            )  # fmt: skip
        by = self.site.made(Doers).by(bond.pupil, Role.STUDENT)
        self.log.note(audit.WISHES_SAVED, by, at + DAY / 2, subjects=[bond.pupil.id])

    def _run(
        self, stage: Stage, key: UUID, at: dt.datetime, placed: Sequence[tuple[UUID, Bond, int]]
    ) -> None:
        run, sealed = self.dice.key(at), f"{self.dice.getrandbits(256):{HEX}}"
        ranks = Counter(rank for _, _, rank in placed)
        loads = Counter(bond.mentor.id for _, bond, _ in placed)
        self.rows.add(
            Run, id=run, created_at=at, round_id=key, state=State.DONE, percent=100, aim=Aim.SUM,
            commitment=f"{self.dice.getrandbits(256):{HEX}}", seed=f"{self.dice.getrandbits(256):{HEX}}",
            result_sha256=sealed, profile=[ranks[rank] for rank in range(1, MAX_WISHES + 1)], unlisted=ranks[0],
            total_rank=sum(rank * count for rank, count in ranks.items()), least=min(loads.values()),
            most=max(loads.values()), certificate={"kept": [], "uneven": []}, started_at=at, finished_at=at,
            fairness=self._fairness(placed),
        )  # fmt: skip
        for row, bond, rank in placed:
            said = SENTENCES.get(rank, LISTED).format(mentor=bond.mentor.name, rank=rank)
            self.rows.add(
                Placement, id=self.dice.key(at), created_at=at, run_id=run, round_student_id=row,
                mentor_id=self.mentors[bond.mentor.id][0], rank=rank or None, reason=said,
            )  # fmt: skip
        leader = self.people.leaders[1].person
        if stage.state == RoundState.PUBLISHED:
            self.rows.add(
                FairnessSeen,
                id=self.dice.key(at),
                created_at=at,
                run_id=run,
                result_sha256=sealed,
                by_id=leader,
            )
            return
        self._move(run, at, placed)

    def _move(self, run: UUID, at: dt.datetime, placed: Sequence[tuple[UUID, Bond, int]]) -> None:
        """One student whom the office gave another mentor, and took back."""
        row, bond, _ = placed[0]
        other = next((held for mentor, held in self.mentors.items() if mentor != bond.mentor.id), None)
        if other:
            self.rows.add(
                ManualMove, id=self.dice.key(at), created_at=at, run_id=run, seq=1, round_student_id=row,
                held_id=self.mentors[bond.mentor.id][0], given_id=other[0], reason=MoveReason.LODGING,
                sentence=SENTENCES[1].format(mentor=bond.mentor.name), undone_at=at + DAY / 24,
                by_id=self.people.clerks[0].person,
            )  # fmt: skip

    def _fairness(self, placed: Sequence[tuple[UUID, Bond, int]]) -> dict[str, object]:
        """By gender alone, in the form in which a run keeps it."""
        groups = []
        for gender in {bond.pupil.gender: None for _, bond, _ in placed}:
            ranks = [rank for _, bond, rank in placed if bond.pupil.gender == gender]
            listed = [rank for rank in ranks if rank]
            groups.append(["gender", str(gender.label), len(ranks), ranks.count(1), len(listed), sum(listed)])
        unknown = dict.fromkeys(("gender", "class", "lodging", "left_behind"), 0)
        return {
            "groups": groups,
            "filled": len(placed),
            "unfilled": 0,
            "unknown": unknown,
            "load": [8.0, 1.5],
        }
