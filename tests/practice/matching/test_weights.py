"""The school's two visible weights: without effect when off, without a trace, and explained when on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from liangshi.pairing.problem import Weights
from liangshi.practice.matching.queries.engine import commitment_of, problem_for
from liangshi.practice.matching.queries.runs import done_run, placements
from liangshi.practice.plans.actions import change_policy
from liangshi.practice.plans.queries import policy_in_force
from tests.practice.matching.stage import Stage


def policy(stage: Stage, **fields: Any) -> None:
    troupe = stage.troupe
    held = policy_in_force(troupe.school, troupe.year)
    change_policy(troupe.school, troupe.year, seen=held.version, actor=stage.leader, **fields)


def proposal(stage: Stage, upper: int = 6, **weights: int) -> dict[int, str]:
    """Everybody wants the same mentor, then the adviser (who teaches class 1). Number → the mentor's 工号."""
    policy(stage, **weights)
    stage.open(upper=upper)
    for n in range(6):
        stage.wish(
            n, "mentor", *(("adviser",) if n != 3 else ("second",))
        )  # the fourth is the adviser's child
    stage.close().propose("3 1 4")
    run = done_run(stage.round)
    assert run
    return {row.round_student.number: row.mentor.code for row in placements(run)}


@pytest.mark.row("N25")
def test_switched_off_a_weight_leaves_no_trace(stage: Stage) -> None:
    assert set(proposal(stage, meet=0, even=0).values()) == {"T05"}
    problem = problem_for(stage.round)
    assert problem.weights == Weights()
    run = done_run(stage.round)
    assert run
    assert run.certificate["uneven"] == []
    assert commitment_of(stage.round) == stage.round.commitment


@pytest.mark.row("N25")
def test_who_is_met_anyway_counts_as_many_places_in_the_list_as_the_school_says(stage: Stage) -> None:
    given = proposal(stage, meet=3, even=0)
    assert {n: given[n] for n in (1, 2, 3)} == {
        1: "T04",
        2: "T04",
        3: "T04",
    }  # class 1, taught by the adviser
    assert {n: given[n] for n in (4, 5, 6)} == {4: "T05", 5: "T05", 6: "T05"}


@pytest.mark.row("G2")
def test_loads_are_even_or_the_report_says_why_not(stage: Stage, sign_in: Any) -> None:
    given = proposal(stage, meet=0, even=1)
    loads = {code: list(given.values()).count(code) for code in ("T01", "T03", "T04", "T05", "T06")}
    assert loads["T05"] < 6  # some went to their second wish for the sake of balance
    run = done_run(stage.round)
    assert run
    assert max(loads.values()) - min(loads.values()) > 1
    assert run.certificate["uneven"]
    page = sign_in("clerk").get(reverse("rounds:loads", args=[stage.round.pk])).content.decode()
    assert "人数相差一名以上的，都是志愿使然" in page
    assert "都会让志愿结果变差" in page
    assert not any(row.person.name in " ".join(run.certificate["uneven"]) for row in stage.troupe.students)
    other = sign_in("leader").get(reverse("rounds:loads", args=[stage.round.pk])).content.decode()
    assert "都是志愿使然" not in other  # who prefers whom is the office's to know
