"""What 双选录取 answers: plain frozen data, shared by the solver, the verifier and the sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What the last student whom a mentor admitted has: the cut-off.

    ``favour`` is the group of ``favours`` (their number for a student in none), ``tier`` the affinity group
    (the largest number of groups in the problem for none), ``number`` the lottery number in hex. Those reach
    the line whose own (favour, tier, number) does not come after it.
    """

    favour: int
    tier: int
    number: str


@dataclass(frozen=True)
class TwoSidedResult:
    """One arrangement, with everything it claims about itself; the figures are as in ``problem.Result``.

    ``cutoffs`` holds (mentor key, line), sorted by key; the line is None where nobody was admitted, and then
    nobody reaches it. ``repaired`` holds (student key, mentor key before, mentor key now), the first mentor
    "" for a student who asked everywhere in vain; ``envy`` holds (student key, mentor key, key of the student
    placed there although ranked lower). Both are sorted, and empty where the bans did no harm.
    """

    seed: str
    pairs: tuple[tuple[str, str], ...]
    profile: tuple[int, ...]
    unlisted: int
    total_rank: int
    cutoffs: tuple[tuple[str, Line | None], ...]
    repaired: tuple[tuple[str, str, str], ...]
    envy: tuple[tuple[str, str, str], ...]
    commitment: str
    sha256: str
