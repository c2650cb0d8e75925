"""Are wishes met alike for girls and boys, class by class, for boarders, for children left behind (N11)?

Measured among those who filled in wishes, when a result is stored and after every manual move; figures only. A
group of fewer than five is never shown alone: the two smallest groups of a kind are joined until each has five,
so that nobody can be worked out from the others either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from liangshi.foundation.base.guard import hand_out
from liangshi.practice.matching.models import FairnessSeen, Programme, Round, RoundStudent, Run
from liangshi.practice.matching.queries.programmes import done_runs
from liangshi.practice.matching.queries.rounds import STAYING
from liangshi.registry.people.choices import LeftBehind

FEWEST = 5  # students in a group that may be shown
GAP = 10  # percentage points between two groups from which on a leader must look
KINDS = {"gender": "性别", "class": "班级", "lodging": "走读住校", "left_behind": "留守"}
MEASURES = {"first": "得到第 1 志愿", "listed": "导师在自己的志愿里"}


@dataclass(frozen=True, slots=True)
class Taking:
    """One student for the count: kind → his group ("" where it is not recorded), and the wish he got."""

    groups: Mapping[str, str]
    rank: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """`size` students who filled in wishes; `first` got their first, `listed` any; `ranks` sums their wishes."""

    kind: str
    label: str
    size: int
    first: int
    listed: int
    ranks: int

    def percent(self, measure: str) -> int:
        return round(100 * int(getattr(self, measure)) / self.size)

    def tenths(self, measure: str) -> float:
        """The share in per cent, to one decimal."""
        return round(100 * int(getattr(self, measure)) / self.size, 1)

    @property
    def mean_rank(self) -> float | None:
        """The mean number of the wish that was met, among those who got any."""
        return round(self.ranks / self.listed, 2) if self.listed else None


@dataclass(frozen=True, slots=True)
class Gap:
    """The widest difference between two groups of a kind in one measure."""

    kind: str
    measure: str
    best: Group
    worst: Group

    @property
    def wide(self) -> bool:
        """Over ten points, exactly: nothing is rounded before comparing."""
        share = 100 * (self._share(self.best, self.worst) - self._share(self.worst, self.best))
        return share > GAP * self.best.size * self.worst.size

    def _share(self, one: Group, other: Group) -> int:
        """The share of `one` over the common denominator."""
        return int(getattr(one, self.measure)) * other.size

    @property
    def points(self) -> float:
        """The difference of the two shares as they are shown, so that the sentence adds up."""
        return round(self.best.tenths(self.measure) - self.worst.tenths(self.measure), 1)

    @property
    def sentence(self) -> str:
        high, low = (
            f"{one.label} {one.tenths(self.measure):g}%（{one.size} 人）" for one in (self.best, self.worst)
        )
        return f"{MEASURES[self.measure]}的比例，{high}，{low}，相差 {self.points:g} 个百分点。"


@dataclass(frozen=True, slots=True)
class Report:
    """`unknown` counts per kind those whose group is not recorded, `load` is mentors' mean load and how far
    from it they are on average."""

    groups: tuple[Group, ...] = ()
    filled: int = 0
    unfilled: int = 0
    unknown: Mapping[str, int] | None = None
    load: tuple[float, float] = (0, 0)

    def of(self, kind: str) -> list[Group]:
        return [group for group in self.groups if group.kind == kind]

    def gap(self, kind: str, measure: str) -> Gap | None:
        """None where there are no two groups to compare."""
        held = self.of(kind)
        if len(held) < 2:
            return None
        by_share = sorted(held, key=lambda group: getattr(group, measure) / group.size)
        return Gap(kind, measure, by_share[-1], by_share[0])

    @property
    def wide(self) -> list[Gap]:
        """What a leader must see before publishing."""
        gaps = (self.gap(kind, measure) for kind in KINDS for measure in MEASURES)
        return [gap for gap in gaps if gap and gap.wide]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"groups": [list(asdict(group).values()) for group in self.groups]}


def measure(students: Iterable[Taking], *, unfilled: int = 0, loads: Sequence[int] = ()) -> Report:
    """Count the groups of each kind. `students` filled in wishes; `loads` are students per mentor."""
    held = list(students)
    groups: list[Group] = []
    unknown: Counter[str] = Counter()
    for kind in KINDS:
        by_label: dict[str, list[Taking]] = {}
        for one in held:
            by_label.setdefault(one.groups.get(kind, ""), []).append(one)
        unknown[kind] = len(by_label.pop("", []))
        if kind == "left_behind":
            by_label = _plain(by_label)
        groups += _joined([_group(kind, label, several) for label, several in by_label.items()])
    mean = sum(loads) / len(loads) if loads else 0
    off = sum(abs(load - mean) for load in loads) / len(loads) if loads else 0
    return Report(tuple(groups), len(held), unfilled, dict(unknown), (round(mean, 1), round(off, 1)))


def _plain(by_label: dict[str, list[Taking]]) -> dict[str, list[Taking]]:
    """All children left behind as one group, unless each sort of them is large enough to be shown."""
    none = str(LeftBehind.NO.label)
    sorts = {label: several for label, several in by_label.items() if label != none}
    if all(len(several) >= FEWEST for several in sorts.values()):
        return by_label
    rest = {none: by_label[none]} if none in by_label else {}
    return rest | {"留守": [one for several in sorts.values() for one in several]}


def _group(kind: str, label: str, students: Sequence[Taking]) -> Group:
    ranks = [one.rank for one in students if one.rank]
    return Group(kind, label, len(students), ranks.count(1), len(ranks), sum(ranks))


def _joined(groups: list[Group]) -> list[Group]:
    """The groups in the order given, the smallest joined until each has at least `FEWEST`; none if all lack."""
    while len(groups) > 1 and min(group.size for group in groups) < FEWEST:
        least, next_least = sorted(groups, key=lambda group: group.size)[:2]
        first, second = sorted((least, next_least), key=groups.index)
        both = Group(
            first.kind,
            f"{first.label}、{second.label}",
            *(getattr(first, name) + getattr(second, name) for name in ("size", "first", "listed", "ranks")),
        )
        groups = [both if group is first else group for group in groups if group is not second]
    return [group for group in groups if group.size >= FEWEST]


def fairness_of(row: Round, ranks: Mapping[str, int | None], loads: Sequence[int]) -> Report:
    """The figures of an arrangement of this round: student key → the wish he got, as he numbered them (none where he
    got no wish, or falls on), and the students of each mentor."""
    students = list(_with_traits(row))
    students_of = RoundStudent.objects.of(round=row)
    filled = set(students_of.filter(wishes__isnull=False).values_list("pk", flat=True))
    taking = [Taking(_groups(one), ranks.get(one.key)) for one in students if one.pk in filled]
    return measure(taking, unfilled=len(students) - len(taking), loads=loads)


def _with_traits(row: Round) -> QuerySet[RoundStudent]:
    return (
        RoundStudent.objects.of(round=row)
        .filter(STAYING)
        .select_related("student__person", "class_group__cohort")
        .order_by("number")
    )


def _groups(row: RoundStudent) -> dict[str, str]:
    student = row.student
    known_gender = student.person.gender in {"1", "2"}
    return {
        "gender": student.person.get_gender_display() if known_gender else "",
        "class": row.class_name,
        "lodging": student.get_lodging_display(),
        "left_behind": hand_out(student, "left_behind").get_left_behind_display(),
    }


def fairness(run: Run) -> Report:
    """The figures stored with a run."""
    held = run.fairness
    if not held:
        return Report()
    return Report(
        tuple(Group(*group) for group in held["groups"]),
        held["filled"],
        held["unfilled"],
        held["unknown"],
        tuple(held["load"]),
    )


def must_see(run: Run) -> bool:
    """Whether a leader has to look at the figures of this result before it is published."""
    return bool(fairness(run).wide)


def seen_by(run: Run) -> FairnessSeen | None:
    """The tick of a leader under the present result of the run."""
    held = FairnessSeen.objects.of(run=run).filter(result_sha256=run.result_sha256)
    return held.select_related("by").first()


def unseen_fairness(programme: Programme) -> Round | None:
    """The first round whose figures a leader has still to see before the programme is published."""
    for run in done_runs(programme):
        if seen_by(run) is None and must_see(run):  # asked in any case: a page costs the same questions
            return run.round
    return None


def gap_rows(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """For the comparison: the widest gap of each kind in each run, and how even the mentors' loads are."""
    reports = [fairness(run) for run in runs]
    rows = []
    for kind, label in KINDS.items():
        for name, short in (("first", "第 1 志愿"), ("listed", "志愿内")):
            gaps = [report.gap(kind, name) for report in reports]
            if any(gaps):
                rows.append((f"{label} · {short}", [f"{gap.points:g}" if gap else "—" for gap in gaps]))
    if any(report.load[0] for report in reports):
        rows.append(("导师人数相差", [f"{report.load[1]:g}" for report in reports]))
    return rows
