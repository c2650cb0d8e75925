"""Where a round stands for who looks at its page, and the next step that follows from it."""

from __future__ import annotations

from liangshi.foundation import jobs
from liangshi.foundation.base.clock import now
from liangshi.foundation.jobs import State
from liangshi.practice.matching.choices import ProgrammeState, RoundState
from liangshi.practice.matching.models import Round
from liangshi.practice.matching.modes import steps
from liangshi.practice.matching.modes.steps import Here, NextStep
from liangshi.practice.matching.policy import ROUND_ADJUST, ROUND_MANAGE, ROUND_PUBLISH
from liangshi.practice.matching.queries.answers import tally
from liangshi.practice.matching.queries.programmes import falls_on, waits_for
from liangshi.practice.matching.queries.rounds import summary
from liangshi.practice.matching.queries.runs import latest_run
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import allows

WAITING = frozenset({RoundState.OPEN, RoundState.ANSWERING})


def standing_of(row: Round, actor: Actor) -> Here:
    """All that the table of next steps looks at."""
    numbers = summary(row)
    run = latest_run(row) if row.state != RoundState.PUBLISHED else None
    return Here(
        students=numbers.students,
        submitted=numbers.submitted,
        waiting=numbers.waiting,
        tally=tally(row),
        closes_at=row.closes_at,
        answers_until=row.answers_until,
        published_at=row.published_at,
        late=row.state in WAITING and row.until is not None and row.until <= now(),
        falls_on=falls_on(row).count() if row.has_result else 0,
        moved=run.certificate.get("moved", 0) if run else 0,
        ready=row.programme.state == ProgrammeState.READY,
        stalled=run is not None and row.state == RoundState.RUNNING and jobs.stalled(run),
        error=run.error if run and run.state == State.FAILED else "",
        void_reason=row.void_reason,
        may_manage=allows(actor.role, ROUND_MANAGE),
        may_publish=allows(actor.role, ROUND_PUBLISH),
        may_adjust=allows(actor.role, ROUND_ADJUST),
    )


def next_step(row: Round, here: Here) -> NextStep:
    """The cell of the table for this round, unless the round before it is still to be confirmed."""
    state = RoundState(row.state)
    before = waits_for(row) if state not in {RoundState.VOID, RoundState.PUBLISHED} else None
    return steps.waits_for(before.title) if before else row.way.next[state](here)
