"""五导平衡轮: the five strategies over terms, beside those that were wished for. Bars and words, never a score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spoke:
    """One strategy: how often in each term, and whether it was wished for."""

    label: str
    counts: tuple[int, ...]
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Wheel:
    """`terms` are the headings of the counts, oldest first; empty when there is nothing to count yet."""

    terms: tuple[str, ...]
    spokes: tuple[Spoke, ...]

    @property
    def most(self) -> int:
        """The longest bar; at least 1, so that a bar always has a length."""
        return max([1, *(count for spoke in self.spokes for count in spoke.counts)])

    @property
    def any_wanted(self) -> bool:
        return any(spoke.wanted for spoke in self.spokes)
