"""Faults in who may accompany a student, who is in charge of him today, and what ends with it."""

from __future__ import annotations

from tests.seeded import Seeded

FIT = "registry/mentorships/fit.py"
CARE = "registry/access/care.py"
ENDS = "registry/mentorships/actions.py"
EVENTS = "practice/talks/actions/events.py"
LETTERS = "practice/relations/actions/handovers.py"
TALKS = "practice/talks/rules.py"
BY_FIT = "tests/registry/test_fit.py::test_"
BY_EVENTS = "tests/practice/talks/test_events.py::test_"
BY_TALKS = "tests/practice/talks/test_talks.py::test_"
BY_ABSENCES = "tests/practice/relations/test_absences.py::test_"
BY_LETTERS = "tests/practice/relations/test_handovers.py::test_"
BY_WAITING = "tests/practice/waiting/test_waiting.py::test_"
BY_UNMET = "tests/practice/talks/test_unmet.py::test_"
TELLING = "practice/relations/actions/telling.py"
BY_TABLE = "tests/practice/test_transitions.py::test_everybody_hears_what_the_table_says"

FAULTS = (
    Seeded(
        "whoever is on leave looks after a student",
        FIT,
        "return staff.filter(state=StaffState.ON_DUTY)",
        "return staff",
        f"{BY_FIT}who_is_not_at_work_is_given_nobody",
    ),
    Seeded(
        "whoever is on leave is given students",
        FIT,
        "return with_standing(staff, day).filter(standing=IN_POOL)",
        "return staff",
        f"{BY_FIT}who_is_not_at_work_is_given_nobody",
    ),
    Seeded(
        "the last wall does not ask what somebody is to the student",
        FIT,
        "if many := sum(staff in barred[student] for student, staff in asked):",
        "if many := 0:",
        "tests/registry/test_apart.py::test_who_is_kept_apart_is_given_by_no_way",
    ),
    Seeded(
        "the mentor is in charge while a colleague stands in",
        CARE,
        "        found[cover.mentorship.student_id] = cover.caretaker\n",
        "        pass\n",
        f"{BY_FIT}one_is_in_charge_whoever_stands_in",
    ),
    Seeded(
        "a newcomer is entrusted to an adviser who is on leave",
        CARE,
        "return staff.get(who) if who and who not in barred[student] else None",
        "return Staff.objects.get(pk=who) if who and who not in barred[student] else None",
        f"{BY_WAITING}where_the_adviser_may_not_the_head_of_the_grade_is_there",
    ),
    Seeded(
        "a newcomer is entrusted to his father",
        CARE,
        "return staff.get(who) if who and who not in barred[student] else None",
        "return staff.get(who) if who else None",
        f"{BY_WAITING}where_the_adviser_may_not_the_head_of_the_grade_is_there",
    ),
    Seeded(
        "an adviser reads what is written about his own child",
        "registry/mentorships/apart.py",
        'return Q(pk__in=wards) | Q(pk__in=Apart.objects.filter(person=person).values("student"))',
        'return Q(pk__in=Apart.objects.filter(person=person).values("student"))',
        f"{BY_TALKS}a_class_adviser_reads_nothing_about_whom_he_is_kept_apart_from",
    ),
    Seeded(
        "an adviser reads what is written about who has named him",
        "registry/access/reach.py",
        "return students & ~kept_from(actor.person_id) if reach == Scope.CLASSES else students",
        "return students",
        f"{BY_TALKS}a_class_adviser_reads_nothing_about_whom_he_is_kept_apart_from",
    ),
    Seeded(
        "an event stays with a lead who is away",
        EVENTS,
        "led.filter(lead__in=staff, state__in=OPEN_STATES)",
        "led.none()",
        f"{BY_EVENTS}of_a_lead_who_is_away_another_is_asked_for",
    ),
    Seeded(
        "others read that a lead who is away follows it",
        "practice/talks/models.py",
        "if self.lead and self.lead.state == StaffState.ON_DUTY else",
        "if self.lead else",
        f"{BY_EVENTS}of_a_lead_who_is_away_another_is_asked_for",
    ),
    Seeded(
        "whoever is away is named to lead",
        EVENTS,
        '    demand_fit([(row.student_id, lead.pk)], Part.LEAD, field="lead")\n',
        "",
        f"{BY_EVENTS}who_is_away_is_not_named_to_lead",
    ),
    Seeded(
        "a parent is offered to lead",
        "practice/talks/queries/events.py",
        ".exclude(pk__in=barred)",
        "",
        f"{BY_EVENTS}a_parent_is_not_offered_to_lead_in_what_happened_to_his_child",
    ),
    Seeded(
        "a word to the family waits for a mentor who is away",
        TALKS,
        "(mine & ~(family & passed))",
        "mine",
        f"{BY_TALKS}what_a_mentor_has_begun_is_his_caretaker_s_while_he_is_away",
    ),
    Seeded(
        "the caretaker does not hear of a promised talk",
        "practice/talks/queries/talks.py",
        "| (charged_with(actor) & left_to_others()),",
        ",",
        f"{BY_TALKS}what_a_mentor_has_begun_is_his_caretaker_s_while_he_is_away",
    ),
    Seeded(
        "nobody hears that his care is over",
        ENDS,
        "    when_care_ends.happened(held, reason)\n",
        "",
        f"{BY_ABSENCES}whose_care_is_over_hears_of_it_whatever_ended_it",
    ),
    Seeded(
        "a letter stays with the mentor who goes",
        LETTERS,
        "HandOver.objects.filter(pk=row.pk).update(successor=mentor)",
        "pass",
        f"{BY_LETTERS}a_letter_that_was_not_taken_is_the_next_mentor_s",
    ),
    Seeded(
        "a letter comes back to its writer",
        LETTERS,
        "if row.ended.mentor_id == mentor.pk:",
        "if False:",
        f"{BY_LETTERS}a_letter_does_not_come_back_to_its_writer",
    ),
    Seeded(
        "the letters of whoever leaves stay open",
        LETTERS,
        "    lost.update(state=HandOverState.SKIPPED, closed_at=now())\n",
        "",
        f"{BY_LETTERS}the_letters_of_whoever_leaves_are_closed",
    ),
    Seeded(
        "what was open about who has left waits for ever",
        "registry/people/queries.py",
        "return Q(Exists(held.exclude(state__in=GONE)))",
        "return Q(Exists(held))",
        f"{BY_UNMET}of_whoever_has_left_nothing_waits",
    ),
    Seeded(
        "a press stays open after the two have met",
        "practice/talks/actions/talks.py",
        "        _met(talk, keys, deed)\n",
        "",
        f"{BY_UNMET}a_talk_with_the_mentor_ends_it_and_tells_nobody",
    ),
    Seeded(
        "a class that has graduated keeps its adviser's hat",
        "registry/people/queries.py",
        "return ClassPost.objects.filter(span_at(day), there, staff=staff, is_adviser=True)",
        "return ClassPost.objects.filter(span_at(day), staff=staff, is_adviser=True)",
        "tests/pages/test_sign_in.py::test_a_class_that_has_graduated_gives_its_adviser_no_hat",
    ),
    Seeded(
        "a return is asked for on its day alone",
        "practice/relations/actions/absences.py",
        "back_on__lte=today())",
        "back_on=today())",
        f"{BY_ABSENCES}a_return_that_nobody_looked_for_on_its_day_is_asked_for_later_and_after_thirty_days_the_leader",
    ),
    Seeded(
        "before publishing nothing is said of what would not come into force",
        "practice/matching/actions/publishing.py",
        "    return [one for one in given if one.withheld]\n",
        "    return []\n",
        "tests/practice/matching/test_publishing.py::test_a_confirmed_round_leaves_out_whom_a_student_has_named_meanwhile",
    ),
    Seeded(
        "a working Saturday is no school day",
        "registry/schools/days.py",
        "day in nation.weekend_workdays or ",
        "",
        "tests/registry/test_days.py::test_the_nth_school_day",
    ),
    Seeded(
        "days between two terms are school days",
        "registry/schools/days.py",
        "(not _within(day, calendar.between) and _works(day))",
        "_works(day)",
        "tests/registry/test_days.py::test_between_two_terms_no_day_counts_and_after_the_last_one_that_is_known_they_do",
    ),
    Seeded(
        "who works with a student beside his mentor does not hear that there is another one",
        TELLING,
        "    tell_co_mentors(passed)\n",
        "",
        BY_TABLE,
    ),
    Seeded(
        "the class adviser does not hear that his students have other mentors",
        TELLING,
        "    _tell_advisers(passed)\n",
        "",
        BY_TABLE,
    ),
    Seeded(
        "who was asked to take a student still waits for it when it is off",
        "practice/relations/actions/requests.py",
        "if row.state == ChangeState.AGREED and row.target and row.target.state not in LEFT:",
        "if False:",
        BY_TABLE,
    ),
    Seeded(
        "a student pauses and his mentors hear nothing",
        "registry/people/actions.py",
        "        when_standing_changes.happened(student, state)\n",
        "",
        BY_TABLE,
    ),
    Seeded(
        "the accused hears of what concerns safety",
        "practice/relations/actions/concerns.py",
        "        _tell(row, TOLD.office())\n",
        "        _tell(row, TOLD.office())\n"
        "        if row.about_id:\n"
        '            tell_people([row.about_id], role="mentor", school=row.student.school_id, student=None,'
        ' title=TOLD.office(), url="/")\n',
        BY_TABLE,
    ),
    Seeded(
        "the office goes on deciding what it has agreed to",
        "practice/relations/queries/changes.py",
        "return row.state in UNDECIDED and row.mentorship.ends_on is None",
        "return row.mentorship.ends_on is None",
        BY_TABLE,
    ),
    Seeded(
        "the database gives a student whom he has named",
        "registry/mentorships/triggers.py",
        "for each in (KIN, NAMED)",
        "for each in (KIN,)",
        "tests/registry/test_apart.py::test_the_database_gives_a_student_nobody_who_is_kept_apart",
    ),
    Seeded(
        "a relation with family is opened again",
        "registry/mentorships/triggers.py",
        'anew = "OLD.ends_on IS NOT NULL OR " + ',
        'anew = "1 = 0 OR " + ',
        "tests/registry/test_apart.py::test_the_database_gives_a_student_nobody_who_is_kept_apart",
    ),
    Seeded(
        "a site starts without the wall around relations",
        "registry/mentorships/apps.py",
        '        guarded(self, GUARDS, so_what="。请运行 liangshi migrate 补上。", speak_of_others=True)\n',
        "",
        "tests/registry/test_apart.py::test_nothing_starts_without_that_wall_and_migrating_puts_it_up",
    ),
    Seeded(
        "the log is unguarded while anything is migrated",
        "foundation/base/triggers.py",
        "    if speak_of_others:\n",
        "    if True:\n",
        "tests/foundation/test_audit.py::test_the_log_stays_guarded_while_something_is_migrated",
    ),
    Seeded(
        "triggers stand in the way of a migration",
        "foundation/base/triggers.py",
        "connection.introspection.table_names() if plan else []",
        "[]",
        "tests/registry/test_apart.py::test_nothing_starts_without_that_wall_and_migrating_puts_it_up",
    ),
    Seeded(
        "nobody hears that a mentor is his student's father",
        "practice/relations/queries/family.py",
        "_MENTORS | _STANDS_IN",
        "_STANDS_IN",
        "tests/practice/relations/test_family.py",
    ),
    Seeded(
        "a review passes on whom the office has just given another mentor",
        "practice/matching/actions/publishing.py",
        "programme.kind == ProgrammeKind.NEW or since[student] > one.round_student.created_at",
        "programme.kind == ProgrammeKind.NEW",
        "tests/practice/matching/test_programmes.py::test_who_changes_his_mentor_during_a_review_stays_with_the_new_one",
    ),
    Seeded(
        "who has changed during a review falls on to its next round",
        "practice/matching/queries/programmes.py",
        "round__programme__kind=ProgrammeKind.NEW) | Q(Exists(since))",
        "round__programme__kind=ProgrammeKind.NEW)",
        "tests/practice/matching/test_programmes.py::test_who_changes_his_mentor_during_a_review_stays_with_the_new_one",
    ),
    Seeded(
        "a clerk swaps his own student and reads who is missing",
        "practice/relations/queries/swaps.py",
        "if each.taken and each.staff.person_id != actor.person_id]",
        "if each.taken]",
        "tests/practice/relations/test_probing.py::test_a_swap_page_shows_him_nothing",
    ),
    Seeded(
        "a clerk names himself successor and reads the refusal",
        "practice/relations/actions/absences.py",
        "            demand_another(chosen[line.bond.pk].person_id, actor.person_id, OWN_SUCCESSOR)\n",
        "            pass\n",
        "tests/practice/relations/test_probing.py::test_a_successor",
    ),
    Seeded(
        "the office names itself lead",
        "practice/talks/queries/events.py",
        "        able = able.exclude(person=actor.person_id)\n",
        "        pass\n",
        "tests/practice/relations/test_probing.py::test_a_lead",
    ),
    Seeded(
        "an offer that a concern takes back vanishes without a word",
        "practice/relations/actions/requests.py",
        "if said != NOT_NOW:",
        "if False:",
        "tests/practice/relations/test_probing.py::test_an_offer_that_a_concern_takes_back_goes_like_any_other",
    ),
    Seeded(
        "a class adviser reads the shining moments of whom he is kept apart from",
        "practice/growth/queries/shining.py",
        ".filter(read_about(actor, reach)) if reach",
        "if reach",
        "tests/practice/growth/test_apart.py::test_a_class_adviser_reads_none_of_whom_he_is_kept_apart_from",
    ),
    Seeded(
        "whom a student has named speaks to him by a shining moment",
        "practice/growth/queries/shining.py",
        '.exclude(author__in=apart.values("person"))',
        "",
        "tests/practice/growth/test_apart.py::test_whom_a_student_has_named_does_not_speak_to_him_by_one",
    ),
    Seeded(
        "a parent gives the second word on his child's slip",
        "practice/slips/rules.py",
        "Student.objects.filter(read_about(actor, Scope.CLASSES))",
        "Student.objects.all()",
        "tests/practice/slips/test_apart.py::test_a_class_adviser_says_no_second_word_about_whom_he_is_kept_apart_from",
    ),
    Seeded(
        "what a family is not told is talked over with it",
        "practice/talks/actions/talks.py",
        ".exclude(person__in=apart)",
        "",
        "tests/practice/talks/test_consulted.py::test_whom_one_asks",
    ),
    Seeded(
        "undone it gives students to who is away by now",
        "registry/mentorships/rollover.py",
        "    yield from _nobody_there(entries)\n",
        "",
        "tests/practice/rollover/test_undone_later.py::test_a_mentor_who_is_away_by_now_is_in_the_way",
    ),
    Seeded(
        "an activity for nobody is taken in a closed year",
        "practice/talks/queries/moments.py",
        "return bool(students) and found",
        "return found",
        "tests/practice/talks/test_closed.py",
    ),
    Seeded(
        "the database's wall meets whoever is named at that moment with an error",
        "registry/mentorships/actions.py",
        "        if SAYS in str(problem):\n            raise not_given(1) from problem\n",
        "",
        "tests/registry/test_apart.py::test_who_is_named_at_that_very_moment_is_refused_in_the_same_words",
    ),
    Seeded(
        "a death is registered by a slip of the finger",
        "practice/rosters/views/people.py",
        'if sent == "state" and "sure" not in request.POST:',
        "if False:",
        "tests/practice/rosters/test_death.py::test_a_death_is_asked_about_before_anybody_hears_of_it",
    ),
    Seeded(
        "a death registered by mistake stays so for who has heard of it",
        "practice/waiting/standing.py",
        "    _tell_staff(student, mentors, Role.MENTOR, MISTAKEN)\n",
        "",
        "tests/practice/rosters/test_death.py::test_a_death_that_was_registered_by_mistake_is_taken_back",
    ),
)
