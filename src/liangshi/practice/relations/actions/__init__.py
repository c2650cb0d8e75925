"""The deeds of this room: one transaction each, with its entry in the log."""

from liangshi.practice.relations.actions.absences import (
    change_deputy,
    come_back,
    note_plan_read,
    register,
    remind_of_return,
    stay_away,
    succeed,
)
from liangshi.practice.relations.actions.changes import (
    accept,
    agree,
    ask,
    close,
    decline,
    meet,
    note_counting,
    note_reading,
    receive,
    refuse,
    settle_unanswered,
    withdraw,
)
from liangshi.practice.relations.actions.handovers import (
    accept_letter,
    note_letter_read,
    skip_letter,
    write_half,
)
from liangshi.practice.relations.actions.meetings import note_meeting

__all__ = [
    "accept",
    "accept_letter",
    "agree",
    "ask",
    "change_deputy",
    "close",
    "come_back",
    "decline",
    "meet",
    "note_counting",
    "note_letter_read",
    "note_meeting",
    "note_plan_read",
    "note_reading",
    "receive",
    "refuse",
    "register",
    "remind_of_return",
    "settle_unanswered",
    "skip_letter",
    "stay_away",
    "succeed",
    "withdraw",
    "write_half",
]
