"""Faults in what concerns safety: whom it names gets a channel, or the school loses it, each with the test that finds it."""

from __future__ import annotations

from tests.seeded import Seeded

CONCERNS = "practice/relations/actions/concerns.py"
CHANGES = "practice/relations/actions/changes.py"
LETTERS = "practice/relations/actions/handovers.py"
RULES = "practice/relations/rules.py"
NAMED = "registry/mentorships/apart.py"
UNMET = "practice/talks/actions/unmet.py"
TEST = "tests/practice/relations/test_concerns.py::test_"
PAGE = "tests/pages/test_relations_safety.py::test_"

FAULTS = (
    Seeded(
        "a letter begins between a student and the mentor whom he has named",
        LETTERS,
        "if bond.mentor_id not in apart[bond.student_id]]",
        "]",
        f"{TEST}a_safety_request_in_the_trial_opens_no_channel",
    ),
    Seeded(
        "after an ordinary change the former mentor is opened a letter, so that none tells him",
        CHANGES,
        "begin_letters([(bond, target)], mentor_writes=False)",
        "begin_letters([(bond, target)])",
        f"{TEST}after_an_ordinary_change_the_student_alone_opens_the_mentors_half",
    ),
    Seeded(
        "an open letter stays open when its writer is named",
        CONCERNS,
        "        withhold_letters(row.student)\n",
        "",
        f"{TEST}named_afterwards_an_open_letter_is_closed_and_nobody_reads_it",
    ),
    Seeded(
        "the student reads what the mentor whom he has named has written to him",
        RULES,
        "Q(ended__student_id=actor.hat.student_id) & ~named",
        "Q(ended__student_id=actor.hat.student_id)",
        f"{TEST}named_afterwards_an_open_letter_is_closed_and_nobody_reads_it",
    ),
    Seeded(
        "the next mentor reads the words of the one whom the student has named",
        RULES,
        "return (written | received) & ~named",
        "return received | (written & ~named)",
        f"{TEST}named_afterwards_an_open_letter_is_closed_and_nobody_reads_it",
    ),
    Seeded(
        "a letter that began while its writer was named can be written",
        RULES,
        "return (written | received) & ~named",
        "return written | (received & ~named)",
        f"{TEST}named_afterwards_an_open_letter_is_closed_and_nobody_reads_it",
    ),
    Seeded(
        "a mentor in the office finds there whether there is a letter about his former student",
        RULES,
        " & ~Q(ended__mentor__person=actor.person_id)",
        "",
        f"{PAGE}whom_it_names_opens_the_same_bytes",
    ),
    Seeded(
        "anybody asks the former mentor to write",
        LETTERS,
        '    if actor.role != Role.STUDENT:\n        raise DomainError("not_yours", "请不请',
        '    if False:\n        raise DomainError("not_yours", "请不请',
        f"{TEST}after_an_ordinary_change_the_student_alone_opens_the_mentors_half",
    ),
    Seeded(
        "whom it names is not kept apart",
        CONCERNS,
        "keep_apart(student.pk, meant -",
        "keep_apart(student.pk, set() and meant -",
        f"{TEST}the_one_answer_to_who_is_kept_apart",
    ),
    Seeded(
        "only the family is kept from a student",
        NAMED,
        "kin[student] | apart[student]",
        "kin[student]",
        f"{TEST}he_is_offered_and_proposed_nowhere",
    ),
    Seeded(
        "who is named becomes a caretaker as deputy",
        "practice/relations/queries/absences.py",
        "if deputy and deputy.pk not in apart[bond.student_id]}",
        "if deputy}",
        f"{TEST}he_is_offered_and_proposed_nowhere",
    ),
    Seeded(
        "who is named becomes a caretaker as head of the grade",
        "practice/relations/queries/absences.py",
        "if who and who.pk not in apart[bond.student_id])",
        "if who)",
        f"{TEST}the_head_of_the_grade_does_not_look_after_a_student_who_has_named_him",
    ),
    Seeded(
        "who is named succeeds a mentor who leaves",
        "practice/relations/queries/successors.py",
        "(barred[bond.student_id] - {present}) | own.avoid",
        "own.avoid",
        f"{TEST}he_is_offered_and_proposed_nowhere",
    ),
    Seeded(
        "an offer stays with whom the student has named",
        RULES,
        'return own & ~apart_from(actor.person_id, "mentorship__student")',
        "return own",
        f"{TEST}an_offer_to_whom_the_student_names_is_taken_back",
    ),
    Seeded(
        "a change to whom the student names goes on",
        CONCERNS,
        "for request in offered.select_related",
        "for request in offered.none().select_related",
        f"{TEST}an_offer_to_whom_the_student_names_is_taken_back",
    ),
    Seeded(
        "a clerk deals with what names himself",
        RULES,
        "return Q(asked_by=person) | apart_from(person)",
        "return Q(asked_by=person)",
        f"{TEST}what_names_the_only_clerk_is_for_the_leaders",
    ),
    Seeded(
        "a clerk answers what he has told himself",
        RULES,
        "return Q(asked_by=person) | apart_from(person)",
        "return apart_from(person)",
        f"{TEST}a_clerk_does_not_answer_what_he_has_told_himself",
    ),
    Seeded(
        "whom it names hears of it in his office",
        RULES,
        "return {concern.asked_by_id} | named_by(concern.student_id)",
        "return {concern.asked_by_id}",
        f"{TEST}what_names_the_only_clerk_is_for_the_leaders",
    ),
    Seeded(
        "a clerk whom the student named once decides about his next request",
        RULES,
        'return own | apart_from(person, "mentorship__student")',
        "return own",
        f"{TEST}a_clerk_whom_the_student_named_once_decides_nothing_more_about_him",
    ),
    Seeded(
        "a clerk whom the student named once hears of his next request",
        RULES,
        "about | named_by(bond.student_id)",
        "about",
        f"{TEST}a_clerk_whom_the_student_named_once_decides_nothing_more_about_him",
    ),
    Seeded(
        "a leader never sees what is late",
        RULES,
        "rows &= no_clerk | Q(due_on__lt=today())",
        "rows &= no_clerk",
        f"{TEST}the_clerk_hears_first_and_the_leader_when_nobody_has_answered",
    ),
    Seeded(
        "a leader sees everything at once",
        RULES,
        "rows &= no_clerk | Q(due_on__lt=today())",
        "pass",
        f"{TEST}the_clerk_hears_first_and_the_leader_when_nobody_has_answered",
    ),
    Seeded(
        "leaders are reminded every day",
        CONCERNS,
        "urged_at__isnull=True).update(urged_at=now())",
        "urged_at__isnull=True).update(urged_at=None)",
        f"{TEST}the_clerk_hears_first_and_the_leader_when_nobody_has_answered",
    ),
    Seeded(
        "it is closed without a word",
        CONCERNS,
        "    if not answer.strip():",
        "    if False:",
        f"{TEST}whatever_happens_it_is_closed_with_an_answer_alone",
    ),
    Seeded(
        "taking it back takes it off the list",
        "practice/relations/queries/concerns.py",
        "return concerns(actor).filter(state__in=sorted(STANDS))",
        "return concerns(actor).filter(state__in=sorted(STANDS), withdrawn_at=None)",
        f"{TEST}whatever_happens_it_is_closed_with_an_answer_alone",
    ),
    Seeded(
        "the database closes it without an answer",
        "practice/relations/migrations/0004_concern.py",
        "models.Q(models.Q(('answer', ''), _negated=True), ('decided_by__isnull', False)",
        "models.Q(('decided_by__isnull', False)",
        f"{TEST}the_database_keeps_it_open_without_an_answer_and_from_whom_it_names",
    ),
    Seeded(
        "where nobody may deal with it nobody hears",
        CONCERNS,
        "for each in overseers(school):",
        "for each in []:",
        f"{TEST}where_nobody_at_the_school_may_the_bureau_hears_that_there_is_something",
    ),
    Seeded(
        "a mentor at the bureau hears of what names himself",
        CONCERNS,
        "            if each.person_id not in barred:\n                tell_people(",
        "            if True:\n                tell_people(",
        f"{TEST}where_nobody_at_the_school_may_the_bureau_hears_that_there_is_something",
    ),
    Seeded(
        "the log of a student names what he has told",
        CONCERNS,
        "with Deed(audit.CONCERN_RAISED, actor, school=row.student.school_id, about=row):",
        "with Deed(audit.CONCERN_RAISED, actor, school=row.student.school_id, about=row, subjects=[row.student_id]):",
        f"{TEST}a_safety_request_in_the_trial_opens_no_channel",
    ),
    Seeded(
        "a mentor who tells of his own relation is named himself",
        CONCERNS,
        "if named and named.staff.person_id != actor.person_id else None",
        "if named else None",
        f"{TEST}a_mentor_who_tells_of_his_own_relation_names_nobody",
    ),
    Seeded(
        "a wish to meet is told to the mentor whom the student has named",
        UNMET,
        "    may_tell = may_tell and bond.mentor.person_id not in named_by(bond.student_id)\n",
        "",
        f"{TEST}who_has_not_met_a_mentor_whom_he_names_is_not_announced_to_him",
    ),
    Seeded(
        "an old mentor cannot be named",
        "practice/relations/queries/concerns.py",
        "recent = Q(ends_on__isnull=True) | Q(ends_on__gte=since)",
        "recent = Q(ends_on__isnull=True)",
        f"{TEST}who_can_be_named",
    ),
    Seeded(
        "it stands below other things on the agenda",
        "portal/agenda/queries.py",
        "key=lambda item: (not item.first, ",
        "key=lambda item: (",
        f"{TEST}it_stands_before_what_is_late_for_longer",
    ),
)
