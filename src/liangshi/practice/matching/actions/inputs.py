"""What a round is computed from: sealed when it ends, and sealed anew when it changes."""

from __future__ import annotations

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.jobs import State
from liangshi.pairing.problem import ProblemError
from liangshi.practice.matching.actions.pool import bar
from liangshi.practice.matching.actions.states import advance, step
from liangshi.practice.matching.models import Round
from liangshi.practice.matching.queries.engine import commitment_of
from liangshi.practice.matching.queries.programmes import places_everybody
from liangshi.practice.matching.queries.runs import drawn_for


def freeze(row: Round) -> None:
    """Settle whether the round must place everybody and who leads the clubs, and seal what it is computed from."""
    row.places_all = places_everybody(row)
    Round.objects.filter(pk=row.pk).update(places_all=row.places_all)
    if row.way.by_club:
        _keep_advisers(row)
    bar(row)
    Round.objects.filter(pk=row.pk).update(commitment=_fingerprint(row))
    row.refresh_from_db(fields=["commitment", "places_all", "state", "closed_at"])


def _keep_advisers(row: Round) -> None:
    """A club may get another adviser later: the round is computed, and proved, by those of today."""
    row.students.update(led_by=None)
    members = row.students.filter(club__isnull=False)
    for mentor in row.mentors.filter(staff__in=members.values("club__adviser")):
        members.filter(club__adviser=mentor.staff_id).update(led_by=mentor)


def input_changed(row: Round) -> None:
    """What was frozen has changed: a new fingerprint, and no result computed from the old one. A fingerprint that was
    drawn for before keeps its draw: who changes something to and fro does not draw again.

    The announced aim holds again, since another was chosen by the old numbers.

    Raises DomainError `invalid_transition` unless the round is closed or proposed.
    """
    row.runs.filter(state=State.DONE).update(state=State.DROPPED)
    bar(row)
    commitment = _fingerprint(row)
    step(row, "reopen_input", commitment=commitment, draw=drawn_for(row, commitment), chosen_aim="")
    advance(row.programme, "resume")


def pass_on(row: Round) -> None:
    """A closed last round is no longer the last: who gets none of his wishes falls on. Wishes and answers stay."""
    row.places_all = False
    Round.objects.filter(pk=row.pk).update(places_all=False)
    input_changed(row)


def _fingerprint(row: Round) -> str:
    try:
        return commitment_of(row)
    except ProblemError as problem:
        raise DomainError(problem.code, problem.message) from problem
