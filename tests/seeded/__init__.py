"""Faults that a careless change could bring into identity, credentials, grants, the log and notices, each with the test
that finds it. One module for each room of work; `run.py` puts them into a copy of the code, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seeded:
    """`name` says what is wrong. In `file` (under src/liangshi) `old`, which stands there once, becomes `new`; then the
    test `test` ("tests/…::test_…") fails; where it lies in the wall, on PostgreSQL alone."""

    name: str
    file: str
    old: str
    new: str
    test: str
    wall: bool = False
