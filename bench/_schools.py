"""Synthetic schools: sought-after mentors (normal fame, Gumbel taste), five wishes each, quotas 8 to 15."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liangshi.pairing.problem import Mentor, Problem, Student

Ints = NDArray[np.int64]
LOWER, UPPER, WISHES = 8, 15, 5
SCHOOL = (3_000, 230)


@dataclass(frozen=True)
class Line:
    """One row of the table. Without a target the row only informs."""

    name: str
    target: str
    measured: str
    met: bool | None


def taste(students: int, mentors: int, seed: int) -> NDArray[np.float64]:
    """How much each student likes each mentor: some mentors are sought after, and tastes differ."""
    random = np.random.default_rng(seed)
    fame = random.normal(0, 0.9, mentors)
    return fame + random.gumbel(size=(students, mentors))


def school(students: int, mentors: int, seed: int) -> tuple[Problem, Ints]:
    """A school with sought-after mentors, and its wishes as a matrix of mentors' row numbers."""
    matrix = np.argsort(-taste(students, mentors, seed), axis=1)[:, :WISHES]
    keys = [f"T{j:04d}" for j in range(mentors)]
    rows = (Student(f"G{s:06d}", tuple(keys[j] for j in row)) for s, row in enumerate(matrix.tolist()))
    return Problem(tuple(rows), tuple(Mentor(key, LOWER, UPPER) for key in keys), f"seed{seed}"), matrix


def least_times(repetitions: int, *jobs: Callable[[], object]) -> list[float]:
    """The least time of each job in seconds; the jobs take turns."""
    least = [math.inf] * len(jobs)
    for _ in range(repetitions):
        for i, job in enumerate(jobs):
            gc.collect()
            start = time.perf_counter()
            job()
            least[i] = min(least[i], time.perf_counter() - start)
    return least


def ratio(name: str, measured: float, target: float) -> Line:
    return Line(name, f"≤ {target:.2f} 倍", f"{measured:.2f} 倍", measured <= target)
