"""A nation's schools as a stream: one at a time is made, matched and forgotten.

Only solving is timed, making the synthetic schools is not. Every process is a fresh one, so that its highest
memory is its own. School sizes are log-normal, 40 to 10,000 students, 1,930 on average (27 million students in
14,000 schools); the first schools of a longer stream are those of the shorter.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from dataclasses import dataclass

import numpy as np

from bench._schools import school
from liangshi.pairing import wishes
from liangshi.pairing.problem import Aim

NATION = (14_000, 27_000_000)
LENGTHS = (40, 200, 600)
SPREAD = 0.6
MEAN = 1_930


@dataclass(frozen=True)
class Stream:
    """What one process measured: students, seconds of solving, seconds from start to end, peak memory in KiB."""

    students: int
    solving: float
    whole: float
    peak: int


def sizes(schools: int) -> list[int]:
    """The number of students of each school of the stream."""
    drawn = np.random.default_rng(27).lognormal(np.log(MEAN) - SPREAD**2 / 2, SPREAD, schools)
    return [int(size) for size in np.clip(drawn, 40, 10_000)]


def stream(numbers: list[int], wanted: list[int]) -> Stream:
    """Match the schools `numbers` (their seeds) of the sizes `wanted`, one after the other."""
    begun, solving = time.perf_counter(), 0.0
    for number, size in zip(numbers, wanted, strict=True):
        problem, _ = school(size, -(-size // 13), number)
        start = time.perf_counter()
        wishes.solve(problem, Aim.SUM)
        solving += time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Stream(sum(wanted), solving, time.perf_counter() - begun, peak)


def alone(numbers: list[int], wanted: list[int]) -> Stream:
    """`stream` in a process of its own."""
    return together([(numbers, wanted)])[0]


def together(parts: list[tuple[list[int], list[int]]]) -> list[Stream]:
    """Each part in a process of its own, all at once."""
    with multiprocessing.get_context("spawn").Pool(len(parts)) as pool:
        return pool.starmap(stream, parts)


def halves(wanted: list[int]) -> list[tuple[list[int], list[int]]]:
    """The stream dealt to two processes in turn."""
    numbers = list(range(len(wanted)))
    return [(numbers[i::2], wanted[i::2]) for i in range(2)]
