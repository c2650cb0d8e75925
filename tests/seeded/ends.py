"""Faults in what ends with a student, and in what one who is away may send, each with the test that finds it."""

from __future__ import annotations

from tests.seeded import Seeded

_DEATH = "tests/practice/rosters/test_death.py::"

FAULTS = (
    Seeded(
        "the family of a student who has died goes on hearing of him",
        "registry/access/audience.py",
        "span_at(day or today()), living(), restricted=False",
        "span_at(day or today()), restricted=False",
        _DEATH + "test_his_family_is_told_nothing_and_sees_nothing_of_him",
    ),
    Seeded(
        "a colleague who has died is away and comes back",
        "practice/relations/choices.py",
        "    AbsenceKind.DIED: StaffState.DIED,\n}\nSTATE_IN_THE_END",
        "    AbsenceKind.DIED: StaffState.AWAY,\n}\nSTATE_IN_THE_END",
        _DEATH + "test_a_colleague_s_death_leaves_no_student_alone",
    ),
    Seeded(
        "what was closed after a student had left keeps its day",
        "registry/people/actions.py",
        "            if moved := bring_forward([student.pk], on):",
        "            if moved := 0:",
        "tests/practice/rosters/test_leaving.py::test_what_was_closed_after_the_day_on_which_he_left_ends_on_it",
    ),
    Seeded(
        "a student in 休学 sends whatever others send",
        "registry/access/middleware.py",
        "        if actor.hat.paused and _waits(request, need):",
        "        if not actor.hat.key and _waits(request, need):",
        "tests/pages/test_paused.py::test_everything_else_waits_for_his_return_and_says_so",
    ),
    Seeded(
        "the office swaps the students of its own clerk by himself",
        "practice/relations/actions/swaps.py",
        "    for bond in (first, other):\n        demand_another(",
        "    for bond in ():\n        demand_another(",
        "tests/practice/relations/test_swaps.py::test_what_a_swap_is_refused_for",
    ),
    Seeded(
        "a permit that has ended keeps somebody from taking as many as he gives",
        "registry/mentorships/actions.py",
        "            if net[mentor_id] > 0:\n                take_places",
        "            if net[mentor_id] >= 0:\n                take_places",
        "tests/registry/test_mentorships.py::test_who_takes_as_many_as_he_gives_needs_no_permit_any_more",
    ),
)
