"""The two-sided verifier accepts the right result and nothing else."""

from __future__ import annotations

import ast
import random
from dataclasses import replace
from pathlib import Path

import pytest

from liangshi.pairing import certify_two_sided as module
from liangshi.pairing import two_sided, wishes
from liangshi.pairing.admission import Line
from liangshi.pairing.certify_two_sided import certify
from tests.pairing import small
from tests.pairing import small_two_sided as tiny


def solved(rng, *, bans):
    while True:
        problem = tiny.problem(rng, bans=bans)
        try:
            return problem, two_sided.solve(problem)
        except wishes.InfeasibleError:
            continue


@pytest.mark.parametrize("bans", [False, True])
def test_of_all_arrangements_only_the_one_is_certified(bans):
    """Every other feasible arrangement, told truthfully: figures, lines, moves and envy are all right."""
    rng, refused = random.Random(21), 0
    for _ in range(300):
        problem, right = solved(rng, bans=bans)
        given = dict(right.pairs)
        every = list(small.arrangements(problem))
        for choice in rng.sample(every, min(len(every), 20)):
            told = tiny.stated(problem, choice, right)
            same = all(given[s.key] == key for s, key in zip(problem.students, choice, strict=True))
            certificate = certify(problem, told)
            assert certificate.holds == same, (problem, told, certificate)
            refused += not same
    assert refused > 1_000


def test_1000_alterations_of_any_part_are_refused():
    rng, done = random.Random(22), 0
    while done < 1_000:
        problem, right = solved(rng, bans=rng.random() < 0.5)
        for change in CHANGES:
            altered = change(problem, right, rng)
            if altered == right:
                continue
            certificate = certify(problem, altered)
            assert not certificate.holds, (problem, right, altered)
            assert all(violation.message for violation in certificate.violations)
            assert not {violation.promise for violation in certificate.violations} & set(certificate.kept)
            done += 1


def other_mentor(problem, result, rng):
    i = rng.randrange(len(result.pairs))
    pair = (result.pairs[i][0], rng.choice(problem.mentors).key)
    return replace(result, pairs=(*result.pairs[:i], pair, *result.pairs[i + 1 :]))


def swapped(problem, result, rng):
    given = dict(result.pairs)
    one, other = rng.choice(list(given)), rng.choice(list(given))
    given[one], given[other] = given[other], given[one]
    banned = {s.key: s.banned for s in problem.students}
    if given[one] in banned[one] or given[other] in banned[other]:
        return result
    return tiny.stated(problem, tuple(given[s.key] for s in problem.students), result)


def other_line(problem, result, rng):
    i = rng.randrange(len(result.cutoffs))
    key, line = result.cutoffs[i]
    line = replace(line, favour=line.favour + 1) if line else Line(0, 0, "")
    return replace(result, cutoffs=(*result.cutoffs[:i], (key, line), *result.cutoffs[i + 1 :]))


CHANGES = [
    other_mentor,
    swapped,
    other_line,
    lambda p, r, g: replace(r, cutoffs=r.cutoffs[1:]),
    lambda p, r, g: replace(r, cutoffs=(r.cutoffs[0], *r.cutoffs)),
    lambda p, r, g: replace(r, profile=(*r.profile, 1)),
    lambda p, r, g: replace(r, unlisted=r.unlisted + 1),
    lambda p, r, g: replace(r, total_rank=r.total_rank - 1),
    lambda p, r, g: replace(r, seed=r.seed + "1"),
    lambda p, r, g: replace(r, commitment=r.commitment[::-1]),
    lambda p, r, g: replace(r, sha256=r.sha256[::-1]),
    lambda p, r, g: replace(r, pairs=r.pairs[1:]),
    lambda p, r, g: replace(r, pairs=(*r.pairs, r.pairs[0])),
    lambda p, r, g: replace(r, pairs=r.pairs[::-1]),
    lambda p, r, g: replace(r, pairs=(("nobody", r.pairs[0][1]), *r.pairs[1:])),
    lambda p, r, g: replace(r, pairs=((r.pairs[0][0], "nobody"), *r.pairs[1:])),
    lambda p, r, g: replace(r, repaired=r.repaired[1:]),
    lambda p, r, g: replace(r, repaired=(*r.repaired, (*r.pairs[0], r.pairs[0][1]))),
    lambda p, r, g: replace(r, envy=r.envy[1:]),
    lambda p, r, g: replace(r, envy=r.envy[::-1]),
    lambda p, r, g: replace(r, envy=(*r.envy, (*r.pairs[0], r.pairs[0][0]))),
    lambda p, r, g: replace(r, repaired=(), envy=()),
]


@pytest.mark.parametrize("forge", ["wishes", "favours", "bans"])
def test_an_input_changed_afterwards_is_noticed(forge):
    rng = random.Random(23)
    for _ in range(50):
        problem, right = solved(rng, bans=True)
        student, mentor = problem.students[0], problem.mentors[0]
        if forge == "wishes":
            student = replace(student, wishes=student.wishes[1:] + student.wishes[:1])
        elif forge == "bans":
            student = replace(student, banned=frozenset())
        else:
            mentor = replace(mentor, favours=((student.key,), *mentor.favours))
        forged = replace(
            problem, students=(student, *problem.students[1:]), mentors=(mentor, *problem.mentors[1:])
        )
        assert forged == problem or not certify(forged, right).holds


def test_a_student_who_was_passed_over_is_named():
    rng = random.Random(24)
    found = 0
    while found < 20:
        problem, right = solved(rng, bans=False)
        for choice in small.arrangements(problem):
            told = replace(tiny.stated(problem, choice, right), envy=())
            given = dict(told.pairs)
            envy = tiny.envy(problem, given)
            if not envy:
                continue
            violations = certify(problem, told).violations
            assert {violation.promise for violation in violations} == {module.ENVY}
            assert {v.chain[0] for v in violations} == {(s, given[s], mentor) for s, mentor, _ in envy}
            found += 1
            break


def test_what_holds_is_listed():
    problem, right = solved(random.Random(25), bans=False)
    assert certify(problem, right).kept == (
        module.PLACED,
        module.QUOTAS,
        module.BANS,
        module.FIGURES,
        module.HASHES,
        module.LINES,
        module.ENVY,
        module.ADMISSION,
        module.REPAIR,
    )


def test_it_shares_only_data_with_the_solver():
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert {name for name in imported if name and name.startswith("liangshi")} == {
        "liangshi.pairing.admission",
        "liangshi.pairing.certificate",
        "liangshi.pairing.problem",
    }
    assert not any(name and name.startswith("ortools") for name in imported)
