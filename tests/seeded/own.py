"""Faults in what whoever brings a roster would give himself by it, each with the test that finds it."""

from __future__ import annotations

from tests.seeded import Seeded

OWN = "tests/practice/rosters/test_own.py::test_"
WAITS = f"{OWN}his_own_class_waits_and_the_other_lines_are_written"
AGREED = f"{OWN}another_agrees_and_he_has_the_class_from_that_day"
REFUSED = f"{OWN}another_refuses_and_says_why"
HIMSELF = f"{OWN}nobody_agrees_to_his_own"
AGAIN = f"{OWN}what_is_his_already_or_waits_is_not_asked_again"
NUMBER = f"{OWN}by_a_second_staff_number_it_is_he_all_the_same"
OTHER = f"{OWN}another_clerk_or_the_operator_writes_it_at_once"
BRINGS = f"{OWN}what_one_has_uploaded_another_may_bring"
CHANGED = f"{OWN}what_has_changed_meanwhile_is_not_agreed_to"
LEFT = f"{OWN}who_left_and_holds_an_office_all_the_same_gets_no_class"
GIVEN = f"{OWN}what_another_has_given_him_meanwhile_stays"
CHILD = f"{OWN}nobody_makes_himself_a_guardian_and_the_other_lines_go"
PLACE = f"{OWN}nor_does_he_take_the_place_of_another_guardian"
WHOLE = f"{OWN}a_line_with_another_fault_stays_whole_or_nothing"
FIELDS = f"{OWN}his_own_post_and_state_stay_and_he_is_told"
PAGES = f"{OWN}nor_by_the_pages_of_the_roster"
SCREEN = f"{OWN}through_the_pages"
LIST = f"{OWN}a_refusal_and_its_reason_stand_on_the_list"
ELSEWHERE = f"{OWN}of_another_school_there_is_nothing"

PLAN = "practice/rosters/queries/staff.py"
CHILDREN = "practice/rosters/queries/students.py"
JOBS = "practice/rosters/actions/jobs.py"
DEED = "practice/rosters/actions/own.py"
KIT = "registry/access/decisions.py"

