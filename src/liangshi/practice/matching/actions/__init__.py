"""The deeds of a round: one transaction each, with its entry in the log."""

from liangshi.practice.matching.actions.fairness import check_fairness, see_fairness
from liangshi.practice.matching.actions.moves import Moved, move_student, undo_all, undo_move
from liangshi.practice.matching.actions.proof import take_proof
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.reading import note_export, note_reading, open_wishes
from liangshi.practice.matching.actions.rounds import (
    change_settings,
    check,
    close_round,
    create_round,
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
    "Moved",
    "change_settings",
    "check",
    "check_fairness",
    "choose_aim",
    "close_round",
    "compare_aims",
    "correct_wishes",
    "create_round",
    "drop_student",
    "move_student",
    "note_export",
    "note_reading",
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
