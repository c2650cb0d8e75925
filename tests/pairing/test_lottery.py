"""The lottery can be recomputed by anybody with the standard library."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

from liangshi.pairing import lottery
from liangshi.pairing.problem import Mentor, Mode, Problem, Student, Weights
from tests.pairing.cases import cases

STUDENTS = (Student("乙", ("B", "A")), Student("甲", (), frozenset("BA"), (("B", "A"),)))
MENTORS = (Mentor("B", 0, 3), Mentor("A", 1, 2))


def commitment(students, mentors, **rest):
    return lottery.commitment(Problem(tuple(students), tuple(mentors), "", **rest))


def test_a_draw_is_written_as_in_rfc_3797():
    case = cases("lottery")[0]
    sources = [[int(n) for n in part.rstrip(".").split(".")] for part in case["key"].rstrip("/").split("/")]
    shuffled = [random.Random(1).sample(source, len(source)) for source in sources]
    assert lottery.draw_text(shuffled) == case["key"]
    # The RFC's own selection from this text: MD5 with a two-byte counter before and after it.
    pool, chosen = list(range(1, case["pool"] + 1)), []
    for count in range(len(case["selected"])):
        mark = count.to_bytes(2, "big")
        digest = hashlib.md5(mark + lottery.draw_text(shuffled).encode() + mark).digest()
        chosen.append(pool.pop(int.from_bytes(digest, "big") % len(pool)))
    assert chosen == case["selected"]


def test_the_commitment_is_the_hash_of_the_published_text():
    text = '[[["乙",["B","A"],[],[]],["甲",[],["A","B"],[["A","B"]]]],[["A",1,2],["B",0,3]]]'
    assert commitment(STUDENTS, MENTORS) == hashlib.sha256(text.encode()).hexdigest()


def test_what_is_used_besides_is_part_of_the_text():
    students = (Student("甲", present="A"), Student("乙", ("A",)))
    text = (
        '[[["乙",["A"],[],[]],["甲",[],[],[],"A"]],[["A",0,3,[["乙","甲"],[]]],["B",0,3]],["two_sided",2,1]]'
    )
    mentors = (Mentor("B", 0, 3), Mentor("A", 0, 3, favours=(("甲", "乙"), ())))
    told = commitment(students, mentors, mode=Mode.TWO_SIDED, weights=Weights(2, 1))
    assert told == hashlib.sha256(text.encode()).hexdigest()


def test_every_setting_has_a_commitment_of_its_own():
    a, b = Mentor("A", 0, 3), Mentor("B", 0, 3)
    all_ = [
        commitment((Student("1"),), (a, b)),
        commitment((Student("1", present="A"),), (a, b)),
        commitment((Student("1", present="B"),), (a, b)),
        commitment((Student("1"),), (replace(a, favours=(("1",),)), b)),
        commitment((Student("1"),), (a, b), mode=Mode.TWO_SIDED),
        commitment((Student("1"),), (a, b), weights=Weights(1, 0)),
        commitment((Student("1"),), (a, b), weights=Weights(0, 1)),
    ]
    assert len(set(all_)) == len(all_)


def test_the_commitment_ignores_the_order_of_rows_and_names_but_nothing_else():
    one = commitment(STUDENTS, MENTORS)
    assert commitment(STUDENTS[::-1], MENTORS[::-1]) == one
    assert commitment((Student("乙", ("B", "A"), name="某"), STUDENTS[1]), MENTORS) == one
    assert commitment((Student("乙", ("A", "B")), STUDENTS[1]), MENTORS) != one
    assert commitment(STUDENTS, (Mentor("B", 0, 4), MENTORS[1])) != one


def test_seed_and_number():
    commitment = "0" * 64
    assert lottery.seed(commitment, "9319./") == hashlib.sha256((commitment + "9319./").encode()).hexdigest()
    assert lottery.seed(commitment) != lottery.seed(commitment, "1./")
    assert len(lottery.numbers("s", ["甲"])[0]) == 32
    assert lottery.numbers("s", ["甲"]) != lottery.numbers("t", ["甲"])
