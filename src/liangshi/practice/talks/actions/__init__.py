"""What people do with talks, follow-ups, life events, notes and activities."""

from liangshi.practice.talks.actions.activities import (
    arrange_activity,
    take_attendance,
    void_activity,
)
from liangshi.practice.talks.actions.drafts import drop_draft, keep_draft
from liangshi.practice.talks.actions.events import advance, event_opened, report, set_lead
from liangshi.practice.talks.actions.notes import change_note, end_notes, write_note
from liangshi.practice.talks.actions.talks import (
    TalkFacts,
    correct_talk,
    finish_follow_up,
    opened,
    save_talk,
    void_talk,
)
from liangshi.practice.talks.actions.unmet import contacted, press

__all__ = [
    "TalkFacts",
    "advance",
    "arrange_activity",
    "change_note",
    "contacted",
    "correct_talk",
    "drop_draft",
    "end_notes",
    "event_opened",
    "finish_follow_up",
    "keep_draft",
    "opened",
    "press",
    "report",
    "save_talk",
    "set_lead",
    "take_attendance",
    "void_activity",
    "void_talk",
    "write_note",
]
