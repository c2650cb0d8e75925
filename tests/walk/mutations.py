"""Every fault of `faults.py` put into the running code, one at a time: the walk has to find each.

Not part of the suite; by name: `python3 start.py test tests/walk/mutations.py` (some of it: `-k "level 2"`). One walk
without a fault notes which visits come past which piece of code; a fault is then looked for on those visits alone.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from liangshi.foundation.audit.types import EntryType
from liangshi.registry.access.policy import READS
from tests.walk import faults
from tests.walk.faults import Fault
from tests.walk.people import PEOPLE
from tests.walk.test_walk import world
from tests.walk.visiting import Judge, Visit, Walker, visits, walk
from tests.walk.world import World

__all__ = ["world"]
logger = logging.getLogger(__name__)

pytestmark = pytest.mark.django_db
FAULTS = faults.every()
FOUND_FIRST = "asked of a row that has been found as the actor's own before"
REACHED_FIRST = "a second wall: whether the student is within reach has been asked before"
NAMED_ANYWAY = "a mentee, whom the page names as such"
NOT_IN_THE_WORLD = "nobody is named there in this world, by name in tests/pages"
# Routes that declare a reading which nobody here has, and why.
UNREAD = dict.fromkeys(
    ("rounds:released", "rounds:proof", "relations:mine", "needs:staffing", "rollover:rollover"),
    NOT_IN_THE_WORLD,
)
WITHIN_LEVEL = (
    "a second wall, what he opens is within his level: tests/registry/test_reach.py, tests/practice/talks"
)
# Of routes whose entry follows the state of a round: what no round here leaves, none being published; by name in
# tests/pages/test_rounds.py and test_rounds_programmes.py.
UNWRITTEN = dict.fromkeys(
    ("rounds:left", "rounds:outcome", "rounds:outcome_loads", "rounds:result", "rounds:loads"),
    frozenset({"round.result_read"}),
)
ONE_SCHOOL = (
    "a grade, a class and a relation lie in one school, and so does what a class or a student is asked for"
)
EVERY_SCHOOL = "it reaches every school as it is"
WAITS = (
    "no account that waits for its owner walks: tests/pages/test_slips.py, tests/practice/talks/test_leads.py"
)
# What changes nothing that a reader could see, by the beginning of its name, and why.
EQUIVALENT: dict[str, str] = {
    "city of school: ": EVERY_SCHOOL,
    "practice.slips.queries.officer_of: ": EVERY_SCHOOL,
    "practice.slips.queries.waiting_to_be_met: ": "what is done, not what is read: tests/pages/test_slips.py",
    "practice.slips.rules._of_classes: without Q(school_id": ONE_SCHOOL,
    "practice.slips.rules._alone: without school__isnull": "a second wall: no office is without a school in the database",
    "school of policy: ": FOUND_FIRST,
    "school of wish: ": FOUND_FIRST,
    "registry.access.rules._students_of_grade: without school_id": ONE_SCHOOL,
    "registry.access.rules._students_of_classes: without school_id": ONE_SCHOOL,
    "registry.access.rules._mentees: without Q(school_id": ONE_SCHOOL,
    "registry.access.reach.reads_text: without row.level == Level.SHARED": WITHIN_LEVEL,
    "practice.talks.rules.may_read_text: without actor.role == Role.STUDENT": WITHIN_LEVEL,
    "registry.access.reach.reached: without written_open": WAITS,
    "registry.access.reach.written_open: without issubclass": "talks alone are read by it, and they have levels",
    "practice.talks.rules._written_talks: without written_open": WAITS,
    "practice.talks.rules._written_as_lead: without written_open": WAITS,
    "registry.access.reach.read_about: without ~kept_from": "no adviser who walks is kept apart from a student of his class:"
    " tests/practice/talks/test_talks.py",
    "practice.needs.rules._needs_of_own_mentees: without school=": ONE_SCHOOL,
    "practice.needs.queries.needs.to_grant: ": "looked up for needs that have been found as the actor's own before",
    "practice.relations.rules.may_wish: ": "whom somebody would rather have is typed there, not read",
    "practice.relations.queries.family.family_with: ": "the wall lets nobody mentor his own child here:"
    " tests/practice/relations/test_family.py",
    "practice.relations.queries.swaps.partners: ": ONE_SCHOOL,
    "practice.relations.views.swaps.swap: does not say": "no mentor is chosen here: tests/practice/relations/test_swaps.py",
    "practice.rosters.views.people.student: does not say whom it names (2)": "nobody dies here:"
    " tests/practice/rosters/test_death.py",
    "practice.relations.queries.exceptions.teachers_without: ": FOUND_FIRST,
    "practice.relations.queries.handovers.part_of: ": FOUND_FIRST
    + ", and again as it is written: tests/practice/relations/test_parting.py",
    "practice.relations.queries.changes.counts: ": "the names of those whose requests were counted in the own school",
    "practice.plans.queries.policies: ": FOUND_FIRST,
    "practice.matching.queries.rounds.correctable: ": FOUND_FIRST,
    "practice.growth.queries.portraits.own_portrait: ": FOUND_FIRST,
    "practice.growth.queries.portraits.portrait_for: ": REACHED_FIRST,
    "practice.growth.queries.portraits.wanted_by: ": "codes of strategies, of a student found before",
    "practice.growth.queries.portraits.career_of: ": REACHED_FIRST,
    "practice.growth.queries.portraits.activities_of: ": REACHED_FIRST,
    "practice.growth.queries.shining.shines_of: ": REACHED_FIRST,
    "practice.growth.queries.shining.count_of: ": REACHED_FIRST,
    "practice.growth.queries.subjects.choice": REACHED_FIRST,
    "practice.talks.queries.activities.attending: ": FOUND_FIRST,
    "practice.growth.rules.may_choose_in_window_only: ": "about when, not about whom",
    "practice.talks.rules.may_read_text: without talk.level": "the database lets no talk of level 2 be shared",
    "practice.talks.queries.contacts.last_contacts: without seen_by(STUDENT_READ": FOUND_FIRST,
    "practice.talks.queries.events.event_page: without seen_by": FOUND_FIRST,
    "practice.talks.queries.events._advises: ": "who opens it and is not the adviser leads, and knows as much",
    "practice.talks.queries.events.may_accept: ": "refused in words: tests/practice/talks/test_events.py",
    "practice.talks.queries.events.reportable: ": "named within a class of the own school, found before",
    "practice.talks.queries.timeline.timeline: ": FOUND_FIRST,
    "practice.talks.queries.timeline._events: ": FOUND_FIRST,
    "practice.relations.face._meetings: does not say": NAMED_ANYWAY,
    "practice.talks.face._open_events: does not say": NAMED_ANYWAY,
    "practice.talks.face._untalked: does not say": NAMED_ANYWAY,
    "practice.growth.face._due_goals: does not say": NAMED_ANYWAY,
    "practice.matching.views.moves._ask: does not say": NOT_IN_THE_WORLD,
    "practice.matching.views.proof.take: does not say": NOT_IN_THE_WORLD,
    "practice.relations.views.changes.mine: does not say": NOT_IN_THE_WORLD,
    "practice.needs.views.staffing: does not say": NOT_IN_THE_WORLD,
    "practice.rollover.views.rollover: does not say": NOT_IN_THE_WORLD,
    "oversight.burden.queries.budget_for: ": "seconds, no row: tests/oversight/test_burden.py says whose",
}


def excuse(fault: Fault) -> str:
    return next((why for name, why in EQUIVALENT.items() if fault.name.startswith(name)), "")


@dataclass
class Trace:
    """What a walk without a fault came past and met."""

    walkers: dict[str, Walker]
    judge: Judge
    past: dict[Any, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    met: dict[tuple[str, str], set[Visit]] = field(default_factory=lambda: defaultdict(set))
    read: dict[str, dict[Visit, set[EntryType]]] = field(default_factory=lambda: defaultdict(dict))
    now: Visit | None = None

    def hit(self, target: Any) -> None:
        if self.now and (not self.past[target] or self.past[target][-1] != self.now):
            self.past[target].append(self.now)

    def steps(self, world: World, name: str) -> Iterator[Visit]:
        for visit in visits(world, name):
            self.now = visit
            yield visit


@pytest.fixture(scope="module")
def trace(world: World) -> Trace:
    made = Trace({name: Walker(world, name) for name in PEOPLE}, Judge(world))
    targets: list[Any] = list(dict.fromkeys(fault.target for fault in FAULTS))
    with faults.watched(targets, made.hit):
        for name, walker in made.walkers.items():
            with walker:
                for visit, answer in walk(walker, made.steps(world, name)):
                    for marker in made.judge.met(answer):
                        made.met[name, marker.text].add(visit)
                    if entries := {entry for entry, _ in answer.wrote if entry.is_read}:
                        made.read[visit.route][visit] = entries
    made.now = None
    return made


def problem(trace: Trace, fault: Fault) -> str:
    """The first thing that is wrong while the fault is there, or ""."""
    looked: set[Visit] = set()
    met: set[tuple[str, str]] = set()
    order = sorted(
        trace.past[fault.target], key=lambda visit: (visit.reached, visit.method, bool(visit.data))
    )
    with faults.present(fault):
        for visit in order:
            walker = trace.walkers[visit.name]
            with walker:
                for each, answer in walk(walker, [visit]):
                    looked.add(each)
                    met |= {(visit.name, marker.text) for marker in trace.judge.met(answer)}
                    for found in trace.judge.problems(each, answer):
                        return found
    for marker in trace.judge.world.markers():
        for name in marker.must:
            before = trace.met[name, marker.text]
            if before and before <= looked and (name, marker.text) not in met:
                return f"{name} never came across {marker}"
    return ""


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_the_walk_finds(trace: Trace, fault: Fault) -> None:
    if why := excuse(fault):
        pytest.skip(why)
    assert trace.past[fault.target], "no visit comes past it"
    found = problem(trace, fault)
    logger.info("%s: %s", fault.name, found)
    assert found, f"survived {len(trace.past[fault.target])} visits"


@pytest.mark.parametrize("route", sorted(READS.keys() - UNREAD.keys()))
def test_an_answer_that_names_somebody_needs_its_declaration(
    trace: Trace, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = next(iter(trace.read[route]))
    monkeypatch.delitem(READS, route)
    walker = trace.walkers[visit.name]
    with walker:
        assert "declares []" in "".join(trace.judge.problems(visit, walker.ask(visit)))


@pytest.mark.parametrize("route", sorted(READS.keys() - UNREAD.keys()))
def test_every_declared_entry_is_written_by_somebody(trace: Trace, route: str) -> None:
    written = set().union(*trace.read[route].values())
    assert written <= set(READS[route])
    assert {entry.code for entry in READS[route]} - {entry.code for entry in written} == UNWRITTEN.get(
        route, set()
    )


def test_no_excuse_is_out_of_date() -> None:
    for name in EQUIVALENT:
        assert any(fault.name.startswith(name) for fault in FAULTS), name
    assert len(FAULTS) >= 60
