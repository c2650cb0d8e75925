"""State machines: states, moves, words, tones and guards of one kind of row in one object.

CHANGE = Workflow(
    ChangeState,
    receive=Move("受理", ChangeState.ASKED, to=ChangeState.RECEIVED),
    refuse=Move("不同意", ChangeState.ASKED, ChangeState.RECEIVED, to=ChangeState.REFUSED),
    tones={ChangeState.ASKED: "warn"},
)
CHANGE.move(row, "receive")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import models

from liangshi.foundation.base.errors import DomainError

M = TypeVar("M", bound=models.Model)
Guard = Callable[[Any], None]


class Move:
    """One step: what it is called, the states that it may leave, and the one that it reaches."""

    def __init__(self, label: str, *leaves: str, to: str) -> None:
        self.label = label
        self.leaves = frozenset(leaves)
        self.to = to


class Workflow:
    """The moves of a row whose `state` is one of `states`. A move that is not listed does not exist."""

    def __init__(
        self, states: type[models.TextChoices], *, tones: Mapping[str, str] | None = None, **moves: Move
    ) -> None:
        self.states = states
        self.moves = moves
        self.tones = dict(tones or {})
        self.guards: dict[str, Guard] = {}
        reached = {state for move in moves.values() for state in (*move.leaves, move.to)}
        unknown = (reached | set(self.tones)) - set(states.values)
        if unknown:
            raise ValueError(f"{states.__name__} has no {sorted(unknown)}")

    def but(self, **moves: Move) -> Workflow:
        """The same with other moves beside or in place of some."""
        return Workflow(self.states, tones=self.tones, **{**self.moves, **moves})

    def guard(self, event: str) -> Callable[[Guard], Guard]:
        """Declare what else must hold before `event`: a function of the row that raises DomainError."""

        def declare(function: Guard) -> Guard:
            if event not in self.moves or event in self.guards:
                raise ValueError(f"{event} is no move of {self.states.__name__}, or is guarded already")
            self.guards[event] = function
            return function

        return declare

    def label(self, event: str) -> str:
        """What a button says that does it."""
        return self.moves[event].label

    def tone(self, state: str) -> str:
        """The tone of {% badge %} for a state."""
        return self.tones.get(state, "quiet")

    @property
    def word_tones(self) -> dict[str, str]:
        """Word on the screen → tone, for a StateColumn."""
        return {str(self.states(state).label): tone for state, tone in self.tones.items()}

    def possible(self, state: str) -> list[str]:
        """The events that a row in `state` may go through, in the order in which they were listed."""
        return [event for event, move in self.moves.items() if state in move.leaves]

    def sources(self, event: str) -> frozenset[str]:
        return self.moves[event].leaves

    def move(self, row: M, event: str, **also: Any) -> M:
        """Move `row.state` by `event`, as one compare-and-set; `also` are fields saved with it.

        Raises DomainError `invalid_transition`, naming what is possible now, when the row (as it is in the
        database at this moment, not as it was read) is not in a state that the event may leave; and whatever the
        event's guard raises.
        """
        move = self.moves[event]
        if event in self.guards:
            self.guards[event](row)
        same = type(row)._base_manager.filter(pk=row.pk, state__in=move.leaves)
        changed = same.update(state=move.to, **also)
        row.refresh_from_db()
        if not changed:
            raise self._refusal(row, event)
        return row

    def _refusal(self, row: models.Model, event: str) -> DomainError:
        state = self.states(row.state)  # type: ignore[attr-defined]
        possible = [self.label(name) for name in self.possible(state)]
        return DomainError(
            "invalid_transition",
            f"现在不能{self.label(event)}：它已经是「{state.label}」。"
            + (f"现在可以：{'、'.join(possible)}。" if possible else "这已是最后一步。"),
        )
