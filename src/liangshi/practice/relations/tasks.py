"""What is looked at every day: answers that are due, mentors who return. Safe to run again."""

from __future__ import annotations

from liangshi.foundation.base.schedule import daily
from liangshi.practice.relations.actions.absences import close_done, remind_of_return
from liangshi.practice.relations.actions.changes import settle_unanswered
from liangshi.practice.relations.actions.concerns import urge_concerns
from liangshi.practice.relations.actions.handovers import end_writing


@daily
def settle_changes() -> None:
    """A mentor who was asked and has not answered in three days has agreed."""
    settle_unanswered()


@daily
def urge() -> None:
    """What concerns safety and has no answer in time is due to the leaders too."""
    urge_concerns()


@daily
def remind_of_returns() -> None:
    remind_of_return()


@daily
def close_absences() -> None:
    """Nobody looks for a successor where no student is left."""
    close_done()


@daily
def end_letters() -> None:
    """Whose days for a letter are over may write no more, and his notes about the student end."""
    end_writing()
