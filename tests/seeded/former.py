"""Faults in what whoever accompanied a student may read when that is over, each with the test that finds it."""

from tests.seeded import Seeded

CARE = "registry/access/care.py"
TALKS = "practice/talks/rules.py"
LETTERS = "practice/relations/rules.py"
CLOCK = "tests/pages/test_former.py::test_it_ends_at_midnight_in_the_city"
BEGINS = "tests/pages/test_former.py::test_it_begins_at_midnight_in_the_city"
EVERYBODY = "tests/pages/test_former.py::test_who_accompanied_a_student_reads_nothing_of_him"
LEADS = "tests/practice/talks/test_leads.py"
PARTING = "tests/practice/relations/test_parting.py"

FAULTS = (
    Seeded(
        "the day on which a relation ends still counts",
        "foundation/base/models.py",
        'models.Q(**{f"{prefix}ends_on__gt": day})',
        'models.Q(**{f"{prefix}ends_on__gte": day})',
        CLOCK,
    ),
    Seeded(
        "a relation counts before its first day",
        CARE,
        "    return Mentorship.objects.filter(span_at(day))",
        "    return Mentorship.objects.filter(ends_on=None)",
        BEGINS,
    ),
    Seeded(
        "an ended relation still counts",
        CARE,
        "    return Mentorship.objects.filter(span_at(day))",
        "    return Mentorship.objects.filter(starts_on__lte=day)",
        f"{EVERYBODY}[mentor]",
    ),
    Seeded(
        "whoever stood in once stands in for ever",
        CARE,
        'Interim.objects.filter(span_at(day), span_at(day, "mentorship__"))',
        'Interim.objects.filter(span_at(day, "mentorship__"))',
        f"{EVERYBODY}[caretaker]",
    ),
    Seeded(
        "a caretaker outlasts the relation for which he stands in",
        CARE,
        'Interim.objects.filter(span_at(day), span_at(day, "mentorship__"))',
        "Interim.objects.filter(ends_on=None)",
        "tests/pages/test_former.py::test_a_caretaker_goes_with_the_relation",
    ),
    Seeded(
        "scratch notes stay their author's",
        TALKS,
        "    return Q(author=actor.staff_id) & rows_of(mentees(actor))",
        "    return Q(author=actor.staff_id)",
        CLOCK,
    ),
    Seeded(
        "a mentor reads the notes of another",
        TALKS,
        "    return Q(author=actor.staff_id) & rows_of(mentees(actor))",
        "    return rows_of(mentees(actor))",
        "tests/practice/talks/test_notes_and_activities.py::test_nobody_else_sees_a_note",
    ),
    Seeded(
        "who leads reads his old talks",
        TALKS,
        '    return Q(author=actor.staff_id) & _leads(actor, "event__")',
        "    return Q(author=actor.staff_id) & _talks_about(led(actor))",
        f"{LEADS}::test_a_former_mentor_who_leads_gets_nothing_back",
    ),
    Seeded(
        "a lead keeps his rights when the event is closed",
        TALKS,
        'return Q((f"{event}lead", actor.staff_id), (f"{event}state__in", OPEN_STATES))',
        'return Q((f"{event}lead", actor.staff_id))',
        f"{EVERYBODY}[lead of a closed event]",
    ),
    Seeded(
        "a remark of before comes back through a group",
        TALKS,
        "    return rows_of(mentees(actor)) | his_event",
        "    return rows_of(in_care(actor))",
        f"{LEADS}::test_a_remark_of_before_does_not_come_back_through_a_group",
    ),
    Seeded(
        "an activity stays its owner's",
        TALKS,
        "return Q(owner=actor.staff_id) & (Q(Exists(his)) | ~Q(Exists(invited)))",
        "return Q(owner=actor.staff_id)",
        CLOCK,
    ),
    Seeded(
        "an invitation of a former mentor stands",
        "practice/talks/queries/activities.py",
        "        invites(),\n",
        "",
        f"{LEADS}::test_an_invitation_ends_with_the_care_of_who_made_it",
    ),
    Seeded(
        "a former student hears that an activity is off",
        "practice/talks/actions/activities.py",
        "[each.student.person_id for each in attending(actor, row).rows],",
        'row.students.values_list("student__person", flat=True),',
        f"{LEADS}::test_an_invitation_ends_with_the_care_of_who_made_it",
    ),
    Seeded(
        "what follows from a talk stays with its author",
        TALKS,
        "~family & ~Q(talk__author__person=actor.person_id)",
        "~family",
        f"{LEADS}::test_what_follows_from_a_talk_leaves_its_author_with_the_student",
    ),
    Seeded(
        "a lead writes about a student what he cannot read",
        "practice/talks/actions/talks.py",
        "        _require_event(keys, event, actor)\n",
        "",
        f"{LEADS}::test_whom_he_only_leads_he_writes_about_for_that_event",
    ),
    Seeded(
        "a correction takes a lead's talk out of his own reach",
        "practice/talks/actions/talks.py",
        "if not Talk.objects.filter(TALK_WRITE.rows(actor), pk=row.pk).exists():",
        "if False:",
        f"{LEADS}::test_whom_he_only_leads_he_writes_about_for_that_event",
    ),
    Seeded(
        "a draft of the former mentor comes back to the lead",
        "practice/talks/actions/drafts.py",
        "    still=_about,\n",
        "",
        f"{LEADS}::test_a_former_mentor_who_leads_gets_nothing_back",
    ),
    Seeded(
        "a late page sends somebody to a talk that he may not open",
        "registry/access/drafts.py",
        "self.mend if found else GONE",
        "self.mend",
        f"{LEADS}::test_it_ends_with_the_event_and_nothing_sends_him_there",
    ),
    Seeded(
        "who has closed an event is sent to its page",
        "practice/talks/views/events.py",
        "    if event_for(request.actor, pk):\n",
        "    if pk:\n",
        f"{LEADS}::test_it_ends_with_the_event_and_nothing_sends_him_there",
    ),
    Seeded(
        "a former mentor reads his half for ever",
        LETTERS,
        "(Q(ended__mentor_id=actor.staff_id) & still_written())",
        "Q(ended__mentor_id=actor.staff_id)",
        f"{PARTING}::test_a_closed_letter_ends_it[accept]",
    ),
    Seeded(
        "an old successor reads the letter",
        LETTERS,
        "Q(successor_id=actor.staff_id, ended__student__in=his)",
        "Q(successor_id=actor.staff_id)",
        f"{PARTING}::test_a_letter_to_who_has_the_student_no_more_is_over",
    ),
    Seeded(
        "the days of a letter never end",
        LETTERS,
        "mentor_done_at=None, created_at__date__gt=before)",
        "mentor_done_at=None)",
        f"{PARTING}::test_its_days_end_at_midnight_in_the_city",
    ),
    Seeded(
        "who has handed his half over reads on",
        LETTERS,
        "state=HandOverState.OPEN, mentor_done_at=None, ",
        "state=HandOverState.OPEN, ",
        f"{PARTING}::test_he_hands_it_over_and_reads_no_more",
    ),
    Seeded(
        "somebody writes to who has the student no more",
        LETTERS,
        'return in_time & in_care("successor", "ended__student")',
        "return in_time",
        f"{PARTING}::test_a_letter_to_who_has_the_student_no_more_is_over",
    ),
    Seeded(
        "the office reads a mentor's notes where it writes for him",
        "practice/relations/queries/handovers.py",
        'return part.half == "mentor" and actor.hat.staff_id == row.ended.mentor_id',
        'return part.half == "mentor"',
        f"{PARTING}::test_nobody_else_reads_the_lines",
    ),
    Seeded(
        "ticked lines are saved before anybody has looked",
        "practice/relations/views/handovers.py",
        '        form = HalfForm(kept=kept, initial={"text": form.moved})\n',
        '        form.cleaned_data["text"] = form.moved\n',
        f"{PARTING}::test_ticked_lines_go_to_the_end_and_are_looked_at_before_they_are_saved",
    ),
    Seeded(
        "notes outlive the letter",
        "practice/relations/actions/handovers.py",
        'HAND_OVER.move(row, "accept", closed_at=now())\n        end_kept([row.ended], actor=actor)\n',
        'HAND_OVER.move(row, "accept", closed_at=now())\n',
        f"{PARTING}::test_a_closed_letter_ends_it[accept]",
    ),
    Seeded(
        "the notes of a mentor who still accompanies the student are erased",
        "practice/talks/actions/notes.py",
        '~in_care("author"), reduce',
        "reduce",
        f"{PARTING}::test_a_mentor_who_still_accompanies_him_keeps_his_notes",
    ),
    Seeded(
        "a relation may be changed before it begins",
        LETTERS,
        "PRESENT & span_at(today()) & Q(mentor_id",
        "PRESENT & Q(mentor_id",
        BEGINS,
    ),
    Seeded(
        "a mentor reads what came of his request when the student is another's",
        LETTERS,
        "        return own & Q(mentorship__in=Mentorship.objects.filter(_bonds_of_mentor(actor)))",
        "        return own",
        f"{PARTING}::test_what_he_asked_for_goes_with_the_relation",
    ),
    Seeded(
        "shining moments stay their author's for ever",
        "practice/growth/rules.py",
        '    return own & ~parted(actor.person_id, "created_at__date")',
        "    return own",
        "tests/practice/growth/test_deeds.py::test_what_was_seen_while_he_had_the_student_goes_with_him[mentor]",
    ),
    Seeded(
        "who ranked a mentor stays on his page after the publication",
        "practice/matching/queries/answers.py",
        "    if mentor.round.state == RoundState.PUBLISHED:\n        return []\n",
        "",
        "tests/practice/matching/test_programmes.py::test_mentors_answer_and_silence_is_willing",
    ),
)