FAULTS = (
    Seeded(
        "his own class is his at once",
        PLAN,
        "if step.staff and step.staff.person_id == self.by:",
        "if False:",
        WAITS,
    ),
    Seeded(
        "his own class is nobody's business",
        JOBS,
        "_ask_another(writer, actor=actor)",
        "pass",
        WAITS,
    ),
    Seeded(
        "the office hears nothing of it",
        DEED,
        'title=f"{actor.name}导入的名册把自己写成{group}的班主任，等另一位同意",',
        'title="",',
        WAITS,
    ),
    Seeded(
        "the present adviser goes before anybody has agreed",
        PLAN,
        "        step.begins.remove((adviser, True))\n",
        "        step.begins.remove((adviser, True))\n        step.ends += filter(None, [self.advisers.get(adviser)])\n",
        AGREED,
    ),
    Seeded(
        "what was agreed to begins nothing",
        DEED,
        'if step == "agree":',
        "if False:",
        AGREED,
    ),
    Seeded(
        "what waits is told for ever",
        DEED,
        'settle_office(row.school_id, f"{WAITING}:{row.pk}")',
        "pass",
        AGREED,
    ),
    Seeded(
        "a refusal appoints him",
        DEED,
        'if step == "agree":',
        "if step:",
        REFUSED,
    ),
    Seeded(
        "a refusal needs no reason",
        DEED,
        'why=frozenset({"refuse"})',
        "why=frozenset()",
        REFUSED,
    ),
    Seeded(
        "the reason is not kept",
        KIT,
        'kept = {"reason": reason} if step in self.why else {}',
        "kept: dict[str, str] = {}",
        REFUSED,
    ),
    Seeded(
        "he agrees to his own class",
        KIT,
        "demand_another(row.asked_by_id, actor.person_id,",
        "demand_another(row.pk, actor.person_id,",
        HIMSELF,
    ),
    Seeded(
        "another school decides",
        "practice/rosters/rules.py",
        "return Q(school_id=actor.school_id)",
        "return Q(pk__isnull=False)",
        ELSEWHERE,
    ),
    Seeded(
        "what waits is asked again",
        PLAN,
        "if (staff.pk, adviser) not in self.asked:",
        "if True:",
        AGAIN,
    ),
    Seeded(
        "a new number makes a colleague of him once more",
        PLAN,
        "if self.by and step.person and step.person.pk == self.by:",
        "if False:",
        NUMBER,
    ),
    Seeded(
        "the uploader counts and not who confirms",
        JOBS,
        "        found = preview_of_job(job, roster, by=bringer(actor))\n        if not found.applicable or",
        "        found = preview_of_job(job, roster, by=job.uploaded_by_id)\n        if not found.applicable or",
        BRINGS,
    ),
    Seeded(
        "the operator is held for somebody",
        "practice/rosters/queries/own.py",
        "return actor.person_id if isinstance(actor, Actor) else None",
        "return actor.person_id",  # the operator has none
        OTHER,
    ),
    Seeded(
        "who is out of office still gets his class",
        DEED,
        "if row.asked_by_id not in {",
        "if False and row.asked_by_id not in {",
        f"{CHANGED}[asker_out]",
    ),
    Seeded(
        "who has left still gets his class",
        DEED,
        "if staff.state in LEFT:",
        "if False:",
        LEFT,
    ),
    Seeded(
        "a class that is over gets an adviser",
        DEED,
        "if is_over(row.class_group):",
        "if False:",
        f"{CHANGED}[class_over]",
    ),
    Seeded(
        "he takes the class from whoever came meanwhile",
        DEED,
        "if held and held.pk != row.replaces_id:",
        "if False:",
        f"{CHANGED}[adviser_changed]",
    ),
    Seeded(
        "what another has given him is begun anew",
        DEED,
        "if held and held.staff_id == staff.pk:\n        return",
        "if False:\n        return",
        GIVEN,
    ),
    Seeded(
        "he makes himself a guardian",
        CHILDREN,
        "if self.by and (found.begins == self.by or (found.link is None and found.name == self.own_name)):",
        "if False:",
        CHILD,
    ),
    Seeded(
        "he takes another guardian's place",
        CHILDREN,
        "if self.person and (self.link is None or self.relinks) else None",
        "if self.person and self.link is None else None",
        PLACE,
    ),
    Seeded(
        "his own child stops the whole file",
        "practice/rosters/queries/jobs.py",
        "return problem.code in OWN or (",
        "return (",
        CHILD,
    ),
    Seeded(
        "any line of a roster of people may be left out",
        "practice/rosters/queries/jobs.py",
        "(kind in MAY_LEAVE_OUT and problem.code not in OF_THE_WHOLE_FILE)",
        "problem.code not in OF_THE_WHOLE_FILE",
        WHOLE,
    ),
    Seeded(
        "he makes himself a mentor by his post",
        PLAN,
        "if staff.person_id == self.by:\n            self.keep_hat",
        "if False:\n            self.keep_hat",
        FIELDS,
    ),
    Seeded(
        "his own fields stay without a word",
        PLAN,
        "self.own_fields += kept",
        "pass",
        FIELDS,
    ),
    Seeded(
        "he registers himself as back",
        "practice/rosters/actions/people.py",
        "if bringer(actor) == staff.person_id and",
        "if False and",
        PAGES,
    ),
    Seeded(
        "he puts himself back among the mentors",
        "registry/mentorships/actions.py",
        'if getattr(actor, "person_id", None) == staff.person_id:',
        "if False:",
        PAGES,
    ),
    Seeded(
        "he lifts what keeps him from a child",
        "registry/people/actions.py",
        'if not restricted and getattr(actor, "person_id", None) == link.person_id:',
        "if False:",
        PAGES,
    ),
    Seeded(
        "he is not told that his own class waits",
        "practice/rosters/views/imports.py",
        'for note in [*plan.notes, *_waiting(request, row, plan, "其余各行已经导入")]:',
        "for note in plan.notes:",
        SCREEN,
    ),
    Seeded(
        "nobody is told that it waits for him",
        "practice/rosters/face.py",
        'yield from DECISIONS.due(actor, reverse("rosters:own_posts"), "clipboard-check")',
        "yield from ()",
        SCREEN,
    ),
    Seeded(
        "the list refuses without asking why",
        "registry/access/columns.py",
        'part = "button_link" if event in self.why else "post_button"',
        'part = "post_button"',
        LIST,
    ),
    Seeded(
        "whoever agrees does not read who of the staff it is",
        "practice/slips/tables.py",
        "if len(record.colleagues) > 1:",
        "if False:",
        "tests/pages/test_slips.py::test_whoever_agrees_reads_for_whom_of_the_staff_it_is",
    ),
    Seeded(
        "a bureau reads who of a school's staff it is",
        "practice/slips/tables.py",
        "    def render_what(self, record: Any) -> str:\n        if self.request.actor.role in BUREAUS:",
        "    def render_what(self, record: Any) -> str:\n        if False:",
        "tests/pages/test_slips.py::test_whoever_agrees_reads_for_whom_of_the_staff_it_is",
    ),
    Seeded(
        "a colleague is reset by the page of a child's guardians",
        "practice/slips/actions.py",
        "    if len(people) == 1 and working(owners, school.pk):\n",
        "    if False:\n",
        "tests/pages/test_slips.py::test_a_colleague_is_staff_from_whatever_page_his_slip_is_asked",
    ),
    Seeded(
        "a class adviser says the second word on who has become a colleague",
        "practice/slips/actions.py",
        "works = len(owners) == 1 and working(owners, row.school_id)",
        "works = False",
        "tests/pages/test_slips.py::test_a_colleague_is_staff_from_whatever_page_his_slip_is_asked",
    ),
    Seeded(
        "those who gave the reset meet him after another one was asked for",
        "practice/slips/actions.py",
        "if row.kind == Kind.MET and _same_two(row, actor):",
        "if False:",
        "tests/pages/test_slips.py::test_those_who_gave_a_reset_do_not_meet_him_whatever_came_on_top",
    ),
    Seeded(
        "a word of long ago counts for a reset of today",
        "practice/slips/actions.py",
        "return account.locked_at is None or row.created_at < account.locked_at",
        "return False",
        "tests/pages/test_slips.py::test_to_have_met_him_is_about_one_reset_and_none_later",
    ),
    Seeded(
        "what was used is stopped all the same",
        "practice/slips/actions.py",
        "        if row.is_used:\n",
        "        if False:\n",
        "tests/pages/test_slips.py::test_what_was_used_is_not_stopped_any_more_and_he_is_told_what_to_do",
    ),
    Seeded(
        "a stopped request waits for ever",
        "practice/slips/actions.py",
        "super().waiting(actor).filter(stopped_at=None)",
        "super().waiting(actor)",
        "tests/pages/test_slips.py::test_the_owner_stops_it_and_the_code_is_dead",
    ),
    Seeded(
        "an undone rollover gives a student back to whom he has named",
        "registry/mentorships/rollover.py",
        "apart = {bond.pk for bond, _ in reopened if bond.mentor_id in barred[bond.student_id]}",
        "apart = set()",
        "tests/practice/rollover/test_rollover.py::test_undone_it_gives_nobody_back_to_whom_he_has_named_meanwhile",
    ),
    Seeded(
        "an undone rollover gives a student back into the care of whom he has named",
        "registry/mentorships/rollover.py",
        "care.mentorship_id in apart or care.caretaker_id in barred[care.mentorship.student_id]",
        "False",
        "tests/practice/rollover/test_rollover.py::test_undone_it_gives_nobody_back_to_whom_he_has_named_meanwhile",
    ),
    Seeded(
        "a clerk looks after the students of a colleague whom he registers as away",
        "practice/relations/actions/absences.py",
        'demand_another(deputy.person_id, actor.person_id, said, field="deputy")',
        "pass",
        "tests/practice/relations/test_absences.py"
        "::test_nobody_gives_himself_students_by_a_colleagues_absence_nor_comes_back_by_himself",
    ),
    Seeded(
        "a clerk registers himself as back",
        "practice/relations/actions/absences.py",
        'demand_another(row.staff.person_id, actor.person_id, "自己的返岗请另一位同事来登记。")',
        "pass",
        "tests/practice/relations/test_absences.py"
        "::test_nobody_gives_himself_students_by_a_colleagues_absence_nor_comes_back_by_himself",
    ),
    Seeded(
        "a clerk assigns himself a student",
        "practice/waiting/actions.py",
        "demand_another(mentors[mentor].person_id, actor.person_id, OWN)",
        "pass",
        "tests/practice/waiting/test_waiting.py"
        "::test_nobody_assigns_himself_a_student_and_learns_nothing_by_trying",
    ),
    Seeded(
        "a leader moves a student to herself",
        "practice/matching/actions/moves.py",
        'demand_another(mentor.staff.person_id, actor.person_id, said, field="mentor")',
        "pass",
        "tests/practice/matching/test_moves.py"
        "::test_an_avoided_mentor_needs_a_leader_and_his_reason_and_a_relative_is_never_given",
    ),
    Seeded(
        "a list of pairs brings its bringer students",
        "practice/rosters/queries/pairs.py",
        "if present is None and by and mentor.person_id == by:",
        "if False:",
        "tests/practice/rosters/test_own.py::test_nobody_brings_himself_students",
    ),
    Seeded(
        "one officer of the city resets another by another office of his",
        "registry/access/actions/grants.py",
        "if row.person_id in office.city and Account",
        "if row.role == Role.CITY and Account",
        "tests/registry/test_grants.py"
        "::test_whoever_is_of_the_city_gets_his_code_from_the_operator_whatever_else_he_holds",
    ),
    Seeded(
        "a phone left lying gives out the address of the calendar",
        "portal/agenda/policy.py",
        'confidential=("subscribe",),',
        "",
        "tests/pages/test_locked.py::test_which_addresses_ask_follows_from_the_table",
    ),
    Seeded(
        "where one leader proposes a clerk is told that he decides",
        "registry/access/offices.py",
        "return [(person, role) for person, role in each if not self.refusal(row, person, role)]",
        "return [*each]",
        "tests/registry/test_grants.py::test_where_the_one_leader_proposes_the_city_hears_and_no_clerk",
    ),
)
