"""Faults in the classes of texts, in sealing and opening them, in the upgrade and the files' rights, each with the test
that finds it."""

from __future__ import annotations

from tests.seeded import Seeded

_CLASSES = "tests/foundation/test_classes.py::"
_SEALING = "tests/foundation/test_sealing.py::"
_ENV = "tests/config/test_env.py::"

FAULTS = (
    Seeded(
        "a text that nobody has classed is public",
        "foundation/base/classes.py",
        "OTHERS.get(field.model._meta.app_label)",
        "OTHERS.get(field.model._meta.app_label, DataClass.PUBLIC)",
        _CLASSES + "test_a_text_without_a_class_stops_the_start",
    ),
    Seeded(
        "a C3 text may lie open, only a C4 one may not",
        "foundation/base/checks.py",
        "    elif held >= SEALED_FROM and not sealed",
        "    elif held > SEALED_FROM and not sealed",
        _CLASSES + "test_a_sensitive_text_that_lies_open_stops_the_start",
    ),
    Seeded(
        "an excuse is taken for a text that is sealed",
        "foundation/base/checks.py",
        "    elif sealed and (held < SEALED_FROM or reason):",
        "    elif sealed and held < SEALED_FROM:",
        _CLASSES + "test_a_sealed_text_is_sensitive_or_one_of_the_two_is_wrong",
    ),
    Seeded(
        "a class stays behind when its text is gone",
        "foundation/base/checks.py",
        "                if (base, name) not in known:",
        "                if (base, name) in known and name not in holds.classes:",
        _CLASSES + "test_a_class_for_no_text_has_been_left_behind",
    ),
    Seeded(
        "codes from a list are no text",
        "foundation/base/classes.py",
        "            if not isinstance(field, NOT_TEXT):",
        "            if not isinstance(field, NOT_TEXT) and not field.choices:",
        _CLASSES + "test_every_text_of_every_table_has_a_class_and_only_these_lie_open",
    ),
    Seeded(
        "what a base declares does not hold for its children",
        "foundation/base/classes.py",
        "    for base in field.model.__mro__:",
        "    for base in (field.model,):",
        _CLASSES + "test_the_class_of_a_field",
    ),
    Seeded(
        "one more sensitive code is excused",
        "practice/relations/models.py",
        'c2="state", c3="kind", plain={',
        'c3="kind state", plain={"state": "nobody has looked at this reason", ',
        _CLASSES + "test_every_text_of_every_table_has_a_class_and_only_these_lie_open",
    ),
    Seeded(
        "a goal is written down as typed",
        "practice/growth/models.py",
        'text = SealedField("目标", with_row=True)',
        'text = models.TextField("目标")',
        _CLASSES + "test_every_text_of_every_table_has_a_class_and_only_these_lie_open",
    ),
    Seeded(
        "updates go past the seal",
        "foundation/base/sealed.py",
        '        return seal(text, self._label()) if text else ""',
        "        return text",
        "tests/foundation/test_base.py::test_phone_numbers_do_not_stand_in_the_database",
    ),
    Seeded(
        "the length of a code tells which it is",
        "foundation/base/sealed.py",
        "    plain += FILL * (-len(plain) % BLOCK)\n",
        "",
        _CLASSES + "test_codes_of_any_length_look_alike",
    ),
    Seeded(
        "a sealed column is compared with a text and silently never true",
        "foundation/base/sealed.py",
        '        if self.rhs != "":',
        "        if self.rhs is None:",
        _CLASSES + "test_a_sealed_column_is_asked_whether_it_is_empty_and_nothing_else",
    ),
    Seeded(
        "every sealed text opens with its row",
        "foundation/base/sealed.py",
        "(self.with_row and guard.came_through(row))",
        "guard.came_through(row)",
        "tests/foundation/test_guard.py::test_a_sealed_text_opens_for_whom_a_rule_hands_it_out",
    ),
    Seeded(
        "a sealed text opens with a row that came from nowhere",
        "foundation/base/sealed.py",
        "(self.with_row and guard.came_through(row))",
        "self.with_row",
        _CLASSES + "test_what_belongs_to_the_row_opens_on_a_row_that_was_handed_out",
    ),
    Seeded(
        "an upgrade seals only the first batch",
        "foundation/base/sealing.py",
        "    while rows := cursor.fetchall():",
        "    if rows := cursor.fetchall():",
        _SEALING + "test_every_text_is_sealed_and_comes_back",
    ),
    Seeded(
        "an upgrade that is run again seals twice",
        "foundation/base/sealing.py",
        "    if SEALED.fullmatch(text):\n        unseal",
        "    if not text:\n        unseal",
        _SEALING + "test_a_run_that_was_broken_off_goes_on",
    ),
    Seeded(
        "an upgrade with another key seals what is sealed once more",
        "foundation/base/sealing.py",
        "        unseal(text, label)  # or it is another key's\n",
        "",
        _SEALING + "test_another_key_is_found_out_before_anything_is_written",
    ),
    Seeded(
        "a typed text that begins like a sealed one is left open",
        "foundation/base/sealing.py",
        "    if SEALED.fullmatch(text):\n        unseal",
        "    if text.startswith(VERSION):\n        return text\n        unseal",
        _SEALING + "test_every_text_is_sealed_and_comes_back",
    ),
    Seeded(
        "an empty list does not come back as one",
        "foundation/base/sealing.py",
        "                if empty:",
        "                if not empty:",
        _SEALING + "test_an_empty_list_is_empty_and_comes_back_as_a_list",
    ),
    Seeded(
        "what is written over stays in SQLite's file",
        "config/env.py",
        "PRAGMA secure_delete=ON;",
        "PRAGMA secure_delete=OFF;",
        _SEALING + "test_what_is_deleted_leaves_no_word_in_the_file",
    ),
    Seeded(
        "a rollover's journal opens what is sealed",
        "practice/rollover/actions.py",
        "    with carrying():\n",
        "    with as_system('the journal'):\n",
        "tests/practice/rollover/test_rollover.py::test_the_journal_keeps_what_is_sealed_sealed",
    ),
    Seeded(
        "why a student left a round stands open in the log",
        "foundation/deeds.py",
        'return seal(text, DETAIL) if text else ""',
        "return text",
        "tests/practice/matching/test_wishes.py::test_the_office_corrects_with_a_reason_and_leaves_a_trace",
    ),
    Seeded(
        "the mentor before reads the student's half of the letter",
        "practice/relations/queries/handovers.py",
        'may = {"mentor": part.reads_mentor, "student": part.reads_student}',
        'may = {"mentor": True, "student": True}',
        _CLASSES + "test_a_half_of_a_letter_opens_for_whom_it_concerns",
    ),
    Seeded(
        "an old folder stays open to everybody",
        "config/private.py",
        "[(folder, 0o700), *(",
        "[*(",
        _ENV + "test_the_data_are_their_user_s_alone",
    ),
    Seeded(
        "SQLite's log beside the file stays readable",
        "config/private.py",
        '("", "-wal", "-shm", "-journal")',
        '("",)',
        _ENV + "test_the_data_are_their_user_s_alone",
    ),
    Seeded(
        "somebody else's open folder is taken as it is",
        "config/private.py",
        "    except PermissionError:\n        raise NotPrivate(",
        "    except PermissionError:\n        return True\n        raise NotPrivate(",
        _ENV + "test_somebody_else_s_open_folder_stops_the_start",
    ),
    Seeded(
        "a command makes files that anybody reads",
        "config/cli.py",
        '    private.mask()\n    os.environ.setdefault("DJANGO',
        '    os.environ.setdefault("DJANGO',
        _ENV + "test_what_a_command_makes_is_its_user_s_alone",
    ),
)
