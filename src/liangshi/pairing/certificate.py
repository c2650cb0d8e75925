"""What an independent check says: the promises that hold, and the first that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """A promise that the result breaks, a sentence that shows where, and the chain of moves that proves it.

    ``chain`` holds (student key, present mentor, better mentor).
    """

    promise: str
    message: str
    chain: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Certificate:
    """The promises that were checked and hold, and those that do not."""

    kept: tuple[str, ...]
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        return not self.violations


def walk(steps: Iterable[tuple[Sequence[str], Callable[[], Iterable[Violation]]]]) -> Certificate:
    """Take the steps of a check (their promises, and what finds violations of them) in order.

    Later steps need the earlier: the first that fails is the last.
    """
    kept: list[str] = []
    for promises, step in steps:
        violations = tuple(step())
        if violations:
            broken = {violation.promise for violation in violations}
            intact = next(i for i, promise in enumerate(promises) if promise in broken)
            return Certificate((*kept, *promises[:intact]), violations)
        kept += promises
    return Certificate(tuple(kept), ())
