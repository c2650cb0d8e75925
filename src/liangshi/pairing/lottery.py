"""The public lottery: nobody can steer it, the school included.

1. Freeze the input and publish its ``commitment``: the SHA-256 of the canonical text of the input.
2. Afterwards draw in public (a national lottery's numbers, dice); write the draw with ``draw_text``.
3. ``seed`` = SHA-256(commitment ‖ draw), in hex.
4. A student's number is HMAC-SHA256(seed, student key); the smallest number comes first.

The pattern, and the way a draw is written, is that of RFC 3797 (publicly verifiable random selection), with
SHA-256 in the place of MD5 and the commitment added, so that the input cannot follow the draw.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from operator import attrgetter

from liangshi.pairing.problem import Aim, Mode, Problem, Weights


def commitment(problem: Problem) -> str:
    """SHA-256 in hex of the canonical text: the same whatever the order of rows, the seed and the names.

    The text is compact JSON in UTF-8: ``[[[student, [wishes], [banned], [[affinity group], …]], …],
    [[mentor, lower, upper], …]]``; students, mentors, banned and groups are sorted by code point, wishes
    keep their order. Names are not part of it, so that a pseudonymised input has the same commitment.

    What is not used leaves no trace. A student with a present mentor has that key as a fifth element; a mentor
    with favours has ``[[group], …]``, each group sorted, as a fourth; and where mode or weights differ from
    ``wishes``, 0, 0, the outermost list has ``[mode, meet, even]`` as its third element.
    """
    rows = []
    for student in sorted(problem.students, key=attrgetter("key")):
        banned = sorted(student.banned) if student.banned else ()
        groups = [sorted(group) for group in student.affinity] if student.affinity else ()
        row = (student.key, student.wishes, banned, groups)
        rows.append((*row, student.present) if student.present else row)
    seats = []
    for mentor in sorted(problem.mentors, key=attrgetter("key")):
        quota = (mentor.key, mentor.lower, mentor.upper)
        seats.append((*quota, [sorted(group) for group in mentor.favours]) if mentor.favours else quota)
    if (problem.mode, problem.weights) == (Mode.WISHES, Weights()):
        return _sha256_json([rows, seats])
    rules = [problem.mode.value, problem.weights.meet, problem.weights.even]
    return _sha256_json([rows, seats, rules])


def draw_text(sources: Iterable[Iterable[int]]) -> str:
    """A public draw in the writing of RFC 3797 §4: ascending, each with a ".", a source with a "/"."""
    return "".join("".join(f"{number}." for number in sorted(source)) + "/" for source in sources)


def seed(commitment: str, draw: str = "") -> str:
    """SHA-256(commitment ‖ draw) in hex."""
    return hashlib.sha256((commitment + draw).encode()).hexdigest()


def numbers(seed: str, keys: Iterable[str]) -> list[bytes]:
    """The 32 bytes that each key draws; compare them as bytes, the smallest comes first."""
    begun = hmac.new(seed.encode(), digestmod="sha256")
    drawn = []
    for key in keys:
        one = begun.copy()
        one.update(key.encode())
        drawn.append(one.digest())
    return drawn


def seal(commitment: str, aim: Aim, seed: str, pairs: Sequence[tuple[str, str]]) -> str:
    """SHA-256 in hex of ``[commitment, aim, seed, [[student, mentor], …]]``, pairs sorted by student."""
    return _sha256_json([commitment, aim.value, seed, pairs])


def _sha256_json(value: object) -> str:
    text = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode(value)
    return hashlib.sha256(text.encode()).hexdigest()
