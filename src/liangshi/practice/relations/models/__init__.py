"""What happens to a relation after it has begun, and what is kept about it."""

from liangshi.practice.relations.models.absences import Absence, Succession
from liangshi.practice.relations.models.changes import ChangeRequest
from liangshi.practice.relations.models.handovers import HandOver
from liangshi.practice.relations.models.meetings import FirstMeeting
from liangshi.practice.relations.models.needs import Need, NeedStrategy
from liangshi.practice.relations.models.rollover import Rollover

__all__ = [
    "Absence",
    "ChangeRequest",
    "FirstMeeting",
    "HandOver",
    "Need",
    "NeedStrategy",
    "Rollover",
    "Succession",
]
