"""What happens to a relation after it has begun."""

from liangshi.practice.relations.models.absences import Absence, Succession
from liangshi.practice.relations.models.changes import ChangeRequest
from liangshi.practice.relations.models.handovers import HandOver
from liangshi.practice.relations.models.meetings import FirstMeeting

__all__ = ["Absence", "ChangeRequest", "FirstMeeting", "HandOver", "Succession"]
