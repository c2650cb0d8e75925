"""The deeds of a programme and its rounds: one transaction each, with its entry in the log."""

from liangshi.practice.matching.actions.answers import answer, ask_mentors, choose_club, object_to_keeping
from liangshi.practice.matching.actions.fairness import check_fairness, see_fairness
from liangshi.practice.matching.actions.moves import Moved, move_student, undo_all, undo_move
from liangshi.practice.matching.actions.policy import change_policy, ensure_policy
from liangshi.practice.matching.actions.programmes import (
    abort_programme,
    add_round,
    confirm_round,
    create_programme,
    let_time_pass,
)
from liangshi.practice.matching.actions.proof import take_proof
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.reading import (
    note_export,
    note_outcome_export,
    note_outcome_reading,
    note_reading,
    open_wishes,
)
from liangshi.practice.matching.actions.rounds import (
    UNCHECKED,
    change_settings,
    check,
    close_round,
    drop_student,
    open_round,
    refresh,
    set_deadline,
    set_quota,
    void_round,
)
from liangshi.practice.matching.actions.running import choose_aim, compare_aims, run_now, start_run
from liangshi.practice.matching.actions.wishes import correct_wishes, save_reasons, save_wishes

__all__ = [
    "UNCHECKED",
    "Moved",
    "abort_programme",
    "add_round",
    "answer",
    "ask_mentors",
    "change_policy",
    "change_settings",
    "check",
    "check_fairness",
    "choose_aim",
    "choose_club",
    "close_round",
    "compare_aims",
    "confirm_round",
    "correct_wishes",
    "create_programme",
    "drop_student",
    "ensure_policy",
    "let_time_pass",
    "move_student",
    "note_export",
    "note_outcome_export",
    "note_outcome_reading",
    "note_reading",
    "object_to_keeping",
    "open_round",
    "open_wishes",
    "publish",
    "refresh",
    "run_now",
    "save_reasons",
    "save_wishes",
    "see_fairness",
    "set_deadline",
    "set_quota",
    "start_run",
    "take_proof",
    "undo_all",
    "undo_move",
    "void_round",
]
