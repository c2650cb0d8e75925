"""Untrusted input of this room's pages."""

from liangshi.practice.relations.forms.absences import AbsenceForm, DeputyForm, SuccessionForm
from liangshi.practice.relations.forms.changes import AgreeForm, AnswerForm, ChangeForm, MeetForm
from liangshi.practice.relations.forms.handovers import HalfForm
from liangshi.practice.relations.forms.meetings import MeetingForm

__all__ = [
    "AbsenceForm",
    "AgreeForm",
    "AnswerForm",
    "ChangeForm",
    "DeputyForm",
    "HalfForm",
    "MeetForm",
    "MeetingForm",
    "SuccessionForm",
]
