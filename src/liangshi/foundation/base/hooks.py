"""What happens in a room below and is followed by rooms above, in the same transaction, none of which it knows.

when_away: Hook[[Collection[UUID], Doer]] = Hook()        below
when_away.happened(staff, actor)                          in the deed
@when_away                                                above, on the function that follows
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Hook(Generic[P]):
    """A decorator that remembers who follows, in the order of the rooms."""

    def __init__(self) -> None:
        self._follow: list[Callable[P, None]] = []

    def __call__(self, follow: Callable[P, None]) -> Callable[P, None]:
        self._follow.append(follow)
        return follow

    def happened(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for follow in self._follow:
            follow(*args, **kwargs)
