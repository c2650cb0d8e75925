"""Two-sided worked examples that nobody here wrote: the stated answer comes out, or it is shown why not.

Where an example lets students go unmatched, a mentor "nowhere" with room for everybody stands last in every
list; mentors whom a student does not list, or who do not list the student, are bans.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import permutations, product

import pytest

from liangshi.pairing import certify_two_sided, two_sided
from liangshi.pairing.problem import Mentor, Mode, Problem, Student
from tests.pairing import small
from tests.pairing import small_two_sided as tiny
from tests.pairing.cases import CASES, cases, glasgow

SEEDS = tuple(map(str, range(8)))
FILES = CASES / "graphmatching"
Groups = tuple[tuple[str, ...], ...]


def market(lists, ranks: dict[str, Groups], quotas, seed: str, *, nowhere: bool = True) -> Problem:
    """``lists``: student → mentors; ``ranks``: mentor → groups of students; ``quotas``: mentor → (l, u)."""
    students = []
    keys = {*quotas, *(["nowhere"] if nowhere else [])}
    for key, listed in lists.items():
        wishes = [mentor for mentor in listed if any(key in group for group in ranks[mentor])]
        wishes += ["nowhere"] if nowhere else []
        students.append(Student(key, tuple(wishes), frozenset(keys - set(wishes))))
    mentors = [Mentor(key, *quotas[key], favours=ranks[key]) for key in quotas]
    mentors += [Mentor("nowhere", 0, len(students))] if nowhere else []
    return Problem(tuple(students), tuple(mentors), seed, Mode.TWO_SIDED)


def answer(problem: Problem) -> dict[str, str]:
    """Student → mentor of a certified result, without those who are nowhere."""
    result = two_sided.solve(problem)
    assert certify_two_sided.certify(problem, result).holds
    return {student: mentor for student, mentor in result.pairs if mentor != "nowhere"}


def strict(listed) -> Groups:
    return tuple((key,) for key in listed)


def test_every_kind_of_case_is_read_somewhere():
    """Here: the two-sided ones. test_wishes reads glasgow, test_lottery reads lottery."""
    kinds = json.loads((CASES / "cases.json").read_text(encoding="utf-8")).keys()
    assert kinds == {"hospital_residents", "student_project", "lower_quotas", "lottery", "glasgow"}


@pytest.mark.parametrize("seed", SEEDS[:3])
@pytest.mark.parametrize("case", cases("hospital_residents"), ids=lambda case: case["id"])
def test_hospitals_and_residents(case, seed):
    ranks = {key: strict(listed) for key, listed in case["hospitals"].items()}
    quotas = {key: (0, size) for key, size in case["capacity"].items()}
    given = answer(market(case["residents"], ranks, quotas, seed))
    assert given == {r: h for h, residents in case["resident_optimal"].items() for r in residents}


@pytest.mark.parametrize("seed", SEEDS[:3])
@pytest.mark.parametrize("case", cases("student_project"), ids=lambda case: case["id"])
def test_students_and_projects(case, seed):
    """A project becomes a mentor who ranks as its supervisor does.

    A supervisor's own capacity has no counterpart here; but a stable matching of the projects alone that
    keeps it is stable with it too, since it only takes away blocking pairs, and is student-optimal.
    """
    owner = case["project_supervisor"]
    ranks = {project: strict(case["supervisors"][boss]) for project, boss in owner.items()}
    quotas = dict.fromkeys(owner, (0, case["project_capacity"]))
    given = answer(market(case["students"], ranks, quotas, seed))
    for boss in case["supervisors"]:
        assert sum(owner[project] == boss for project in given.values()) <= case["supervisor_capacity"]
    assert given == {s: p for p, students in case["student_optimal"].items() for s in students}


@dataclass(frozen=True)
class Instance:
    """A GraphMatching file: side A with lists of groups, side B with quotas and lists of groups."""

    lists: dict[str, Groups]
    quotas: dict[str, tuple[int, int]]
    ranks: dict[str, Groups]


SECTIONS = ("PartitionA", "PartitionB", "PreferenceListsA", "PreferenceListsB")


def parse(text: str) -> Instance:
    """Strict: the four sections once each, every name once and with a list of names of the other side."""
    text = re.sub(r"#.*", "", text)
    found = re.findall(r"@(\w+)(.*?)@End", text, re.DOTALL)
    if sorted(name for name, _ in found) != sorted(SECTIONS) or re.sub(
        r"@\w+.*?@End|\s", "", text, flags=re.S
    ):
        raise ValueError("sections")
    parts = {name: [line.strip() for line in body.split(";") if line.strip()] for name, body in found}
    quotas: dict[str, dict[str, tuple[int, int]]] = {}
    for side in "AB":
        quotas[side] = {}
        for item in re.findall(
            r"(\w+)\s*(?:\((\d+)\s*,\s*(\d+)\))?\s*(?:,|$)", ";".join(parts[f"Partition{side}"])
        ):
            if item[0] in quotas[side]:
                raise ValueError(f"{item[0]} twice")
            quotas[side][item[0]] = (int(item[1] or 0), int(item[2] or 1))
    if set(quotas["A"]) & set(quotas["B"]):
        raise ValueError("a name on both sides")
    lists: dict[str, dict[str, Groups]] = {"A": {}, "B": {}}
    for side, other in ("AB", "BA"):
        for line in parts[f"PreferenceLists{side}"]:
            key, colon, listed = (cell.strip() for cell in line.partition(":"))
            groups = tuple(tuple(re.findall(r"\w+", g)) for g in re.findall(r"\([^)]*\)|\w+", listed))
            names = [name for group in groups for name in group]
            if not colon or key in lists[side] or len(set(names)) < len(names):
                raise ValueError(f"list of {key}")
            if key not in quotas[side] or not set(names) <= set(quotas[other]):
                raise ValueError(f"{key}: unknown name")
            lists[side][key] = groups
        if lists[side].keys() != quotas[side].keys():
            raise ValueError("a list is missing")
    return Instance(lists["A"], quotas["B"], lists["B"])


def read(name: str) -> Instance:
    return parse((FILES / name).read_text(encoding="utf-8"))


def flat(groups: Groups) -> tuple[str, ...]:
    return tuple(key for group in groups for key in group)


@pytest.mark.parametrize("path", sorted(FILES.glob("parser__*")), ids=lambda path: path.stem)
def test_what_is_malformed_on_purpose_is_refused(path):
    with pytest.raises(ValueError, match=r"sections|list|twice|name"):
        parse(path.read_text(encoding="utf-8"))


def test_the_files_are_all_there():
    names = {path.name for path in FILES.glob("*.txt") if not path.name.startswith("parser__")}
    assert names == {
        "hrlq_m6.txt",
        "ties_input.txt",
        "weak_stable.txt",
        "yokoi_and_max_envy.txt",
        "yokoi_diff_R_H.txt",
    }
    assert len(list(FILES.glob("parser__*"))) == 10


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", cases("lower_quotas"), ids=lambda case: case["id"])
def test_lower_quotas(case, seed):
    """The stated matchings may leave students out; here everybody must have a mentor, lower quotas kept.

    The stated maximal envy-free matching comes out. Yokoi's own, which fills lower quotas only, is smaller:
    it is contained in ours, and ours still gives nobody justified envy.
    """
    instance = read(case["file"].removeprefix("graphmatching/"))
    lists = {key: flat(groups) for key, groups in instance.lists.items()}
    problem = market(lists, instance.ranks, instance.quotas, seed, nowhere=False)
    given = answer(problem)
    if "maximal_envy_free" in case:
        assert given == case["maximal_envy_free"]
        assert len(given) == case["size"]
    else:
        assert case["envy_free"].items() < given.items()
        assert len(case["envy_free"]) == case["size"]
    assert tiny.envy(problem, given) == []
    assert tiny.nearest(problem, given) == tuple(given[s.key] for s in problem.students)


@pytest.mark.parametrize("seed", SEEDS)
def test_four_students_three_lower_quotas(seed):
    """hrlq_m6: no answer is stated. h3 must have one of r1, r2; all others accept only h1 and h2."""
    instance = read("hrlq_m6.txt")
    lists = {key: flat(groups) for key, groups in instance.lists.items()}
    problem = market(lists, instance.ranks, instance.quotas, seed, nowhere=False)
    result = two_sided.solve(problem)
    assert certify_two_sided.certify(problem, result).holds
    given = dict(result.pairs)
    assert [sorted(given.values()).count(key) for key in ("h1", "h2", "h3")] == [2, 1, 1]
    # r1 and r2 come first everywhere, but h3 takes nobody else: only the moved may envy.
    assert result.repaired
    assert list(result.envy) == tiny.envy(problem, given)
    fair = [
        choice
        for choice in small.arrangements(problem)
        if not tiny.envy(problem, dict(zip((s.key for s in problem.students), choice, strict=True)))
    ]
    assert not fair, "no arrangement at all is without envy: the repair is not to blame"


def orders(groups: Groups) -> list[tuple[str, ...]]:
    """All strict lists that break the ties of a list."""
    return [sum(rows, ()) for rows in product(*(permutations(group) for group in groups))]


def weakly_stable(instance: Instance, given: dict[str, str]) -> bool:
    """No pair who both strictly prefer each other, empty places included."""

    def place(groups: Groups, key: str | None) -> int:
        return next((i for i, group in enumerate(groups) if key in group), len(groups))

    for student, groups in instance.lists.items():
        for mentor in flat(groups):
            ranks = instance.ranks[mentor]
            there = [s for s, m in given.items() if m == mentor]
            full = len(there) >= instance.quotas[mentor][1]
            worst = max((place(ranks, s) for s in there), default=-1)
            wants = place(groups, mentor) < place(groups, given.get(student))
            if wants and student in flat(ranks) and (not full or place(ranks, student) < worst):
                return False
    return True


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("turned", [False, True], ids=["as they stand", "sides exchanged"])
@pytest.mark.parametrize("name", ["weak_stable.txt", "ties_input.txt"])
def test_ties_broken_by_the_lottery_leave_a_stable_matching(name, turned, seed):
    """Ties of the side that admits are groups of favours; ties of the side that asks are broken beforehand."""
    instance = read(name)
    if turned:
        seats = dict.fromkeys(instance.lists, (0, 1))
        instance = Instance(lists=instance.ranks, quotas=seats, ranks=instance.lists)
    every = [orders(groups) for groups in instance.lists.values()]
    for i in range(8):
        broken = [rows[(i * 7) % len(rows)] for rows in every]
        lists = dict(zip(instance.lists, broken, strict=True))
        given = answer(market(lists, instance.ranks, instance.quotas, seed))
        assert weakly_stable(instance, given)


@pytest.mark.parametrize("year", ["2010/11", "2012/13"])
def test_real_lists_with_mentors_who_rank_nobody(year):
    """Glasgow's wishes with projects as mentors: the lottery decides alone, as in a serial dictatorship."""
    _, voted = glasgow(year)
    lists = {f"s{i}": listed for i, listed in enumerate(voted)}
    projects = sorted({key for listed in lists.values() for key in listed})
    problem = market(lists, {key: (tuple(lists),) for key in projects}, dict.fromkeys(projects, (0, 1)), year)
    given, free = {}, set(projects)
    for key in sorted(lists, key=lambda key: small.lot(problem, key)):
        given[key] = next((project for project in lists[key] if project in free), "nowhere")
        free.discard(given[key])
    assert answer(problem) == {key: project for key, project in given.items() if project != "nowhere"}
    assert answer(replace(problem, seed="other")) != answer(problem)
