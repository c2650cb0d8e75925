"""Untrusted input of this room's pages."""

from liangshi.practice.relations.forms.absences import AbsenceForm, DeputyForm, SuccessionForm
from liangshi.practice.relations.forms.changes import AgreeForm, ChangeForm, CloseForm, MeetForm, RefuseForm
from liangshi.practice.relations.forms.handovers import HalfForm
from liangshi.practice.relations.forms.meetings import MeetingForm

__all__ = [
    "AbsenceForm",
    "AgreeForm",
    "ChangeForm",
    "CloseForm",
    "DeputyForm",
    "HalfForm",
    "MeetForm",
    "MeetingForm",
    "RefuseForm",
    "SuccessionForm",
]
